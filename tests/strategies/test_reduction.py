"""Programs that show a planted fault are reduced to the most usual that still show it.

What is shown is the fault's divergence from the reference, by its identity; what comes out is
written down in full, since it is what a reader of a finding gets to see.
"""

from dataclasses import replace

import pytest
from faulty.conversing import CYCLE, END, EXCHANGED, GET, SERVED, client, server, short_response
from faulty.minimal import MINIMAL
from faulty.showing import found, implementation, showing
from hypothesis import given, settings

from h11spec import reference
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    Typed,
)
from h11spec.strategies.reduction import reduce
from h11spec.strategies.simplicity import cost
from h11spec.strategies.traces import run

ODD = [None, 1.5, (b"a",), Typed("opaque", 3), Typed("text", "\ud800")]


def minimal(name: str, program: Program) -> tuple[str, Program]:
    """The identity of the program's first divergence, and the reduced program."""
    actual = implementation(name)
    identity = found(actual, program)[0].identity
    shows = showing(actual, identity)
    left = reduce(program, shows)
    assert shows(left)
    return identity, left


@pytest.mark.parametrize("name", MINIMAL)
def test_a_program_that_shows_a_planted_fault_is_minimised(name: str) -> None:
    """No superfluous step, byte or argument is left, and the divergence is the same."""
    program, expected = MINIMAL[name]
    assert minimal(name, program)[1] == expected


@pytest.mark.parametrize("name", MINIMAL)
def test_a_minimal_program_is_left_as_it_is(name: str) -> None:
    """Reduction is idempotent."""
    _, expected = MINIMAL[name]
    asked: list[Program] = []
    shows = showing(implementation(name), found(implementation(name), expected)[0].identity)

    def short_request(program: Program) -> bool:
        asked.append(program)
        return shows(program)

    assert reduce(expected, short_request) == expected
    assert all(cost(program) < cost(expected) for program in asked)


def test_a_fault_of_the_third_cycle_needs_two_cycles() -> None:
    """Only the necessary steps remain, each in its usual form; both requests arrive at once."""
    program = server(*SERVED, CYCLE, *SERVED, CYCLE, *SERVED)
    identity, left = minimal("one_cycle", program)
    assert identity == "cycle in DONE/DONE: state server: expected IDLE, got ERROR"
    heard, *others = left.steps
    assert isinstance(heard, Receive)
    assert heard.data == b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n" * 2
    assert others == [Drain(), short_response(), END, CYCLE] * 2


def test_every_candidate_costs_less_than_the_best_program_so_far() -> None:
    """So reduction ends, and never makes a program longer, whatever the predicate."""
    program, _ = MINIMAL["trips"]
    shows = showing(implementation("trips"), found(implementation("trips"), program)[0].identity)
    costs = [cost(program)]

    def short_request(candidate: Program) -> bool:
        assert cost(candidate) < costs[-1]
        if shows(candidate):
            costs.append(cost(candidate))
            return True
        return False

    assert cost(reduce(program, short_request)) == costs[-1]
    assert len(costs) > 5


def test_a_program_without_a_simpler_one_is_kept() -> None:
    program = server(GET, Drain())
    assert reduce(program, lambda candidate: candidate == program) == program


def test_a_predicate_that_always_holds_reduces_to_the_empty_program() -> None:
    program = client(*EXCHANGED, limit=40)
    assert reduce(program, lambda candidate: True) == client()


@pytest.mark.parametrize("role", ["client", "server"])
def test_the_role_stays(role: Role) -> None:
    """Another role would make another conversation, not a simpler one."""
    seen: set[Role] = set()

    def short_request(candidate: Program) -> bool:
        seen.add(candidate.role)
        return any(isinstance(step, ReceiveEOF) for step in candidate.steps)

    program = Program(role, (GET, Drain(), ReceiveEOF(), Drain()), 80)
    assert reduce(program, short_request) == Program(role, (ReceiveEOF(),))
    assert seen == {role}


@settings(max_examples=25)
@given(programs(max_actions=6))
def test_the_last_state_of_a_drawn_program_is_kept(program: Program) -> None:
    """The reduced program satisfies the predicate, costs no more, and cannot be reduced further."""

    def last_states(candidate: Program) -> tuple[str, str]:
        trace = run(reference, candidate)
        return trace[len(trace) - 1].states if len(trace) else ("IDLE", "IDLE")

    short = replace(program, steps=program.steps[:8])
    wanted = last_states(short)
    left = reduce(short, lambda candidate: last_states(candidate) == wanted)
    assert last_states(left) == wanted
    assert cost(left) <= cost(short)
    assert reduce(left, lambda candidate: last_states(candidate) == wanted) == left


@pytest.mark.parametrize("data", ODD, ids=repr)
def test_data_of_any_type_can_be_reduced(data: object) -> None:
    """A target may fail on any argument."""
    program = client(Send(EventSpec.of("Data", data=data)), END)
    left = reduce(program, lambda one: any("Data" in str(step) for step in one.steps))
    assert [type(step) for step in left.steps] == [Send]
