"""Wherever a report says what the machine phase guarantees, it says what that assumes."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from html_page_helper import Page
from reports_helper import agreeing
from reports_helper import record as parsed
from rich.console import Console

from h11spec.conformance.runs.check_listing import every_check
from h11spec.reports.analysis.totals import FLAG_SWEEPS
from h11spec.reports.formats.terminal import show_report
from h11spec.reports.html.run_page import run_page
from h11spec.reports.record.record import Record
from h11spec.strategies.machine.alphabet import ROLES
from h11spec.strategies.program import Json

SIZES: Json = {"states": 1_060, "input_symbols": 37, "sequences": 67_880, "transitions": []}


def with_machines(extra_states: int) -> Record:
    """A record of a run of the machine phase, which found nothing."""
    record = parsed(agreeing())
    results: list[Json] = [
        {
            **record.results[0],
            "check": f"machine/{role}",
            "phase": "machine",
            "verdict": "pass",
            "findings": [],
            "machine": {**SIZES, "extra_states": extra_states},
        }
        for role in ROLES
    ]
    return replace(record, results=[*record.results, *results])


@pytest.mark.parametrize(
    ("extra_states", "states"), [(0, "no more states"), (1, "at most 1 more state")]
)
def test_the_assumption_follows_the_guarantee(extra_states: int, states: str) -> None:
    """Once, although both roles have a suite; in the terminal and on the page."""
    record = with_machines(extra_states)
    printed = StringIO()
    show_report(record, Console(file=printed, width=10_000))
    assumption = f"his assumes that the target has {states} than the reference remembers; "
    page = Page(run_page(record)).elements[0].text
    for text in (printed.getvalue(), page):
        assert text.count("which no other machine of at most") == 2
        assert text.count(assumption) == 1
        assert "the sweeps sequences/* and calls/* cover such flags" in text


def test_the_named_sweeps_exist() -> None:
    ids = [check.id for _, check in every_check()]
    for pattern in FLAG_SWEEPS:
        assert pattern.endswith("/*")
        assert any(each.startswith(pattern.removesuffix("*")) for each in ids)
