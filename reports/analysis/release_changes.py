"""What changed from one release to the next: each behaviour once, with a program that shows it.

Owns what counts as one change, and which cause it is of. Where both releases can be run, each runs
the programs of the other's findings, and a change is what differs between the two. From records
alone, a change is a finding that only one of them has: the expected side then stands for the
release without it, and an earlier difference may hide that both do the same. Messages and types are
only counted: a check has one finding for all of them, which says little about an older release. It
must not know how a release is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from ...strategies.program import Json
from ..record.record import Record
from ..wording.values import format_side
from .change_causes import CauseFinder, CauseInOne, ChangeCause, ReleaseExplanation
from .diff import Diff, diff
from .groups import Group, group_findings
from .matrix import Column, Matrix
from .rows import rows

# A finding that only the newer release has, one that only the older has, one that both have in
# different forms; and a difference between the two releases that were run.
Kind = Literal["introduced", "resolved", "altered", "changed"]
# Runs the releases in two columns, given by their positions, and returns how the newer one differs
# from the older; None where they cannot be run.
RunBoth = Callable[[int, int], Sequence["ReleaseDifference"] | None]
# How two releases conform to a requirement; the first pair that applies is shown.
_CONFORMING = {
    ("broken", "kept"): "the older broke it, the newer keeps it",
    ("kept", "broken"): "the older kept it, the newer breaks it",
    ("kept", "kept"): "both keep it",
    ("broken", "broken"): "both break it",
}
# In the order in which they are shown.
_ORDER: tuple[Kind, ...] = ("changed", "introduced", "altered", "resolved")


@dataclass(frozen=True)
class ReleaseDifference:
    """A difference of a release from an older one that was run with it.

    ``finding`` has the older release as the expected side, and ``sources`` are the ids of the
    findings in the records of both that are about what differs. ``explanations`` say what one of
    the two does, where a changed reference shows the same, the best first. ``cause_id`` is the id
    of a cause that would have this finding alone.
    """

    finding: Json
    sources: tuple[str, ...] = ()
    explanations: tuple[ReleaseExplanation, ...] = ()
    cause_id: str = ""


@dataclass(frozen=True)
class BehaviourChange:
    """A change of behaviour and the findings that show it.

    ``old`` and ``new`` say what the two releases do in the program of ``finding``; ``conforming``
    says which of them conform to the requirement of a check, or is "". ``cause`` is what the change
    is an effect of.
    """

    kind: Kind
    finding: Json
    findings: tuple[Json, ...]
    old: str
    new: str
    cause: ChangeCause
    conforming: str = ""

    @property
    def where(self) -> str:
        """The expression that has another answer, or the step in which the releases differ."""
        expression = self.finding.get("expression")
        return str(expression or self.finding["difference"].partition(": ")[0])

    @property
    def smuggling(self) -> bool:
        """Whether any of the findings is smuggling-relevant."""
        return any(each["smuggling"] for each in self.findings)

    @property
    def fails(self) -> bool:
        """Whether any of the findings fails a run."""
        return any(each["fails"] for each in self.findings)

    @property
    def checks(self) -> list[str]:
        """The ids of the checks that show it."""
        return sorted({each["check"] for each in self.findings})


@dataclass(frozen=True)
class CauseOfChanges:
    """Changes with one cause, the clearest first."""

    changes: tuple[BehaviourChange, ...]

    @property
    def clearest(self) -> BehaviourChange:
        """The change to show."""
        return self.changes[0]

    @property
    def id(self) -> str:
        """The id of the cause."""
        return self.clearest.cause.id

    @property
    def kind(self) -> Kind:
        """Whether the newer release does it, or the older one did, or both differ in it."""
        direction = self.clearest.cause.direction
        return direction or self.clearest.kind

    @property
    def title(self) -> str:
        """What the release does that has the cause; "" if it is known only that both differ."""
        return self.clearest.cause.title

    @property
    def smuggling(self) -> bool:
        """Whether any of the changes is smuggling-relevant."""
        return any(each.smuggling for each in self.changes)

    @property
    def vulnerabilities(self) -> tuple[str, ...]:
        """The vulnerabilities that the requirement of the cause names, such as CVE-1999-1."""
        return self.clearest.cause.vulnerabilities

    @property
    def checks(self) -> list[str]:
        """The ids of the checks that show it."""
        return sorted({check for change in self.changes for check in change.checks})


@dataclass(frozen=True)
class ReleaseChanges:
    """The changes from one column to another, which are given by their positions.

    ``executed`` says whether both releases were run, or only their records compared. ``soft``
    counts the changes that fail no run, ``unchanged`` the findings that both have, and
    ``not_compared`` the findings of one that the run of the other could not have found.
    """

    old: int
    new: int
    changes: tuple[BehaviourChange, ...]
    executed: bool
    soft: int
    unchanged: int
    not_compared: int

    @property
    def causes(self) -> tuple[CauseOfChanges, ...]:
        """The changes by their causes: smuggling-relevant ones first, then those with most."""
        by_key: dict[tuple[str, str], list[BehaviourChange]] = {}
        for change in self.changes:
            by_key.setdefault((change.cause.id, change.cause.direction), []).append(change)
        found = [CauseOfChanges(tuple(sorted(same, key=_clarity))) for same in by_key.values()]
        return tuple(sorted(found, key=lambda each: (not each.smuggling, -len(each.changes))))


def _clarity(change: BehaviourChange) -> tuple[bool, int]:
    """Orders the changes of a cause: smuggling-relevant ones first, then short programs."""
    finding = change.finding
    return not change.smuggling, len(str(finding.get("program", finding["script"])))


def records_only(old: int, new: int) -> None:
    """Runs neither of two releases, so that their records are compared."""


def release_changes(
    made: Matrix, *, consecutive: bool = False, run_both: RunBoth = records_only
) -> tuple[ReleaseChanges, ...]:
    """Returns the changes from each release of a distribution to its next one in the matrix.

    Args:
        consecutive: compare each column with the one before it instead.
        run_both: runs two of the releases.
    """
    pairs = pairwise(range(len(made.columns))) if consecutive else _releases(made.columns)
    return tuple(_release_changes(made, pairs, run_both))


def _releases(columns: Iterable[Column]) -> Iterator[tuple[int, int]]:
    """Yields consecutive releases of each distribution; redacted columns cannot be compared."""
    by_name: dict[str, list[int]] = {}
    releases = [None if column.redacted else column.distribution for column in columns]
    seen: set[object] = set()
    for at, release in enumerate(releases):
        if release is not None and release not in seen:  # one column for each release
            seen.add(release)
            by_name.setdefault(release[0], []).append(at)
    for places in by_name.values():
        yield from pairwise(sorted(places, key=lambda at: releases[at] or ()))


def _release_changes(
    made: Matrix, pairs: Iterable[tuple[int, int]], run_both: RunBoth
) -> Iterator[ReleaseChanges]:
    for old, new in pairs:
        before, after = made.columns[old].record, made.columns[new].record
        if before is None or after is None:
            continue
        differences = diff(before, after)
        finder = CauseFinder(before, after)
        recorded = list(_recorded_changes(differences, finder))
        found = run_both(old, new) if before.findings or after.findings else None
        if found is None:
            failing = [each for each in recorded if each.fails]
        else:
            failing = list(_executed_changes(found, finder))
        conformance = _conformance(before), _conformance(after)
        changes = [replace(each, conforming=_conforming(each, *conformance)) for each in failing]
        changes.sort(key=lambda each: (not each.smuggling, _ORDER.index(each.kind)))
        yield ReleaseChanges(
            old,
            new,
            changes=tuple(changes),
            executed=found is not None,
            soft=sum(not each.fails for each in recorded),
            unchanged=differences.unchanged,
            not_compared=len(differences.missing_in_new) + len(differences.missing_in_old),
        )


def _conformance(record: Record) -> dict[str, str]:
    return {check: row.conformance for check, row in rows(record.results).items()}


def _conforming(change: BehaviourChange, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Which releases conform to the requirement of a check, where both were judged."""
    pairs = {(old.get(check, ""), new.get(check, "")) for check in change.checks}
    return next((words for pair, words in _CONFORMING.items() if pair in pairs), "")


