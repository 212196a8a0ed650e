"""The findings of a run as sections of a page: each difference once, with what reproduces it.

Owns the headings, the tags and the contents of a difference. It must not know how findings are
grouped and ordered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ...strategies.program import Json, ProgramError
from ..analysis.summary import Group, area
from ..findings.vector import vector_of_finding
from ..wording.finding_details import needs
from ..wording.values import CONFORMING, format_side
from .citations import Citation, citation
from .conversation import Conversation, conversations
from .html_safe import copyable, text, wire

# The tags that a reader can filter by, and the headings of the sections.
TAGS = {
    "smuggling": "smuggling-relevant",
    "fails": "fails the run",
    "accepted": "accepted",
    "non-failing": "does not fail",
}
HEADINGS = {
    "smuggling": "Smuggling-relevant differences",
    "fails": "Other differences that fail the run",
    "accepted": "Accepted in the baseline",
    "non-failing": "Differences that do not fail the run",
}

# How to use each kind of reproduction.
_HINTS = {
    "script": "python FILE",
    "test": "pytest FILE",
    "vector": "h11spec replay FILE TARGET",
    "program": "h11spec.strategies.Program.from_json",
}


@dataclass(frozen=True)
class Limits:
    """The maximum number of characters to show: of a value, of a sentence, of a text to copy."""

    value: int
    sentence: int
    copyable: int


@dataclass(frozen=True)
class Reproduction:
    """A text to copy, of ``length`` characters; ``text`` is empty if it is too long to show."""

    key: str
    title: str
    text: Markup
    length: int
    hint: str


@dataclass(frozen=True)
class CheckFinding:
    """The finding of one check, with what that check requires."""

    id: str
    check: str
    level: str
    requirement: str
    citations: list[Citation]
    accepted: str | None
    script: Reproduction


@dataclass(frozen=True)
class DifferenceView:
    """A difference as the page shows it: by its simplest finding, followed by the other findings.

    ``section`` is a key of HEADINGS, ``tags`` has keys of TAGS.
    """

    section: str
    finding: CheckFinding
    difference: str
    aspect: str
    tags: list[str]
    levels: list[str]
    areas: list[str]
    smuggling_risk: str
    note: str
    needs: str
    judged: str
    expected: Markup
    actual: Markup
    conversations: list[Conversation]
    reproductions: list[Reproduction]
    output: Markup
    reproduced: bool | None
    others: list[CheckFinding]


def finding_sections(groups: Iterable[Group], limits: Limits) -> dict[str, list[DifferenceView]]:
    """Returns the differences under each heading, without empty sections, in the given order."""
    differences = [_difference(group, limits) for group in groups]
    sections = {key: [each for each in differences if each.section == key] for key in HEADINGS}
    return {HEADINGS[key]: found for key, found in sections.items() if found}


def _difference(group: Group, limits: Limits) -> DifferenceView:
    simplest, findings = group.simplest, group.findings
    risks = (each["smuggling_risk"] for each in findings if each["smuggling_risk"])
    return DifferenceView(
        section=_section(group),
        finding=_finding(simplest, limits),
        difference=simplest["difference"],
        aspect=simplest["aspect"],
        tags=list(_tags(group)),
        levels=_distinct(finding["level"] for finding in findings),
        areas=_distinct(area(finding["check"]) for finding in findings),
        smuggling_risk=next(risks, ""),
        note=simplest["note"],
        needs=needs(simplest),
        judged=CONFORMING.get(simplest["conforming"], ""),
        expected=_outcome(simplest, "expected", limits),
        actual=_outcome(simplest, "actual", limits),
        conversations=conversations(simplest, limits.value),
        reproductions=list(_reproductions(simplest, limits)),
        output=text(simplest["output"] or "", limits.value),
        reproduced=simplest["reproduced"],
        others=[_finding(finding, limits) for finding in group.rest],
    )


def _outcome(finding: Json, side: str, limits: Limits) -> Markup:
    """The ``expected`` or ``actual`` outcome; returned bytes look as they do on the wire."""
    value = finding[side]
    if finding["aspect"] == "bytes" and isinstance(value, str):
        return wire(value, limits.value)
    return text(format_side(finding, side), limits.value)


def _tags(group: Group) -> Iterator[str]:
    if group.smuggling:
        yield "smuggling"
    if not group.fails:
        yield "non-failing"
    else:
        yield "accepted" if group.accepted else "fails"


def _section(group: Group) -> str:
    tags = set(_tags(group))
    return "smuggling" if tags == {"smuggling", "fails"} else (tags - {"smuggling"}).pop()


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _finding(finding: Json, limits: Limits) -> CheckFinding:
    return CheckFinding(
        id=finding["id"],
        check=finding["check"],
        level=finding["level"],
        requirement=finding["requirement"],
        citations=[citation(name) for name in finding["citations"]],
        accepted=finding["accepted"],
        script=_reproduction("script", "Script", finding["script"], limits),
    )


def _reproductions(finding: Json, limits: Limits) -> Iterator[Reproduction]:
    if finding["script"]:
        yield _reproduction("script", "Script", finding["script"], limits)
    if finding.get("test"):
        yield _reproduction("test", "Test", finding["test"], limits)
    if "program" in finding:
        yield _vector_or_program(finding, limits)


def _vector_or_program(finding: Json, limits: Limits) -> Reproduction:
    """The vector, or the program alone if no trace was expected of it."""
    try:
        vector = vector_of_finding(finding)
    except ProgramError:
        vector = None
    if vector is None:
        lines = [json.dumps(finding["program"])]
        return _reproduction("program", "Program", lines, limits)
    lines = [json.dumps(vector.to_json())]
    return _reproduction("vector", "Vector", lines, limits)


def _reproduction(key: str, title: str, lines: Sequence[str], limits: Limits) -> Reproduction:
    content = "\n".join(lines)
    shown = copyable(content) if len(content) <= limits.copyable else Markup("")
    return Reproduction(key, title, shown, len(content), _HINTS[key])
