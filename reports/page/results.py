"""The results of a run by area, a row for each check.

Owns what is summed up over the phases, and how long the bars are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.programs import Json
from ..summary import area
from ..totals import Phase

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


@dataclass(frozen=True)
class Bar:
    """A total with the length of its bar in per cent of the longest."""

    total: Phase
    per_cent: float


def rows(results: Iterable[Json]) -> dict[str, list[Row]]:
    """Returns the rows of each area, what fails first."""
    by_check: dict[str, list[Json]] = {}
    for result in results:
        by_check.setdefault(result["check"], []).append(result)
    by_area: dict[str, list[Row]] = {}
    for check in sorted(by_check):
        by_area.setdefault(area(check), []).append(_row(check, by_check[check]))
    return {
        name: sorted(found, key=lambda row: _rank(row.verdict)) for name, found in by_area.items()
    }


def bars(totals: Sequence[Phase]) -> list[Bar]:
    """Returns the totals with bars for their steps."""
    longest = max((total.steps for total in totals), default=0) or 1
    return [Bar(total, round(100 * total.steps / longest, 1)) for total in totals]


def _row(check: str, results: Sequence[Json]) -> Row:
    kept = [result["keeps"] for result in results if result["keeps"] is not None]
    return Row(
        check=check,
        level=results[0]["level"],
        verdict=min((result["verdict"] for result in results), key=_rank),
        keeps="" if not kept else "kept" if all(kept) else "broken",
        phases=", ".join(dict.fromkeys(result["phase"] for result in results)),
        programs=sum(result["programs"] for result in results),
        steps=sum(result["steps"] for result in results),
        findings=list(dict.fromkeys(name for result in results for name in result["findings"])),
    )


def _rank(verdict: str) -> int:
    return _WORST.index(verdict) if verdict in _WORST else len(_WORST)
