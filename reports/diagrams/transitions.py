"""The two state machines as arrows: which state leads to which other, and what makes it so.

Owns the wording of causes, and the few rules that stand in the code of ``States`` and in no table.
All other arrows are read off the reference's tables. Knows nothing of how they are drawn.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ...reference.sentinels import CLIENT, SERVER
from ...reference.states import EVENT_TRIGGERED, STATE_TRIGGERED

# What makes a machine move: something was said; how both states, proposals and keep-alive stand
# together; or neither, but a method that was called or something that went wrong.
Kind = Literal["event", "state", "other"]
# Role, state before, state after: by this an arrow is known.
Key = tuple[str, str, str]

# In the place of a state before. From each state an error leads to ERROR, and it is drawn once.
ANY = "any state"


@dataclass(frozen=True)
class Arrow:
    """One way from a state to another, or back to itself, for all the causes that there are."""

    role: str
    before: str
    after: str
    causes: tuple[str, ...]
    kind: Kind

    @property
    def key(self) -> Key:
        return self.role, self.before, self.after


# What the tables of ``States`` do not say.
_BOTH = (
    Arrow("", "DONE", "MUST_CLOSE", ("keep-alive is off",), "state"),
    Arrow("", "DONE", "IDLE", ("start_next_cycle(), when both sides are DONE",), "other"),
    Arrow("", ANY, "ERROR", ("an error of this side", "send_failed()"), "other"),
)
RULES: dict[str, tuple[Arrow, ...]] = {
    "CLIENT": (
        Arrow("", "DONE", "MIGHT_SWITCH_PROTOCOL", ("a proposal to switch is pending",), "state"),
        Arrow("", "MIGHT_SWITCH_PROTOCOL", "DONE", ("the proposal is refused",), "state"),
        *_BOTH,
    ),
    "SERVER": _BOTH,
}
_ROLES = {"CLIENT": CLIENT, "SERVER": SERVER}


def states(role: str) -> tuple[str, ...]:
    """Returns the states of one role's machine, "CLIENT" or "SERVER"."""
    return tuple(state.__name__ for state in EVENT_TRIGGERED[_ROLES[role]])


def arrows(role: str) -> tuple[Arrow, ...]:
    """Returns what one role's machine can do, one arrow for each state before and state after."""
    causes: dict[tuple[str, str, Kind], list[str]] = {}
    for before, after, cause, kind in (*_events(role), *_states(role), *_rules(role)):
        causes.setdefault((before, after, kind), []).append(cause)
    found = tuple(Arrow(role, *key[:2], tuple(each), key[2]) for key, each in causes.items())
    assert len({arrow.key for arrow in found}) == len(found)  # one kind for each pair of states
    return found


@cache
def path(role: str, before: str, after: str) -> tuple[Key, ...]:
    """Returns the arrows that a machine took during one event or one call, to count them.

    An event may make the states trigger more: at the end of a message that asks for the end of the
    connection, SEND_BODY leads to DONE, and DONE to MUST_CLOSE. That nothing changed means that an
    event was taken which leads back to the same state, where there is one. Raises ValueError for
    what cannot come of one event.
    """
    if after == "ERROR":
        return ((role, ANY, after),)
    ways: list[tuple[Arrow, ...]] = [(arrow,) for arrow in arrows(role) if arrow.before == before]
    for way in ways:
        if way[-1].after == after:
            return tuple(arrow.key for arrow in way)
        met = {arrow.before for arrow in way}
        ways += [
            (*way, arrow)
            for arrow in arrows(role)
            if arrow.kind == "state" and arrow.before == way[-1].after and arrow.after not in met
        ]
    if before == after:
        return ()
    raise ValueError(f"no event leads the {role} from {before} to {after}")


def _events(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    for before, row in EVENT_TRIGGERED[_ROLES[role]].items():
        for word, after in row.items():
            yield before.__name__, after.__name__, _in_words(word), "event"


def _in_words(word: Hashable) -> str:
    return word.__name__ if isinstance(word, type) else str(word)


def _states(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    own, other = (0, 1) if role == "CLIENT" else (1, 0)
    for before, after in STATE_TRIGGERED.items():
        if before[own] is not after[own]:
            cause = f"the {('client', 'server')[other]} is {before[other].__name__}"
            yield before[own].__name__, after[own].__name__, cause, "state"


def _rules(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    for rule in RULES[role]:
        for cause in rule.causes:
            yield rule.before, rule.after, cause, rule.kind
