"""What changed from one release to the next: each behaviour once, with its program.

Owns what is one change, and what both releases do. That is taken from what the records of both say
beside the same expected side, and not from a run of one against the other: then it can be told from
records alone, the expected side is a third opinion that says who changed for the better, and what
stays as it was for many releases is the same finding in all of them. What is lost by that: a
release whose difference ended is taken to do what is expected, in the program that showed the
difference. Messages and types are only counted: a difference in them is one finding of a check
however many messages there are, so that what it was in an older release says little of a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ..strategies.programs import Json
from .diff import Diff, diff
from .matrix import Column, Matrix
from .summary import Group, grouped
from .words import side_in_words

# A difference that the newer one does not have, one that the older did not have, and one that both
# have, in another way.
Kind = Literal["ended", "began", "otherwise"]
# Who the RFC or the documentation is with, by what it says of the finding: when a difference from
# the expected side ended, and when it began.
_SIDES = {
    ("ended", "expected"): "the older broke it, the newer keeps it",
    ("ended", "target"): "the older kept it, the newer breaks it",
    ("began", "expected"): "the older kept it, the newer breaks it",
    ("began", "target"): "the older broke it, the newer keeps it",
}
_ALIKE = {"both": "both keep it", "neither": "both break it"}
# In the order in which a reader wants to know of them.
_ORDER: tuple[Kind, ...] = ("began", "otherwise", "ended")


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
    side: str

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

    ``soft`` counts the changes that fail no run: of wording, of types, beyond documented input;
    ``unknown`` the findings of one whose absence in the other says nothing.
    """

    old: int
    new: int
    shifts: tuple[Shift, ...]
    soft: int
    same: int
    unknown: int


def updates(made: Matrix, *, consecutive: bool = False) -> tuple[Update, ...]:
    """Returns what changed from each release of a distribution to the next one that is there.

    Args:
        consecutive: compare each column with the one before it instead, whatever they are.
    """
    pairs = pairwise(range(len(made.columns))) if consecutive else _releases(made.columns)
    return tuple(_updates(made, pairs))


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


def _updates(made: Matrix, pairs: Iterable[tuple[int, int]]) -> Iterator[Update]:
    for old, new in pairs:
        before, after = made.columns[old].record, made.columns[new].record
        if before is not None and after is not None:
            changes = diff(before, after)
            unknown = len(changes.gone) + len(changes.came)
            shifts = _shifts(changes)
            hard = tuple(each for each in shifts if each.fails)
            yield Update(old, new, hard, len(shifts) - len(hard), changes.same, unknown)


def _shifts(changes: Diff) -> list[Shift]:
    shifts = [_came_or_went("began", each) for each in grouped(changes.appeared)]
    shifts += [_came_or_went("ended", each) for each in grouped(changes.fixed)]
    shifts += _otherwise(changes)
    return sorted(shifts, key=lambda each: (not each.smuggling, _ORDER.index(each.kind)))


def _came_or_went(kind: Kind, group: Group) -> Shift:
    finding = group.simplest
    expected, actual = (side_in_words(finding, side) for side in ("expected", "actual"))
    old, new = (actual, expected) if kind == "ended" else (expected, actual)
    judged = next((each["side"] for each in (finding, *group.others) if each["side"]), "")
    side = _SIDES.get((kind, judged)) or _ALIKE.get(judged, "")
    return Shift(kind, finding, group.findings, old, new, side)


def _otherwise(changes: Diff) -> Iterator[Shift]:
    """What both have, and what one check finds in one place in another way."""
    by_old = {change.old["id"]: change for change in changes.changed}
    for group in grouped(change.new for change in changes.changed):
        pairs = [each for each in by_old.values() if each.new in group.findings]
        change = next(each for each in pairs if each.new is group.simplest)
        old, new = (side_in_words(each, "actual") for each in (change.old, change.new))
        if change.old["id"] == change.new["id"] and old == new:
            continue  # judged otherwise, and shown alike
        yield Shift("otherwise", change.new, group.findings, old, new, "")
