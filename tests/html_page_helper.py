"""Records to render as pages, and a parser of pages.

Owns a real run of a faulty target, and hostile variants of its record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

from faulty.showing import FOLDER

from h11spec.conformance import check
from h11spec.reports.record.record import Record
from h11spec.strategies.program import Json, is_list, is_object

# What is hostile depends on the context; this text has something for every context.
HOSTILE = (
    "\\<b><img src=x onerror=alert(1)></script><script>alert(2)</script></style></title>-->"
    "\"><svg onload=alert(3)>'{{ 7 * 7 }}{% raw %}\x00\x07\x1b[31m\x7f\x85\u202etxt\u2066\u200b"
    "\u2028\ud800javascript:alert(4)&#x3c;"
)
# Members that a cause has from its clearest finding.
_OF_CAUSE = (
    *("identity", "fails", "accepted", "smuggling", "smuggling_risk", "requirement_id"),
    *("level", "role", "citations", "requirement", "conforming"),
)
# Members that the code interprets and does not show.
_KEYWORDS = {"kind", "do", "role", "field", "conforming", "verdict", "state"}


@cache
def real() -> Record:
    """The record of a run with two causes: a smuggling-relevant one of two findings, and one that
    does not fail.
    """
    report = check(
        f"{FOLDER}::takes_any_footer",
        in_process=True,
        phases=("vectors",),
        checks=("chunked/", "framing/"),
    )
    return Record.from_lines(report.lines)


def with_findings(record: Record, findings: list[Json]) -> Record:
    """The same record with these findings, each of which has a cause of its own."""
    causes: list[Json] = [
        {
            **record.causes[0],
            **{name: finding[name] for name in _OF_CAUSE},
            "id": finding["id"].replace("D-", "C-"),
            "title": finding["difference"],
            "findings": [finding["id"]],
        }
        for finding in findings
    ]
    return replace(record, findings=findings, causes=causes)


def hostile(record: Record, text: str = HOSTILE) -> Record:
    """The same record, with this text in place of every other."""
    new_ids = {each["id"]: f"{at}{text}" for at, each in enumerate(record.findings)}
    return replace(
        record,
        header={**_replaced(record.header, text), "record": 2},
        findings=[{**_replaced(each, text), "id": new_ids[each["id"]]} for each in record.findings],
        causes=[
            {
                **_replaced(each, text),
                "id": f"C{at}{text}",
                "findings": [new_ids[id] for id in each["findings"]],
            }
            for at, each in enumerate(record.causes)
        ],
        results=[_replaced(each, text) for each in record.results],
        entries=[{"kind": "entry", "id": text, "difference": text, "state": "stale"}],
    )


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if is_list(value):
        return [_replaced(each, text) for each in value]
    if is_object(value):
        return {
            key: each if key in _KEYWORDS else _replaced(each, text) for key, each in value.items()
        }
    return value


@dataclass
class Element:
    """An element with its attributes, and all the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page, in document order."""

    content: str
    elements: list[Element] = field(default_factory=list[Element])
    _open: list[Element] = field(default_factory=list[Element])

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ("meta", "link", "input"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements with this tag and attributes; a trailing _ is not part of a name."""
        wanted = {name.rstrip("_").replace("_", "-"): each for name, each in attributes.items()}
        return [
            each
            for each in self.elements
            if each.tag == tag and wanted.items() <= each.attributes.items()
        ]
