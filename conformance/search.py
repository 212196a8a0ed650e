"""The search phase: programs drawn by Hypothesis, and variations of each.

Owns how many programs are run, and which of the divergences they show are distinct. What is drawn
is for the strategies, what counts as a divergence for the comparison.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from ..reports.divergence import Divergence
from ..reports.findings import Finding
from ..strategies.conversations import programs
from ..strategies.programs import Program, Receive
from ..strategies.reduction import cost
from ..strategies.segmentations import byte_by_byte
from .lockstep import Lockstep, divergences

CHECK = "agreement/drawn-programs"
# Byte by byte, a step becomes as many as it has bytes; above this many, time is better spent on
# drawing.
_MAX_BYTES = 120


@dataclass
class SearchResult:
    """What a search did and found, so far.

    ``programs`` counts what was drawn, ``runs`` adds the variations; ``deviations`` counts the runs
    in which the target took an upstream deviation, by name.
    """

    programs: int = 0
    runs: int = 0
    steps: int = 0
    interrupted: bool = False
    out_of_time: bool = False
    deviations: Counter[str] = field(default_factory=Counter[str])
    divergences: dict[str, Divergence] = field(default_factory=dict[str, Divergence])
    findings: list[Finding] = field(default_factory=list[Finding])


class _TimeIsUp(BaseException):
    """Ends a search from inside a program; nothing that catches exceptions may hold it up."""


def search(
    lockstep: Lockstep,
    *,
    max_examples: int,
    random_seed: int,
    max_time: float | None = None,
    progress: Callable[[SearchResult], None] = lambda result: None,
) -> SearchResult:
    """Draws programs, runs each on both sides, and returns the distinct divergences as findings.

    Args:
        max_examples: how many programs are drawn.
        random_seed: the same seed draws the same programs, with the same release of Hypothesis.
        max_time: seconds after which no program is drawn any more; None for no bound. What was
            found is made minimal all the same.
        progress: called after each program, and for each finding.
    """
    result = SearchResult()
    deadline = None if max_time is None else time.monotonic() + max_time

    # Deadline and too_slow: how long a program takes says nothing about it, and on a busy machine
    # either would end the run. Shrinking is left out because every finding is reduced, below.
    @seed(random_seed)
    @settings(
        max_examples=max_examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(programs())
    def draw(program: Program) -> None:
        if deadline is not None and time.monotonic() > deadline:
            raise _TimeIsUp
        result.programs += 1
        for variation in _variations(program):
            _run(lockstep, variation, result)
        progress(result)

    try:
        draw()
    except _TimeIsUp:
        result.out_of_time = True
    except KeyboardInterrupt:
        result.interrupted = True
    _make_findings(lockstep, result, progress)
    return result


def _variations(program: Program) -> Iterator[Program]:
    """The program as it was drawn, and the same conversation in other segments."""
    yield program
    received = sum(len(step.data) for step in program.steps if isinstance(step, Receive))
    if 0 < received <= _MAX_BYTES:
        yield byte_by_byte(program)


def _run(lockstep: Lockstep, program: Program, result: SearchResult) -> None:
    comparison = lockstep.compare(program)
    result.runs += 1
    result.steps += len(program.steps)
    result.deviations.update(comparison.deviations)
    for found in divergences(comparison):
        known = result.divergences.get(found.identity)
        if known is None or cost(program) < cost(known.program):
            result.divergences[found.identity] = found


def _make_findings(
    lockstep: Lockstep, result: SearchResult, progress: Callable[[SearchResult], None]
) -> None:
    for divergence in result.divergences.values():
        minimal = divergence
        if not result.interrupted:
            try:
                minimal = lockstep.minimal(divergence)
            except KeyboardInterrupt:
                result.interrupted = True
        result.findings.append(Finding(CHECK, minimal))
        progress(result)
    result.findings.sort(key=lambda finding: (not finding.fails, finding.identity))
