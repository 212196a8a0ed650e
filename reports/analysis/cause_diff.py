"""The differences between two records in causes: which are fixed, which are new, which changed.

Owns what the findings that were fixed, are new, or changed say about their causes. It must not
know how findings are compared, nor any output format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .causes import ShownCause, shown_causes
from .diff import Change, Diff


@dataclass(frozen=True)
class CauseChange:
    """A cause that both records have, and what is different about its findings.

    ``cause`` is that of the new record, if it is there. ``more`` are the ids of findings that are
    new, ``fewer`` those of findings that are fixed.
    """

    cause: ShownCause
    more: tuple[str, ...]
    fewer: tuple[str, ...]
    changed: tuple[Change, ...]


@dataclass(frozen=True)
class CauseDiff:
    """The differences between two records in causes.

    A cause is ``introduced`` if the new record alone has it, and nothing but new findings are of
    it; it is ``fixed`` if the old record alone has it, and all its findings that were compared are
    fixed. ``unchanged`` counts the causes of the new record of which nothing is different.
    """

    fixed: tuple[ShownCause, ...]
    introduced: tuple[ShownCause, ...]
    changed: tuple[CauseChange, ...]
    unchanged: int


def cause_diff(diff: Diff) -> CauseDiff:
    """Returns the differences between two records in causes."""
    old, new = shown_causes(diff.old), shown_causes(diff.new)
    introduced, more = _divided(new, old, {each["id"] for each in diff.introduced}, _kept(diff))
    fixed, fewer = _divided(old, new, {each["id"] for each in diff.fixed}, _kept(diff))
    changed = _changed(new, old, diff.changed, more, fewer)
    not_unchanged = {each.line["id"] for each in introduced}
    not_unchanged |= {each.cause.line["id"] for each in changed}
    not_compared = {each.finding["id"] for each in diff.missing_in_old}
    return CauseDiff(
        fixed=fixed,
        introduced=introduced,
        changed=changed,
        unchanged=sum(
            cause.line["id"] not in not_unchanged
            and any(finding["id"] not in not_compared for finding in cause.findings)
            for cause in new
        ),
    )


def _kept(diff: Diff) -> set[str]:
    """The ids of the findings of either record that are not in one record only."""
    only = {each["id"] for each in (*diff.introduced, *diff.fixed)}
    only |= {each.finding["id"] for each in (*diff.missing_in_new, *diff.missing_in_old)}
    return {each["id"] for each in (*diff.old.findings, *diff.new.findings)} - only


def _divided(
    here: Iterable[ShownCause], there: Iterable[ShownCause], only_here: set[str], kept: set[str]
) -> tuple[tuple[ShownCause, ...], dict[str, tuple[str, ...]]]:
    """The causes that one record alone has, and the findings that the others have here alone.

    A cause whose findings are of another cause in the other record is in both.
    """
    known = {cause.line["id"] for cause in there}
    alone: list[ShownCause] = []
    others: dict[str, tuple[str, ...]] = {}
    for cause in here:
        ids = [finding["id"] for finding in cause.findings]
        found = tuple(id for id in ids if id in only_here)
        if not found:
            continue
        if cause.line["id"] in known or not kept.isdisjoint(ids):
            others[cause.line["id"]] = found
        else:
            alone.append(cause)
    return tuple(alone), others


def _changed(
    new: Iterable[ShownCause],
    old: Iterable[ShownCause],
    changes: Iterable[Change],
    more: dict[str, tuple[str, ...]],
    fewer: dict[str, tuple[str, ...]],
) -> tuple[CauseChange, ...]:
    causes: dict[str, ShownCause] = {}
    for cause in (*new, *old):
        causes.setdefault(cause.line["id"], cause)
    of_finding = {finding["id"]: cause.line["id"] for cause in new for finding in cause.findings}
    by_cause: dict[str, list[Change]] = {}
    for change in changes:
        by_cause.setdefault(of_finding[change.new["id"]], []).append(change)
    return tuple(
        CauseChange(cause, more.get(id, ()), fewer.get(id, ()), tuple(by_cause.get(id, ())))
        for id, cause in causes.items()
        if id in more or id in fewer or id in by_cause
    )
