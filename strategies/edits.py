"""Replacements in bytes, at one place or at several.

Owns how they are applied together. It must not know what the bytes are.
"""

from __future__ import annotations

from collections.abc import Iterable

# Replacements at several places, which belong together: start, end, and what comes there.
Span = tuple[int, int, bytes]
Edit = tuple[Span, ...]


def edited(data: bytes, edits: Iterable[Edit]) -> tuple[bytes, list[Span]]:
    """Returns the bytes with edits, and what was replaced; an edit that overlaps is left out."""
    spans: set[Span] = set()
    for edit in edits:
        if not any(_overlap(one, other) for one in edit for other in spans if one != other):
            spans.update(edit)
    ordered = sorted(spans)
    parts: list[bytes] = []
    at = 0
    for start, end, new in ordered:
        parts += data[at:start], new
        at = end
    return b"".join([*parts, data[at:]]), ordered


def _overlap(one: Span, other: Span) -> bool:
    if one[:2] == other[:2]:
        return True
    return one[0] < other[1] and other[0] < one[1]
