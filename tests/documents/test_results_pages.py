"""docs/results: every change is explained, and findings that are not disclosed are missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import matrix, redact
from h11spec.reports.analysis.release_changes import BehaviourChange, release_changes
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


def behaviour_change(change: dict[str, Any]) -> BehaviourChange:
    found = [finding(check) | {"difference": change["difference"]} for check in change["checks"]]
    return BehaviourChange(change["kind"], found[0], tuple(found), change["old"], change["new"])


def test_every_published_change_is_explained() -> None:
    assert changes()
    for change in changes():
        assert None not in explained(change["release"], [behaviour_change(change)], KNOWN), change


def test_every_explanation_is_used() -> None:
    used = {
        each
        for change in changes()
        for each in explained(change["release"], [behaviour_change(change)], KNOWN)
    }
    assert used == set(KNOWN)


def test_every_explanation_is_a_sentence_with_a_citation() -> None:
    for each in KNOWN:
        assert re.fullmatch(r"[A-Z`].*\.", each.sentence), each.sentence
        assert each.cites, each.sentence


def test_the_pages_are_small_and_contain_no_paths_of_the_machine() -> None:
    assert sum((FOLDER / name).stat().st_size for name in PAGES) < 2_000_000
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)
    for name in PAGES:
        text = (FOLDER / name).read_text("utf-8")
        assert not re.search(r"/root/|/tmp/|/home/|site-packages|0x[0-9a-f]{8}", text), name


def test_every_compared_implementation_is_in_the_matrix() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    assert len(re.findall(r"^\| \d+ \| ", index, re.MULTILINE)) == len(COMPARED)


def made(*known: Explanation, conforms: bool | None = False) -> tuple[dict[str, str], list[str]]:
    """The pages of a fork that conforms to a check or not; None for a check without requirement."""
    secret = finding("a/two", "hidden thing", smuggling=True)
    found = finding("b/one", "open thing", conforming="expected")
    columns = [
        column("h11 1", finding("a/one", "shown thing")),
        column("h11 2"),
        redact(column("fork 1", secret, found, results={"b/one": {"conforms": conforms}})),
    ]
    matrix_of_them = matrix(columns)
    return pages(matrix_of_them, release_changes(matrix_of_them), known)


SENTENCE = Explanation(
    "2", "It was fixed.", (("here", "https://example.org/"),), about="^drain.*shown"
)


def test_a_change_is_listed_below_its_explanation() -> None:
    texts, problems = made(SENTENCE)
    assert problems == []
    assert "- **It was fixed.** ([here](https://example.org/))" in texts["index.md"]
    assert "### h11 1 to 2\n" in texts["index.md"]
    assert "shown thing" in texts["index.md"]


@pytest.mark.parametrize("other", [{"release": "3"}, {"about": "other"}])
def test_unexplained_changes_and_unused_explanations_are_reported(other: Any) -> None:
    values: dict[str, Any] = {"release": "2", "sentence": "Never.", "cites": (), **other}
    texts, problems = made(Explanation(**values))
    assert "This has no explanation yet." in texts["index.md"]
    assert [each.partition(":")[0] for each in problems] == ["2", values["release"]]


def test_findings_of_other_maintainers_are_shown_or_counted() -> None:
    texts, _ = made(SENTENCE)
    page = texts["findings.md"]
    assert "- 1 finding not disclosed: maintainers are informed first" in page
    assert "open thing" in page
    assert "- source: MUST, broken: It is so. ([RFC 9112 §7.1](https://www.rfc-editor.org/" in page
    for name, text in texts.items():
        assert "hidden thing" not in text, name
        assert secret_id() not in text, name


def test_a_sweep_is_not_a_source() -> None:
    """It requires nothing itself, so h11 is the source."""
    texts, _ = made(SENTENCE, conforms=None)
    assert "- source: h11 0.16.0 itself; found by a check of: It is so." in texts["findings.md"]
    assert "MUST, broken" not in texts["findings.md"]


def secret_id() -> str:
    return str(finding("a/two", "hidden thing")["id"])
