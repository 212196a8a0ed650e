"""What is known of the sweeps beforehand: it is current, and it hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from h11spec import reference
from h11spec.conformance.checks import machine
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.checks.check import Check
from h11spec.conformance.execution import worker
from h11spec.conformance.execution.executor import (
    NOTHING_KNOWN,
    Digests,
    InProcessExecutor,
    RawTrace,
    parse_observations,
    parse_trace,
    trace_line,
)
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.execution.worker import GROUP
from h11spec.conformance.oracles import golden
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.targets.target import parse
from h11spec.reports.findings.divergence import AGREES
from h11spec.strategies.fingerprint import SIZE
from h11spec.strategies.machine.alphabet import ROLES
from h11spec.strategies.programs import Drain, Json, Program, Receive, Role
from h11spec.strategies.traces import Trace

# Of the groups of a check, every so many is run again here; all are made by `make precompute`.
STRIDE = 25
AGREEING = [check for check in catalogue() if check.differential]
REFERENCE = InProcessExecutor(reference)


def groups(check: Check) -> list[list[Program]]:
    programs = list(check.programs())
    return [programs[at : at + GROUP] for at in range(0, len(programs), GROUP)]


def shown(side: InProcessExecutor, programs: Sequence[Program]) -> list[RawTrace]:
    return side.submit(programs)()


def is_current(group: Sequence[Program]) -> bool:
    """Whether it is foreseen, in both forms in which a target may show it."""
    traces = shown(REFERENCE, group)
    known = golden.digest_of_text(group, traces) in golden.digests()
    return known and golden.foreseen(group, traces)


@pytest.mark.parametrize("area", sorted({check.area for check in AGREEING}))
def test_it_is_current(area: str) -> None:
    """If this fails, the reference or a program has changed: `make precompute`."""
    checks = [check for check in AGREEING if check.area == area]
    some = [group for check in checks for group in groups(check)[::STRIDE]]
    assert [group for group in some if not is_current(group)] == []


@pytest.fixture
def programs() -> list[Program]:
    [check] = (check for check in AGREEING if check.id == "numbers/chunk-length-received")
    return list(check.programs())


def refuse(program: Program) -> Trace:
    raise AssertionError(f"{program} was not foreseen")


REFUSING = replace(golden.SWEEPS, begin=refuse)


def test_what_is_foreseen_is_not_run_on_the_expected_side(programs: list[Program]) -> None:
    lockstep = Lockstep(REFERENCE, REFERENCE, (), REFUSING)
    assert lockstep.submit(programs)() == [AGREES] * len(programs)


def test_a_target_of_its_own_process_says_itself_what_is_foreseen(
    programs: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read of what it shows, and nothing is run here."""
    monkeypatch.setattr("h11spec.conformance.oracles.lockstep.parse_trace", None)
    with closing(Worker(parse("h11spec.reference"), Limits())) as side:
        assert Lockstep(REFERENCE, side, (), REFUSING).submit(programs)() == [AGREES] * len(
            programs
        )


def test_digests_are_as_long_on_both_sides() -> None:
    assert len(worker.digest([], b"")) == SIZE


@pytest.mark.parametrize("role", ROLES)
def test_the_suite_of_the_machine_is_foreseen(role: Role) -> None:
    [check] = (each for each in machine.checks() if each.role == role)
    for group in groups(check)[:: 10 * STRIDE]:
        assert is_current(group)


def test_what_is_not_foreseen_is_compared(programs: list[Program]) -> None:
    """Other programs than those of the sweeps, such as those a fault is made minimal with."""
    others = [Program("server", (*program.steps, Receive(b"a"), Drain())) for program in programs]
    lockstep = Lockstep(REFERENCE, REFERENCE, (), golden.SWEEPS)
    assert not golden.foreseen(others[:GROUP], shown(REFERENCE, others[:GROUP]))
    assert lockstep.submit(others)() == [AGREES] * len(others)


class Lying(InProcessExecutor):
    """Shows one thing otherwise, in one program."""

    def __init__(self, at: int) -> None:
        super().__init__(reference)
        self.at = at

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        def result() -> list[RawTrace]:
            traces = shown(REFERENCE, programs)
            form = parse_trace(traces[self.at]).form
            form[-1]["server"] = "IDLE"
            return traces

        return result


@pytest.mark.parametrize("at", [0, GROUP - 1, GROUP, 2 * GROUP + 3, -1])
def test_a_difference_is_found_wherever_it_is(at: int, programs: list[Program]) -> None:
    lockstep = Lockstep(REFERENCE, Lying(at), (), golden.SWEEPS)
    comparisons = lockstep.submit(programs)()
    found = [each for each, it in enumerate(comparisons) if it is not None and it.divergence]
    assert found == [at % len(programs)]
    assert comparisons == Lockstep(REFERENCE, Lying(at)).submit(programs)()


def test_the_traces_of_other_programs_are_not_foreseen(programs: list[Program]) -> None:
    """Rejected in the same way, two different groups look the same; only one may have to be."""
    first, second = programs[:GROUP], programs[GROUP : 2 * GROUP]
    assert golden.foreseen(first, shown(REFERENCE, first))
    assert not golden.foreseen(second, shown(REFERENCE, first))
    assert not golden.foreseen(first[:-1], shown(REFERENCE, first[:-1]))


def _forget() -> None:
    vars(golden)["digests"].cache_clear()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the file, which is read in the place of the file."""
    copy = tmp_path / "golden.bin"
    copy.write_bytes(golden.FILE.read_bytes())
    monkeypatch.setattr(golden, "FILE", copy)
    _forget()
    yield copy
    _forget()


def test_nothing_is_foreseen_by_other_source_code(elsewhere: Path, programs: list[Program]) -> None:
    first = programs[:GROUP]
    assert golden.foreseen(first, shown(REFERENCE, first))
    content = elsewhere.read_bytes()
    elsewhere.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    _forget()
    assert not golden.foreseen(first, shown(REFERENCE, first))


@pytest.mark.parametrize("length", [0, 3, None])
def test_a_broken_file_foresees_nothing(
    length: int | None, elsewhere: Path, programs: list[Program]
) -> None:
    if length is None:
        elsewhere.unlink()
    else:
        elsewhere.write_bytes(elsewhere.read_bytes()[:length])
    _forget()
    first = programs[:GROUP]
    assert not golden.foreseen(first, shown(REFERENCE, first))


ALIKE = [1, True, 1.0, float("nan"), None, 2**64, 2.0**64, "\ud800", "?", {"text": "?"}]


@pytest.mark.parametrize("value", ALIKE, ids=repr)
def test_values_that_look_alike_are_told_apart(value: object, programs: list[Program]) -> None:
    """In some formats two of them are the same, and others have no way to say one of them."""
    digest = vars(golden)["digest_of"]
    first = programs[:1]
    alike = [other for other in ALIKE if digest(first, [[other]]) == digest(first, [[value]])]
    assert len(alike) == 1


@pytest.mark.parametrize("form", [["\ud800"], [1e400], [2**70, -(2**70)], [{"a": [None, True]}]])
def test_whatever_a_worker_writes_is_read_as_it_was(form: list[Json]) -> None:
    """A lone surrogate and infinity are no JSON, and Python writes and reads both."""
    assert parse_observations(trace_line(form)) == form
