"""A target's machine is learnt as it is, or it is said why not.

A few letters do: with all of them, learning takes as long as a run.
"""

from collections.abc import Callable, Generator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import h11
import pytest
from command_helper import faulty
from faulty.showing import implementation
from machines_helper import FEW, FEWER, letters_of

from h11spec import reference
from h11spec.benchmarks.single_cells import faults
from h11spec.conformance.execution.executor import NOTHING_KNOWN, Digests, InProcess, Shown
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import working
from h11spec.conformance.learning.diagnosis import spoken
from h11spec.conformance.learning.learner import Learnt, OutOfTime, Undetermined, learn
from h11spec.conformance.targets.target import parse
from h11spec.reports.diagrams.machine_diagram import Named
from h11spec.strategies.machine import kept
from h11spec.strategies.machine.alphabet import ROLES, alphabet
from h11spec.strategies.machine.exploring import Explored, explored
from h11spec.strategies.machine.mealy import Machine, differences
from h11spec.strategies.programs import Json, Program, ReceiveEOF, Role

# Where h11 stumbles over its own words: a request that meets a server which is not IDLE.
STUMBLING = ("receive GET twice", "send GET")


@pytest.fixture(scope="module", autouse=True)
def _few_letters(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    with letters_of(tmp_path_factory.mktemp("letters"), (*FEW, *STUMBLING)):
        yield


class Changing(InProcess):
    """The reference, and what is made of each trace on the way."""

    def __init__(self, change: Callable[[Program, list[Json]], list[Json]]) -> None:
        super().__init__(reference)
        self._change = change

    def submit(
        self, programs: Sequence[Program], *, hurry: bool = False, known: Digests = NOTHING_KNOWN
    ) -> Callable[[], list[Shown]]:
        traces = super().submit(programs, hurry=hurry)
        return lambda: [
            self._change(program, trace)
            for program, trace in zip(programs, traces(), strict=True)
            if isinstance(trace, list)
        ]


def different(one: Explored, other: Learnt | Explored) -> bool:
    """Whether the machines differ, each of which numbers outputs in a way of its own."""
    numbers = {repr(output): at for at, output in enumerate(one.outputs)}
    known = [numbers.setdefault(repr(each), len(numbers)) for each in other.outputs]
    rows = tuple(
        tuple(None if each is None else (each[0], known[each[1]]) for each in row)
        for row in other.machine.transitions
    )
    return any(differences(one.machine, Machine(rows, other.machine.seen)))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("tested", [reference, h11], ids=["reference", "h11"])
def test_what_has_the_machine_of_the_reference_is_learnt_so(tested: Any, role: Role) -> None:
    """Upstream deviations make no other machine."""
    found = learn(InProcess(tested), role)
    true = kept.machine(role)
    assert found.machine.transitions == true.machine.transitions
    assert found.outputs == true.outputs
    for one, other in combinations(range(true.machine.size), 2):
        alike = {
            machine.seen[one] == machine.seen[other] for machine in (found.machine, true.machine)
        }
        assert len(alike) == 1
    assert 500 < found.questions < 5000


WRONG = (
    "CLIENT IDLE: Request -> MUST_CLOSE",
    "CLIENT SEND_BODY: EndOfMessage -> MUST_CLOSE",
    "SERVER SEND_BODY: EndOfMessage -> CLOSED",
    "next cycle: never",
    "keep-alive: turned round",
    "an error: of both sides",
)


@pytest.mark.parametrize("name", WRONG)
def test_another_machine_is_learnt_as_it_is(name: str) -> None:
    [fault] = [each for each in faults() if each.name == name]
    reference_machines = {role: kept.machine(role) for role in ROLES}
    differing: list[Role] = []
    with fault.plant():
        for role in ROLES:
            true = explored(role, arrows=False)
            found = learn(InProcess(reference), role)
            assert not different(true, found)
            assert found.machine.size == true.machine.size
            if different(reference_machines[role], found):
                differing.append(role)
    assert differing


def test_progress_is_told_and_states_only_become_more() -> None:
    told: list[tuple[int, int]] = []

    def note(states: int, questions: int) -> None:
        told.append((states, questions))

    found = learn(InProcess(reference), "client", progress=note)
    assert told == sorted(told)
    assert told[-1][0] == found.machine.size
    assert told[-1][1] <= found.questions


def test_what_changes_its_mind_has_no_machine() -> None:
    """From the fifth word that begins with the end of input on, that shows something else."""
    ends: list[Program] = []

    def change(program: Program, trace: list[Json]) -> list[Json]:
        if not program.steps or not isinstance(program.steps[0], ReceiveEOF):
            return trace
        ends.append(program)
        return trace if len(ends) < 5 else [{**trace[0], "returned": "surprise"}, *trace[1:]]

    with pytest.raises(Undetermined) as caught:
        learn(Changing(change), "client")
    error = caught.value
    assert error.role == "client"
    assert spoken("client", error.word) == "EOF"
    before, after = error.outputs
    assert before in kept.machine("client").outputs
    assert after[0]["returned"] == "surprise"


def test_there_is_an_end_to_it() -> None:
    with pytest.raises(OutOfTime):
        learn(InProcess(reference), "client", max_time=0)


def test_what_ends_is_a_state_from_which_nothing_leads_away() -> None:
    """It dies of the end of input, and shows no more."""

    def change(program: Program, trace: list[Json]) -> list[Json]:
        for at, step in enumerate(program.steps):
            if isinstance(step, ReceiveEOF):
                return [*trace[: at + 1], {"fault": "exit"}]
        return trace

    found = learn(Changing(change), "client")
    named = Named("client", found.machine, found.outputs)
    [ended] = [state for state in range(found.machine.size) if named.joint(state) == "ended"]
    assert set(found.machine.transitions[ended]) == {(ended, -2)}
    letters = [letter.name for letter in alphabet("client")]
    for state, row in enumerate(found.machine.transitions):
        for name, transition in zip(letters, row, strict=True):
            if state != ended and transition is not None:
                assert (transition[0] == ended) == (name == "EOF")


def test_what_runs_in_a_process_is_learnt_as_what_runs_here(tmp_path: Path) -> None:
    """A process is asked for more at once, and that makes no other machine."""
    with letters_of(tmp_path, FEWER):
        with working(parse(faulty("cycles_early")), Limits(), 1) as (_, side):
            there = learn(side, "client")
        here = learn(InProcess(implementation("cycles_early")), "client")
        assert there.questions > here.questions
        assert (there.machine.size, different(kept.machine("client"), there)) == (36, True)
        assert not different(Explored("client", here.machine, here.outputs, (), (), ()), there)


def test_what_ends_its_process_is_learnt_until_then(tmp_path: Path) -> None:
    with (
        letters_of(tmp_path, FEWER),
        working(parse(faulty("process_exits_at_once")), Limits(max_faults=1), 1) as (_, side),
    ):
        found = learn(side, "client")
        named = Named("client", found.machine, found.outputs)
        assert "ended" in map(named.joint, range(found.machine.size))
