"""The causes that many implementations show, each once, with the findings of every one.

Owns which causes of two implementations are the same one. It must not know any layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...strategies.program import Json
from ..record.record import Record
from .causes import ShownCause, shown_causes

_vulnerability = re.compile(r"CVE-\d{4}-\d{4,}")


@dataclass(frozen=True)
class SharedCause:
    """One cause, in all records that have it.

    ``causes`` has that of each record, by its position.
    """

    causes: Mapping[int, ShownCause]

    @cached_property
    def shown(self) -> ShownCause:
        """The cause to show: its clearest finding has a script, and the shortest program."""

        def order(cause: ShownCause) -> tuple[bool, int]:
            finding = cause.clearest
            return not finding["script"], len(str(finding.get("program")))

        return min(self.causes.values(), key=order)

    @property
    def id(self) -> str:
        """The id of the cause to show."""
        return str(self.shown.line["id"])

    @property
    def title(self) -> str:
        """The title of the cause to show."""
        return str(self.shown.line["title"])

    @property
    def smuggling(self) -> bool:
        """Whether it is smuggling-relevant in any record."""
        return any(each.line["smuggling"] for each in self.causes.values())

    @property
    def fails(self) -> bool:
        """Whether it fails the run of any record."""
        return any(each.line["fails"] for each in self.causes.values())

    @property
    def checks(self) -> list[str]:
        """The ids of the checks that found it."""
        return sorted(
            {finding["check"] for each in self.causes.values() for finding in each.findings}
        )

    @property
    def vulnerabilities(self) -> tuple[str, ...]:
        """The vulnerabilities that the requirement of the cause names, such as CVE-1999-1."""
        return named_vulnerabilities(cause.clearest for cause in self.causes.values())

    def findings(self, at: int) -> int:
        """Returns how many findings it has in a record."""
        return len(self.causes[at].findings) if at in self.causes else 0


def named_vulnerabilities(findings: Iterable[Json]) -> tuple[str, ...]:
    """Returns the vulnerabilities that the notes on requirements name, each once."""
    notes = (finding["note"] for finding in findings)
    return tuple(dict.fromkeys(name for note in notes for name in _vulnerability.findall(note)))


def shared_causes(records: Sequence[Record | None]) -> tuple[SharedCause, ...]:
    """Returns the causes in any record: smuggling-relevant ones first, then those that fail.

    Of these, the causes come first that most records have.
    """
    by_key: dict[str, dict[int, ShownCause]] = {}
    for at, record in enumerate(records):
        for cause in shown_causes(record) if record is not None else ():
            by_key.setdefault(_key(cause), {})[at] = cause
    return tuple(
        sorted(
            map(SharedCause, by_key.values()),
            key=lambda each: (not each.smuggling, not each.fails, -len(each.causes), each.id),
        )
    )


def _key(cause: ShownCause) -> str:
    """The id of a cause; of one that only has the id of a finding, what differs."""
    id = str(cause.line["id"])
    return str(cause.clearest["difference"]) if id == cause.clearest["id"] else id
