"""The differences between two records: what was fixed, what is new, what changed.

Owns which findings of two records are the same one, and when the absence of a finding is evidence:
a record says nothing about checks that its run did not include or did not finish. It must not know
any output format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...strategies.program import Json
from ..record.record import Record
from ..wording.values import format_side
from .summary import summary

# Members of a finding whose change is reported.
_REPORTED = ("fails", "accepted", "smuggling", "conforming", "level")
# Settings that decide what is found.
_CONDITIONS = ("seed", "max_examples", "max_time", "catalogue", "strict", "rfc", "max_findings")


@dataclass(frozen=True)
class Change:
    """A finding that is in both records, or that replaces another one.

    ``details`` say in sentences how the new finding differs from the old one.
    """

    old: Json
    new: Json
    details: tuple[str, ...]


@dataclass(frozen=True)
class NotCompared:
    """A finding that is in one record only, where the other run could not have found it.

    ``reason`` says why not.
    """

    finding: Json
    reason: str


@dataclass(frozen=True)
class Diff:
    """The differences between two records.

    ``fixed`` findings are in the old record only and ``introduced`` ones in the new record only,
    where the other run would have found them; ``missing_in_new`` and ``missing_in_old`` are those
    that it could not have found. ``unchanged`` counts the others. ``run_differences`` say in
    sentences how the two runs themselves differ.
    """

    old: Record
    new: Record
    fixed: tuple[Json, ...]
    introduced: tuple[Json, ...]
    changed: tuple[Change, ...]
    unchanged: int
    missing_in_new: tuple[NotCompared, ...]
    missing_in_old: tuple[NotCompared, ...]
    run_differences: tuple[str, ...]
    checks_only_in_old: tuple[str, ...]
    checks_only_in_new: tuple[str, ...]


@dataclass(frozen=True)
class Partition:
    """The findings of two records: the ones in both, as pairs, and the ones in one record only."""

    common: tuple[tuple[Json, Json], ...]
    only_old: tuple[Json, ...]
    only_new: tuple[Json, ...]

    @staticmethod
    def of(old: Iterable[Json], new: Iterable[Json]) -> Partition:
        """Returns the partition of these findings by their ids."""
        before = {finding["id"]: finding for finding in old}
        after = {finding["id"]: finding for finding in new}
        return Partition(
            common=tuple((before[id], after[id]) for id in after if id in before),
            only_old=tuple(finding for id, finding in before.items() if id not in after),
            only_new=tuple(finding for id, finding in after.items() if id not in before),
        )

    def replacements(self) -> list[tuple[Json, Json]]:
        """Returns the pairs of findings that a check has at one place in only one record each.

        A check that has several findings at one place has no replacement there: which finding
        replaces which one is not known.
        """
        old, new = _by_place(self.only_old), _by_place(self.only_new)
        places = [place for place in old if len(old[place]) == len(new.get(place, ())) == 1]
        return [(old[place][0], new[place][0]) for place in places]

    def without(self, pairs: Iterable[tuple[Json, Json]]) -> Partition:
        """Returns the partition without these pairs of ``only_old`` and ``only_new``."""
        ids = {finding["id"] for pair in pairs for finding in pair}
        return Partition(
            common=self.common,
            only_old=tuple(finding for finding in self.only_old if finding["id"] not in ids),
            only_new=tuple(finding for finding in self.only_new if finding["id"] not in ids),
        )


def diff(old: Record, new: Record) -> Diff:
    """Returns the differences between two records."""
    partition = Partition.of(old.findings, new.findings)
    replaced = partition.replacements()
    partition = partition.without(replaced)
    common = [_change(*pair) for pair in partition.common]
    fixed, missing_in_new = _absent(partition.only_old, old, new)
    introduced, missing_in_old = _absent(partition.only_new, new, old)
    old_checks, new_checks = _checks(old), _checks(new)
    return Diff(
        old,
        new,
        fixed=fixed,
        introduced=introduced,
        changed=(
            *(_replacement(*pair) for pair in replaced),
            *(change for change in common if change.details),
        ),
        unchanged=sum(not change.details for change in common),
        missing_in_new=missing_in_new,
        missing_in_old=missing_in_old,
        run_differences=tuple(_run_differences(old, new)),
        checks_only_in_old=tuple(sorted(old_checks - new_checks)),
        checks_only_in_new=tuple(sorted(new_checks - old_checks)),
    )


def _checks(record: Record) -> set[str]:
    return {result["check"] for result in record.results}


def _by_place(findings: Iterable[Json]) -> dict[tuple[str, str], list[Json]]:
    """The findings by their check, and the step in its states: the text before the difference."""
    places: dict[tuple[str, str], list[Json]] = {}
    for finding in findings:
        place = finding["check"], finding["difference"].partition(": ")[0]
        places.setdefault(place, []).append(finding)
    return places


def _change(old: Json, new: Json) -> Change:
    """The change of a finding that is in both records."""
    details = [
        f"{name}: was {_in_words(old[name])}, is {_in_words(new[name])}"
        for name in _REPORTED
        if old[name] != new[name]
    ]
    # Other programs may well show other values.
    if all(old.get(name) == new.get(name) for name in ("program", "other_program")):
        details += _changed_values(old, new)
    return Change(old, new, tuple(details))


def _changed_values(old: Json, new: Json) -> Iterator[str]:
    for side, label in ("expected", "expected"), ("actual", "got"):
        was, now = format_side(old, side), format_side(new, side)
        if was != now:
            yield f"{label}: was {was}, is {now}"


def _replacement(old: Json, new: Json) -> Change:
    return Change(old, new, (f"was {old['difference']}, is {new['difference']}",))


def _absent(
    findings: Sequence[Json], there: Record, here: Record
) -> tuple[tuple[Json, ...], tuple[NotCompared, ...]]:
    """Divides findings of one record: those that are not so in the other one, and the unknown."""
    found = [NotCompared(finding, _why_not_compared(finding, there, here)) for finding in findings]
    return (
        tuple(each.finding for each in found if not each.reason),
        tuple(each for each in found if each.reason),
    )


def _why_not_compared(finding: Json, there: Record, here: Record) -> str:
    """Why the second run could not find what is in the first record; "" where it could."""
    check = finding["check"]
    results = [result for result in here.results if result["check"] == check]
    missing = {each["phase"] for each in there.results if each["check"] == check}
    missing -= {result["phase"] for result in results}
    if not results:
        return "its check was not run"
    if missing:
        return f"its check was not run in {' and '.join(sorted(missing))}"
    interrupted = here.footer is None or here.footer["interrupted"]
    if interrupted or any(result["truncated"] for result in results):
        return "its check was not run to the end"
    if any(result["omitted"] for result in results):
        return "its check found more than is in the record"
    return ""


def _run_differences(old: Record, new: Record) -> Iterator[str]:
    before, after = _conditions(old), _conditions(new)
    for name, was in before.items():
        if was != after[name]:
            yield f"{name}: was {was}, is {after[name]}"


def _conditions(record: Record) -> dict[str, str]:
    """Everything that decides what a run finds, in words."""
    header, run = record.header, summary(record)
    settings = header["settings"]
    return {
        "target": str(run.target),
        "expected": str(run.expected),
        "h11spec": header["h11spec"],
        "the run": run.end,
        **{name.replace("_", " "): _in_words(settings.get(name)) for name in _CONDITIONS},
    }


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
