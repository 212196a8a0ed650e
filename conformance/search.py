"""The search phase: programs drawn by Hypothesis, and variations of each.

Owns how many programs are run, and which of the divergences they show are distinct. What is drawn
is for the strategies, what counts as a divergence for the comparison.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..reports.divergence import Divergence
from ..reports.findings import Finding
from ..strategies.conversations import programs
from ..strategies.mutations import mutations
from ..strategies.programs import Program
from ..strategies.reduction import cost
from ..strategies.variations import variations
from .drawing import draw
from .faults import Closed
from .lockstep import Comparisons, Lockstep, divergences

CHECK = "agreement/drawn-programs"
# With so many variations of a program, drawing and running it take about as long as each other.
VARIATIONS = 16
# Enough to make the price of a message to another process small, few enough to end in time.
_BATCH = 50


@dataclass
class SearchResult:
    """What a search did and found, so far.

    ``programs`` counts what was drawn, ``runs`` adds the variations; ``deviations`` counts the runs
    in which the target took an upstream deviation, by name; ``cut`` the runs that ended before a
    place where the target had faulted too often; ``inapplicable`` those with a step that the target
    cannot express.
    """

    programs: int = 0
    runs: int = 0
    steps: int = 0
    cut: int = 0
    inapplicable: int = 0
    interrupted: bool = False
    out_of_time: bool = False
    deviations: Counter[str] = field(default_factory=Counter[str])
    divergences: dict[str, Divergence] = field(default_factory=dict[str, Divergence])
    findings: list[Finding] = field(default_factory=list[Finding])


class _TimeIsUp(BaseException):
    """Ends a search from inside a program; nothing that catches exceptions may hold it up."""


def search(
    lockstep: Lockstep,
    closed: Closed,
    *,
    max_examples: int,
    random_seed: int,
    max_time: float | None = None,
    most_variations: int = VARIATIONS,
    progress: Callable[[SearchResult], None] = lambda result: None,
) -> SearchResult:
    """Draws programs, runs each on both sides, and returns the distinct divergences as findings.

    Args:
        closed: where programs are cut because the target faulted there too often.
        max_examples: how many programs are drawn.
        random_seed: the same seed draws the same programs, with the same release of Hypothesis.
        max_time: seconds after which no program is drawn any more; None for no bound. What was
            found is made minimal all the same.
        most_variations: how often each program is told otherwise, at most; 1 for as drawn.
        progress: called after each batch of programs, and for each finding.
    """
    result = SearchResult()
    deadline = None if max_time is None else time.monotonic() + max_time
    pipeline = _Pipeline(lockstep, closed, result, progress)

    def take(program: Program) -> None:
        if deadline is not None and time.monotonic() > deadline:
            raise _TimeIsUp
        result.programs += 1
        for variation in told(program, most=most_variations, turn=result.programs):
            pipeline.add(variation)

    try:
        try:
            draw(programs(), take, count=max_examples, seed=random_seed)
        except _TimeIsUp:
            result.out_of_time = True
        pipeline.finish()
        _make_minimal(lockstep, result, progress)
    except KeyboardInterrupt:
        result.interrupted = True
        known = [finding.identity for finding in result.findings]
        found = (Finding(CHECK, divergence) for divergence in result.divergences.values())
        result.findings += (finding for finding in found if finding.identity not in known)
    result.findings.sort(key=lambda finding: (not finding.fails, finding.identity))
    return result


def told(program: Program, *, most: int, turn: int) -> Iterator[Program]:
    """Gives out what is run of a program that was drawn: itself, variations, and mutations.

    Args:
        most: how many, about half of them mutations; with 1, it is the program alone.
        turn: which of them.
    """
    yield from variations(program, most=(most + 1) // 2, turn=turn)
    yield from mutations(program, most=most // 2, turn=turn)


class _Pipeline:
    """Keeps one batch running while the next one is drawn."""

    def __init__(
        self,
        lockstep: Lockstep,
        closed: Closed,
        result: SearchResult,
        progress: Callable[[SearchResult], None],
    ) -> None:
        self._lockstep = lockstep
        self._closed = closed
        self._result = result
        self._progress = progress
        self._batch: list[Program] = []
        self._running: tuple[list[Program], Callable[[], Comparisons]] | None = None

    def add(self, program: Program) -> None:
        """Runs the program, sooner or later."""
        self._batch.append(program)
        if len(self._batch) >= _BATCH:
            self._collect()

    def finish(self) -> None:
        """Waits until every program has been run."""
        while self._batch or self._running:
            self._collect()

    def _collect(self) -> None:
        """Takes in what is running, and starts the next batch behind it."""
        running, self._running = self._running, None
        left = self._take_in(*running) if running else []
        batch = [self._closed.shortened(program) for program in [*left, *self._batch]]
        self._batch = []
        if batch:
            self._running = batch, self._lockstep.submit(batch)
        self._progress(self._result)

    def _take_in(
        self, programs: list[Program], compared: Callable[[], Comparisons]
    ) -> list[Program]:
        """Notes what was found, and returns the programs that were not run."""
        left: list[Program] = []
        for program, comparison in zip(programs, compared(), strict=True):
            if comparison is None:
                left.append(program)
                continue
            self._result.runs += 1
            self._result.steps += len(program.steps)
            self._result.deviations.update(comparison.deviations)
            self._result.inapplicable += comparison.inapplicable
            for found in divergences(comparison):
                self._closed.note(found)
                known = self._result.divergences.get(found.identity)
                if known is None or cost(program) < cost(known.program):
                    self._result.divergences[found.identity] = found
        self._result.cut = self._closed.cut
        return left


def _make_minimal(
    lockstep: Lockstep, result: SearchResult, progress: Callable[[SearchResult], None]
) -> None:
    for divergence in result.divergences.values():
        result.findings.append(Finding(CHECK, lockstep.minimal(divergence)))
        progress(result)
