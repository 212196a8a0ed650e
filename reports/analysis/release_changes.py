"""What changed from one release to the next: each behaviour once, with its program.

Owns what is one change, and what is told of it. Where both releases are at hand, they were run
beside each other in the programs of their findings, and what differs is what changed. Of records
alone, a change is a finding that one of them has and the other has not: then it is the expected
side that says what the other does, and an earlier difference may hide that it does the same.
Messages and types are only counted: a difference in them is one finding of a check however many
messages there are, so that what it was in an older release says little of a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from ...strategies.programs import Json
from ..record.record import Record
from ..wording.values import side_in_words
from .diff import Diff, diff
from .matrix import Column, Matrix
from .rows import rows
from .summary import Group, grouped

# A difference from the expected side that the newer does not have, one that the older did not have,
# one that both have in another way; and a difference between the two that were run.
Kind = Literal["ended", "began", "otherwise", "changed"]
# What the two releases say of the other: findings of the newer one against the older, given by
# their columns; None where they cannot be run.
Between = Callable[[int, int], Sequence[Json] | None]
# What the releases make of a requirement, what changes first.
_SIDES = {
    ("broken", "kept"): "the older broke it, the newer keeps it",
    ("kept", "broken"): "the older kept it, the newer breaks it",
    ("kept", "kept"): "both keep it",
    ("broken", "broken"): "both break it",
}
# In the order in which a reader wants to know of them.
_ORDER: tuple[Kind, ...] = ("changed", "began", "otherwise", "ended")


@dataclass(frozen=True)
class Shift:
    """A behaviour that is not what it was, and the findings that show so.

    ``old`` and ``new`` say what the two releases do in the program of ``finding``, ``side`` who
    keeps what is required.
    """

    kind: Kind
    finding: Json
    findings: tuple[Json, ...]
    old: str
    new: str
    side: str = ""

    @property
    def smuggling(self) -> bool:
        """Whether it touches where a message ends."""
        return any(each["smuggling"] for each in self.findings)

    @property
    def fails(self) -> bool:
        """Whether it is of a kind that fails a run."""
        return any(each["fails"] for each in self.findings)

    @property
    def checks(self) -> list[str]:
        """The checks that show it."""
        return sorted({each["check"] for each in self.findings})


@dataclass(frozen=True)
class Update:
    """What changed between two columns, given by their places.

    ``tried`` says whether both were run beside each other, or the records alone were asked.
    ``soft`` counts the changes that fail no run: of wording, of types, beyond documented input;
    ``unknown`` the findings of one whose absence in the other says nothing.
    """

    old: int
    new: int
    shifts: tuple[Shift, ...]
    tried: bool
    soft: int
    same: int
    unknown: int


def nobody(old: int, new: int) -> None:
    """Runs nobody: the records alone are asked."""


def updates(
    made: Matrix, *, consecutive: bool = False, between: Between = nobody
) -> tuple[Update, ...]:
    """Returns what changed from each release of a distribution to the next one that is there.

    Args:
        consecutive: compare each column with the one before it instead, whatever they are.
        between: runs two of them beside each other.
    """
    pairs = pairwise(range(len(made.columns))) if consecutive else _releases(made.columns)
    return tuple(_updates(made, pairs, between))


def _releases(columns: Iterable[Column]) -> Iterator[tuple[int, int]]:
    """Pairs of releases, by version; of what withholds findings nothing can be said."""
    by_name: dict[str, list[int]] = {}
    said = [None if column.withheld else column.distribution for column in columns]
    seen: set[object] = set()
    for at, each in enumerate(said):
        if each is not None and each not in seen:  # the first of those that are the same release
            seen.add(each)
            by_name.setdefault(each[0], []).append(at)
    for places in by_name.values():
        yield from pairwise(sorted(places, key=lambda at: said[at] or ()))


def _updates(made: Matrix, pairs: Iterable[tuple[int, int]], between: Between) -> Iterator[Update]:
    for old, new in pairs:
        before, after = made.columns[old].record, made.columns[new].record
        if before is None or after is None:
            continue
        changes, kept = diff(before, after), (_kept(before), _kept(after))
        shifts = list(_shifts(changes))
        hard = [each for each in shifts if each.fails]
        found = between(old, new) if any(each.findings for each in (before, after)) else None
        if found is not None:
            hard = [_shift("changed", each, "expected", "actual") for each in grouped(found)]
        told = [replace(each, side=_side(each, *kept)) for each in hard]
        told.sort(key=lambda each: (not each.smuggling, _ORDER.index(each.kind)))
        soft = sum(not each.fails for each in shifts)
        unknown = len(changes.gone) + len(changes.came)
        yield Update(old, new, tuple(told), found is not None, soft, changes.same, unknown)


def _kept(record: Record) -> dict[str, str]:
    return {check: row.keeps for check, row in rows(record.results).items()}


def _side(shift: Shift, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Who keeps what a check that shows it requires, where both were judged."""
    said = {(old.get(check, ""), new.get(check, "")) for check in shift.checks}
    for pair, words in _SIDES.items():
        if pair in said:
            return words
    return ""


def _shifts(changes: Diff) -> Iterator[Shift]:
    for group in grouped(changes.appeared):
        yield _shift("began", group, "expected", "actual")
    for group in grouped(changes.fixed):
        yield _shift("ended", group, "actual", "expected")
    yield from _otherwise(changes)


def _shift(kind: Kind, group: Group, old: str, new: str) -> Shift:
    finding = group.simplest
    sides = (side_in_words(finding, side) for side in (old, new))
    return Shift(kind, finding, group.findings, *sides)


def _otherwise(changes: Diff) -> Iterator[Shift]:
    """What both have, and what one check finds in one place in another way."""
    for group in grouped(change.new for change in changes.changed):
        change = next(each for each in changes.changed if each.new is group.simplest)
        old, new = (side_in_words(each, "actual") for each in (change.old, change.new))
        if change.old["id"] != change.new["id"] or old != new:  # not only judged otherwise
            yield Shift("otherwise", change.new, group.findings, old, new)
