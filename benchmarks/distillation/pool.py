"""The candidates that are worth a second look, each with what it shows.

Owns the features that follow from a program and its trace alone, and how many candidates are kept
for each. Knows nothing of which of them are taken in the end.
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

# Of this many candidates with one feature, one is short, and one has other features as well.
_KEPT = 3
# The values that a byte can have, which these sweeps put in each place one after the other.
_BYTES = 256
_BY_BYTES = {
    "octets/received": [each.message for each in octets.RECEIVED],
    "octets/arriving": [each.message for each in octets.ARRIVING],
    "octets/sent": [each.template for each in octets.SENT],
}
# Where values come in their order, so that a change is a border between them.
_BY_VALUES = (*_BY_BYTES, "numbers/", "status/", "framing/")

Feature = tuple[Hashable, ...]
Outline = tuple[tuple[Hashable, ...], ...]


@dataclass
class Entry:
    """A candidate with its trace and its features, of which the first says of which kind it is."""

    candidate: Candidate
    trace: list[Json]
    features: set[Feature] = field(default_factory=set[Feature])

    @property
    def program(self) -> Program:
        """The program."""
        return self.candidate.program


def _parting(one: Outline, other: Outline) -> tuple[Hashable, ...]:
    """The last that came of the first step of which not the same came."""
    pair = next(pair for pair in zip_longest(one, other) if pair[0] != pair[1])
    return tuple(came and came[-1] for came in pair)


def _template(check: str, place: int) -> int:
    """Which of the messages of an octet sweep the place is in; in one, a run of a class is one."""
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
