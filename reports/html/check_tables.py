"""The results of a run by area, with a row for each check, and bars for totals.

Owns the order of the rows and the length of the bars. It must not compute verdicts or totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.program import Json
from ..analysis.groups import area
from ..analysis.rows import Row, rank, rows
from ..analysis.totals import Totals


@dataclass(frozen=True)
class Bar:
    """The totals of a phase or an area, and the length of their bar in per cent of the longest."""

    totals: Totals
    per_cent: float


def rows_by_area(results: Iterable[Json]) -> dict[str, list[Row]]:
    """Returns the rows of each area, failing checks first."""
    by_area: dict[str, list[Row]] = {}
    for check, row in rows(results).items():
        by_area.setdefault(area(check), []).append(row)
    return {
        name: sorted(found, key=lambda row: rank(row.verdict)) for name, found in by_area.items()
    }


def bars(totals: Sequence[Totals]) -> list[Bar]:
    """Returns totals with bars that show their steps."""
    longest = max((each.steps for each in totals), default=0) or 1
    return [Bar(each, round(100 * each.steps / longest, 1)) for each in totals]
