"""docs/reference/catalogue.md, generated from the versions of the catalogue and the decisions.

Owns the text of the page and its order. It must not know where the page is stored.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...conformance.checks.versions import CATALOGUE, all_versions, since
from ...conformance.requirements import contract, surface
from ...conformance.requirements.contract import Decision
from ...conformance.requirements.decisions import promise
from ...conformance.runs.check_listing import every_check
from .markdown import prose, table

# What a decision is about, as a heading, and as the column of what differs.
_DIFFERS = {
    "answer": ("Expressions beyond documented input", "another answer to the expression"),
    "type": ("Types of bytes", "the type of the field or attribute"),
    "text": ("Texts of errors", "the text of an error"),
    "check": ("Checks of undocumented input", "whatever the check shows"),
}
_TEXTS = {"message": "a protocol error without a message"}


def catalogue_page() -> str:
    """Returns the whole page."""
    lines = (
        "# Versions of the catalogue",
        "",
        *prose(
            "The catalogue is the list of all checks. Its version changes when checks are added, "
            "or when an unchanged check fails a run that it did not fail before. `--catalogue "
            "VERSION` runs the checks as of a version, with the verdicts of that version. `make "
            "docs` generates this page from `conformance/checks/versions.toml` and "
            "`conformance/requirements/contract.toml`."
        ),
        *_versions(),
        *_new_checks(),
        *_changed_verdicts(),
        *_undecided(),
    )
    return "\n".join(lines)


def _versions() -> Iterator[str]:
    versions = [*since().values()]
    rows = ((each, versions.count(each)) for each in all_versions())
    yield from table(("version", "new checks"), rows)
    yield ""


def _new_checks() -> Iterator[str]:
    yield from (f"## New checks in {CATALOGUE}", "")
    rows = (
        (f"`{check.id}`", check.level, check.requirement)
        for _, check in every_check()
        if since()[check.id] == CATALOGUE
    )
    yield from table(("check", "level", "requirement"), rows)
    yield ""


def _changed_verdicts() -> Iterator[str]:
    yield from (f"## Changed verdicts in {CATALOGUE}", "")
    yield from prose(
        "Before, these differences failed a run with `--strict` only. h11's documentation decides "
        "them, so that they fail every run. A finding has the section and the sentence of the "
        "promise."
    )
    changed = [each for each in contract.load().decisions if each.since == CATALOGUE]
    for differs, (heading, what) in _DIFFERS.items():
        decided = [each for each in changed if each.differs == differs]
        if decided:
            yield from (f"### {heading}", "")
            yield from table(
                ("check", what, "promise", "section"),
                (row for each in decided for row in _changed(each)),
            )
            yield ""


def _changed(decision: Decision) -> Iterator[tuple[str, ...]]:
    decided = promise(decision)
    section = decided.section.removeprefix("h11 documentation, ")
    except_for = f": all but {', '.join(decision.allowed)}" if decision.allowed else ""
    for what in decision.what:
        check = f"`{_checks()[what]}`" if decision.differs == "answer" else "all with programs"
        yield check, _TEXTS.get(what, f"`{what}`{except_for}"), f"`{decided.id}`", section


def _undecided() -> Iterator[str]:
    yield from ("## Left to strict runs", "")
    yield from prose("No promise decides these differences. They fail a run with `--strict` only.")
    rows = (
        (_DIFFERS[each.differs][1], ", ".join(_places(each)), len(each.what), each.reason)
        for each in contract.load().decisions
        if each.reason
    )
    yield from table(("what differs", "where", "number", "why"), rows)


def _places(decision: Decision) -> list[str]:
    places = {_checks().get(what, what) for what in decision.what}
    return [f"`{each}`" for each in sorted(places)]


def _checks() -> dict[str, str]:
    """The check of each expression."""
    return {each.text: surface.check_id(each.group) for each in surface.load()}
