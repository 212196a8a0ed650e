"""The candidates that are considered, each with its features.

Owns the features that follow from a program and its trace alone, and how many candidates are kept
for each feature. Knows nothing of which candidates are finally taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, zip_longest

from h11spec import reference
from h11spec.benchmarks.distillation import features
from h11spec.benchmarks.distillation.candidates import Candidate
from h11spec.strategies import interpreter
from h11spec.strategies.exhaustive import octets
from h11spec.strategies.program import Json, Program

# Among this many candidates with a feature, one is usually short, and one has other features, too.
_KEPT = 3
# The number of values of a byte; the sweeps below put each value in each place, in order.
_BYTES = len(octets.BYTES)
_BY_BYTES = {
    "octets/received": [each.message for each in octets.RECEIVED],
    "octets/arriving": [each.message for each in octets.ARRIVING],
    "octets/sent": [each.template for each in octets.SENT],
}
# Checks that try values in order, so that a change of the outcome is a border between two values.
_BY_VALUES = (*_BY_BYTES, "numbers/", "status/", "framing/")

Feature = tuple[Hashable, ...]
Outline = tuple[tuple[Hashable, ...], ...]


@dataclass
class Entry:
    """A candidate with its trace and its features; the first item of a feature is its kind."""

    candidate: Candidate
    trace: list[Json]
    features: set[Feature] = field(default_factory=set[Feature])

    @property
    def program(self) -> Program:
        """The program."""
        return self.candidate.program


def _parting(one: Outline, other: Outline) -> tuple[Hashable, ...]:
    """The last outcome, in both outlines, of the first step at which they differ."""
    pair = next(pair for pair in zip_longest(one, other) if pair[0] != pair[1])
    return tuple(came and came[-1] for came in pair)


def _template(check: str, place: int) -> int:
    """The index of the message of an octet sweep that has this place; 0 for other sweeps."""
    return _templates(check)[place] if check in _BY_BYTES else 0


@cache
def _templates(check: str) -> list[int]:
    marks = [message.count(b"@") + message.count(b"|") for message in _BY_BYTES[check]]
    return [at for at, count in enumerate(marks) for _ in range(count)]


class Gathering:
    """Selects the candidates that have a feature which few others have."""

    def __init__(self) -> None:
        self._met = Counter[Feature]()
        self._last: tuple[Entry, Outline] | None = None

    def of(self, candidates: Iterable[Candidate]) -> Iterator[Entry]:
        """Yields the entries of the selected candidates, in the order of the candidates."""
        for candidate in candidates:
            yield from self._next(candidate)
        yield from self._end()

    def _next(self, candidate: Candidate) -> Iterator[Entry]:
        trace = interpreter.run(reference, candidate.program.to_json())
        entry = Entry(candidate, trace)
        steps = features.steps(candidate.program, trace)
        found = entry.features
        found |= {("step", step) for step in steps}
        found |= {("pair", *pair) for pair in pairwise(steps)}
        found |= {("argument", each) for each in features.arguments(candidate.program, trace)}
        check, outline = candidate.check, features.outline(trace)
        place, value = 0, -1
        if check in _BY_BYTES:
            place, value = divmod(candidate.at, _BYTES)
            found.add(("place", check, place, outline))
        if self._last is not None:
            before, other = self._last
            same = before.candidate.check == check and check.startswith(_BY_VALUES) and value != 0
            if same and outline != other:
                # Either of them detects an implementation whose boundary is off by one.
                border = "border", check, _template(check, place), *_parting(other, outline), value
                before.features.add((*border, "last"))
                found.add((*border, "first"))
            yield from self._end()
        self._last = entry, outline

    def _end(self) -> Iterator[Entry]:
        """Keeps or drops the last candidate, once the one after it is known."""
        if self._last is not None:
            entry, self._last = self._last[0], None
            if entry.candidate.requirements or any(
                self._met[each] < _KEPT for each in entry.features
            ):
                yield entry
            self._met.update(entry.features)
