"""Joins causes that were decided at one place of the target's source, and names the place of each.

Owns when two causes have one place: if some line is as suspicious for the programs of both as the
most suspicious one is for either. It must not know how lines are traced, nor how suspicious each
place of a cause is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from math import sqrt

from ...reports.findings.finding import Finding
from ...strategies.program import Program
from ..execution.executor import Executor
from ..oracles.lockstep import Lockstep
from ..vectors.corpus import StoredVector, digest_of
from .cause import Cause
from .places import rank_places
from .spectra import LineSet, Place, traced

# More programs take more time, and hardly change what is joined or named.
MAX_CAUSES, MAX_FAILING, MAX_PASSING = 40, 20, 150
_NAMED = 3
# How much less suspicious a line may be for two causes than one of them is for either.
_TOLERANCE = 0.02
_DIGITS = 9

Places = frozenset[Place]


def located(
    lockstep: Lockstep, causes: Sequence[Cause], vectors: Sequence[StoredVector]
) -> list[Cause]:
    """Returns the causes with their places, those that have one place joined.

    A target without source in Python has no lines: its causes are returned as they are.

    Args:
        lockstep: the target, and the reference as the expected side.
        causes: in the order in which they are shown; the first MAX_CAUSES are looked at.
        vectors: MAX_PASSING of these are run, evenly spread; those that agree are compared with.
    """
    executor = lockstep.actual
    programs = [_programs(each) for each in causes[:MAX_CAUSES]]
    together = [program for each in programs for program in each]
    if not together:
        return list(causes)
    agreeing = _agreeing_programs(executor, vectors)
    sets = traced(executor, [*together, *agreeing])
    left = iter(sets[: len(together)])
    failing = [
        [lines for lines in islice(left, len(each)) if lines and lines.steps] for each in programs
    ]
    passing = [lines for lines in sets[len(together) :] if lines is not None]
    if not any(any(map(_places, each)) for each in failing):
        return list(causes)
    joined = _joined(list(zip(causes, failing, strict=False)), _agreeing(failing, passing))
    placed = [
        replace(cause, places=tuple(map(str, rank_places(lines, passing)[:_NAMED])))
        for cause, lines in joined
    ]
    return [*placed, *causes[MAX_CAUSES:]]


def _agreeing_programs(executor: Executor, vectors: Sequence[StoredVector]) -> list[Program]:
    """The programs of some vectors that agree; a run without that phase has not looked."""
    some = vectors[:: max(1, len(vectors) // MAX_PASSING)][:MAX_PASSING]
    shown = executor.submit([each.program for each in some])()
    return [
        each.program
        for each, trace in zip(some, shown, strict=True)
        if trace is not None and digest_of(trace) == each.digest
    ]


def _programs(cause: Cause) -> list[Program]:
    """The programs of findings that a single run shows, one of each if there are many."""
    programs = {
        finding.program.to_text(): finding.program
        for finding in cause.findings
        if finding.program is not None and _is_traced(finding)
    }
    return list(programs.values())[:MAX_FAILING]


def _is_traced(finding: Finding) -> bool:
    return finding.kind == "divergence" and not finding.before and finding.aspect != "fault"


def _places(lines: LineSet) -> Places:
    return frozenset(edge.place for step in lines.steps for edge in step)


def _agreeing(failing: Sequence[Sequence[LineSet]], passing: Sequence[LineSet]) -> list[Places]:
    """What programs that agree execute: passing ones, and the steps before the one that differs."""
    earlier = [
        LineSet(lines.steps[:-1]) for each in failing for lines in each if len(lines.steps) > 1
    ]
    return list(dict.fromkeys(map(_places, (*passing, *earlier))))


def _joined(
    pairs: Sequence[tuple[Cause, list[LineSet]]], agreeing: Sequence[Places]
) -> list[tuple[Cause, list[LineSet]]]:
    """Joins each cause to the first one before it that has the same place."""
    counts = Counter(place for each in agreeing for place in each)
    joined: list[tuple[Cause, list[LineSet]]] = []
    for cause, lines in pairs:
        at = next(
            (
                at
                for at, (other, others) in enumerate(joined)
                if _may_join(cause, other) and _have_one_place(lines, others, counts)
            ),
            None,
        )
        if at is None:
            joined.append((cause, lines))
        else:
            other, others = joined[at]
            joined[at] = other.joined(cause), [*others, *lines]
    return joined


def _may_join(cause: Cause, other: Cause) -> bool:
    """Whether no two different explanations speak against it."""
    return not cause.explanation or not other.explanation


def _have_one_place(
    one: Sequence[LineSet], other: Sequence[LineSet], agreeing: Counter[Place]
) -> bool:
    """Whether a line is as suspicious for both as the most suspicious one is for either."""
    if not one or not other:
        return False
    sides = [list(map(_places, each)) for each in (one, other)]
    # Of two causes, the one with fewer programs counts as much.
    least = min(map(len, sides))
    both = [*sides[0][:least], *sides[1][:least]]
    apart = max(_suspicion(each, agreeing) for each in sides)
    return _suspicion(both, agreeing) >= apart - _TOLERANCE


def _suspicion(failing: Sequence[Places], agreeing: Counter[Place]) -> float:
    """How suspicious the most suspicious line is: Ochiai, where all programs should execute it."""
    counts = Counter(place for each in failing for place in each)
    number = len(failing)
    return round(
        max(
            (
                count / sqrt(number * (count + agreeing[place])) * (count / number) ** 2
                for place, count in counts.items()
            ),
            default=0.0,
        ),
        _DIGITS,
    )
