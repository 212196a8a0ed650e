"""Golden digests are current, and hide no difference."""

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
from h11spec.conformance.execution.executor import (
    CachingExecutor,
    Executor,
    InProcessExecutor,
    RawTrace,
    parse_observations,
    parse_trace,
    trace_line,
)
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.execution.shipped.protocol import DIGEST_SIZE, GROUP
from h11spec.conformance.oracles import golden
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.targets.target import parse
from h11spec.reports.findings.divergence import AGREES
from h11spec.strategies.fingerprint import SIZE
from h11spec.strategies.interpreter import encode
from h11spec.strategies.machine.alphabet import ROLES
from h11spec.strategies.program import Drain, Json, Program, Receive, Role
from h11spec.strategies.traces import Observation

# One in this many groups of a check is run again here; `make precompute` runs all of them.
STRIDE = 25
DIFFERENTIAL = [check for check in catalogue() if check.differential]
REFERENCE = InProcessExecutor(reference)
INFINITY = float("inf")


def groups(check: Check) -> list[list[Program]]:
    programs = list(check.programs())
    return [programs[at : at + GROUP] for at in range(0, len(programs), GROUP)]


def traces_of(programs: Sequence[Program], executor: Executor = REFERENCE) -> list[RawTrace]:
    return executor.submit(programs)()


def is_golden(programs: Sequence[Program], traces: Sequence[RawTrace]) -> bool:
    """Whether a group of programs with these traces has a golden digest."""
    return golden.digest_of(programs, traces) in golden.digests()


@pytest.mark.slow
@pytest.mark.parametrize("area", sorted({check.area for check in DIFFERENTIAL}))
def test_the_digests_are_current(area: str) -> None:
    """If this fails, the reference or a program has changed: `make precompute`."""
    checks = [check for check in DIFFERENTIAL if check.area == area]
    some = [group for check in checks for group in groups(check)[::STRIDE]]
    assert [group for group in some if not is_golden(group, traces_of(group))] == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_suite_of_the_machine_is_golden(role: Role) -> None:
    [check] = (each for each in machine.checks() if each.role == role)
    for group in groups(check)[:: 10 * STRIDE]:
        assert is_golden(group, traces_of(group))


@pytest.fixture
def programs() -> list[Program]:
    [check] = (check for check in DIFFERENTIAL if check.id == "numbers/chunk-length-received")
    return list(check.programs())


def refuse(program: Program) -> Iterator[Observation]:
    raise AssertionError(f"{program} has no golden digest")


def refusing(actual: Executor) -> Lockstep:
    """A lockstep whose expected side must not be run."""
    return replace(golden.with_golden(Lockstep(REFERENCE, actual)), observe=refuse)


def test_golden_programs_are_not_run_on_the_expected_side(programs: list[Program]) -> None:
    assert refusing(REFERENCE).submit(programs)() == [AGREES] * len(programs)


def test_golden_programs_whose_traces_are_remembered_are_not_run_again(
    programs: list[Program],
) -> None:
    """The digests are the same for traces as text, which a worker sends, and as values."""
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        for executor in (CachingExecutor(worker), CachingExecutor(REFERENCE)):
            executor.prefetch(programs)
            assert refusing(executor).submit(programs)() == [AGREES] * len(programs)


