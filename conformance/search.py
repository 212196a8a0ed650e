"""The search phase: programs drawn by Hypothesis, and variations of each.

Owns how many programs are drawn, and in how many ways each of them is told.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..strategies.conversations import programs
from ..strategies.mutations import mutations
from ..strategies.programs import Program
from ..strategies.variations import variations
from .drawing import draw
from .examination import Examiner
from .faults import Closed
from .tallies import Pipeline, Progress, Tally

# With so many variations of a program, drawing and running it take about as long as each other.
VARIATIONS = 16


class _TimeIsUp(BaseException):
    """Ends a search from inside a program; nothing that catches exceptions may hold it up."""


def search(
    examiner: Examiner,
    closed: Closed,
    tally: Tally,
    *,
    max_examples: int,
    random_seed: int,
    max_time: float | None = None,
    most_variations: int = VARIATIONS,
    progress: Progress = lambda tally: None,
) -> None:
    """Draws programs and runs each, and variations of it; ``tally`` is told what comes of them.

    Args:
        closed: where programs are cut because the target faulted there too often.
        max_examples: how many programs are drawn.
        random_seed: the same seed draws the same programs, with the same release of Hypothesis.
        max_time: seconds after which no program is drawn any more; None for no bound.
        most_variations: how often each program is told otherwise, at most; 1 for as drawn.
        progress: called after each batch of programs.
    """
    deadline = None if max_time is None else time.monotonic() + max_time
    pipeline = Pipeline(examiner, closed, tally, progress)

    def take(program: Program) -> None:
        if deadline is not None and time.monotonic() > deadline:
            raise _TimeIsUp
        tally.programs += 1
        for variation in told(program, most=most_variations, turn=tally.programs):
            pipeline.add(variation)

    try:
        draw(programs(), take, count=max_examples, seed=random_seed)
    except _TimeIsUp:
        tally.out_of_time = True
    pipeline.finish()


def told(program: Program, *, most: int, turn: int) -> Iterator[Program]:
    """Gives out what is run of a program that was drawn: itself, variations, and mutations.

    Args:
        most: how many, about half of them mutations; with 1, it is the program alone.
        turn: which of them.
    """
    yield from variations(program, most=(most + 1) // 2, turn=turn)
    yield from mutations(program, most=most // 2, turn=turn)
