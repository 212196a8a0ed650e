"""What was found, as articles: each once, with the checks that found it and ways to repeat it.

Owns what an article has, and under which heading it stands. What belongs together, and what comes
first, the summary says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ...strategies.programs import Json, ProgramError
from ..analysis.summary import Group, area
from ..findings.vector import of_finding
from ..wording.values import SIDES, side_in_words
from .citations import Citation, citation
from .conversation import Conversation, conversations
from .html_safe import text, whole, wire

# The kinds an article may be of, by which a reader can choose, and the headings they stand under.
KINDS = {
    "smuggling": "smuggling-relevant",
    "fails": "fails the run",
    "accepted": "accepted",
    "shown": "does not fail",
}
BANDS = {
    "smuggling": "Where messages end: smuggling-relevant",
    "fails": "Other findings that fail the run",
    "accepted": "Accepted in the baseline",
    "shown": "Shown, and not failing",
}

# What makes use of a reproduction.
_HINTS = {
    "script": "python FILE",
    "test": "pytest FILE",
    "vector": "h11spec replay FILE TARGET",
    "program": "h11spec.strategies.programs.Program.from_json",
}


@dataclass(frozen=True)
class Limits:
    """How many characters are shown: of a value, of a sentence, of a text to be copied whole."""

    value: int
    sentence: int
    whole: int


@dataclass(frozen=True)
class Reproduction:
    """A text to copy; where it is too long to be shown, it is none."""

    key: str
    title: str
    text: Markup
    length: int
    hint: str


@dataclass(frozen=True)
class Member:
    """One of the findings that show the same: which check made it, and what that asks for."""

    id: str
    check: str
    level: str
    requirement: str
    citations: list[Citation]
    accepted: str | None
    script: Reproduction


@dataclass(frozen=True)
class Article:
    """All there is to read of what was found; ``member`` is the finding that shows it best."""

    band: str
    member: Member
    shows: str
    aspect: str
    kinds: list[str]
    levels: list[str]
    areas: list[str]
    disagreement: str
    note: str
    judged: str
    expected: Markup
    actual: Markup
    conversations: list[Conversation]
    reproductions: list[Reproduction]
    printed: Markup
    reproduced: bool | None
    others: list[Member]


def articles(groups: Iterable[Group], limits: Limits) -> dict[str, list[Article]]:
    """Returns the articles under each heading that has any, in the order of the groups."""
    made = [_article(group, limits) for group in groups]
    bands = {band: [each for each in made if each.band == band] for band in BANDS}
    return {BANDS[band]: found for band, found in bands.items() if found}


def _article(group: Group, limits: Limits) -> Article:
    finding = group.simplest
    findings = group.findings
    said = next((each["smuggling_risk"] for each in findings if each["smuggling_risk"]), "")
    return Article(
        band=_band(group),
        member=_member(finding, limits),
        shows=finding["difference"],
        aspect=finding["aspect"],
        kinds=list(_kinds(group)),
        levels=_each(finding["level"] for finding in findings),
        areas=_each(area(finding["check"]) for finding in findings),
        disagreement=said,
        note=finding["note"],
        judged=SIDES.get(finding["conforming"], ""),
        expected=_side(finding, "expected", limits),
        actual=_side(finding, "actual", limits),
        conversations=conversations(finding, limits.value),
        reproductions=list(_reproductions(finding, limits)),
        printed=text(finding["output"] or "", limits.value),
        reproduced=finding["reproduced"],
        others=[_member(other, limits) for other in group.others],
    )


def _side(finding: Json, side: str, limits: Limits) -> Markup:
    """What one side came to; bytes that were returned are shown as they go over the wire."""
    value = finding[side]
    if finding["aspect"] == "bytes" and isinstance(value, str):
        return wire(value, limits.value)
    return text(side_in_words(finding, side), limits.value)


def _kinds(group: Group) -> Iterator[str]:
    if group.smuggling:
        yield "smuggling"
    if not group.fails:
        yield "shown"
    else:
        yield "accepted" if group.accepted else "fails"


def _band(group: Group) -> str:
    kinds = set(_kinds(group))
    return "smuggling" if kinds == {"smuggling", "fails"} else (kinds - {"smuggling"}).pop()


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _member(finding: Json, limits: Limits) -> Member:
    return Member(
        id=finding["id"],
        check=finding["check"],
        level=finding["level"],
        requirement=finding["requirement"],
        citations=[citation(name) for name in finding["citations"]],
        accepted=finding["accepted"],
        script=_reproduction("script", "Script", finding["script"], limits),
    )


def _reproductions(finding: Json, limits: Limits) -> Iterator[Reproduction]:
    yield _reproduction("script", "Script", finding["script"], limits)
    if finding.get("test"):
        yield _reproduction("test", "Test", finding["test"], limits)
    if "program" in finding:
        yield _data(finding, limits)


def _data(finding: Json, limits: Limits) -> Reproduction:
    """The vector, or the program alone where nothing was expected of it step by step."""
    try:
        vector = of_finding(finding)
    except ProgramError:
        vector = None
    if vector is None:
        lines = [json.dumps(finding["program"])]
        return _reproduction("program", "Program", lines, limits)
    lines = [json.dumps(vector.to_json())]
    return _reproduction("vector", "Vector", lines, limits)


def _reproduction(key: str, title: str, lines: Sequence[str], limits: Limits) -> Reproduction:
    content = "\n".join(lines)
    shown = whole(content) if len(content) <= limits.whole else Markup("")
    return Reproduction(key, title, shown, len(content), _HINTS[key])
