"""Divides the vectors that differ into parts, each of which one change of a target explains.

Owns when two vectors are of one change: the fewest changes whose signatures cover what differs, and
hardly anything else. It must not know findings, nor which changes have signatures.

This is a weighted set cover. A vector counts in full if the change makes it differ in the same way,
and in part if it differs in another way. What the change makes differ, and the target does not,
counts against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .signatures import StoredSignature, bits

# How much a vector counts that differs in another way.
_OTHERWISE = 0.5
# A change is considered if this share of what it makes differ does differ.
_LEAST_PRECISION = 0.6
# A change is another one than those before it if this share of what it explains is new, and this
# share of what is new differs in the same way, or if what is new is this share of the whole.
_LEAST_NEW, _LEAST_SAME, _LARGE = 0.6, 0.5, 0.1
# It is also another one if all of these hold: _ALL of what is new differs in the same way; _ALL of
# what differs in the same way differs in another way with the changes before; at least _SOME
# vectors are new; _MUCH of what the change explains differs in the same way.
_ALL, _SOME, _MUCH = 0.9, 5, 0.5
# A part is of several changes if no change has this share of all that differs in it or with the
# change.
_LEAST_FIT = 0.7
# What a change explains differs in the same way if this share does, as does this share of what the
# change makes differ.
_NEARLY_ALL, _MOST = 0.9, 0.75
# If more is left than this share of what the greatest change explains, it is of no part.
_MOST_REST = 0.5


@dataclass
class Part:
    """Vectors that differ for one reason: their positions as bits, and the changes that fit.

    ``is_mixed`` says that no single change fits all of it well, and ``is_same`` that the first of
    the names makes nearly all of it differ in the same way.
    """

    positions: int
    names: list[str]
    is_mixed: bool = False
    is_same: bool = False


@dataclass(frozen=True)
class _Candidate:
    name: str
    covered: int
    same: int
    missing: int

    def value(self, left: int) -> float:
        """How well the change explains what is left."""
        new, same = (self.covered & left).bit_count(), (self.same & left).bit_count()
        return same + _OTHERWISE * (new - same) - self.missing

    def fit(self, part: int) -> float:
        """How much of what differs in a part, or with the change, differs in both, from 0 to 1."""
        whole = (self.covered | part).bit_count() + self.missing
        return (self.covered & part).bit_count() / whole

    def is_same(self, part: int) -> bool:
        """Whether nearly all of a part differs as with the change, and most of what that does."""
        same = (self.same & part).bit_count()
        whole = self.covered.bit_count() + self.missing
        return same >= _NEARLY_ALL * part.bit_count() and same >= _MOST * whole


def partition(symptoms: Mapping[int, int], signatures: Iterable[StoredSignature]) -> list[Part]:
    """Returns the parts of the vectors that differ, the one that explains most first.

    Args:
        symptoms: the symptom of each vector that differs, by its position.
        signatures: those of the changes that are considered.
    """
    whole = left = bits(symptoms)
    candidates = list(_candidates(symptoms, whole, signatures))
    parts: list[Part] = []
    covered: list[int] = []
    # What a change makes differ in the same way.
    same = 0
    while left and candidates:
        # Of two that explain as much, the one comes first that explains less of what is explained.
        best = max(
            candidates, key=lambda each: (each.value(left), -(each.covered & ~left).bit_count())
        )
        if best.value(left) <= 0:
            break
        new = best.covered & left
        left &= ~new
        if not parts or _is_another(best, new, whole) or _differs_in_its_way(best, new, same):
            parts.append(Part(new, [best.name]))
            covered.append(best.covered)
        else:
            at = _most_in_common(covered, best.covered)
            parts[at].positions |= new
            parts[at].names.append(best.name)
            covered[at] |= best.covered
        same |= best.same
    if not parts:
        return [Part(left, [])] if left else []
    if left.bit_count() <= _MOST_REST * parts[0].positions.bit_count():
        # A little that nothing explains is mostly an effect of the greatest change.
        parts[0].positions |= left
    for part in parts:
        part.is_mixed = max(each.fit(part.positions) for each in candidates) < _LEAST_FIT
        first = next(each for each in candidates if each.name == part.names[0])
        part.is_same = first.is_same(part.positions)
    return parts


def _candidates(
    symptoms: Mapping[int, int], whole: int, signatures: Iterable[StoredSignature]
) -> Iterable[_Candidate]:
    for each in signatures:
        items = dict(each.items())
        shown = [position for position in items if position in symptoms]
        if not shown or len(shown) < _LEAST_PRECISION * len(items):
            continue
        same = [position for position in shown if symptoms[position] == items[position]]
        yield _Candidate(each.name, bits(shown), bits(same), len(items) - len(shown))


def _is_another(change: _Candidate, new: int, whole: int) -> bool:
    """Whether what a change explains is not only more of what others have explained."""
    if new.bit_count() < _LEAST_NEW * change.covered.bit_count():
        return False
    is_same = (change.same & new).bit_count() >= _LEAST_SAME * new.bit_count()
    return is_same or new.bit_count() > _LARGE * whole.bit_count()


def _differs_in_its_way(change: _Candidate, new: int, same: int) -> bool:
    """Whether all that is new differs as with the change, and nothing like what others explain.

    Another change may be in front of it in most of its vectors.
    """
    own = change.same.bit_count()
    return (
        new.bit_count() >= _SOME
        and (change.same & new).bit_count() >= _ALL * new.bit_count()
        and (change.same & ~same).bit_count() >= _ALL * own
        and own >= _MUCH * change.covered.bit_count()
    )


def _most_in_common(covered: Sequence[int], change: int) -> int:
    return max(range(len(covered)), key=lambda at: (covered[at] & change).bit_count())
