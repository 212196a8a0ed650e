"""What changed from one record to another: fixed, new, changed, and what nobody can say.

Owns what makes two findings one, and when it counts that a finding is not there: in a record whose
run did not ask for it, or did not get to it, that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...strategies.programs import Json
from ..record.record import Record
from ..wording.values import side_in_words
from .summary import summary

# Members that a reader wants to know of when they are not what they were.
_TELLING = ("fails", "accepted", "smuggling", "conforming", "level")
# Settings that decide what is found.
_CONDITIONS = ("seed", "max_examples", "max_time", "catalogue", "strict", "rfc", "max_findings")


@dataclass(frozen=True)
class Change:
    """A finding that is in both records, or has taken the place of another; ``what`` says how the
    new one is otherwise, in sentences.
    """

    old: Json
    new: Json
    what: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A finding of one record that the other could not have; ``why`` says the reason."""

    finding: Json
    why: str


@dataclass(frozen=True)
class Diff:
    """What changed from a record to another.

    ``gone`` and ``came`` are findings of one record whose absence in the other says nothing.
    ``unlike`` has in sentences what was not the same about the two runs; ``only_old`` and
    ``only_new`` are the checks that one of them alone has run.
    """

    old: Record
    new: Record
    fixed: tuple[Json, ...]
    appeared: tuple[Json, ...]
    changed: tuple[Change, ...]
    same: int
    gone: tuple[Unknown, ...]
    came: tuple[Unknown, ...]
    unlike: tuple[str, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


def diff(old: Record, new: Record) -> Diff:
    """Returns what changed from a record to another."""
    before = {finding["id"]: finding for finding in old.findings}
    after = {finding["id"]: finding for finding in new.findings}
    changed = [_change(before[id], after[id]) for id in after if id in before]
    lost = [finding for id, finding in before.items() if id not in after]
    found = [finding for id, finding in after.items() if id not in before]
    moved = list(_moved(lost, found))
    ids = {side["id"] for change in moved for side in (change.old, change.new)}
    lost = [finding for finding in lost if finding["id"] not in ids]
    found = [finding for finding in found if finding["id"] not in ids]
    gone = [Unknown(finding, _unsaid(finding, old, new)) for finding in lost]
    came = [Unknown(finding, _unsaid(finding, new, old)) for finding in found]
    checks = [{result["check"] for result in record.results} for record in (old, new)]
    return Diff(
        old,
        new,
        fixed=tuple(each.finding for each in gone if not each.why),
        appeared=tuple(each.finding for each in came if not each.why),
        changed=(*moved, *(change for change in changed if change.what)),
        same=sum(not change.what for change in changed),
        gone=tuple(each for each in gone if each.why),
        came=tuple(each for each in came if each.why),
        unlike=tuple(_unlike(old, new)),
        only_old=tuple(sorted(checks[0] - checks[1])),
        only_new=tuple(sorted(checks[1] - checks[0])),
    )


def _change(old: Json, new: Json) -> Change:
    """What is otherwise about a finding that is in both."""
    what = [
        f"{name}: was {_said(old[name])}, is {_said(new[name])}"
        for name in _TELLING
        if old[name] != new[name]
    ]
    # Another program may well show other values.
    if all(old.get(name) == new.get(name) for name in ("program", "other_program")):
        for side, label in ("expected", "expected"), ("actual", "got"):
            words = side_in_words(old, side), side_in_words(new, side)
            if words[0] != words[1]:
                what.append(f"{label}: was {words[0]}, is {words[1]}")
    return Change(old, new, tuple(what))


def _moved(lost: Iterable[Json], found: Iterable[Json]) -> Iterable[Change]:
    """What one check finds at one place in another way than before, where each is the only one."""
    sides: list[dict[tuple[str, str], list[Json]]] = [{}, {}]
    for side, findings in zip(sides, (lost, found), strict=True):
        for finding in findings:
            side.setdefault(_place(finding), []).append(finding)
    old, new = sides
    for place in old:
        if len(old[place]) == 1 and len(new.get(place, ())) == 1:
            [was], [now] = old[place], new[place]
            yield Change(was, now, (f"was {was['difference']}, is {now['difference']}",))


def _place(finding: Json) -> tuple[str, str]:
    """The check, and the step in its states: what comes before the difference."""
    return finding["check"], finding["difference"].partition(": ")[0]


def _unsaid(finding: Json, there: Record, here: Record) -> str:
    """Why a finding is not in the second record though nothing may have changed; or ""."""
    check = finding["check"]
    results = [result for result in here.results if result["check"] == check]
    missing = {each["phase"] for each in there.results if each["check"] == check}
    missing -= {result["phase"] for result in results}
    if not results:
        return "its check was not run"
    if missing:
        return f"its check was not run in {' and '.join(sorted(missing))}"
    if (
        here.footer is None
        or here.footer["interrupted"]
        or any(each["truncated"] for each in results)
    ):
        return "its check was not run to the end"
    if any(result["omitted"] for result in results):
        return "its check found more than is in the record"
    return ""


def _unlike(old: Record, new: Record) -> Iterable[str]:
    before, after = _conditions(old), _conditions(new)
    for name, was in before.items():
        if was != after[name]:
            yield f"{name}: was {was}, is {after[name]}"


def _conditions(record: Record) -> dict[str, str]:
    """What decides what is found, in words."""
    header, said = record.header, summary(record)
    return {
        "target": str(said.target),
        "expected": str(said.expected),
        "h11spec": header["h11spec"],
        "the run": said.end,
        **{name.replace("_", " "): _said(header["settings"].get(name)) for name in _CONDITIONS},
    }


def _said(value: Any) -> str:
    if value is None or value == "":
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
