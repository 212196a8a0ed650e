"""The transitions of the two state machines: from which state to which, and what causes them.

Owns the wording of causes, and the transitions that the code of ``States`` makes without a table;
all others are read from the reference's tables. It must not know how transitions are drawn.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ...reference.sentinels import CLIENT, SERVER
from ...reference.states import EVENT_TRIGGERED, STATE_TRIGGERED

# What makes a machine move: an event that is sent or received; a condition on both states, the
# proposals and keep-alive; or neither, but a method call or an error.
Kind = Literal["event", "state", "other"]
# What identifies a transition: its role, the state before and the state after.
TransitionKey = tuple[str, str, str]

# Stands for the state before, as an error leads from each state to ERROR and is drawn once.
ANY = "any state"


@dataclass(frozen=True)
class Transition:
    """One way from a state to another, or back to itself, with all of its causes."""

    role: str
    before: str
    after: str
    causes: tuple[str, ...]
    kind: Kind

    @property
    def key(self) -> TransitionKey:
        return self.role, self.before, self.after


_OF_BOTH_ROLES = (
    Transition("", "DONE", "MUST_CLOSE", ("keep-alive is off",), "state"),
    Transition("", "DONE", "IDLE", ("start_next_cycle(), when both sides are DONE",), "other"),
    Transition("", ANY, "ERROR", ("an error of this side", "send_failed()"), "other"),
)
# The transitions that the tables of ``States`` do not have.
NOT_IN_TABLES: dict[str, tuple[Transition, ...]] = {
    "CLIENT": (
        Transition(
            "", "DONE", "MIGHT_SWITCH_PROTOCOL", ("a proposal to switch is pending",), "state"
        ),
        Transition("", "MIGHT_SWITCH_PROTOCOL", "DONE", ("the proposal is refused",), "state"),
        *_OF_BOTH_ROLES,
    ),
    "SERVER": _OF_BOTH_ROLES,
}
_ROLES = {"CLIENT": CLIENT, "SERVER": SERVER}


def states(role: str) -> tuple[str, ...]:
    """Returns the states of one role's machine, "CLIENT" or "SERVER"."""
    return tuple(state.__name__ for state in EVENT_TRIGGERED[_ROLES[role]])


def transitions(role: str) -> tuple[Transition, ...]:
    """Returns the transitions of one role's machine, one for each state before and state after."""
    causes: dict[tuple[str, str, Kind], list[str]] = {}
    for before, after, cause, kind in (*_events(role), *_states(role), *_not_in_tables(role)):
        causes.setdefault((before, after, kind), []).append(cause)
    found = tuple(Transition(role, *key[:2], tuple(each), key[2]) for key, each in causes.items())
    # The causes of each pair of states are of the same kind.
    assert len({transition.key for transition in found}) == len(found)
    return found


@cache
def path(role: str, before: str, after: str) -> tuple[TransitionKey, ...]:
    """Returns the transitions that a machine makes during one event or one call.

    An event may make the states trigger more: at the end of a message that asks for the end of the
    connection, SEND_BODY leads to DONE, and DONE to MUST_CLOSE. If the state stays the same, an
    event led back to it, provided that the machine has such a transition. Raises ValueError if no
    single event leads from ``before`` to ``after``.
    """
    if after == "ERROR":
        return ((role, ANY, after),)
    all_of_role = transitions(role)
    queue: list[tuple[Transition, ...]] = [(each,) for each in all_of_role if each.before == before]
    for steps in queue:
        if steps[-1].after == after:
            return tuple(transition.key for transition in steps)
        visited = {transition.before for transition in steps}
        queue += [
            (*steps, transition)
            for transition in all_of_role
            if transition.kind == "state"
            and transition.before == steps[-1].after
            and transition.after not in visited
        ]
    if before == after:
        return ()
    raise ValueError(f"no event leads the {role} from {before} to {after}")


def _events(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    for before, row in EVENT_TRIGGERED[_ROLES[role]].items():
        for word, after in row.items():
            yield before.__name__, after.__name__, _name(word), "event"


def _name(word: Hashable) -> str:
    return word.__name__ if isinstance(word, type) else str(word)


def _states(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    own, other = (0, 1) if role == "CLIENT" else (1, 0)
    for before, after in STATE_TRIGGERED.items():
        if before[own] is not after[own]:
            cause = f"the {('client', 'server')[other]} is {before[other].__name__}"
            yield before[own].__name__, after[own].__name__, cause, "state"


def _not_in_tables(role: str) -> Iterator[tuple[str, str, str, Kind]]:
    for transition in NOT_IN_TABLES[role]:
        for cause in transition.causes:
            yield transition.before, transition.after, cause, transition.kind
