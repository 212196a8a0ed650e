"""Which faults are held back when vectors are chosen, so that they can evaluate the vectors.

Owns the split into training and evaluation. All faults of some operators are held back, and all
faults in some places, so the vectors were chosen without anything similar. A place is a function of
a file, or the part of the file outside all functions; the digest of a place decides whether it is
held back.
"""

from __future__ import annotations

from hashlib import sha256

from h11spec.benchmarks.power.planting import Fault

# Operators on values, on conditions, on order, and on whether something is done at all.
OPERATORS = ("text", "logic", "exception", "slice", "loop")
# One in this many places is held back.
_OF = 4


def held_back(original: str, fault: Fault) -> bool:
    """Whether a fault of the original of this name is held back."""
    place = f"{original} {fault.file} {fault.within}"
    return fault.operator in OPERATORS or sha256(place.encode()).digest()[0] % _OF == 0
