"""The results of a run by area, a row for each check.

Owns their order, and how long the bars are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.programs import Json
from ..analysis.rows import Row, rank, rows
from ..analysis.summary import area
from ..analysis.totals import Phase


@dataclass(frozen=True)
class Bar:
    """A total with the length of its bar in per cent of the longest."""

    total: Phase
    per_cent: float


def rows_by_area(results: Iterable[Json]) -> dict[str, list[Row]]:
    """Returns the rows of each area, what fails first."""
    by_area: dict[str, list[Row]] = {}
    for check, row in rows(results).items():
        by_area.setdefault(area(check), []).append(row)
    return {
        name: sorted(found, key=lambda row: rank(row.verdict)) for name, found in by_area.items()
    }


def bars(totals: Sequence[Phase]) -> list[Bar]:
    """Returns the totals with bars for their steps."""
    longest = max((total.steps for total in totals), default=0) or 1
    return [Bar(total, round(100 * total.steps / longest, 1)) for total in totals]
