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
from h11spec.strategies.conversations import LIMITS, programs
from h11spec.strategies.programs import Program, Receive, ReceiveEOF, Role, Send, StartNextCycle
from h11spec.strategies.traces import Trace, run

TABLE = Path(__file__).parent.parent / "state_machine" / "transitions.toml"
REACHABLE = {
    (client, server)
    for client, servers in tomllib.loads(TABLE.read_text("utf-8"))["reachable"].items()
    for server in servers
}


def sample(strategy: st.SearchStrategy[Program], size: int, number: int) -> list[Program]:
    """The programs that are drawn first for this seed."""
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

    They are drawn as a search draws them: Hypothesis by itself likes the numbers that stand in
    whatever modules have been imported, and so draws others when other tests were run before.
    """
    found: list[Program] = []
    draw(programs(), found.append, count=400, seed=3)
    return [(program, run(reference, program)) for program in found]


def test_all_36_joint_states_are_known() -> None:
    """The table that the next test measures by."""
    assert len(REACHABLE) == 36


def test_programs_get_to_most_joint_states_soon() -> None:
    """400 programs meet most of them; thousands meet the others."""
    met = {step.states for _, trace in conversations() for step in trace}
    assert met <= REACHABLE
    assert len(met) >= 20


def test_programs_have_every_kind_of_step() -> None:
    """Both ways to send, every event, and every way to be told something."""
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
    """What is not met by a message that is well-formed and alone."""
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
    """Every twentieth at least: what is left over from a cycle only shows in the next."""
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
    """The end of input is a step of its own, and can be told from data in every program."""
    steps = [step for program, _ in conversations() for step in program.steps]
    assert all(step.data for step in steps if isinstance(step, Receive))
    assert any(isinstance(step, ReceiveEOF) for step in steps)


@pytest.mark.parametrize("role", ["client", "server"])
def test_the_role_is_the_one_that_was_asked_for(role: Role) -> None:
    assert {program.role for program in sample(programs(role=role), 40, 0)} == {role}


def test_the_number_of_moves_is_bounded() -> None:
    """A move is one to four steps, and there is a last one; without any, nothing happens."""
    assert max(len(program.steps) for program in sample(programs(max_actions=2), 80, 0)) <= 12
    assert {program.steps for program in sample(programs(max_actions=0), 20, 0)} == {()}


def test_a_seed_says_which_programs_are_drawn() -> None:
    """Another seed, other programs; the same one, the same, in the same order."""
    first = sample(programs(), 60, 7)
    assert sample(programs(), 60, 7) == first
    assert sample(programs(), 60, 8) != first


def test_programs_shrink_to_what_shows_it() -> None:
    """Found by Hypothesis, for users of the strategy: one message of ours, in its simplest form."""

    def sends_a_request(program: Program) -> bool:
        return any(
            isinstance(step, Send) and step.event.type == "Request" and observed.raised is None
            for step, observed in zip(program.steps, run(reference, program), strict=True)
        )

    found = find(programs(max_actions=6), sends_a_request, settings=settings(max_examples=500))
    assert (found.role, found.limit, len(found.steps)) == ("client", None, 1)
    assert run(reference, found)[0].returned == "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
