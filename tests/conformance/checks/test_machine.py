"""The machine phase: the complete suite, as programs, and what is known of their traces."""

from collections.abc import Iterable
from random import Random

import h11
import pytest

from h11spec import reference
from h11spec.conformance.checks.machine import agrees_with_machine, checks, transition_coverage, sizes, suite
from h11spec.reports.diagrams.machine_diagram import Named
from h11spec.reports.diagrams.transitions import ANY, states, transitions
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES, SymbolProgram, to_program
from h11spec.strategies.programs import Json, Role
from h11spec.strategies.traces import Trace, run


def some(role: Role, count: int = 150) -> Iterable[SymbolProgram]:
    for word in Random(7).sample(suite(role), count):
        yield to_program(role, word)


def test_every_joint_state_that_there_is_is_one_of_the_machines() -> None:
    """36 of 64: tests/state_machine finds them by the tables alone."""
    joint: set[str] = set()
    for role in ROLES:
        named = Named(role, stored.machine(role).machine, stored.machine(role).outputs)
        joint |= {named.joint(state) for state in range(named.machine.size)}
    assert len(joint) == 36


def test_every_arrow_of_the_diagrams_is_gone_in_either_role_and_no_other() -> None:
    """The arrow to ERROR that is drawn from any state is gone from each that has one."""
    drawn = {arrow.key for role in ("CLIENT", "SERVER") for arrow in transitions(role)}
    errors = {(role, state, "ERROR") for role in ("CLIENT", "SERVER") for state in states(role)} - {
        (role, "ERROR", "ERROR") for role in ("CLIENT", "SERVER")
    }
    expected = {key for key in drawn if key[1] != ANY} | errors
    gone = transition_coverage("client") + transition_coverage("server")
    assert {key for key, count in gone.items() if count} == expected


@pytest.mark.parametrize("role", ROLES)
def test_the_suite_goes_every_transition_of_the_machine(role: Role) -> None:
    machine = stored.machine(role).machine
    left = {
        (state, letter)
        for state, row in enumerate(machine.transitions)
        for letter, transition in enumerate(row)
        if transition is not None
    }
    for word in suite(role):
        state = 0
        for letter in word:
            left.discard((state, letter))
            state = machine.after((letter,), state)
    assert left == set()


@pytest.mark.parametrize("role", ROLES)
def test_the_reference_shows_what_is_kept(role: Role) -> None:
    assert all(agrees_with_machine(program, run(reference, program)) for program in some(role))


@pytest.mark.parametrize("role", ROLES)
def test_h11_shows_what_is_kept_but_for_upstream_deviations(role: Role) -> None:
    others = 0
    for program in some(role):
        trace = run(h11, program)
        if agrees_with_machine(program, trace):
            continue
        others += 1
        compared = compare(program, run(reference, program), trace, UPSTREAM_DEVIATIONS)
        assert compared.divergence is None
        assert "AttributeError" in str(trace)
    assert others < 75


def test_what_is_not_as_it_is_kept_is_not_agrees_with_machine() -> None:
    """The words of an error and unread bytes do not count; all else does, and so does the end."""
    [program] = [each for each in some("client", 40) if "raised" in str(_trace(each))][:1]
    trace = _trace(program)
    assert agrees_with_machine(program, Trace(trace))
    at = next(at for at, each in enumerate(trace) if "raised" in each)
    raised = {**trace[at]["raised"], "text": "in other words"}
    other_words = [*trace[:at], {**trace[at], "raised": raised}, *trace[at + 1 :]]
    raised = {**raised, "class": "ValueError"}
    other_class = [*trace[:at], {**trace[at], "raised": raised}, *trace[at + 1 :]]
    number = [*trace[:at], {**trace[at], "client": 1}, *trace[at + 1 :]]
    changed = [other_words, other_class, number, trace[:-1], [*trace, trace[-1]]]
    told = [agrees_with_machine(program, Trace(each)) for each in changed]
    assert told == [True, False, False, False, False]


def _trace(program: SymbolProgram) -> list[Json]:
    return run(reference, program).form


def test_a_check_is_told_with_the_size_of_its_machine() -> None:
    for check, role in zip(checks(), ROLES, strict=True):
        size = sizes(check, 0)
        machine = stored.machine(role).machine
        assert (size["states"], size["input_symbols"]) == (
            machine.size,
            len(machine.transitions[0]),
        )
        assert size["sequences"] == len(suite(role)) == sum(1 for _ in check.programs())
        assert {tuple(taken[:3]): taken[3] for taken in size["transitions"]} == transition_coverage(role)
