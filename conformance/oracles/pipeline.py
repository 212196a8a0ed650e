"""What one check did and found so far, and how programs are run for it.

Owns the batches, and which of the divergences they show are distinct. Where programs come from is
for the phases of a run, what counts as a divergence for the examiner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...reports.findings.divergence import AGREES
from ...strategies.programs import Program
from ...strategies.reduction import is_simpler
from ..execution.fault_limit import FaultLimit
from ..execution.shipped.protocol import GROUP
from .oracle import Comparisons, Oracle, divergences
from .statistics import Progress, Statistics

# What is small stays in the processor's cache; parts of a group are never foreseen, as all are
# that a check runs behind a batch that was cut short.
SMALL_BATCH = GROUP
# A message and a process are shared by a batch, and some interpreters take long to get going; but a
# fault costs what comes behind it in the batch. So they grow while there is none.
LARGE_BATCH = 12800


class BatchSizer:
    """How many programs the next batch has: ever more, from check to check, until one faults.

    Args:
        largest: how many it may have; more than SMALL_BATCH for a worker.
    """

    def __init__(self, largest: int = SMALL_BATCH) -> None:
        self._largest = largest
        self.size = SMALL_BATCH

    def note(self, *, faulty: bool) -> None:
        """Takes in how the last batch went."""
        self.size = SMALL_BATCH if faulty else min(2 * self.size, self._largest)


class Pipeline:
    """Keeps one batch running while the programs of the next one are made.

    Args:
        closed: where programs are cut because the target faulted there too often.
        progress: called after each batch.
        pace: how large batches are, which goes on from one check to the next.
    """

    def __init__(
        self,
        oracle: Oracle,
        fault_limit: FaultLimit,
        statistics: Statistics,
        progress: Progress,
        pace: BatchSizer | None = None,
    ) -> None:
        self._examiner = oracle
        self._fault_limit = fault_limit
        self._tally = statistics
        self._progress = progress
        self._cut_before = fault_limit.truncated
        self._pace = pace or BatchSizer()
        # A batch with so many steps is run, however few programs it has.
        self.most_steps: int | None = None
        self._batch: list[Program] = []
        self._running: tuple[list[Program], Callable[[], Comparisons]] | None = None

    def run(self, programs: Iterable[Program]) -> None:
        """Runs all of them, and waits for the last one."""
        for program in programs:
            self._tally.programs += 1
            self.add(program)
        self.finish()

    def add(self, program: Program) -> None:
        """Runs the program, sooner or later."""
        self._batch.append(program)
        full = self.most_steps is not None and _steps(self._batch) >= self.most_steps
        if full or len(self._batch) >= self._pace.size:
            self._collect()

    @property
    def waiting(self) -> int:
        """The steps of the programs that were added, and not taken in."""
        return _steps(self._batch) + _steps(self._running[0] if self._running else ())

    def finish(self) -> None:
        """Waits until every program has been run."""
        while self._batch or self._running:
            self._collect()

    def give_up(self) -> None:
        """Waits for what is running, and leaves out what is not."""
        self._batch = []
        self._collect()
        self._batch = []

    def _collect(self) -> None:
        """Starts the next batch, and takes in the one that was running."""
        # What a large batch did not get to for its faults is more than the next one is to have.
        size = self._pace.size
        batch = [self._fault_limit.truncate(program) for program in self._batch[:size]]
        others = self._batch[size:]
        running, self._running = self._running, None
        if batch:
            self._running = batch, self._examiner.submit(batch)
        self._batch = [*(self._take_in(*running) if running else ()), *others]
        self._progress(self._tally)

    def _take_in(
        self, programs: list[Program], compared: Callable[[], Comparisons]
    ) -> list[Program]:
        """Notes what was found, and returns the programs that were not run."""
        left: list[Program] = []
        faulty = False
        statistics = self._tally
        for program, comparison in zip(programs, compared(), strict=True):
            if comparison is None:
                left.append(program)
                continue
            statistics.runs += 1
            statistics.steps += len(program.steps)
            if comparison is AGREES:
                continue
            statistics.deviations.update(comparison.deviations)
            statistics.inapplicable += comparison.inapplicable
            for found in divergences(comparison):
                faulty = faulty or found.difference.aspect == "fault"
                self._fault_limit.note(found)
                known = statistics.divergences.get(found.identity)
                if known is None or is_simpler(program, known.program):
                    statistics.divergences[found.identity] = found
        statistics.truncated = self._fault_limit.truncated - self._cut_before
        # What differs before it faults is no fault that anybody is shown, and costs as much.
        self._pace.note(faulty=faulty or bool(left))
        return left


def _steps(programs: Iterable[Program]) -> int:
    return sum(len(program.steps) for program in programs)
