"""docs/reference/requirements.md, generated from the requirements, the promises and the checks.

Owns the text of the page and its order. It must not know where the page is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...conformance.checks.catalogue import catalogue
from ...conformance.checks.check import LEVELS
from ...conformance.checks.rfc import area
from ...conformance.requirements import contract
from ...conformance.requirements.contract import Promise
from ...conformance.requirements.rfc import Requirement, load
from .markdown import prose, table

_H11 = {
    "conforms": "conforms",
    "deviates": "deviates",
    "application": "leaves it to the application",
    "not-observable": "not observable",
}
# Whom the requirements bind that do not bind a connection, by their scope.
_OTHERS = {
    "application": "the application that calls h11",
    "proxy-only": "proxies only",
    "cache-only": "caches only",
}
_COLUMNS = ("requirement", "level", "section", "what is required", "check", "h11 0.16.0")


def covered() -> dict[str, list[str]]:
    """Returns the ids of the checks that cover each requirement and each promise."""
    checks: dict[str, list[str]] = {}
    for check in catalogue():
        for each in check.covers:
            checks.setdefault(each, []).append(check.id)
    return checks


def requirements_page() -> str:
    """Returns the whole page."""
    connection = [each for each in load() if each.scope == "connection"]
    lines = (
        "# Requirements and promises",
        "",
        *prose(
            "What RFC 9110 and RFC 9112 require of a connection, what h11's documentation "
            "promises, and which check covers it. `make docs` generates this page from "
            "`conformance/requirements/rfc.toml` and `conformance/requirements/contract.toml`. "
            "An id never changes its meaning; the number in it is that of the section. "
            "`h11spec checks ID` shows the conditions and the program of a check."
        ),
        *_counts(connection),
        *_deviations(connection),
        *_broken(),
        *_areas(),
        *_promises(),
    )
    return "\n".join(lines)


def _counts(connection: Sequence[Requirement]) -> Iterator[str]:
    checks = covered()
    yield from ("## Counts", "", f"{len(connection)} requirements bind a connection:", "")
    yield from table(("level", *_H11.values(), "all"), _by_level(connection))
    unchecked = sum(each.id not in checks for each in connection)
    yield ""
    yield from prose(
        f"{len(connection) - unchecked} of them have a check; {unchecked} have none, and a reason "
        "for that. Requirements that bind others are listed in the file; they have a check only if "
        "a conversation shows them:"
    )
    yield from table(("whom it binds", "requirements", "with a check"), _by_scope(checks))
    promises = contract.load().promises
    conforming = sum(each.h11 == "conforms" for each in promises)
    checked = sum(each.id in checks for each in promises)
    yield ""
    yield from prose(
        f"h11's documentation makes {len(promises)} promises. h11 0.16.0 keeps {conforming} of "
        f"them and breaks {len(promises) - conforming}; {checked} have a check, and "
        f"{len(promises) - checked} a reason why nothing can show them."
    )


def _by_level(connection: Sequence[Requirement]) -> Iterator[tuple[object, ...]]:
    """For each level, the number of requirements by what h11 does, and the totals."""
    for level in LEVELS:
        counts = Counter(each.h11 for each in connection if each.level == level)
        if counts:
            yield (level, *(counts[word] for word in _H11), counts.total())
    totals = Counter(each.h11 for each in connection)
    yield ("all", *(totals[word] for word in _H11), totals.total())


def _by_scope(checks: Mapping[str, Sequence[str]]) -> Iterator[tuple[object, ...]]:
    """For each scope but that of a connection, the number of requirements, and of checked ones."""
    for scope, binds in _OTHERS.items():
        requirements = [each for each in load() if each.scope == scope]
        yield binds, len(requirements), sum(each.id in checks for each in requirements)


def _deviations(connection: Sequence[Requirement]) -> Iterator[str]:
    deviations = [each for each in connection if each.h11 == "deviates"]
    yield from ("## Where h11 0.16.0 deviates", "")
    yield from prose(
        f"h11 0.16.0 deviates from {len(deviations)} requirements. None of them is a finding, as a "
        "target that does the same agrees with h11; with `--rfc`, those of level MUST fail."
    )
    rows = (
        (f"`{each.id}`", each.level, each.section, each.requirement, each.note)
        for each in deviations
    )
    yield from table((*_COLUMNS[:4], "what h11 0.16.0 does"), rows)
    yield ""


def _broken() -> Iterator[str]:
    broken = [each for each in contract.load().promises if each.h11 == "deviates"]
    yield from ("## Promises that h11 0.16.0 breaks", "")
    rows = ((f"`{each.id}`", each.section, each.promise, each.note) for each in broken)
    yield from table(("promise", "section", "what is promised", "what h11 0.16.0 does"), rows)
    yield ""


def _areas() -> Iterator[str]:
    checks = covered()
    areas: dict[str, list[Requirement]] = {}
    for each in load():
        if each.scope == "connection" or each.id in checks:
            areas.setdefault(area(each.sections[0]), []).append(each)
    yield from ("## Requirements by area", "")
    for name in sorted(areas):
        yield from (f"### {name}", "")
        yield from table(_COLUMNS, (_requirement(each, checks) for each in areas[name]))
        yield ""


def _requirement(each: Requirement, checks: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The row of a requirement; its note explains what h11 does, or why there is no check."""
    h11 = _H11[each.h11]
    level = f"{each.level} ({_OTHERS[each.scope]})" if each.scope in _OTHERS else each.level
    if each.id not in checks:
        check = f"none: {each.note}"
    else:
        check = _codes(checks[each.id])
        h11 += f": {each.note}" if each.note else ""
    return f"`{each.id}`", level, each.section, each.requirement, check, h11


def _promises() -> Iterator[str]:
    checks = covered()
    pages: dict[str, list[Promise]] = {}
    for each in contract.load().promises:
        pages.setdefault(each.section.removeprefix("h11 documentation, "), []).append(each)
    yield from ("## Promises of h11's documentation", "")
    header = ("promise", "binds", "section", "what is promised", "check", "h11 0.16.0")
    rows = (
        (f"`{each.id}`", each.role, section, each.promise, _check(each, checks), each.h11)
        for section in sorted(pages)
        for each in pages[section]
    )
    yield from table(header, rows)
    yield ""


def _check(promise: Promise, checks: Mapping[str, Sequence[str]]) -> str:
    ids = checks.get(promise.id)
    return _codes(ids) if ids else f"none: {promise.reason}"


def _codes(ids: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in ids)
