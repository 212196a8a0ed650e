"""Places: the lines of the target's own source at which a difference was probably decided.

Owns how suspicious a line is: spectrum-based fault localisation. The weights were chosen with 180
faults that were planted in h11. It must not know what differs, nor how lines are traced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Generic, TypeVar

from .spectra import Edge, LineSet, Place

# How much a line counts that only some of the failing programs execute: there is one cause.
_SHARE = 3
# How much counts what leaves a line, and what was executed in steps before the one that differs.
_EDGE, _PROGRAM = 0.95, 0.95
# How much counts in addition that the whole program executes the line.
_ALSO_PROGRAM = 0.5
# Among lines that are about equal: the frames of an exception, what was executed last, how much a
# line does, and how suspicious its function is.
_RAISED, _LATE, _SIZE, _FUNCTION = 0.1, 0.02, 0.02, 0.1
_FUNCTION_LEAST = 0.05
# How suspicious a line of a second function has to be, to come third after two lines of a first.
_SECOND_FUNCTION = 0.98
_DIGITS = 6

T = TypeVar("T", bound=Hashable)


def rank_places(failing: Sequence[LineSet], passing: Sequence[LineSet]) -> list[Place]:
    """Returns all lines that failing programs executed, the most suspicious first.

    Args:
        failing: what programs executed that show one cause; the last step of each is the one that
            differs.
        passing: what programs executed that agree.

    A line is suspicious if failing programs execute it and passing ones do not, by the coefficient
    of Ochiai. Every step counts as a program of its own: steps before the one that differs agree.
    The step may only show what an earlier one did, so that whole programs are compared as well. A
    branch that only failing programs take makes the line suspicious that it leaves.
    """
    failing = [each for each in failing if each.steps]
    suspicions = _Suspicions.of(failing, passing)
    late, raised, sizes = _late(failing), _raised(failing), _sizes(failing)
    scores: dict[Place, float] = {}
    for place in {edge.place for each in failing for step in each.steps for edge in step}:
        factor = (1 + _RAISED * raised[place] + _LATE * late[place]) * sizes[place] ** _SIZE
        scores[place] = round(suspicions.of_line(place) * factor, _DIGITS)

    def order(place: Place) -> tuple[float, int, float, Place]:
        return -scores[place], -sizes[place], -late[place], place

    return _with_second_function(sorted(scores, key=order), scores)


def _with_second_function(ranked: list[Place], scores: dict[Place, float]) -> list[Place]:
    """The places, of which the first three are not all in one function if it is a close call."""
    if len(ranked) < 3 or len(_functions(ranked[:3])) > 1:
        return ranked
    [first] = _functions(ranked[:1])
    other = next((place for place in ranked if (place.file, place.function) != first), None)
    if other is None or scores[other] <= _SECOND_FUNCTION * scores[ranked[2]]:
        return ranked
    return [*ranked[:2], other, *(place for place in ranked[2:] if place != other)]


@dataclass(frozen=True)
class _Spectrum(Generic[T]):
    """How many failing and passing runs execute each element of a program."""

    failing: Counter[T]
    passing: Counter[T]
    runs: int

    def ochiai(self, element: T) -> float:
        failing = self.failing[element]
        if not failing:
            return 0.0
        return failing / sqrt(self.runs * (failing + self.passing[element]))

    def suspicion(self, element: T) -> float:
        return self.ochiai(element) * (self.failing[element] / self.runs) ** _SHARE


def _spectrum(failing: Collection[Collection[T]], passing: Iterable[Collection[T]]) -> _Spectrum[T]:
    return _Spectrum(
        Counter(element for run in failing for element in run),
        Counter(element for run in passing for element in run),
        len(failing),
    )


@dataclass(frozen=True)
class _Suspicions:
    """How suspicious lines and functions are in single steps, and lines in whole programs.

    ``leaving`` is, by line, how suspicious the most suspicious edge is that leaves it.
    """

    lines: _Spectrum[Place]
    functions: _Spectrum[tuple[str, str]]
    programs: _Spectrum[Place]
    leaving: dict[Place, float]

    @classmethod
    def of(cls, failing: Sequence[LineSet], passing: Sequence[LineSet]) -> _Suspicions:
        differing = [frozenset(each.steps[-1]) for each in failing]
        earlier = (step for each in failing for step in each.steps[:-1])
        later = (step for each in passing for step in each.steps)
        # Many programs begin alike; what they have in common is no more telling for that.
        agreeing = {frozenset(step) for step in (*earlier, *later)}
        bad, good = [*map(_places, differing)], [*map(_places, agreeing)]
        return cls(
            _spectrum(bad, good),
            _spectrum([*map(_functions, bad)], map(_functions, good)),
            _spectrum([*map(_all_places, failing)], map(_all_places, passing)),
            _leaving(_spectrum(differing, agreeing)),
        )

    def of_line(self, place: Place) -> float:
        step, program = self.lines.suspicion(place), self.programs.suspicion(place)
        edge = self.leaving.get(place, 0.0)
        most = max(step, _EDGE * edge, _PROGRAM * program) + _ALSO_PROGRAM * program
        function = self.functions.ochiai((place.file, place.function))
        return most * float((_FUNCTION_LEAST + function) ** _FUNCTION)


def _leaving(edges: _Spectrum[Edge]) -> dict[Place, float]:
    leaving: dict[Place, float] = {}
    for edge in edges.failing:
        if edge.before:
            line = edge.place._replace(line=edge.before)
            leaving[line] = max(leaving.get(line, 0.0), edges.suspicion(edge))
    return leaving


def _places(edges: Iterable[Edge]) -> frozenset[Place]:
    return frozenset(edge.place for edge in edges)


def _all_places(lines: LineSet) -> frozenset[Place]:
    return frozenset(edge.place for step in lines.steps for edge in step)


def _functions(places: Iterable[Place]) -> frozenset[tuple[str, str]]:
    return frozenset((place.file, place.function) for place in places)


def _late(failing: Sequence[LineSet]) -> dict[Place, float]:
    """By line, how late it was executed last in the steps that differ, from 0 to 1."""
    late: dict[Place, float] = defaultdict(float)
    for each in failing:
        order = dict.fromkeys(edge.place for edge in reversed(each.steps[-1]))
        for index, place in enumerate(order):
            late[place] += (1 - index / len(order)) / len(failing)
    return late


def _raised(failing: Sequence[LineSet]) -> dict[Place, float]:
    """By line, in how many exceptions it has a frame, and how far inside, from 0 to 1."""
    raised: dict[Place, float] = defaultdict(float)
    for each in failing:
        for depth, place in enumerate(dict.fromkeys(each.raised), 1):
            raised[place] += 1 / depth / len(failing)
    return raised


def _sizes(failing: Sequence[LineSet]) -> dict[Place, int]:
    edges = (edge for each in failing for step in each.steps for edge in step)
    return {edge.place: max(edge.size, 1) for edge in edges}
