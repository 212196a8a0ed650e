"""docs/explanation and docs/glossary.md: their words and figures are those of the code."""

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
    """First and last cells of the rows whose first cell is like this."""
    return re.findall(rf"^\| {pattern} \|.*\| ([^|]+) \|$", text, re.MULTILINE)


def test_the_aspects_are_listed_with_what_fails_a_run() -> None:
    aspects = dict(rows(VERDICT, "`([a-z]+)`"))
    assert {name for name, fails in aspects.items() if fails != "yes"} == {*SOFT_ASPECTS}
    assert {"state", "event", "error", "bytes", "attribute", "api", "fault"} < set(aspects)


def test_the_sides_and_levels_are_named_in_their_words() -> None:
    assert {*re.findall(r"^\| ([^`|]+) \| [^|]+ \|$", VERDICT, re.MULTILINE)} >= {*CONFORMING.values()}
    assert [level for level in LEVELS if f"`{level}`" not in VERDICT] == []


def test_each_phase_is_explained_and_which_of_them_a_gate_runs() -> None:
    assert [name for name, _ in rows(EXHAUSTED, "`([a-z]+)`")] == [*PHASES]
    assert PHASES[:3] == GATE_PHASES
    assert "The gate runs the first three." in EXHAUSTED


@pytest.mark.parametrize(
    ("said", "source", "pattern"),
    [
        (350_000, SWEEPS, r"^\| all \| ([\d,]+) \| [\d,]+ \|"),
        (130_000, MACHINE, r"^\| `machine/\w+` \| \d+ \| [\d,]+ \| ([\d,]+) \|"),
    ],
)
def test_a_figure_is_about_as_large_as_it_is_said_to_be(
    said: int, source: str, pattern: str
) -> None:
    assert f"some {said:,}" in EXHAUSTED
    found = re.findall(pattern, source, re.MULTILINE)
    assert sum(int(each.replace(",", "")) for each in found) == pytest.approx(said, rel=0.05)


def test_the_bar_of_planted_faults_is_the_one_that_make_power_has() -> None:
    benchmarks = (DOCS.parent / "benchmarks/README.md").read_text("utf-8")
    assert "97 per cent, and the sweeps and the search 99" in " ".join(benchmarks.split())
    assert "97 per cent by the sweeps, 99 with the search" in EXHAUSTED


def test_each_word_is_in_the_glossary_once() -> None:
    words = [
        word
        for row in re.findall(r"^\| (\*\*.*?) \|", GLOSSARY, re.MULTILINE)
        for word in re.findall(r"\*\*(.+?)\*\*", row)
    ]
    assert len(words) == len(set(words)) > 30
    architecture = (DOCS.parent / "ARCHITECTURE.md").read_text("utf-8")
    [listed] = re.findall(r"^## Words\n(.*?)^## ", architecture, re.MULTILINE | re.DOTALL)
    told = {
        word
        for cell in re.findall(r"^\| ([a-zA-Z, -]+) \|", listed, re.MULTILINE)
        for word in cell.split(", ")
        if word != "word"
    }
    known = GLOSSARY.lower()
    assert [
        word
        for word in told
        if f"**{word.lower()}**" not in known and f"*{word.lower()}*" not in known
    ] == []
