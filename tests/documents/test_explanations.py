"""docs/explanation and docs/glossary.md: their terms and figures agree with the code."""

from __future__ import annotations

import re

import pytest
from docs_helper import DOCS

from h11spec.conformance.checks.check import LEVELS
from h11spec.conformance.runs.settings import GATE_PHASES, PHASES
from h11spec.reports.findings.divergence import SOFT_ASPECTS
from h11spec.reports.wording.values import CONFORMING

VERDICT, EXHAUSTED = (
    (DOCS / f"explanation/{name}.md").read_text("utf-8")
    for name in ("what-a-verdict-means", "what-is-exhausted")
)
GLOSSARY = (DOCS / "glossary.md").read_text("utf-8")
SWEEPS = (DOCS / "reference/sweeps.md").read_text("utf-8")
MACHINE = (DOCS / "reference/state-machine.md").read_text("utf-8")


def rows(text: str, pattern: str) -> list[tuple[str, str]]:
    """The first and last cells of the rows whose first cell matches the pattern."""
    return re.findall(rf"^\| {pattern} \|.*\| ([^|]+) \|$", text, re.MULTILINE)


def test_the_aspects_are_listed_with_their_effect_on_a_run() -> None:
    aspects = dict(rows(VERDICT, "`([a-z]+)`"))
    assert {name for name, fails in aspects.items() if fails != "yes"} == {*SOFT_ASPECTS}
    assert {"state", "event", "error", "bytes", "attribute", "api", "fault"} < set(aspects)


def test_verdicts_and_levels_have_their_names() -> None:
    assert {*re.findall(r"^\| ([^`|]+) \| [^|]+ \|$", VERDICT, re.MULTILINE)} >= {
        *CONFORMING.values()
    }
    assert [level for level in LEVELS if f"`{level}`" not in VERDICT] == []


def test_each_phase_is_explained_and_whether_the_gate_runs_it() -> None:
    assert [name for name, _ in rows(EXHAUSTED, "`([a-z]+)`")] == [*PHASES]
    assert PHASES[:3] == GATE_PHASES
    assert "The gate runs the first three." in EXHAUSTED


@pytest.mark.parametrize(
    ("figure", "source", "pattern"),
    [
        (210_000, SWEEPS, r"^\| all \| ([\d,]+) \| [\d,]+ \|"),
        (130_000, MACHINE, r"^\| `machine/\w+` \| \d+ \| [\d,]+ \| ([\d,]+) \|"),
    ],
)
def test_rounded_figures_are_accurate(figure: int, source: str, pattern: str) -> None:
    assert f"some {figure:,}" in EXHAUSTED
    found = re.findall(pattern, source, re.MULTILINE)
    assert sum(int(each.replace(",", "")) for each in found) == pytest.approx(figure, rel=0.05)


def test_the_threshold_of_planted_faults_is_that_of_make_power() -> None:
    benchmarks = (DOCS.parent / "benchmarks/README.md").read_text("utf-8")
    assert "97 per cent, and the sweeps and the search 99" in " ".join(benchmarks.split())
    assert "97 per cent by the sweeps, 99 with the search" in EXHAUSTED


def test_each_term_is_in_the_glossary_once() -> None:
    defined = [
        term
        for row in re.findall(r"^\| (\*\*.*?) \|", GLOSSARY, re.MULTILINE)
        for term in re.findall(r"\*\*(.+?)\*\*", row)
    ]
    assert len(defined) == len(set(defined)) > 30
    architecture = (DOCS.parent / "ARCHITECTURE.md").read_text("utf-8")
    [section] = re.findall(r"^## Terminology\n(.*?)^## ", architecture, re.MULTILINE | re.DOTALL)
    terms = {
        term
        for cell in re.findall(r"^\| ([a-zA-Z, -]+) \|", section, re.MULTILINE)
        for term in cell.split(", ")
        if term != "term"
    }
    glossary = GLOSSARY.lower()
    assert [
        term
        for term in terms
        if f"**{term.lower()}**" not in glossary and f"*{term.lower()}*" not in glossary
    ] == []
