"""docs/results: every change has its sentence, and what maintainers are told first is not there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import matrix, withholding
from h11spec.reports.analysis.release_changes import Shift, updates
from h11spec.tools.results.explanations import Explanation, explained, explanations
from h11spec.tools.results.make import COMPARED
from h11spec.tools.results.pages import pages

FOLDER = Path(__file__).parents[2] / "docs/results"
PAGES = ("index.md", "findings.md", "matrix.html", "changes.json", "changes.toml")
KNOWN = explanations()
PUBLISHED = FOLDER / "changes.json"


def changes() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(PUBLISHED.read_text("utf-8"))
    return found


def shift(change: dict[str, Any]) -> Shift:
    found = [finding(check) | {"difference": change["shows"]} for check in change["checks"]]
    return Shift(change["kind"], found[0], tuple(found), change["old"], change["new"])


def test_every_change_that_is_shown_has_its_sentence() -> None:
    assert changes()
    for change in changes():
        assert None not in explained(change["release"], [shift(change)], KNOWN), change


def test_every_sentence_is_of_a_change() -> None:
    used = {
        each
        for change in changes()
        for each in explained(change["release"], [shift(change)], KNOWN)
    }
    assert used == set(KNOWN)


def test_every_sentence_is_one_and_cites_something() -> None:
    for each in KNOWN:
        assert re.fullmatch(r"[A-Z`].*\.", each.sentence), each.sentence
        assert each.cites, each.sentence


def test_the_pages_are_small_and_name_nothing_of_the_machine_they_were_made_on() -> None:
    assert sum((FOLDER / name).stat().st_size for name in PAGES) < 2_000_000
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)
    for name in PAGES:
        text = (FOLDER / name).read_text("utf-8")
        assert not re.search(r"/root/|/tmp/|/home/|site-packages|0x[0-9a-f]{8}", text), name


def test_every_release_and_every_other_is_in_the_matrix() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    assert len(re.findall(r"^\| \d+ \| ", index, re.MULTILINE)) == len(COMPARED)


def made(*known: Explanation, keeps: bool | None = False) -> tuple[dict[str, str], list[str]]:
    """The pages, where a fork keeps or breaks what a check requires; None: it requires nothing."""
    secret = finding("a/two", "hidden thing", smuggling=True)
    found = finding("b/one", "open thing", conforming="expected")
    columns = [
        column("h11 1", finding("a/one", "shown thing")),
        column("h11 2"),
        withholding(column("fork 1", secret, found, results={"b/one": {"conforms": keeps}})),
    ]
    matrix_of_them = matrix(columns)
    return pages(matrix_of_them, updates(matrix_of_them), known)


SENTENCE = Explanation(
    "2", "It was mended.", (("here", "https://example.org/"),), about="^drain.*shown"
)


def test_a_change_stands_below_its_sentence() -> None:
    texts, problems = made(SENTENCE)
    assert problems == []
    assert "- **It was mended.** ([here](https://example.org/))" in texts["index.md"]
    assert "### h11 1 to 2\n" in texts["index.md"]
    assert "shown thing" in texts["index.md"]


@pytest.mark.parametrize("other", [{"release": "3"}, {"about": "other"}])
def test_a_change_without_a_sentence_and_a_sentence_without_a_change_are_told(other: Any) -> None:
    values: dict[str, Any] = {"release": "2", "sentence": "Never.", "cites": (), **other}
    texts, problems = made(Explanation(**values))
    assert "Nobody has explained this yet." in texts["index.md"]
    assert [each.partition(":")[0] for each in problems] == ["2", values["release"]]


def test_findings_of_others_are_shown_or_counted() -> None:
    texts, _ = made(SENTENCE)
    page = texts["findings.md"]
    assert "- 1 finding that maintainers are told first, not shown" in page
    assert "open thing" in page
    assert "- source: MUST, broken: It is so. ([RFC 9112 §7.1](https://www.rfc-editor.org/" in page
    for name, text in texts.items():
        assert "hidden thing" not in text, name
        assert secret_id() not in text, name


def test_a_sweep_is_no_source() -> None:
    """It requires nothing itself; that the RFC sides with h11 was found by a check that does."""
    texts, _ = made(SENTENCE, keeps=None)
    assert "- source: h11 0.16.0 itself; found by a check of: It is so." in texts["findings.md"]
    assert "MUST, broken" not in texts["findings.md"]


def secret_id() -> str:
    return str(finding("a/two", "hidden thing")["id"])
