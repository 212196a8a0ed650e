"""How many programs the sweeps over cuts have, as factors.

Owns the counts of conversations and of places to cut them. It must not know the page that shows
them.
"""

from __future__ import annotations

from ...conformance.requirements.rfc import load
from ...strategies.exhaustive import cuts
from ...strategies.program import Program
from ...strategies.variant import received

# Factors of a product, each with what it counts.
Term = tuple[tuple[int, str], ...]


def _corpus() -> list[Program]:
    return [each.program for each in load() if each.program is not None]


def lengths() -> list[int]:
    """Returns the number of bytes that each conversation of the requirements receives."""
    return [received(program) for program in _corpus()]


def once() -> list[Term]:
    """Returns the factors of every cut into two, and into single bytes."""
    cut = [each for each in cuts.without_repeats(_corpus()) if 1 < received(each) <= cuts.LONGEST]
    places = sum(len(cuts.distinct_positions(program)) for program in cut)
    return [
        ((len(cut), "conversations byte by byte"),),
        ((places, "cuts between two of their bytes"),),
    ]


def twice() -> list[Term]:
    """Returns the factors of two cuts."""
    last = sum(1 for _ in cuts.twice(()))
    pairs = sum(1 for _ in cuts.twice(_corpus())) - last
    return [
        ((pairs, "different beginnings with two cuts"),),
        ((last, f"in the last segment of {len(cuts.short())} short conversations"),),
    ]


def short() -> list[Term]:
    """Returns the factors of every truncation."""
    cut = sum(0 < size <= cuts.LONGEST for size in lengths())
    count = sum(1 for _ in cuts.cut_short(_corpus()))
    return [((count, f"different ways to truncate {cut} conversations"),)]
