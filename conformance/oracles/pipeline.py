"""The pipeline: runs the programs of a check in batches, and keeps the distinct divergences.

Owns the batches and their sizes. It must not know where programs come from, nor what counts as a
divergence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...reports.findings.divergence import AGREES, Comparison, Divergence
from ...strategies.program import Program
from ..execution.fault_limit import FaultLimit, in_same_process, is_uncertain
from ..execution.shipped.protocol import GROUP
from .oracle import Comparisons, Oracle, compare, divergences, same_divergence
from .statistics import Progress, Statistics

# Small batches stay in the processor's cache. Must equal GROUP: a partial group has no golden
# digest, so everything after a shortened batch is compared in full.
SMALL_BATCH = GROUP
# The programs of a batch share a message and a process, and some interpreters are slow to start;
# but a fault delays the rest of its batch. So batches grow while there is none.
LARGE_BATCH = 12800


class BatchSizer:
    """Sizes the next batch: they grow, from check to check, until a program faults.

    Args:
        max_size: the largest size; more than SMALL_BATCH for a worker.
    """

    def __init__(self, max_size: int = SMALL_BATCH) -> None:
        self._max_size = max_size
        self.size = SMALL_BATCH

    def note(self, *, faulty: bool) -> None:
        """Notes whether the last batch had a fault."""
        self.size = SMALL_BATCH if faulty else min(2 * self.size, self._max_size)


class Pipeline:
    """Keeps one batch running while the programs of the next one are made.

    Args:
        oracle: compares the programs.
        fault_limit: where programs are truncated because the target faulted there too often.
        statistics: what is run and found is noted there.
        progress: called after each batch.
        batch_sizer: the size of batches, which carries over from one check to the next.
        run_before: returns what ran before a program, None if that are those in its batch; for an
            oracle that does not run each program of a batch anew.
    """

    def __init__(
        self,
        oracle: Oracle,
        fault_limit: FaultLimit,
        statistics: Statistics,
        progress: Progress,
        batch_sizer: BatchSizer | None = None,
        run_before: Callable[[Program], Sequence[Program] | None] = lambda program: None,
    ) -> None:
        self._oracle = oracle
        self._run_before = run_before
        self._fault_limit = fault_limit
        self._statistics = statistics
        self._progress = progress
        self._truncated_before = fault_limit.truncated
        self._batch_sizer = batch_sizer or BatchSizer()
        # A batch with this many steps is run even if it has fewer programs than its size.
        self.max_steps: int | None = None
        self._batch: list[Program] = []
        self._running: tuple[list[Program], Callable[[], Comparisons]] | None = None

    def run(self, programs: Iterable[Program]) -> None:
        """Runs the programs, and waits for the last one."""
        for program in programs:
            self._statistics.programs += 1
            self.add(program)
        self.finish()

    def add(self, program: Program) -> None:
        """Adds a program to the next batch, and starts the batch once it is full."""
        self._batch.append(program)
        full = self.max_steps is not None and _steps(self._batch) >= self.max_steps
        if full or len(self._batch) >= self._batch_sizer.size:
            self._collect()

    @property
    def pending_steps(self) -> int:
        """The number of steps of the programs that were added and have no result yet."""
        return _steps(self._batch) + _steps(self._running[0] if self._running else ())

    def finish(self) -> None:
        """Waits until every program has been run."""
        while self._batch or self._running:
            self._collect()

    def give_up(self) -> None:
        """Waits for the running batch, and drops all other programs."""
        self._batch = []
        self._collect()
        self._batch = []

    def _collect(self) -> None:
        """Starts the next batch, and notes the results of the running one."""
        # After a fault, what is left of a large batch is more than the next batch may have.
        size = self._batch_sizer.size
        batch = [self._fault_limit.truncate(program) for program in self._batch[:size]]
        others = self._batch[size:]
        running, self._running = self._running, None
        try:
            if batch:
                self._running = batch, self._oracle.submit(batch)
        finally:  # if the target hangs too often, too
            self._batch = [*(self._note(*running) if running else ()), *others]
            self._progress(self._statistics)

    def _note(
        self, programs: list[Program], comparisons: Callable[[], Comparisons]
    ) -> list[Program]:
        """Notes the results of a batch, and returns the programs that were not run."""
        left: list[Program] = []
        faulty = False
        statistics = self._statistics
        for at, (program, comparison) in enumerate(zip(programs, comparisons(), strict=True)):
            if comparison is None:
                left.append(program)
                continue
            statistics.runs += 1
            statistics.steps += len(program.steps)
            if comparison is AGREES:
                continue
            before = self._run_before(program)
            batch, at = (programs, at) if before is None else (before, len(before))
            uncertain = next(filter(is_uncertain, divergences(comparison)), None)
            if uncertain is not None:
                comparison = self._repeated(program, comparison, uncertain, batch[:at])
            statistics.deviations.update(comparison.deviations)
            statistics.inapplicable += comparison.inapplicable
            for found in divergences(comparison):
                faulty = faulty or found.difference.aspect == "fault"
                self._fault_limit.note(found)
                statistics.note(found, batch, at)
        statistics.truncated = self._fault_limit.truncated - self._truncated_before
        # A program that differs before it faults has no fault among its divergences, but is as
        # expensive: the programs after it were not run.
        self._batch_sizer.note(faulty=faulty or bool(left))
        return left

    def _repeated(
        self,
        program: Program,
        comparison: Comparison,
        divergence: Divergence,
        before: Sequence[Program],
    ) -> Comparison:
        """Runs a program again that hung or reached a limit of memory, which a busy machine causes.

        Returns the comparison if the same happens again: alone, or behind what came before it.
        Otherwise the program has run to its end, and is judged by what it showed.
        """
        identity = divergence.identity
        if identity in self._fault_limit.suspected:
            return comparison
        alone = compare(self._oracle.behind((), suspected=True), program)
        again = alone
        if same_divergence(divergence, alone) is None:
            others = in_same_process(self._oracle.actual, before)
            if others:
                again = compare(self._oracle.behind(others, suspected=True), program)
        if same_divergence(divergence, again) is not None:
            self._fault_limit.suspected.add(identity)
            return comparison
        self._statistics.unconfirmed.setdefault(identity, divergence)
        return alone


def _steps(programs: Iterable[Program]) -> int:
    return sum(len(program.steps) for program in programs)
