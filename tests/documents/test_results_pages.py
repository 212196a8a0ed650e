"""docs/results: every change is explained, and findings that are not disclosed are missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from matrix_helper import cause, caused, column, finding

from h11spec.reports.analysis.change_causes import ChangeCause
from h11spec.reports.analysis.disclosure import redact
from h11spec.reports.analysis.matrix import matrix
from h11spec.reports.analysis.release_changes import (
    BehaviourChange,
    ReleaseDifference,
    release_changes,
)
from h11spec.tools.results.explanations import Explanation, explained, explanations
from h11spec.tools.results.findings_page import findings_page
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
    cause = ChangeCause(change["cause"], change["title"])
    values = change["old"], change["new"], cause
    return BehaviourChange(change["kind"], found[0], tuple(found), *values)


def test_every_published_change_has_a_title_or_is_explained() -> None:
    assert changes()
    for change in changes():
        found = explained(change["release"], [behaviour_change(change)], KNOWN)
        assert change["title"] or None not in found, change


def test_the_vulnerability_of_earlier_releases_is_named_where_it_was_repaired() -> None:
    named = {
        (change["release"], change["title"])
        for change in changes()
        if "CVE-2025-43859" in change["vulnerabilities"]
    }
    assert named == {("0.16.0", "takes any two bytes for the CRLF after a chunk")}
    index = (FOLDER / "index.md").read_text("utf-8")
    assert (
        "no longer: takes any two bytes for the CRLF after a chunk (CVE-2025-43859)</summary>"
        in index.partition("### h11 0.15.0 to 0.16.0")[2]
    )


def test_no_published_cause_of_another_maintainer_is_about_framing() -> None:
    """The page says how many there are, and shows none."""
    page = (FOLDER / "findings.md").read_text("utf-8").partition("\n## Earlier releases")[0]
    assert len(re.findall(r"^- [\d,]+ causes? of .* not disclosed", page, re.MULTILINE)) == 3
    headings = re.findall(r"^### (.*)$", page, re.MULTILINE)
    assert headings
    assert not any("🚨" in heading for heading in headings)
    assert "\n- smuggling: " not in page


def test_every_explanation_is_used() -> None:
    """A change that has a title needs none."""
    used = {
        each
        for change in changes()
        for each in explained(change["release"], [behaviour_change(change)], KNOWN)
    }
    assert used - {None} == set(KNOWN)


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


SECRET = finding("a/two", "hidden thing", smuggling=True)
ALONG = finding("b/one", "hidden effect")
PUBLIC: dict[str, Any] = {"conforming": "expected", "citations": ["RFC 9112 §5.1"]}
OPEN = finding("b/one", "open thing", **PUBLIC)
MORE = finding("a/one", "open effect", **PUBLIC)


def made(*known: Explanation, **more: Any) -> tuple[dict[str, str], list[str]]:
    """The pages of two releases and a fork.

    Args:
        more: members of the line of the cause that is shown for the fork.
    """
    old = finding("a/one", "shown thing", smuggling=True, note="Before 2 (CVE-2025-43859).")
    found = SECRET, ALONG, OPEN, MORE
    shown = cause("C-000002", OPEN, MORE, places=["fork/x.py:3, in f"], **more)
    columns = [
        caused("h11 1", cause("C-00000a", old), found=(old,)),
        column("h11 2"),
        redact(caused("fork 1", cause("C-000001", SECRET, ALONG), shown, found=found)),
    ]
    matrix_of_them = matrix(columns)
    return pages(matrix_of_them, release_changes(matrix_of_them), known)


SENTENCE = Explanation(
    "2", "It was fixed.", (("here", "https://example.org/"),), about="^drain.*shown"
)


def test_a_change_is_one_entry_with_its_cause_and_the_sentence_that_explains_it() -> None:
    texts, problems = made(SENTENCE)
    assert problems == []
    index = texts["index.md"]
    assert "### h11 1 to 2\n" in index
    heading = "🚨 C-00000a  no longer: does C-00000a (CVE-2025-43859)"
    assert f"<details><summary>{heading}</summary>" in index
    assert "- It was fixed. ([here](https://example.org/))" in index
    assert "shown thing" in index


def test_a_sentence_can_be_about_the_title_of_a_cause() -> None:
    known = Explanation("2", "It was fixed.", SENTENCE.cites, about="^does C-00000a$")
    texts, problems = made(known)
    assert problems == []
    assert "- It was fixed. ([here]" in texts["index.md"]


@pytest.mark.parametrize("other", [{"release": "3"}, {"about": "other"}])
def test_an_explanation_that_explains_nothing_is_reported(other: Any) -> None:
    values: dict[str, Any] = {"release": "2", "sentence": "Never.", "cites": (), **other}
    _, problems = made(Explanation(**values))
    assert problems == [f"{values['release']}: no change is explained by: Never."]


def test_a_change_without_a_title_or_an_explanation_is_reported() -> None:
    """Of a release that was run with the one before, where no cause is known."""
    columns = column("h11 1", finding("a/one")), column("h11 2")
    difference = ReleaseDifference(finding("b/one", "now", expected="before"))
    made_of_them = matrix(columns)
    changes = release_changes(made_of_them, run_both=lambda _old, _new: [difference])
    texts, problems = pages(made_of_them, changes, ())
    assert "This has no explanation yet." in texts["index.md"]
    assert problems == ["2: drain in IDLE/IDLE: now (b/one): before -> now"]


def test_causes_of_other_maintainers_are_shown_or_counted() -> None:
    """A cause with a sensitive finding is counted, with all that it does."""
    texts, _ = made(SENTENCE)
    page = texts["findings.md"]
    assert "- 1 cause of 2 findings that would fail a gate, shown below" in page
    assert "- 1 cause of 2 findings not disclosed: maintainers are informed first" in page
    for name, text in texts.items():
        for part in ("hidden thing", "hidden effect", "C-000001", SECRET["id"], ALONG["id"]):
            assert part not in text, name


def test_a_cause_has_a_heading_and_what_a_maintainer_needs_below_it() -> None:
    page = made(SENTENCE)[0]["findings.md"].partition("\n## Earlier releases")[0]
    assert re.findall("^### .*$", page, re.MULTILINE) == ["### C-000002: does C-000002"]
    assert "| C-000002 | does C-000002 | 2 |" in page
    rfc = "[RFC 9112 §5.1](https://www.rfc-editor.org/"
    assert f"- required: MUST, broken: It is so. ({rfc}" in page
    assert "- place: `fork/x.py:3, in f`" in page
    assert "- expected: `RemoteProtocolError`\n- got: `open thing`\n" in page
    assert "```python\nimport h11\nprint('open thing')\n```" in page
    assert "<details><summary>and 1 finding more</summary>" in page
    assert f"- {MORE['id']}: a/one: drain in IDLE/IDLE: open effect" in page


def test_what_is_not_broken_is_not_said_to_be_required() -> None:
    page = made(SENTENCE, conforming="both")[0]["findings.md"]
    assert "- required: h11 0.16.0 does otherwise; found by a check of: It is so." in page
    assert "MUST, broken" not in page.partition("\n## Earlier releases")[0]


def test_causes_of_earlier_releases_are_shown_whole() -> None:
    page = made(SENTENCE)[0]["findings.md"].partition("\n## Earlier releases")[2]
    assert "### C-00000a: 🚨 does C-00000a (CVE-2025-43859)\n\n- in: h11 1\n" in page


def test_causes_that_break_what_is_required_come_first() -> None:
    """Of these, those of the strictest requirements."""
    levels = {
        "C-000001": ("CONTRACT", "expected"),
        "C-000002": ("MUST", "target"),
        "C-000003": ("MUST", "expected"),
    }
    found = [
        finding(check, f"thing {at}", **PUBLIC | {"level": level, "conforming": conforming})
        for at, (check, (level, conforming)) in enumerate(
            zip(("a/one", "a/two", "b/one"), levels.values(), strict=True)
        )
    ]
    causes = [cause(id, each) for id, each in zip(levels, found, strict=True)]
    fork = redact(caused("fork 1", *causes, found=tuple(found)))
    page = findings_page(matrix([column("h11 2"), fork]))
    headings = re.findall("^### (C-.{6})", page, re.MULTILINE)
    assert headings == ["C-000003", "C-000001", "C-000002"]
