"""The causes of a run as sections of a page: one row each, which opens on what reproduces it.

Owns the headings, the tags and the contents of a cause. It must not know how findings are put
together, nor in which order causes are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ...strategies.program import Json, ProgramError
from ..analysis.causes import ShownCause
from ..analysis.groups import area
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
    "smuggling": "Smuggling-relevant causes",
    "fails": "Other causes that fail the run",
    "accepted": "Accepted in the baseline",
    "non-failing": "Causes that do not fail the run",
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
class FindingView:
    """A finding as the page shows it: what differs, who requires what, and what reproduces it.

    ``accepted`` is the reason of the baseline, and "" if there is none.
    """

    id: str
    check: str
    difference: str
    level: str
    requirement: str
    citations: list[Citation]
    smuggling_risk: str
    accepted: str
    expected: Markup
    actual: Markup
    script: Reproduction


@dataclass(frozen=True)
class ClearestView:
    """The rest of what the page shows of the clearest finding of a cause."""

    aspect: str
    note: str
    needs: str
    conversations: list[Conversation]
    reproductions: list[Reproduction]
    output: Markup
    reproduced: bool | None


@dataclass(frozen=True)
class CauseView:
    """A cause as the page shows it: in a row, then by its clearest finding, then by the others.

    ``section`` is a key of HEADINGS, ``tags`` has keys of TAGS; ``levels``, ``aspects`` and
    ``areas`` are those of all its findings.
    """

    section: str
    id: str
    title: str
    requirement_id: str
    level: str
    requirement: str
    citations: list[Citation]
    places: list[str]
    edit: str
    smuggling_risk: str
    judged: str
    accepted: str
    tags: list[str]
    levels: list[str]
    aspects: list[str]
    areas: list[str]
    finding: FindingView
    clearest: ClearestView
    others: list[FindingView]

    @property
    def has_id_of_finding(self) -> bool:
        """Whether it is a cause of a record without any, which has the id of a finding."""
        return self.id == self.finding.id


def cause_sections(causes: Iterable[ShownCause], limits: Limits) -> dict[str, list[CauseView]]:
    """Returns the causes under each heading, without empty sections, in the given order."""
    views = [_cause(cause, limits) for cause in causes]
    sections = {key: [each for each in views if each.section == key] for key in HEADINGS}
    return {HEADINGS[key]: found for key, found in sections.items() if found}


def _cause(cause: ShownCause, limits: Limits) -> CauseView:
    line, findings = cause.line, cause.findings
    return CauseView(
        section=_section(cause),
        id=line["id"],
        title=line["title"],
        requirement_id=line["requirement_id"],
        level=line["level"],
        requirement=line["requirement"],
        citations=[citation(name) for name in line["citations"]],
        places=line["places"],
        edit=line.get("edit", ""),
        smuggling_risk=line["smuggling_risk"],
        judged=CONFORMING.get(line["conforming"], ""),
        accepted=line["accepted"] or "",
        tags=list(_tags(cause)),
        levels=_distinct(finding["level"] for finding in findings),
        aspects=_distinct(finding["aspect"] for finding in findings),
        areas=_distinct(area(finding["check"]) for finding in findings),
        finding=_finding(cause.clearest, limits),
        clearest=_clearest(cause.clearest, limits),
        others=[_finding(finding, limits) for finding in findings[1:]],
    )


def _clearest(finding: Json, limits: Limits) -> ClearestView:
    return ClearestView(
        aspect=finding["aspect"],
        note=finding["note"],
        needs=needs(finding),
        conversations=conversations(finding, limits.value),
        reproductions=list(_reproductions(finding, limits)),
        output=text(finding["output"] or "", limits.value),
        reproduced=finding["reproduced"],
    )


def _outcome(finding: Json, side: str, limits: Limits) -> Markup:
    """The ``expected`` or ``actual`` outcome; returned bytes look as they do on the wire."""
    value = finding[side]
    if finding["aspect"] == "bytes" and isinstance(value, str):
        return wire(value, limits.value)
    return text(format_side(finding, side), limits.value)


def _tags(cause: ShownCause) -> Iterator[str]:
    if cause.line["smuggling"]:
        yield "smuggling"
    if not cause.line["fails"]:
        yield "non-failing"
    else:
        yield "fails" if cause.unexpected else "accepted"


def _section(cause: ShownCause) -> str:
    tags = set(_tags(cause))
    return "smuggling" if tags == {"smuggling", "fails"} else (tags - {"smuggling"}).pop()


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _finding(finding: Json, limits: Limits) -> FindingView:
    return FindingView(
        id=finding["id"],
        check=finding["check"],
        difference=finding["difference"],
        level=finding["level"],
        requirement=finding["requirement"],
        citations=[citation(name) for name in finding["citations"]],
        smuggling_risk=finding["smuggling_risk"],
        accepted=finding["accepted"] or "",
        expected=_outcome(finding, "expected", limits),
        actual=_outcome(finding, "actual", limits),
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
