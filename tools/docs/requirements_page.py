"""docs/reference/requirements.md, as it follows from the requirements, the promises and the checks.

Owns what the page says, and in which order. Where it is kept, ``pages`` knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

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
_OTHERS = {
    "application": "what calls h11 can keep or break",
    "proxy-only": "proxies alone",
    "cache-only": "caches alone",
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
            "promises, and which check shows it. This page is made by `make docs` from "
            "`conformance/requirements/rfc.toml` and `conformance/requirements/contract.toml`. "
            "An id never changes its meaning; the number in it is the section's. "
            "`h11spec checks ID` shows how a check judges, and by which conversation."
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
    counts = Counter[tuple[str, str]]((each.level, each.h11) for each in connection)
    levels = [level for level in LEVELS if any(each.level == level for each in connection)]
    rows = [
        (level, *some, sum(some))
        for level in levels
        for some in [[counts[level, word] for word in _H11]]
    ]
    totals = [sum(each.h11 == word for each in connection) for word in _H11]
    yield from ("## Counts", "", f"{len(connection)} requirements bind a connection:", "")
    header = ("level", *_H11.values(), "all")
    yield from table(header, [*rows, ("all", *totals, sum(totals))])
    bare = sum(each.id not in checks for each in connection)
    yield ""
    yield from prose(
        f"{len(connection) - bare} of them have a check; {bare} have none, and a reason for that. "
        "What binds others is listed in the file, and only what a conversation shows has a check:"
    )
    others = [
        (words, len(some), sum(each.id in checks for each in some))
        for scope, words in _OTHERS.items()
        for some in [[each for each in load() if each.scope == scope]]
    ]
    yield from table(("whom it binds", "requirements", "with a check"), others)
    promises = contract.load().promises
    kept = sum(each.h11 == "conforms" for each in promises)
    shown = sum(each.id in checks for each in promises)
    yield ""
    yield from prose(
        f"h11's documentation makes {len(promises)} promises, of which h11 0.16.0 keeps {kept} and "
        f"breaks {len(promises) - kept}; {shown} have a check, {len(promises) - shown} a reason "
        "why nothing can show them."
    )


def _deviations(connection: Sequence[Requirement]) -> Iterator[str]:
    deviations = [each for each in connection if each.h11 == "deviates"]
    yield from ("## Where h11 0.16.0 deviates", "")
    yield from prose(
        f"In {len(deviations)} requirements. None of them is a finding, as a target that does the "
        "same agrees with h11; `--rfc` lets those of level MUST fail."
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


def _requirement(each: Requirement, checks: dict[str, list[str]]) -> tuple[str, ...]:
    word, shown = _H11[each.h11], checks.get(each.id)
    note = f": {each.note}" if each.note and shown else ""
    by = _codes(shown) if shown else f"none: {each.note}"
    level = f"{each.level} ({_OTHERS[each.scope]})" if each.scope in _OTHERS else each.level
    return f"`{each.id}`", level, each.section, each.requirement, by, f"{word}{note}"


def _promises() -> Iterator[str]:
    checks = covered()
    pages: dict[str, list[Promise]] = {}
    for each in contract.load().promises:
        pages.setdefault(each.section.removeprefix("h11 documentation, "), []).append(each)
    yield from ("## Promises of h11's documentation", "")
    header = ("promise", "binds", "section", "what is promised", "check", "h11 0.16.0")
    rows = (
        (f"`{each.id}`", each.role, section, each.promise, _shown(each, checks), each.h11)
        for section in sorted(pages)
        for each in pages[section]
    )
    yield from table(header, rows)
    yield ""


def _shown(promise: Promise, checks: dict[str, list[str]]) -> str:
    shown = checks.get(promise.id)
    return _codes(shown) if shown else f"none: {promise.reason}"


def _codes(ids: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in ids)
