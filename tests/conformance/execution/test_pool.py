"""A pool of processes: the result of a run is that of a single process."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes_helper import FAULTY, Place
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import Pool
from h11spec.conformance.execution.shipped.protocol import GROUP
from h11spec.strategies.program import Drain, Json, Program, Receive

LIMITS = Limits(max_faults=3)
# What a program shows: a value; a fault that costs its process, in the first step or a later one;
# only the word; a fault that costs nothing.
KINDS: dict[bytes, list[Json]] = {
    b"a": [{"value": "a"}],
    b"b": [{"fault": {"kind": "crash", "detail": "SIGSEGV"}}],
    b"c": [{"value": "c"}, {"fault": {"kind": "hang", "detail": ""}}],
    b"d": [{"value": '"fault"'}],
    b"e": [{"value": "e", "fault": {"kind": "output", "detail": ""}}],
}


def program(kind: bytes) -> Program:
    return Program("server", (Receive(kind), Drain()))


class FakeWorker(InProcessExecutor):
    """Answers as a worker does, which gives up after ``max_faults`` faults."""

    def __init__(self) -> None:
        super().__init__(reference)
        self.closed = 0
        self.given = 0

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        self.given += len(programs)
        left = 1 if short_limits else LIMITS.max_faults
        shown: list[RawTrace] = []
        for each in programs:
            [step, _] = each.steps
            assert isinstance(step, Receive)
            shown.append(json.dumps(KINDS[bytes(step.data)]) if left > 0 else None)
            left -= step.data in (b"b", b"c")
        return lambda: shown

    def close(self) -> None:
        self.closed += 1


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=30), st.integers(1, 6), st.booleans())
def test_a_batch_is_answered_as_by_one_executor(
    kinds: list[bytes], count: int, short_limits: bool
) -> None:
    """However it is divided, and wherever the faults in it are."""
    programs = [program(kind) for kind in kinds]
    pool = Pool([FakeWorker() for _ in range(count)], LIMITS)
    shown = pool.submit(programs, short_limits=short_limits)()
    assert shown == FakeWorker().submit(programs, short_limits=short_limits)()


def test_a_batch_is_divided_evenly() -> None:
    executors = [FakeWorker() for _ in range(3)]
    Pool(executors, LIMITS).submit([program(b"a")] * 100)()
    assert [executor.given for executor in executors] == [33, 33, 34]


@given(st.integers(0, 5 * GROUP), st.integers(1, 4))
def test_groups_that_may_be_golden_are_not_divided(length: int, count: int) -> None:
    """They are divided only if some executors would otherwise have nothing to do."""
    executors = [FakeWorker() for _ in range(count)]
    pool = Pool(executors, LIMITS).with_golden(frozenset([b"a digest"]))
    pool.submit([program(b"a")] * length)()
    given = [executor.given for executor in executors]
    assert sum(given) == length
    if length >= count * GROUP:
        assert all(each % GROUP == 0 for each in given[:-1])
    assert max(given) - min(given) <= GROUP


@pytest.mark.slow
def test_only_the_first_executor_evaluates_and_measures() -> None:
    """Programs that are measured at once slow each other down."""
    pool = Pool([InProcessExecutor(reference), FakeWorker()], LIMITS)
    assert pool.evaluate(["h11.PAUSED is h11.PAUSED"]) == [{"value": True}]
    [cost] = pool.measure([program(b"a")])
    assert cost["calls"] == 2


def test_all_are_closed() -> None:
    executors = [FakeWorker() for _ in range(3)]
    Pool(executors, LIMITS).close()
    assert [executor.closed for executor in executors] == [1, 1, 1]


def without_times(record: Path) -> str:
    header, *lines, footer = record_lines(record)
    del header["started"], footer["seconds"]
    return json.dumps([header, *lines, footer])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["copies_data", "process_exits_at_once", "process_prints"])
def test_the_record_is_that_of_a_single_process(place: Place, name: str) -> None:
    """It is identical except for times, and no process is left behind, with faults or without."""
    records: list[str] = []
    for jobs in ("0", "1", "3"):
        run = place.run(
            *("check", f"{FAULTY}::{name}", "--max-examples=15", "--record", str(place.record)),
            *("--checks=agreement/", "--checks=framing/requests-received", "-n", jobs),
            "--max-findings=2",
        )
        assert run.code == 1, run.err
        assert place.left_behind() == []
        records.append(without_times(place.record))
    assert records[0] == records[1] == records[2]


def test_in_process_there_is_only_one_process(place: Place) -> None:
    run = place.run("check", "h11", "--in-process", "-n", "2")
    assert run.code == 2
    assert "a run in this process has only one" in run.err


@pytest.mark.parametrize("jobs", ["-1", "65", "two"])
def test_an_impossible_number_of_processes_is_refused(place: Place, jobs: str) -> None:
    run = place.run("check", "h11", f"--jobs={jobs}")
    assert run.code == 2
    assert "'-n' / '--jobs'" in run.err
