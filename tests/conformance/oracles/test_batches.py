"""How large batches are, and how much of a program is run for a comparison."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from faulty import never_pauses

from h11spec import reference
from h11spec.conformance.execution.executor import Executor, InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import Comparisons, Oracle
from h11spec.conformance.oracles.pipeline import SMALL_BATCH, BatchSizer, Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.reports.findings.difference import Difference
from h11spec.reports.findings.divergence import AGREES, Comparison, Divergence
from h11spec.strategies.program import Drain, NextEvent, Program, Receive, SendFailed
from h11spec.strategies.traces import Observation, Trace, observe, run

TWO = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2
PAUSES = Program("server", (Receive(TWO), NextEvent(), *[Drain()] * 7))
PROGRAMS = [Program("server", (NextEvent(),) * count) for count in range(1, 201)]
DIES = Program("server", (SendFailed(),))


class Watched:
    """Runs the reference step by step, and counts the steps in ``taken``."""

    def __init__(self) -> None:
        self.taken = 0

    def lockstep(self, target: Any) -> Lockstep:
        both = InProcessExecutor(reference), InProcessExecutor(target)
        return Lockstep(*both, observe=self._observe)

    def _observe(self, program: Program) -> Iterator[Observation]:
        for each in observe(reference, program):
            self.taken += 1
            yield each


def test_the_expected_side_is_run_up_to_the_first_difference() -> None:
    """The target reads the second request at once, in the third step of nine."""
    watched = Watched()
    [comparison] = watched.lockstep(never_pauses).submit([PAUSES])()
    assert comparison is not None
    assert comparison.divergence is not None
    assert comparison.divergence.step == 2
    assert watched.taken == 3
    both = InProcessExecutor(reference), InProcessExecutor(never_pauses)
    [whole] = Lockstep(*both).submit([PAUSES])()
    assert comparison == whole


def test_where_both_agree_the_expected_side_is_run_to_the_end() -> None:
    watched = Watched()
    lockstep = watched.lockstep(reference)
    assert lockstep.submit([PAUSES, *PROGRAMS[:2]])() == [AGREES] * 3
    assert watched.taken == len(PAUSES.steps) + 1 + 2


def test_a_divergence_has_the_expected_trace_up_to_its_step() -> None:
    """The trace is finished: looking at it does not run the reference."""
    watched = Watched()
    statistics = Statistics("a/check")
    Pipeline(
        watched.lockstep(never_pauses),
        FaultLimit(reference, 3),
        statistics,
        lambda statistics: None,
    ).run([PAUSES] * 5)
    [found] = statistics.divergences.values()
    assert found.expected == Trace(run(reference, PAUSES).form[:3])
    assert found.actual == run(never_pauses, PAUSES)
    assert watched.taken == 5 * 3


class FakeOracle:
    """Runs nothing of a batch after a program that faults, and notes the sizes of batches.

    Unless the fault is ``shown``, the program has differed before it.
    """

    model: Executor = InProcessExecutor(reference)
    actual = model

    def __init__(self, *, shown: bool = True) -> None:
        self.batches: list[int] = []
        self._shown = shown

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Oracle:
        return self

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        self.batches.append(len(programs))
        end = list(programs).index(DIES) if DIES in programs else len(programs)
        behind = [_fault(each) if self._shown else AGREES for each in programs[end : end + 1]]
        left = len(programs) - end - len(behind)
        return lambda: [*[AGREES] * end, *behind, *[None] * left]


def _fault(program: Program) -> Comparison:
    difference = Difference("fault", "exit", None, {}, "no fault", "exit code 7")
    states, trace = ("IDLE", "IDLE"), run(reference, program)
    return Comparison(Divergence(program, 0, states, difference, trace, trace))


def statistics_of(oracle: FakeOracle, sizer: BatchSizer, programs: Sequence[Program]) -> Statistics:
    statistics = Statistics("a/check")
    Pipeline(oracle, FaultLimit(reference, 100), statistics, lambda statistics: None, sizer).run(
        programs
    )
    return statistics


def test_batches_grow_from_check_to_check() -> None:
    """Each time the results of one are noted, while another one is running."""
    oracle, sizer = FakeOracle(), BatchSizer(4 * SMALL_BATCH)
    programs = PROGRAMS[: 4 * SMALL_BATCH]
    assert statistics_of(oracle, sizer, programs).runs == len(programs)
    assert oracle.batches == [SMALL_BATCH, SMALL_BATCH, 2 * SMALL_BATCH]
    assert statistics_of(oracle, sizer, programs).runs == len(programs)
    assert oracle.batches[3:] == [4 * SMALL_BATCH]


@pytest.mark.parametrize("shown", [True, False])
def test_batches_are_small_again_after_a_fault(*, shown: bool) -> None:
    """What a large one left out is run in small batches, and completely."""
    oracle, sizer = FakeOracle(shown=shown), BatchSizer(8 * SMALL_BATCH)
    sizer.size = 8 * SMALL_BATCH
    programs = [PROGRAMS[0], DIES, *PROGRAMS[: 8 * SMALL_BATCH - 2]]
    statistics = statistics_of(oracle, sizer, programs)
    assert oracle.batches[0] == 8 * SMALL_BATCH
    assert max(oracle.batches[1:3]) == SMALL_BATCH
    assert statistics.runs == statistics.programs == len(programs)
    assert len(statistics.divergences) == shown


@pytest.mark.parametrize("largest", [SMALL_BATCH, 3 * SMALL_BATCH])
def test_batches_do_not_grow_beyond_the_maximum(largest: int) -> None:
    oracle, sizer = FakeOracle(), BatchSizer(largest)
    statistics_of(oracle, sizer, PROGRAMS * 3)
    assert max(oracle.batches) == largest


def test_one_process_has_small_batches() -> None:
    """Small batches stay in the processor's cache."""
    oracle = FakeOracle()
    Pipeline(oracle, FaultLimit(reference, 3), Statistics("a/check"), lambda statistics: None).run(
        PROGRAMS
    )
    assert set(oracle.batches) == {SMALL_BATCH}


def test_a_check_counts_only_its_own_truncated_programs() -> None:
    """The fault limit is shared by all checks of a run; the first fault reaches it here."""
    fault_limit = FaultLimit(reference, 1)

    def truncated(programs: Sequence[Program]) -> int:
        statistics = Statistics("a/check")
        Pipeline(FakeOracle(), fault_limit, statistics, lambda statistics: None).run(programs)
        return statistics.truncated

    assert [truncated([DIES] * count) for count in (1, 2, 3)] == [0, 2, 3]
    assert truncated(PROGRAMS[:4]) == 0