def test_a_worker_compares_digests_itself(
    programs: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace is parsed here, and nothing is run here."""
    monkeypatch.setattr("h11spec.conformance.oracles.lockstep.parse_trace", None)
    monkeypatch.setattr("h11spec.conformance.oracles.golden.digest_of", None)
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        assert refusing(worker).submit(programs)() == [AGREES] * len(programs)


def test_other_programs_are_compared(programs: list[Program]) -> None:
    """Such as those that a divergence is minimised with."""
    others = [Program("server", (*program.steps, Receive(b"a"), Drain())) for program in programs]
    lockstep = golden.with_golden(Lockstep(REFERENCE, REFERENCE))
    assert not is_golden(others[:GROUP], traces_of(others[:GROUP]))
    assert lockstep.submit(others)() == [AGREES] * len(others)


class Lying(InProcessExecutor):
    """Shows something else in the last step of one program."""

    def __init__(self, at: int) -> None:
        super().__init__(reference)
        self.at = at

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        def result() -> list[RawTrace]:
            traces = traces_of(programs)
            form = parse_trace(traces[self.at]).form
            form[-1]["server"] = "IDLE"
            return traces

        return result


@pytest.mark.parametrize("at", [0, GROUP - 1, GROUP, 2 * GROUP + 3, -1])
def test_a_difference_is_found_wherever_it_is(at: int, programs: list[Program]) -> None:
    lockstep = Lockstep(REFERENCE, Lying(at))
    comparisons = golden.with_golden(lockstep).submit(programs)()
    found = [each for each, it in enumerate(comparisons) if it is not None and it.divergence]
    assert found == [at % len(programs)]
    assert comparisons == lockstep.submit(programs)()


def test_a_program_that_was_not_run_has_no_golden_trace(programs: list[Program]) -> None:
    traces = [*traces_of(programs[: GROUP - 1]), None]
    assert not is_golden(programs[:GROUP], traces)


def test_the_traces_of_other_programs_are_not_golden(programs: list[Program]) -> None:
    """Two groups that are rejected alike have equal traces; only one of them may have to be."""
    first, second = programs[:GROUP], programs[GROUP : 2 * GROUP]
    assert is_golden(first, traces_of(first))
    assert not is_golden(second, traces_of(first))
    assert not is_golden(first[:-1], traces_of(first[:-1]))


def test_digests_and_the_fingerprint_have_the_same_size() -> None:
    """The file is read in pieces of that size."""
    assert DIGEST_SIZE == SIZE


def _forget() -> None:
    vars(golden)["digests"].cache_clear()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the file, which is read instead."""
    copy = tmp_path / "golden.bin"
    copy.write_bytes(golden.FILE.read_bytes())
    monkeypatch.setattr(golden, "FILE", copy)
    _forget()
    yield copy
    _forget()


def test_digests_of_other_source_code_are_ignored(elsewhere: Path, programs: list[Program]) -> None:
    first = programs[:GROUP]
    assert is_golden(first, traces_of(first))
    content = elsewhere.read_bytes()
    elsewhere.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    _forget()
    assert not is_golden(first, traces_of(first))


@pytest.mark.parametrize("length", [0, 3, None])
def test_a_broken_file_has_no_digests(
    length: int | None, elsewhere: Path, programs: list[Program]
) -> None:
    if length is None:
        elsewhere.unlink()
    else:
        elsewhere.write_bytes(elsewhere.read_bytes()[:length])
    _forget()
    first = programs[:GROUP]
    assert not is_golden(first, traces_of(first))


# What an implementation may return. Some of these values are equal in Python.
ALIKE: list[object] = [
    *(0, False, 0.0, -0.0, 1, True, 1.0, 2**64, 2.0**64, None, float("nan"), INFINITY, -INFINITY),
    *("", "?", b"?", bytearray(b"?"), "\ud800", "None", "nan", "null", b"null", b"\x7f"),
    *([], [None], [float("nan")], [INFINITY], [1], [True], [1.0]),
]


@pytest.mark.parametrize("value", ALIKE, ids=repr)
def test_values_that_look_alike_have_different_digests(
    value: object, programs: list[Program]
) -> None:
    """Each is encoded as in an observation; JSON itself has neither infinity nor NaN."""
    first = programs[:1]

    def digest(returned: object) -> bytes:
        return golden.digest_of(first, [[{"version": encode(returned)}]])

    alike = [other for other in ALIKE if digest(other) == digest(value)]
    assert [id(other) for other in alike] == [id(value)]


@pytest.mark.parametrize(
    "form", [["\ud800"], ["\x7f\xff\u2028"], [2**70, -(2**70)], [{"a": [None, True]}], [1e300]]
)
def test_a_line_of_a_trace_is_read_unchanged(form: list[Json]) -> None:
    """A lone surrogate is not in JSON, but Python writes and reads it."""
    assert parse_observations(trace_line(form)) == form
