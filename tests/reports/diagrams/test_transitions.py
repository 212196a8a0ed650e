"""The transitions of the state machines are those of the reference's tables and of its behaviour.

The behaviour is explored on ``States`` itself, with every possible call, until nothing new occurs.
"""

import copy
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from h11spec.reference.errors import LocalProtocolError
from h11spec.reference.events import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    InformationalResponse,
    Request,
    Response,
)
from h11spec.reference.sentinels import CLIENT, SERVER
from h11spec.reference.states import (
    CONNECT,
    EVENT_TRIGGERED,
    STATE_TRIGGERED,
    UPGRADE,
    Name,
    States,
)
from h11spec.reports.diagrams.transitions import (
    ANY,
    NOT_IN_TABLES,
    TransitionKey,
    path,
    states,
    transitions,
)

ROLES: dict[Name, str] = {CLIENT: "CLIENT", SERVER: "SERVER"}
SAID: dict[Name, tuple[type, ...]] = {
    CLIENT: (Request, Data, EndOfMessage, ConnectionClosed),
    SERVER: (InformationalResponse, Response, Data, EndOfMessage, ConnectionClosed),
}
# Whose event it is, None for other calls, and the call that makes it.
Move = tuple[Name | None, Callable[[States], None]]


def moves() -> Iterator[Move]:
    """Every call that moves the two machines."""

    def process(role: Name, event: type, accepts: str | None = None) -> Move:
        return role, lambda machines: machines.process(role, event, accepts)

    for role, events in SAID.items():
        yield from (process(role, event) for event in events)
        yield role, partial(States.fail, role=role)
    yield process(SERVER, InformationalResponse, UPGRADE)
    yield process(SERVER, Response, CONNECT)
    yield None, lambda machines: machines.propose({UPGRADE})
    yield None, lambda machines: machines.propose({CONNECT})
    yield None, States.disable_keep_alive
    yield None, States.start_next_cycle


def changes() -> Iterator[tuple[Name, bool, str, str]]:
    """Each change: role, whether an event of that role caused it, state before, state after."""
    waiting, known = [States()], set[str]()
    for machines in waiting:
        for mover, move in moves():
            after = copy.deepcopy(machines)
            try:
                move(after)
            except LocalProtocolError:
                continue
            for role in ROLES:
                before = machines.current[role].__name__
                yield role, mover is role, before, after.current[role].__name__
            configuration = f"{after.current} {after.keep_alive} {sorted(after.proposals)}"
            if configuration not in known:
                known.add(configuration)
                waiting.append(after)


def test_every_change_is_a_path_and_every_transition_is_taken() -> None:
    taken: set[TransitionKey] = set()
    for role, own, before, after in changes():
        if own or before != after:
            taken.update(path(ROLES[role], before, after))
    assert taken == {each.key for role in ROLES.values() for each in transitions(role)}


@pytest.mark.parametrize("role", ROLES, ids=repr)
def test_transitions_and_table_entries_correspond(role: Name) -> None:
    """They are counted by cause, so that none is listed twice."""
    name = ROLES[role]
    own, other = (0, 1) if role is CLIENT else (1, 0)
    entries = [
        (before.__name__, after.__name__, getattr(word, "__name__", word))
        for before, row in EVENT_TRIGGERED[role].items()
        for word, after in row.items()
    ]
    pairs = [
        (before[own].__name__, after[own].__name__, before[other].__name__)
        for before, after in STATE_TRIGGERED.items()
        if before[own] is not after[own]
    ]
    rules = [
        (rule.before, rule.after, cause) for rule in NOT_IN_TABLES[name] for cause in rule.causes
    ]
    drawn = [
        (each.before, each.after, cause, each.kind)
        for each in transitions(name)
        for cause in each.causes
    ]
    assert len(drawn) == len(entries) + len(pairs) + len(rules)
    assert {each[:3] for each in drawn if each[3] == "event"} == set(entries)
    for before, after, state in pairs:
        [found] = [each for each in transitions(name) if each.key == (name, before, after)]
        assert f"the {('client', 'server')[other]} is {state}" in found.causes
    for before, after, cause in rules:
        [found] = [each for each in transitions(name) if each.key == (name, before, after)]
        assert cause in found.causes


def test_there_are_nine_states_and_each_role_lacks_one() -> None:
    """Descriptions of h11 with eight states omit the one that only the client has."""
    client, server = set(states("CLIENT")), set(states("SERVER"))
    assert client - server == {"MIGHT_SWITCH_PROTOCOL"}
    assert server - client == {"SEND_RESPONSE"}
    assert len(client | server) == 9


def test_one_event_may_make_several_transitions() -> None:
    """First its own, then those that the states trigger."""
    assert path("CLIENT", "SEND_BODY", "SWITCHED_PROTOCOL") == (
        ("CLIENT", "SEND_BODY", "DONE"),
        ("CLIENT", "DONE", "MIGHT_SWITCH_PROTOCOL"),
        ("CLIENT", "MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL"),
    )
    assert path("SERVER", "SEND_BODY", "MUST_CLOSE") == (
        ("SERVER", "SEND_BODY", "DONE"),
        ("SERVER", "DONE", "MUST_CLOSE"),
    )


def test_an_event_that_changes_nothing_is_a_loop_or_no_transition() -> None:
    assert path("CLIENT", "SEND_BODY", "SEND_BODY") == (("CLIENT", "SEND_BODY", "SEND_BODY"),)
    assert path("CLIENT", "MIGHT_SWITCH_PROTOCOL", "MIGHT_SWITCH_PROTOCOL") == ()


@pytest.mark.parametrize("state", [*states("CLIENT"), "SEND_RESPONSE"])
def test_all_paths_to_error_are_one_transition(state: str) -> None:
    assert path("SERVER", state, "ERROR") == (("SERVER", ANY, "ERROR"),)


@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        ("CLIENT", "IDLE", "DONE"),
        ("SERVER", "SEND_RESPONSE", "DONE"),
        ("SERVER", "CLOSED", "IDLE"),
        ("CLIENT", "ERROR", "IDLE"),
        ("SERVER", "IDLE", "MIGHT_SWITCH_PROTOCOL"),
    ],
)
def test_what_no_single_event_does_is_an_error(role: str, before: str, after: str) -> None:
    """The first two need several events; the others are impossible."""
    with pytest.raises(ValueError, match=f"{role} from {before} to {after}"):
        path(role, before, after)
