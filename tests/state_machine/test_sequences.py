"""Long random conversations: both implementations in lockstep, and what can never be undone.

The exploration treats connections as equal if the same facts are known about them. This test does
not assume that: conversations are long, and end with symbols that make no sense at that point.
"""

from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from h11spec import reference

from .alphabet import SYMBOLS
from .conversation import apply, connection, joint_state
from .machine import ROLES, Joint, Role
from .prediction import LOCAL, REMOTE, Knowledge, follow

FAMILY = {"send": LOCAL, "next_event": REMOTE}

# No deadline: on a busy machine an example may take longer than the default.
moderate = settings(max_examples=120)


class Observed(NamedTuple):
    """The observation of one symbol: its calls with their outcomes, and the states after them."""

    symbol: str
    outcomes: list[tuple[str, str]]
    joint: Joint


class Conversation(NamedTuple):
    """Symbols whose effects are predicted, and arbitrary symbols after them."""

    us: Role
    symbols: list[str]
    tail: list[str]

    def held_with(self, module: ModuleType) -> Iterator[Observed]:
        conn = connection(module, self.us)
        for symbol in (*self.symbols, *self.tail):
            outcomes = list(apply(module, conn, symbol))
            yield Observed(symbol, outcomes, joint_state(module, conn))

    def known(self) -> Iterator[Knowledge]:
        """The knowledge after each symbol whose effects are predicted."""
        known = Knowledge(self.us)
        for symbol in self.symbols:
            yield (known := follow(known, symbol))


@cache
def symbols_for(known: Knowledge, may_be_wrong: bool) -> list[str]:
    """All symbols that can be applied now, or only those that lead neither role to ERROR."""
    errors = known.machine.joint.count("ERROR")
    return [
        symbol
        for symbol in known.symbols()
        if may_be_wrong or follow(known, symbol).machine.joint.count("ERROR") == errors
    ]


# For each symbol: whether it may be invalid at that point (one in ten), and an index into the
# symbols that can be applied then. Plain numbers, so that shrinking can remove any of them.
_choice = st.tuples(st.integers(0, 9), st.integers(0, 999))
_choices = st.lists(_choice, max_size=8) | st.lists(_choice, min_size=9, max_size=24)
_arbitrary = st.lists(st.sampled_from(list(SYMBOLS)), max_size=5)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    known = Knowledge(draw(st.sampled_from(ROLES)))
    symbols: list[str] = []
    us = known.us
    for nine_if_wrong, number in draw(_choices):
        choice = symbols_for(known, nine_if_wrong == 9)
        symbols.append(choice[number % len(choice)])
        known = follow(known, symbols[-1])
    return Conversation(us, symbols, draw(_arbitrary))


@moderate
@given(conversations())
def test_both_implementations_behave_alike(conversation: Conversation) -> None:
    """Outcomes and states agree after each symbol, apart from the upstream deviation."""
    for theirs, ours in zip(
        conversation.held_with(h11), conversation.held_with(reference), strict=True
    ):
        assert ours.joint == theirs.joint
        assert ours.outcomes == [
            (method, FAMILY[method] if outcome == "AttributeError" else outcome)
            for method, outcome in theirs.outcomes
        ]


@moderate
@given(conversations())
def test_the_states_are_those_predicted(conversation: Conversation) -> None:
    """In conversations of any length, the observed states are those that the tables predict."""
    predicted = [known.machine.joint for known in conversation.known()]
    for module in (h11, reference):
        seen = [sent.joint for sent in conversation.held_with(module)]
        assert seen[: len(predicted)] == predicted


@moderate
@given(conversations())
def test_error_is_permanent(conversation: Conversation) -> None:
    """A role in ERROR stays there: its events are refused, and no cycle starts."""
    us = ROLES.index(conversation.us)
    for module in (h11, reference):
        before: Joint = ("IDLE", "IDLE")
        for sent in conversation.held_with(module):
            we_failed, they_failed = before[us] == "ERROR", before[1 - us] == "ERROR"
            for method, outcome in sent.outcomes:
                assert not (we_failed and method == "send") or outcome == LOCAL
                assert not (they_failed and method == "next_event") or outcome == REMOTE
                if method == "start_next_cycle" and "ERROR" in before:
                    assert outcome == LOCAL
            for state, was in zip(sent.joint, before, strict=True):
                assert was != "ERROR" or state == "ERROR"
            before = sent.joint


@moderate
@given(conversations())
def test_keep_alive_never_returns(conversation: Conversation) -> None:
    """Once either role has sent close, neither stays in DONE, and no cycle starts."""
    kept = [known.machine.keep_alive for known in conversation.known()]
    kept += [kept[-1] if kept else True] * len(conversation.tail)
    for module in (h11, reference):
        for sent, keep_alive in zip(conversation.held_with(module), kept, strict=True):
            if not keep_alive:
                assert "DONE" not in sent.joint
                assert ("start_next_cycle", "returned") not in sent.outcomes
