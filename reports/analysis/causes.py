"""The causes of a record, each with its findings, in the order in which they are shown.

Owns what stands for the causes in a record without any: one that broke off, or that was written
before there were causes. It must not know any layout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...strategies.program import Json
from ..record.record import Record
from ..wording.cause_title import cause_title
from .groups import group_findings

_OF_FINDING = (
    "id",
    "identity",
    "fails",
    "accepted",
    "smuggling",
    "smuggling_risk",
    "level",
    "citations",
    "requirement",
    "conforming",
)


@dataclass(frozen=True)
class ShownCause:
    """A cause as in the record, and the lines of its findings, the clearest first."""

    line: Json
    findings: tuple[Json, ...]

    @property
    def clearest(self) -> Json:
        """The finding that shows the cause most clearly."""
        return self.findings[0]

    @property
    def unexpected(self) -> bool:
        """Whether it fails the run, and is not accepted."""
        return bool(self.line["fails"]) and self.line["accepted"] is None

    @property
    def accepted(self) -> bool:
        """Whether it would fail the run if it were not in the baseline."""
        return bool(self.line["fails"]) and self.line["accepted"] is not None


def shown_causes(record: Record) -> tuple[ShownCause, ...]:
    """Returns the causes of a record: first those that are unexpected, then the accepted ones, then
    those that do not fail; of each, the smuggling-relevant ones first.
    """
    by_id = {finding["id"]: finding for finding in record.findings}
    named = {id for line in record.causes for id in line["findings"]}
    # A record that was edited may name findings that it does not have.
    found = (
        (line, tuple(filter(None, map(by_id.get, line["findings"])))) for line in record.causes
    )
    causes = [ShownCause(line, findings) for line, findings in found if findings]
    causes += _without_line(each for each in record.findings if each["id"] not in named)

    def order(cause: ShownCause) -> tuple[bool, bool, bool]:
        return not cause.unexpected, not cause.line["fails"], not cause.line["smuggling"]

    return tuple(sorted(causes, key=order))


def _without_line(findings: Iterable[Json]) -> list[ShownCause]:
    """One cause for the findings that have the same difference, with the id of a finding."""
    return [
        ShownCause(_line(group.simplest), (group.simplest, *group.rest))
        for group in group_findings(findings)
    ]


def _line(finding: Json) -> Json:
    """The line of a cause, from its clearest finding."""
    return {
        **{name: finding[name] for name in _OF_FINDING},
        "title": cause_title(finding),
        "places": [],
        "edit": "",
        "role": finding.get("role", ""),
        "requirement_id": finding.get("requirement_id") or finding["check"],
        "findings": [finding["id"]],
    }
