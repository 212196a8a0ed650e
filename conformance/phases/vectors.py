"""The vectors of a run: all are run at once, and only those that differ are looked at closely.

Owns what is known of them by then. What a difference is, the lockstep says, as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...strategies.programs import Json, Program
from ..execution.executor import NOTHING_KNOWN, Digests, Executor, RawTrace
from ..execution.fault_limit import FaultLimit
from ..oracles.lockstep import Lockstep
from ..oracles.pipeline import LARGE_BATCH, Pipeline
from ..oracles.statistics import Progress, Statistics
from ..vectors.corpus import Kept, digest_of


class _Ahead:
    """A side that has run some programs beforehand, and need not run them again.

    They are known by identity: to Python, programs are equal that have True where the other has 1.
    """

    def __init__(self, side: Executor, seen: Mapping[int, RawTrace]) -> None:
        self._side = side
        self._known = {program: shown for program, shown in seen.items() if shown is not None}

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs that have not been run."""
        left = [program for program in programs if id(program) not in self._known]
        running = self._side.submit(left, short_limits=short_limits) if left else _nothing

        def result() -> list[RawTrace]:
            others = iter(running())
            return [
                self._known[id(program)] if id(program) in self._known else next(others)
                for program in programs
            ]

        return result

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answers of the side."""
        return self._side.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what the programs take on the side."""
        return self._side.measure(programs)

    def close(self) -> None:
        """Has nothing to end that is its own."""


class VectorReplay:
    """Runs vectors on the target, and tells each check what came of its own.

    Args:
        lockstep: both sides.
        vectors: those to run, which must be kept as long as this.
        known: whether the expected side is the reference that they were made by; otherwise it runs
            as well.
    """

    def __init__(self, lockstep: Lockstep, vectors: Sequence[Kept], *, known: bool) -> None:
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
        seen: dict[int, RawTrace] = {}
        for vector, shown, one in zip(vectors, actual, right, strict=True):
            if shown is not None and digest_of(shown) == one:
                self._agreeing[vector.check].append(vector.program)
            else:
                self._differing[vector.check].append(vector.program)
                seen[id(vector.program)] = shown
        self._lockstep = replace(lockstep, actual=_Ahead(lockstep.actual, seen))

    def report(self, statistics: Statistics, fault_limit: FaultLimit, progress: Progress) -> None:
        """Notes what came of the vectors of the tally's check."""
        for program in self._agreeing[statistics.check]:
            statistics.programs += 1
            statistics.runs += 1
            statistics.steps += len(program.steps)
        Pipeline(self._lockstep, fault_limit, statistics, progress).run(
            self._differing[statistics.check]
        )


def _nothing() -> list[RawTrace]:
    return []


def _started(side: Executor, programs: Sequence[Program]) -> Callable[[], list[RawTrace]]:
    """Starts running the programs; the function that is returned waits for all of them."""
    some = (programs[at : at + LARGE_BATCH] for at in range(0, len(programs), LARGE_BATCH))
    running = [side.submit(batch) for batch in some]
    return lambda: [shown for result in running for shown in result()]