def _executed_changes(
    found: Sequence[ReleaseDifference], finder: CauseFinder
) -> Iterator[BehaviourChange]:
    by_finding = {id(each.finding): each for each in found}
    attributed: set[str] = set()
    for group in group_findings(each.finding for each in found):
        same = [by_finding[id(finding)] for finding in group.findings]
        cause = finder.of_difference(
            {source for each in same for source in each.sources},
            same[0].explanations,
            by_finding[id(group.simplest)].cause_id or group.simplest["id"],
        )
        attributed.add(cause.id)
        yield _behaviour_change("changed", group, "expected", "actual", cause)
    differing = {source for each in found for source in each.sources}
    for alone in finder.only_in_one(differing):
        if alone.cause.id not in attributed:
            yield _of_cause(alone)


def _of_cause(alone: CauseInOne) -> BehaviourChange:
    """The change that one of the records has a cause, which shows like that of another change."""
    group = Group(alone.shown.clearest, alone.shown.findings)
    if alone.cause.direction == "resolved":
        return _behaviour_change("resolved", group, "actual", "expected", alone.cause)
    return _behaviour_change("introduced", group, "expected", "actual", alone.cause)


def _recorded_changes(differences: Diff, finder: CauseFinder) -> Iterator[BehaviourChange]:
    for group in group_findings(differences.introduced):
        cause = finder.of_finding(group.simplest["id"], "newer")
        yield _behaviour_change("introduced", group, "expected", "actual", cause)
    for group in group_findings(differences.fixed):
        cause = finder.of_finding(group.simplest["id"], "older")
        yield _behaviour_change("resolved", group, "actual", "expected", cause)
    yield from _altered(differences, finder)


def _behaviour_change(
    kind: Kind, group: Group, old: str, new: str, cause: ChangeCause
) -> BehaviourChange:
    finding = group.simplest
    before, after = (format_side(finding, side) for side in (old, new))
    return BehaviourChange(kind, finding, group.findings, before, after, cause)


def _altered(differences: Diff, finder: CauseFinder) -> Iterator[BehaviourChange]:
    """Findings that both releases have at one place, with other values."""
    for group in group_findings(change.new for change in differences.changed):
        change = next(each for each in differences.changed if each.new is group.simplest)
        old, new = (format_side(each, "actual") for each in (change.old, change.new))
        if change.old["id"] != change.new["id"] or old != new:  # not only another judgement
            cause = finder.of_finding(change.new["id"], "newer")
            yield BehaviourChange("altered", change.new, group.findings, old, new, cause)
