"""Greedy set cover: few entries that cover all features.

Owns the order in which entries are taken. Knows nothing of what a feature is.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from h11spec.benchmarks.distillation.pool import Entry, Feature
from h11spec.reports.findings.vector import canonical_json


class Cover:
    """The entries that have been taken, and the features that they cover."""

    def __init__(self) -> None:
        self.taken: list[Entry] = []
        self.shown: set[Feature] = set()
        self._programs: set[str] = set()

    def take(self, entry: Entry) -> None:
        """Takes an entry, unless its program has been taken."""
        text = canonical_json(entry.program.to_json())
        self.shown |= entry.features
        if text not in self._programs:
            self._programs.add(text)
            self.taken.append(entry)

    def complete(self, entries: Sequence[Entry], kind: str, most: int | None = None) -> None:
        """Takes entries until all their features of this kind are covered.

        The next entry is always the one that covers most of the remaining features; among equals,
        the shortest.

        Args:
            most: the maximum number of entries taken in total; None for no limit.
        """
        left = [{each for each in entry.features if each[0] == kind} for entry in entries]
        heap = [
            (-len(features), *_size(entry), at)
            for at, (entry, features) in enumerate(zip(entries, left, strict=True))
            if features
        ]
        heapq.heapify(heap)
        while heap and (most is None or len(self.taken) < most):
            gain, length, text, at = heapq.heappop(heap)
            left[at] -= self.shown
            now = -len(left[at])
            if now == gain:
                self.take(entries[at])
            elif now:  # others have covered a part of it since, so its gain is smaller
                heapq.heappush(heap, (now, length, text, at))


def _size(entry: Entry) -> tuple[int, str]:
    text = canonical_json(entry.program.to_json())
    return len(text), text
