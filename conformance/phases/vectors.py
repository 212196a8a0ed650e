"""The vectors phase: runs all vectors at once, and compares in full only those that differ.

Owns the comparison by digests. It must not know what a difference is: the lockstep decides that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from ...strategies.program import Program
from ..execution.executor import Executor, RawTrace
from ..execution.fault_limit import FaultLimit
from ..oracles.lockstep import Lockstep
from ..oracles.pipeline import LARGE_BATCH, Pipeline
from ..oracles.statistics import Progress, Statistics
from ..vectors.corpus import StoredVector, digest_of


class VectorReplay:
    """Runs vectors on the target, and reports the results of each check.

    Args:
        lockstep: both sides; the target's executor is a caching one, as programs that differ are
            run again by the pipeline.
        vectors: the vectors to run.
        golden: whether their digests are those of the expected side, which then is not run.
    """

    def __init__(
        self, lockstep: Lockstep, vectors: Sequence[StoredVector], *, golden: bool
    ) -> None:
        programs = [vector.program for vector in vectors]
        expected = None if golden else _start(lockstep.expected, programs)
        actual = _start(lockstep.actual, programs)()
        right = (
            [vector.digest for vector in vectors]
            if expected is None
            else [None if shown is None else digest_of(shown) for shown in expected()]
        )
        # The vectors that differ from what is expected, or were not run, in their order.
        self.differing: list[StoredVector] = []
        self._agreeing: dict[str, list[Program]] = defaultdict(list)
        for vector, shown, one in zip(vectors, actual, right, strict=True):
            if shown is not None and digest_of(shown) == one:
                self._agreeing[vector.check].append(vector.program)
            else:
                self.differing.append(vector)
        self._lockstep = lockstep

    def report(
        self,
        statistics: Statistics,
        fault_limit: FaultLimit,
        progress: Progress,
        run_before: Callable[[Program], Sequence[Program] | None] = lambda program: None,
    ) -> None:
        """Adds the results of the vectors of a check to its statistics.

        Args:
            run_before: returns what ran before a program on the target.
        """
        for program in self._agreeing[statistics.check]:
            statistics.programs += 1
            statistics.runs += 1
            statistics.steps += len(program.steps)
        pipeline = Pipeline(
            self._lockstep, fault_limit, statistics, progress, run_before=run_before
        )
        pipeline.run(each.program for each in self.differing if each.check == statistics.check)


def _start(executor: Executor, programs: Sequence[Program]) -> Callable[[], list[RawTrace]]:
    """Starts the programs in batches, and returns a function that waits for all traces."""
    batches = (programs[at : at + LARGE_BATCH] for at in range(0, len(programs), LARGE_BATCH))
    running = [executor.submit(batch) for batch in batches]
    return lambda: [shown for result in running for shown in result()]
