"""The vectors of a run: all are run at once, and only those that differ are looked at closely.

Owns what is known of them by then. What a difference is, the lockstep says, as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from ...strategies.programs import Program
from ..execution.executor import Executor, RawTrace
from ..execution.fault_limit import FaultLimit
from ..oracles.lockstep import Lockstep
from ..oracles.pipeline import LARGE_BATCH, Pipeline
from ..oracles.statistics import Progress, Statistics
from ..vectors.corpus import StoredVector, digest_of


class VectorReplay:
    """Runs vectors on the target, and tells each check what came of its own.

    Args:
        lockstep: both sides; the target's executor is a caching one, as programs that differ are
            run again by the pipeline.
        vectors: those to run, which must be kept as long as this.
        known: whether the expected side is the reference that they were made by; otherwise it runs
            as well.
    """

    def __init__(self, lockstep: Lockstep, vectors: Sequence[StoredVector], *, known: bool) -> None:
        programs = [vector.program for vector in vectors]
        expected = None if known else _started(lockstep.expected, programs)
        actual = _started(lockstep.actual, programs)()
        right = (
            [vector.digest for vector in vectors]
            if expected is None
            else [None if shown is None else digest_of(shown) for shown in expected()]
        )
        self._agreeing: dict[str, list[Program]] = defaultdict(list)
        self._differing: dict[str, list[Program]] = defaultdict(list)
        for vector, shown, one in zip(vectors, actual, right, strict=True):
            if shown is not None and digest_of(shown) == one:
                self._agreeing[vector.check].append(vector.program)
            else:
                self._differing[vector.check].append(vector.program)
        self._lockstep = lockstep

    def report(self, statistics: Statistics, fault_limit: FaultLimit, progress: Progress) -> None:
        """Notes what came of the vectors of the tally's check."""
        for program in self._agreeing[statistics.check]:
            statistics.programs += 1
            statistics.runs += 1
            statistics.steps += len(program.steps)
        Pipeline(self._lockstep, fault_limit, statistics, progress).run(
            self._differing[statistics.check]
        )


def _started(side: Executor, programs: Sequence[Program]) -> Callable[[], list[RawTrace]]:
    """Starts running the programs; the function that is returned waits for all of them."""
    some = (programs[at : at + LARGE_BATCH] for at in range(0, len(programs), LARGE_BATCH))
    running = [side.submit(batch) for batch in some]
    return lambda: [shown for result in running for shown in result()]
