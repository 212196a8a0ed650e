"""Whole programs: which of them are drawn, how deep they get, and that a seed says which.

How deep is a matter of luck as well: the numbers asked for are well below those that are met.
"""

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.conformance.phases.hypothesis_backend import draw
from h11spec.strategies.conversation import LIMITS, programs
from h11spec.strategies.program import Program, Receive, ReceiveEOF, Role, Send, StartNextCycle
from h11spec.strategies.traces import Trace, run

TABLE = Path(__file__).parent.parent / "state_machine" / "transitions.toml"
REACHABLE = {
    (client, server)
    for client, servers in tomllib.loads(TABLE.read_text("utf-8"))["reachable"].items()
    for server in servers
}


def sample(strategy: st.SearchStrategy[Program], size: int, number: int) -> list[Program]:
    """The first programs of a seed."""
    found: list[Program] = []

    @seed(number)
    @settings(max_examples=size, phases=[Phase.generate])
    @given(strategy)
    def draw(program: Program) -> None:
        found.append(program)

    draw()
    return found


@cache
def conversations() -> list[tuple[Program, Trace]]:
    """Programs of either role, and what they show on the reference.

    They are drawn in the same way as in a search. Hypothesis by itself prefers numbers that occur
    in imported modules, so it would draw others if other tests had been run before.
    """
    found: list[Program] = []
    draw(programs(), found.append, count=400, seed=3)
    return [(program, run(reference, program)) for program in found]


def test_all_36_joint_states_are_known() -> None:
    """The next test is measured by this table."""
    assert len(REACHABLE) == 36


def test_400_programs_reach_most_joint_states() -> None:
    """Thousands of programs reach the others."""
    met = {step.states for _, trace in conversations() for step in trace}
    assert met <= REACHABLE
    assert len(met) >= 20


def test_programs_have_every_kind_of_step() -> None:
    """Both ways to send, every event, and every step."""
    kinds: Counter[str] = Counter()
    for program, _ in conversations():
        for step in program.steps:
            kinds[step.to_json()["do"]] += 1
            if isinstance(step, Send):
                kinds[step.event.type] += 1
                kinds["passthrough"] += step.passthrough
    assert set(kinds) == {
        *("receive", "eof", "next", "drain", "send", "fail", "cycle", "passthrough"),
        *("Request", "InformationalResponse", "Response"),
        *("Data", "EndOfMessage", "ConnectionClosed"),
    }
    assert min(kinds.values()) >= 10


def test_programs_pause_and_fail_on_either_side() -> None:
    """A single well-formed message causes neither."""
    paused = too_long = 0
    families: Counter[str] = Counter()
    for _, trace in conversations():
        for observed in trace:
            raised = observed.raised
            paused += any(event["type"] == "PAUSED" for event in observed.events)
            families[raised.family if raised else ""] += 1
            too_long += raised is not None and raised.hint == 431
    assert min(paused, too_long) >= 5
    assert min(families["LocalProtocolError"], families["RemoteProtocolError"]) >= 50


def test_programs_get_past_the_first_cycle() -> None:
    """At least one in twenty does: state left over from a cycle is visible only in the next."""
    cycles = sum(
        isinstance(step, StartNextCycle) and observed.raised is None
        for program, trace in conversations()
        for step, observed in zip(program.steps, trace, strict=True)
    )
    assert cycles >= len(conversations()) / 20


def test_programs_are_of_both_roles_and_several_limits() -> None:
    roles = Counter(program.role for program, _ in conversations())
    assert min(roles["client"], roles["server"]) >= 100
    limits = Counter(program.limit for program, _ in conversations())
    assert set(limits) == set(LIMITS)
    assert limits[None] >= len(conversations()) / 3


def test_nothing_empty_is_received_before_the_end() -> None:
    """The end of input is a step of its own."""
    steps = [step for program, _ in conversations() for step in program.steps]
    assert all(step.data for step in steps if isinstance(step, Receive))
    assert any(isinstance(step, ReceiveEOF) for step in steps)


@pytest.mark.parametrize("role", ["client", "server"])
def test_the_role_is_the_requested_one(role: Role) -> None:
    assert {program.role for program in sample(programs(role=role), 40, 0)} == {role}


def test_the_number_of_actions_is_bounded() -> None:
    """An action is one to eight steps, and one is the last; without actions there is no step."""
    assert max(len(program.steps) for program in sample(programs(max_actions=2), 80, 0)) <= 24
    assert {program.steps for program in sample(programs(max_actions=0), 20, 0)} == {()}


def test_a_seed_determines_the_programs() -> None:
    """The same seed draws the same programs in the same order, another seed draws others."""
    first = sample(programs(), 60, 7)
    assert sample(programs(), 60, 7) == first
    assert sample(programs(), 60, 8) != first


def test_programs_shrink_to_a_minimal_one() -> None:
    """Hypothesis shrinks for users of the strategy, here to a single simplest message."""

    def sends_a_request(program: Program) -> bool:
        return any(
            isinstance(step, Send) and step.event.type == "Request" and observed.raised is None
            for step, observed in zip(program.steps, run(reference, program), strict=True)
        )

    found = find(programs(max_actions=6), sends_a_request, settings=settings(max_examples=500))
    assert (found.role, found.limit, len(found.steps)) == ("client", None, 1)
    assert run(reference, found)[0].returned == "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
