"""The search phase: programs drawn by Hypothesis, and variations of each.

Owns how many programs are drawn, and in how many ways each of them is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from ...strategies.conversations import programs
from ...strategies.mutations import mutations
from ...strategies.programs import Program
from ...strategies.variants import variants
from ..execution.fault_limit import FaultLimit
from ..oracles.oracle import Oracle
from ..oracles.pipeline import Pipeline
from ..oracles.statistics import Progress, Statistics
from .hypothesis_backend import draw

# With so many variations of a program, drawing and running it take about as long as each other.
VARIATIONS = 16
# Of the time there is, a batch takes no more than this.
_SHARE = 0.01


class _TimeIsUp(BaseException):
    """Ends a search from inside a program; nothing that catches exceptions may hold it up."""


def search(
    oracle: Oracle,
    fault_limit: FaultLimit,
    statistics: Statistics,
    *,
    max_examples: int,
    random_seed: int,
    max_time: float | None = None,
    most_variations: int = VARIATIONS,
    progress: Progress = lambda statistics: None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Draws programs and runs each, and variations of it; ``tally`` is told what comes of them.

    Args:
        closed: where programs are cut because the target faulted there too often.
        max_examples: how many programs are drawn.
        random_seed: the same seed draws the same programs, with the same release of Hypothesis.
        max_time: seconds after which no program is begun any more, nor before that one for which
            there is not enough time; None for no bound.
        most_variations: how often each program is told otherwise, at most; 1 for as drawn.
        progress: called after each batch of programs.
        clock: tells the seconds that pass.
    """
    pipeline = Pipeline(oracle, fault_limit, statistics, progress)
    watch = None if max_time is None else Watch(max_time, clock)

    def take(program: Program) -> None:
        statistics.programs += 1
        for variation in told(program, most=most_variations, turn=statistics.programs):
            if watch is not None:
                if watch.is_late():
                    raise _TimeIsUp
                if not watch.has_time(pipeline.waiting + len(variation.steps), statistics.steps):
                    statistics.out_of_time = True
                    continue
                pipeline.most_steps = watch.batch(statistics.steps)
            pipeline.add(variation)

    with suppress(_TimeIsUp):
        draw(programs(), take, count=max_examples, seed=random_seed)
    if watch is not None and watch.is_late():
        statistics.out_of_time = True
        pipeline.give_up()
    else:
        pipeline.finish()


class Watch:
    """How much of the time of a search is left, and what can be done in it.

    That goes by steps: a program may have two, or ten thousand.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._started = clock()

    @property
    def _gone(self) -> float:
        return self._clock() - self._started

    def is_late(self) -> bool:
        """Whether the time is up."""
        return self._gone >= self._seconds

    def has_time(self, steps: int, done: int) -> bool:
        """Whether so many steps can be run in the time that is left, when so many were so far."""
        gone = self._gone
        return not done or steps * gone / done <= self._seconds - gone

    def batch(self, done: int) -> int:
        """Returns after how many steps a batch should end, when so many were run so far.

        When the time is up, one batch may be running and another about to.
        """
        gone = self._gone
        return int(_SHARE * self._seconds * done / gone) if gone else 0


def told(program: Program, *, most: int, turn: int) -> Iterator[Program]:
    """Gives out what is run of a program that was drawn: itself, variations, and mutations.

    Args:
        most: how many, about half of them mutations; with 1, it is the program alone.
        turn: which of them.
    """
    yield from variants(program, most=(most + 1) // 2, turn=turn)
    yield from mutations(program, most=most // 2, turn=turn)
