"""The machine checks: the complete suite as programs, and the outputs of the stored machine."""

from collections.abc import Iterable
from random import Random

import h11
import pytest

from h11spec import reference
from h11spec.conformance.checks.machine import (
    agrees_with_machine,
    checks,
    sizes,
    suite,
    transition_coverage,
)
from h11spec.reports.diagrams.machine_diagram import LabelledMachine
from h11spec.reports.diagrams.transitions import ANY, states, transitions
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES, SymbolProgram, to_program
from h11spec.strategies.program import Json, Role
from h11spec.strategies.traces import Trace, run


def sample(role: Role, count: int = 150) -> Iterable[SymbolProgram]:
    for word in Random(7).sample(suite(role), count):
        yield to_program(role, word)


def test_the_machines_have_every_reachable_joint_state() -> None:
    """36 of 64: tests/state_machine finds them by the tables alone."""
    joint: set[str] = set()
    for role in ROLES:
        named = LabelledMachine(role, stored.machine(role).machine, stored.machine(role).outputs)
        joint |= {named.joint_state(state) for state in range(named.machine.size)}
    assert len(joint) == 36


@pytest.mark.unmeasured
def test_the_suites_cover_every_transition_of_the_diagrams_and_no_other() -> None:
    """The transition to ERROR that is drawn from any state is covered from each state."""
    drawn = {arrow.key for role in ("CLIENT", "SERVER") for arrow in transitions(role)}
    errors = {(role, state, "ERROR") for role in ("CLIENT", "SERVER") for state in states(role)} - {
        (role, "ERROR", "ERROR") for role in ("CLIENT", "SERVER")
    }
    expected = {key for key in drawn if key[1] != ANY} | errors
    coverage = transition_coverage("client") + transition_coverage("server")
    assert {key for key, count in coverage.items() if count} == expected


@pytest.mark.parametrize("role", ROLES)
def test_the_suite_covers_every_transition_of_the_machine(role: Role) -> None:
    machine = stored.machine(role).machine
    left = {
        (state, symbol)
        for state, row in enumerate(machine.transitions)
        for symbol, transition in enumerate(row)
        if transition is not None
    }
    for word in suite(role):
        state = 0
        for symbol in word:
            left.discard((state, symbol))
            state = machine.after((symbol,), state)
    assert left == set()


@pytest.mark.parametrize("role", ROLES)
def test_the_reference_agrees_with_the_stored_machine(role: Role) -> None:
    assert all(agrees_with_machine(program, run(reference, program)) for program in sample(role))


@pytest.mark.parametrize("role", ROLES)
def test_h11_agrees_with_the_stored_machine_except_for_upstream_deviations(role: Role) -> None:
    disagreeing = 0
    for program in sample(role):
        trace = run(h11, program)
        if agrees_with_machine(program, trace):
            continue
        disagreeing += 1
        compared = compare(program, run(reference, program), trace, UPSTREAM_DEVIATIONS)
        assert compared.divergence is None
        assert "AttributeError" in str(trace)
    assert disagreeing < 75


def test_any_other_observation_disagrees_with_the_stored_machine() -> None:
    """Texts of errors and unread bytes do not count; everything else does, and the length, too."""
    [program] = [each for each in sample("client", 40) if "raised" in str(_trace(each))][:1]
    trace = _trace(program)
    assert agrees_with_machine(program, Trace(trace))
    at = next(at for at, each in enumerate(trace) if "raised" in each)
    raised = {**trace[at]["raised"], "text": "in other words"}
    other_words = [*trace[:at], {**trace[at], "raised": raised}, *trace[at + 1 :]]
    raised = {**raised, "class": "ValueError"}
    other_class = [*trace[:at], {**trace[at], "raised": raised}, *trace[at + 1 :]]
    number = [*trace[:at], {**trace[at], "client": 1}, *trace[at + 1 :]]
    changed = [other_words, other_class, number, trace[:-1], [*trace, trace[-1]]]
    agrees = [agrees_with_machine(program, Trace(each)) for each in changed]
    assert agrees == [True, False, False, False, False]


def _trace(program: SymbolProgram) -> list[Json]:
    return run(reference, program).form


@pytest.mark.unmeasured
def test_the_sizes_are_those_of_the_machine_and_its_suite() -> None:
    for check, role in zip(checks(), ROLES, strict=True):
        size = sizes(check, 0)
        machine = stored.machine(role).machine
        assert (size["states"], size["input_symbols"]) == (
            machine.size,
            len(machine.transitions[0]),
        )
        assert size["sequences"] == len(suite(role)) == sum(1 for _ in check.programs())
        coverage = {tuple(each[:3]): each[3] for each in size["transitions"]}
        assert coverage == transition_coverage(role)
