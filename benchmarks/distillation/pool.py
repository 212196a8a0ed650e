"""The candidates that are worth a second look, each with what it shows.

Owns the features that follow from a program and its trace alone, and how many candidates are kept
for each. Knows nothing of which of them are taken in the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from h11spec import reference
from h11spec.benchmarks.distillation import features
from h11spec.benchmarks.distillation.candidates import Candidate
from h11spec.strategies import interpreter
from h11spec.strategies.programs import Json, Program

# Of so many that show the same, one will be short, and one will show something else as well.
_KEPT = 3
# The values that a byte can have, which the octet sweeps put in each place one after the other.
_BYTES = 256
_BY_BYTES = "octets"

Feature = tuple[Hashable, ...]


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


class Gathering:
    """Goes through candidates, and keeps those that show something which few others do."""

    def __init__(self) -> None:
        self._met = Counter[Feature]()
        self._signatures: dict[Hashable, int] = {}
        self._last: tuple[Entry, int] | None = None

    def of(self, candidates: Iterable[Candidate]) -> Iterator[Entry]:
        """Gives out the entries of those that are kept, in their order."""
        for candidate in candidates:
            yield from self._next(candidate)
        yield from self._end()

    def _next(self, candidate: Candidate) -> Iterator[Entry]:
        trace = interpreter.run(reference, candidate.program.to_json())
        entry = Entry(candidate, trace)
        steps = features.steps(candidate.program, trace)
        signature = self._signatures.setdefault(tuple(steps), len(self._signatures))
        check = candidate.check
        found = entry.features
        found.add(("signature", check, signature))
        found |= {("step", step) for step in steps}
        found |= {("pair", *pair) for pair in pairwise(steps)}
        found |= {("argument", each) for each in features.arguments(candidate.program, trace)}
        place, byte = divmod(candidate.at, _BYTES) if check.startswith(_BY_BYTES) else (0, 0)
        if check.startswith(_BY_BYTES):
            found.add(("place", check, place, signature))
        if self._last is not None:
            before, other = self._last
            same = before.candidate.check == check and (byte or not check.startswith(_BY_BYTES))
            if same and signature != other:
                # Whoever draws the line one further this way or that is found out by either.
                border = "border", check, other, signature, byte
                before.features.add((*border, "last"))
                found.add((*border, "first"))
            yield from self._end()
        self._last = entry, signature

    def _end(self) -> Iterator[Entry]:
        """The last one is kept, or forgotten, when it is known what comes behind it."""
        if self._last is not None:
            entry, self._last = self._last[0], None
            if entry.candidate.requirements or any(
                self._met[each] < _KEPT for each in entry.features
            ):
                yield entry
            self._met.update(entry.features)
