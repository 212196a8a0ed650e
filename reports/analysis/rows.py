"""The results of a run, one row for each check.

Owns the sums over the phases. The verdict of a check is its worst verdict in any phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.program import Json

_WORST_FIRST = ("fail", "inconclusive", "pass")


@dataclass(frozen=True)
class Row:
    """The results of a check in all phases.

    ``conformance`` is "kept" or "broken" if the check has an RFC verdict, and "" otherwise.
    """

    check: str
    level: str
    verdict: str
    conformance: str
    phases: str
    programs: int
    steps: int
    findings: list[str]
    omitted: int


def rows(results: Iterable[Json]) -> dict[str, Row]:
    """Returns the row of each check, in the order of their ids."""
    by_check: dict[str, list[Json]] = {}
    for result in results:
        by_check.setdefault(result["check"], []).append(result)
    return {check: _row(check, by_check[check]) for check in sorted(by_check)}


def rank(verdict: str) -> int:
    """Returns the position of a verdict in the order from the worst to the best."""
    return _WORST_FIRST.index(verdict) if verdict in _WORST_FIRST else len(_WORST_FIRST)


def _row(check: str, results: Sequence[Json]) -> Row:
    rfc_verdicts = [result["conforms"] for result in results if result["conforms"] is not None]
    return Row(
        check=check,
        level=results[0]["level"],
        verdict=min((result["verdict"] for result in results), key=rank),
        conformance="" if not rfc_verdicts else "kept" if all(rfc_verdicts) else "broken",
        phases=", ".join(dict.fromkeys(result["phase"] for result in results)),
        programs=sum(result["programs"] for result in results),
        steps=sum(result["steps"] for result in results),
        findings=list(dict.fromkeys(name for result in results for name in result["findings"])),
        omitted=sum(result["omitted"] for result in results),
    )
