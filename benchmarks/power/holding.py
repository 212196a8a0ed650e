"""Which faults are held back when vectors are chosen, so that they can prove something.

Owns the split. A fault is held back with its operator, whatever the place, or with its place,
whatever the operator: the selection of the vectors saw nothing like it. A place is a function
of a file, or the part of the file that is outside of all functions, and is held back by its digest.
"""

from __future__ import annotations

from hashlib import sha256

from h11spec.benchmarks.power.planting import Fault

# Of values, of conditions, of the order of things, and of what is done at all.
OPERATORS = ("text", "logic", "exception", "slice", "loop")
# One place in this many is held out.
_OF = 4


def held_back(original: str, fault: Fault) -> bool:
    """Whether a fault of the original of this name is held back."""
    place = f"{original} {fault.file} {fault.within}"
    return fault.operator in OPERATORS or sha256(place.encode()).digest()[0] % _OF == 0
