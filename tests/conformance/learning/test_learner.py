"""Learning finds the target's machine, or says why there is none.

The alphabet is reduced: with the whole one, learning takes as long as a run.
"""

from collections.abc import Callable, Generator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import h11
import pytest
from command_helper import faulty
from faulty.showing import implementation
from machines_helper import SMALL_ALPHABET, TINY_ALPHABET, alphabet_of

from h11spec import reference
from h11spec.benchmarks.single_cells import faults
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import open_pool
from h11spec.conformance.learning.diagnosis import symbol_names
from h11spec.conformance.learning.learner import LearnedMachine, Nondeterministic, OutOfTime, learn
from h11spec.conformance.targets.target import parse
from h11spec.reports.diagrams.machine_diagram import LabelledMachine
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES, alphabet
from h11spec.strategies.machine.exploration import ReferenceMachine, explore
from h11spec.strategies.machine.mealy import Machine, differences
from h11spec.strategies.program import Json, Program, ReceiveEOF, Role

# The input of an upstream bug: a request when the server is not IDLE.
UPSTREAM_BUG = ("receive GET twice", "send GET")


@pytest.fixture(scope="module", autouse=True)
def _reduced_alphabet(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    with alphabet_of(tmp_path_factory.mktemp("alphabet"), (*SMALL_ALPHABET, *UPSTREAM_BUG)):
        yield


class Changing(InProcessExecutor):
    """Runs the reference, and changes each trace."""

    def __init__(self, change: Callable[[Program, list[Json]], list[Json]]) -> None:
        super().__init__(reference)
        self._change = change

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        traces = super().submit(programs, short_limits=short_limits)
        return lambda: [
            self._change(program, trace)
            for program, trace in zip(programs, traces(), strict=True)
            if isinstance(trace, list)
        ]


def different(one: ReferenceMachine, other: LearnedMachine | ReferenceMachine) -> bool:
    """Whether the machines differ, however each numbers its outputs."""
    numbers = {repr(output): at for at, output in enumerate(one.outputs)}
    known = [numbers.setdefault(repr(each), len(numbers)) for each in other.outputs]
    rows = tuple(
        tuple(None if each is None else (each[0], known[each[1]]) for each in row)
        for row in other.machine.transitions
    )
    return any(differences(one.machine, Machine(rows, other.machine.seen)))


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("tested", [reference, h11], ids=["reference", "h11"])
def test_the_reference_and_h11_have_the_stored_machine(tested: Any, role: Role) -> None:
    """Upstream deviations do not change the machine."""
    found = learn(InProcessExecutor(tested), role)
    true = stored.machine(role)
    assert found.machine.transitions == true.machine.transitions
    assert found.outputs == true.outputs
    for one, other in combinations(range(true.machine.size), 2):
        alike = {
            machine.seen[one] == machine.seen[other] for machine in (found.machine, true.machine)
        }
        assert len(alike) == 1
    assert 500 < found.queries < 5000


WRONG = (
    "CLIENT IDLE: Request -> MUST_CLOSE",
    "CLIENT SEND_BODY: EndOfMessage -> MUST_CLOSE",
    "SERVER SEND_BODY: EndOfMessage -> CLOSED",
    "next cycle: never",
    "keep-alive: inverted",
    "an error: of both roles",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_faulty_machine_is_learned_with_its_fault(name: str) -> None:
    [fault] = [each for each in faults() if each.name == name]
    reference_machines = {role: stored.machine(role) for role in ROLES}
    differing: list[Role] = []
    with fault.plant():
        for role in ROLES:
            true = explore(role)
            found = learn(InProcessExecutor(reference), role)
            assert not different(true, found)
            assert found.machine.size == true.machine.size
            if different(reference_machines[role], found):
                differing.append(role)
    assert differing


def test_progress_is_reported_and_the_number_of_states_never_decreases() -> None:
    reported: list[tuple[int, int]] = []

    def note(states: int, queries: int) -> None:
        reported.append((states, queries))

    found = learn(InProcessExecutor(reference), "client", progress=note)
    assert reported == sorted(reported)
    assert reported[-1][0] == found.machine.size
    assert reported[-1][1] <= found.queries


def test_a_nondeterministic_target_has_no_machine() -> None:
    """From the fifth word that begins with the end of input on, that input shows something else."""
    ends: list[Program] = []

    def change(program: Program, trace: list[Json]) -> list[Json]:
        if not program.steps or not isinstance(program.steps[0], ReceiveEOF):
            return trace
        ends.append(program)
        return trace if len(ends) < 5 else [{**trace[0], "returned": "surprise"}, *trace[1:]]

    with pytest.raises(Nondeterministic) as caught:
        learn(Changing(change), "client")
    error = caught.value
    assert error.role == "client"
    assert symbol_names("client", error.word) == "EOF"
    before, after = error.outputs
    assert before in stored.machine("client").outputs
    assert after[0]["returned"] == "surprise"


def test_learning_stops_after_max_time() -> None:
    with pytest.raises(OutOfTime):
        learn(InProcessExecutor(reference), "client", max_time=0)


def test_a_target_that_ends_is_in_a_state_that_is_never_left() -> None:
    """It exits at the end of input, and shows nothing more."""

    def change(program: Program, trace: list[Json]) -> list[Json]:
        for at, step in enumerate(program.steps):
            if isinstance(step, ReceiveEOF):
                return [*trace[: at + 1], {"fault": "exit"}]
        return trace

    found = learn(Changing(change), "client")
    named = LabelledMachine("client", found.machine, found.outputs)
    [ended] = [state for state in range(found.machine.size) if named.joint_state(state) == "ended"]
    assert set(found.machine.transitions[ended]) == {(ended, -2)}
    symbols = [symbol.name for symbol in alphabet("client")]
    for state, row in enumerate(found.machine.transitions):
        for name, transition in zip(symbols, row, strict=True):
            if state != ended and transition is not None:
                assert (transition[0] == ended) == (name == "EOF")


@pytest.mark.unmeasured
def test_learning_in_a_process_finds_the_same_machine(tmp_path: Path) -> None:
    """Although it prefetches outputs."""
    with alphabet_of(tmp_path, TINY_ALPHABET):
        with open_pool(parse(faulty("cycles_early")), Limits(), 1) as (_, side):
            there = learn(side, "client")
        here = learn(InProcessExecutor(implementation("cycles_early")), "client")
        assert there.queries > here.queries
        assert (there.machine.size, different(stored.machine("client"), there)) == (36, True)
        assert not different(
            ReferenceMachine("client", here.machine, here.outputs, (), (), ()), there
        )


@pytest.mark.unmeasured
def test_a_target_that_ends_its_process_is_learned_up_to_there(tmp_path: Path) -> None:
    with (
        alphabet_of(tmp_path, TINY_ALPHABET),
        open_pool(parse(faulty("process_exits_at_once")), Limits(max_faults=1), 1) as (_, side),
    ):
        found = learn(side, "client")
        named = LabelledMachine("client", found.machine, found.outputs)
        assert "ended" in map(named.joint_state, range(found.machine.size))
