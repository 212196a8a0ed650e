"""Findings in groups that have the same difference.

Owns which findings are one group, and which of them represents it. It must not know causes, nor any
layout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...strategies.program import Json


@dataclass(frozen=True)
class Group:
    """The findings of one or several checks that have the same difference.

    ``simplest`` has the shortest program, and is the one to show.
    """

    simplest: Json
    findings: tuple[Json, ...]

    @property
    def fails(self) -> bool:
        """Whether the findings fail the run, accepted or not."""
        return bool(self.simplest["fails"])

    @property
    def accepted(self) -> bool:
        """Whether all of them are in the baseline."""
        return all(each["accepted"] is not None for each in self.findings)

    @property
    def smuggling(self) -> bool:
        """Whether any of them is smuggling-relevant."""
        return any(each["smuggling"] for each in self.findings)

    @property
    def rest(self) -> tuple[Json, ...]:
        """The findings other than the simplest."""
        return tuple(each for each in self.findings if each is not self.simplest)


def group_findings(findings: Iterable[Json]) -> list[Group]:
    """Returns the findings in groups that have the same difference and the same cause."""
    groups: dict[tuple[str, str, bool], list[Json]] = {}
    for finding in findings:
        cause = finding.get("cause", "")
        difference = finding["difference"].removesuffix(f" ({cause})")
        groups.setdefault((difference, cause, finding["fails"]), []).append(finding)
    return [Group(min(same, key=_representing), tuple(same)) for same in groups.values()]


def _representing(finding: Json) -> tuple[bool, int, bool]:
    """Orders the findings of a group: the first one represents it.

    A check without a requirement of its own never comes first, then short programs do, then the
    check of the requirement that is broken.
    """
    without = area(finding["check"]) == "agreement"
    check = finding["check"]
    own = check == finding.get("requirement_id", check)
    return without, len(str(finding.get("program"))), not own


def area(check: str) -> str:
    """Returns the area of a check: the part of its id before the slash."""
    return check.partition("/")[0]
