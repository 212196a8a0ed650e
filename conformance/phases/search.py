"""The search phase: programs drawn by Hypothesis, and variants of each.

Owns how many programs are drawn, how many variants of each are run, and the time that this takes.
It must not know how a program is drawn or judged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from ...strategies.conversation import programs
from ...strategies.mutation import mutations
from ...strategies.program import Program
from ...strategies.variant import variants
from ..execution.fault_limit import FaultLimit
from ..oracles.oracle import Oracle
from ..oracles.pipeline import Pipeline
from ..oracles.statistics import Progress, Statistics
from .hypothesis_backend import draw

# With this many variants, running a program takes about as long as drawing it.
MAX_VARIANTS = 16
# The share of the time budget that a batch may take.
_BATCH_SHARE = 0.01


class _TimeIsUp(BaseException):
    """Ends a search while a program is drawn; handlers of Exception must not catch it."""


def search(
    oracle: Oracle,
    fault_limit: FaultLimit,
    statistics: Statistics,
    *,
    max_examples: int,
    random_seed: int,
    max_time: float | None = None,
    max_variants: int = MAX_VARIANTS,
    progress: Progress = lambda statistics: None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Draws programs and runs each with its variants; ``statistics`` takes the results.

    Args:
        fault_limit: truncates programs before steps at which the target faulted too often.
        max_examples: how many programs are drawn.
        random_seed: the same seed draws the same programs, with the same release of Hypothesis.
        max_time: the time budget in seconds, None for no limit; a program for which there is not
            enough time is not run.
        max_variants: how many variants of each program are run, including the program itself.
        progress: called after each batch of programs.
        clock: returns the current time in seconds.
    """
    pipeline = Pipeline(oracle, fault_limit, statistics, progress)
    budget = None if max_time is None else TimeBudget(max_time, clock)

    def take(program: Program) -> None:
        statistics.programs += 1
        for variant in with_variants(program, max_variants, turn=statistics.programs):
            if budget is not None:
                if budget.is_spent():
                    raise _TimeIsUp
                steps = pipeline.pending_steps + len(variant.steps)
                if not budget.has_time(steps, statistics.steps):
                    statistics.out_of_time = True
                    continue
                pipeline.max_steps = budget.batch(statistics.steps)
            pipeline.add(variant)

    with suppress(_TimeIsUp):
        draw(programs(version=2), take, count=max_examples, seed=random_seed)
    if budget is not None and budget.is_spent():
        statistics.out_of_time = True
        pipeline.give_up()
    else:
        pipeline.finish()


class TimeBudget:
    """The time that is left of a search, and the steps that can be run in it.

    It counts steps, not programs: a program may have two or ten thousand.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._started = clock()

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._started

    def is_spent(self) -> bool:
        """Whether the time is up."""
        return self._elapsed >= self._seconds

    def has_time(self, steps: int, done: int) -> bool:
        """Whether there is time for this many steps, given how many were done so far."""
        elapsed = self._elapsed
        return not done or steps * elapsed / done <= self._seconds - elapsed

    def batch(self, done: int) -> int:
        """Returns the number of steps for a batch, given how many were done so far.

        A batch must be short: when the time is up, one may be running and another be queued.
        """
        elapsed = self._elapsed
        return int(_BATCH_SHARE * self._seconds * done / elapsed) if elapsed else 0


def with_variants(program: Program, count: int, *, turn: int) -> Iterator[Program]:
    """Yields a drawn program, variants of it, and mutations of it.

    Args:
        count: how many programs, about half of them mutations; with 1, the drawn one alone.
        turn: chooses the variants and mutations.
    """
    yield from variants(program, max_count=(count + 1) // 2, turn=turn)
    yield from mutations(program, max_count=count // 2, turn=turn)
