"""The results of a run, a row for each check.

Owns what is summed up over the phases: of the verdicts, the worst counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.programs import Json

_WORST = ("fail", "inconclusive", "pass")


@dataclass(frozen=True)
class Row:
    """A check, over all phases: its verdict is the worst of them.

    ``keeps`` says whether the target does what the document asks for, where that was judged.
    """

    check: str
    level: str
    verdict: str
    keeps: str
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
    """Returns where a verdict stands among them, the worst first."""
    return _WORST.index(verdict) if verdict in _WORST else len(_WORST)


def _row(check: str, results: Sequence[Json]) -> Row:
    kept = [result["conforms"] for result in results if result["conforms"] is not None]
    return Row(
        check=check,
        level=results[0]["level"],
        verdict=min((result["verdict"] for result in results), key=rank),
        keeps="" if not kept else "kept" if all(kept) else "broken",
        phases=", ".join(dict.fromkeys(result["phase"] for result in results)),
        programs=sum(result["programs"] for result in results),
        steps=sum(result["steps"] for result in results),
        findings=list(dict.fromkeys(name for result in results for name in result["findings"])),
        omitted=sum(result["omitted"] for result in results),
    )
