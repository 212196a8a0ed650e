"""The matrix on a terminal, in Markdown, as JSON and as a page: complete, and safe to open."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from io import StringIO

from html_page_helper import HOSTILE, Page
from matrix_helper import cause, caused, column, finding
from reports_helper import UNSEEN
from rich.console import Console

from h11spec.reports.analysis.disclosure import redact
from h11spec.reports.analysis.matrix import Column, Matrix, matrix
from h11spec.reports.analysis.release_changes import release_changes
from h11spec.reports.formats.matrix_text import matrix_as_json, matrix_in_markdown, show_matrix
from h11spec.reports.html.matrix_page import matrix_page

# What the findings of these columns say: they have no events.
TITLE = "hands out a value, where a value is expected"
FOUND = finding("a/one", smuggling=True)
COLUMNS = (
    column("x 1", FOUND, finding("a/one", "other")),
    column("x 2", finding("b/one", "other")),
    redact(column("y 1", finding("b/one", "secret", smuggling=True))),
    Column("z", None, "there is no z"),
)


def hostile() -> Matrix:
    found = finding("a/one", HOSTILE, requirement=HOSTILE, citations=[HOSTILE], script=[HOSTILE])
    return matrix([column(f"{HOSTILE} 1", found), Column(HOSTILE, None, HOSTILE)])


def shown(made: Matrix) -> str:
    to = StringIO()
    show_matrix(made, release_changes(made, consecutive=True), Console(file=to, width=80))
    return to.getvalue()


@cache
def opened() -> Page:
    made = matrix(COLUMNS)
    return Page(matrix_page(made, release_changes(made)))


def test_a_terminal_shows_implementations_failures_and_changes() -> None:
    text = shown(matrix(COLUMNS))
    assert "  1  x 1: 1 of 3 checks fail, for 2 causes\n" in text
    assert "for 0 causes; 1 more cause not disclosed" in text
    assert "  4  z: not compared: there is no z\n" in text
    assert "\na                    1     .     .     -\n" in text
    assert "\nagree with no other implementation: x 1; x 2; y 1; z\n" in text
    assert "x 1 → x 2: 3 changes by the records alone" in text
    assert re.search(
        rf"^  smuggling-relevant: D-\w{{6}}  no longer: {TITLE}; found", text, re.MULTILINE
    )


def test_markdown_is_bounded_and_counts_sections_that_do_not_fit() -> None:
    made = matrix(COLUMNS)
    text = matrix_in_markdown(made, release_changes(made))
    assert "| a | 1 | . | . | - |" in text
    assert "### x 1 → x 2: 3 changes by the records alone" in text
    short = matrix_in_markdown(made, release_changes(made), max_length=800)
    assert len(short) <= 800
    assert "sections did not fit" in short


def test_the_json_document_is_complete() -> None:
    made = matrix(COLUMNS)
    form = json.loads(matrix_as_json(made, release_changes(made)))
    assert [each["title"] for each in form["columns"]] == ["x 1", "x 2", "y 1", "z"]
    assert form["columns"][2]["redacted"] == 1
    assert [each["check"] for each in form["checks"]] == ["a/one", "a/two", "b/one"]
    changed = form["release_changes"][0]["causes"][0]
    assert changed["changes"][0]["program"]["role"] == "server"
    assert (changed["title"], changed["kind"]) == (TITLE, "resolved")
    assert form["causes"][0]["finding"]["program"]["role"] == "server"
    assert "secret" not in json.dumps(form)


def test_a_cell_of_the_page_links_to_its_causes() -> None:
    page = opened()
    ids = Counter(each.attributes["id"] for each in page.elements if "id" in each.attributes)
    assert set(ids.values()) == {1}
    links = [each.attributes["href"] for each in page.all("a") if "aria-label" in each.attributes]
    # A cell with two causes links to the check, a cell with one to the cause.
    causes = {each.title: each.id for each in matrix(COLUMNS).causes if not each.smuggling}
    assert links == ["#c1", f"#{causes[TITLE]}"]
    assert {link[1:] for link in links} <= ids.keys()


def test_every_check_is_a_row_and_every_implementation_a_column() -> None:
    page = opened()
    heads = [each.text for each in page.all("th", scope="col")]
    assert heads[-10:-5] == ["Cause", "x 1", "x 2", "y 1", "z"]
    assert heads[-5:] == ["Check", "x 1", "x 2", "y 1", "z"]
    rows = page.all("tr", data_area="a") + page.all("tr", data_area="b")
    assert len(rows) == 3
    assert "secret" not in page.content


def test_every_cause_is_a_row_with_its_findings_in_each_implementation() -> None:
    """It links to what shows it; what is not disclosed is no cause."""
    made, page = matrix(COLUMNS), opened()
    [section] = page.all("section", id="causes")
    rows = [line for line in section.text.splitlines() if TITLE in line]
    assert [re.sub(r"D-[0-9a-f]{6}", "D", row) for row in rows] == [
        f"D smuggling-relevant {TITLE}1·",
        f"D {TITLE}11",
    ]
    links = {each.attributes["href"] for each in page.all("a")}
    details = {each.attributes.get("id") for each in page.all("details")}
    for each in made.causes:
        assert f"#{each.id}" in links
        assert each.id in details
    text = shown(made)
    assert re.search(rf"^D-\w{{6}} +1 +\. +- +-  smuggling-relevant: {TITLE}$", text, re.MULTILINE)
    assert re.search(rf"^D-\w{{6}} +1 +1 +- +-  {TITLE}$", text, re.MULTILINE)
    markdown = matrix_in_markdown(made, ())
    assert re.search(rf"^\| D-\w{{6}} 🚨 {TITLE} \| 1 \| \. \| - \| - \|$", markdown, re.MULTILINE)
    form = json.loads(matrix_as_json(made, ()))
    assert [[*each["findings"]] for each in form["causes"]] == [["x 1"], ["x 1", "x 2"]]


def test_a_change_between_releases_has_the_note_of_its_requirement() -> None:
    """Such as the name of a vulnerability that a release repaired."""
    found = finding("a/one", note="Releases before 2 do not check it (CVE-1).")
    made = matrix([column("x 1", found), column("x 2")])
    changes = release_changes(made)
    assert "Releases before 2 do not check it (CVE-1)." in matrix_page(made, changes)
    assert "- of h11: Releases before 2 do not check it" in matrix_in_markdown(made, changes)


CVE = "CVE-2025-43859"


def released() -> Matrix:
    """Two releases: the older had a vulnerability, and 41 findings of another cause."""
    found = finding("a/one", smuggling=True, note=f"Releases before 2 do not check it ({CVE}).")
    many = [finding("a/two", f"value {number}") for number in range(41)]
    causes = cause("C-000001", found, places=["h11/x.py:3, in f"]), cause("C-000002", *many)
    return matrix([caused("x 1", *causes, found=(found, *many)), column("x 2")])


def test_what_changed_has_one_entry_for_each_cause_and_names_vulnerabilities() -> None:
    made = released()
    changes = release_changes(made)
    page = Page(matrix_page(made, changes))
    [section] = page.all("section", id="changes")
    entries = [line.strip() for line in section.text.splitlines() if "no longer: " in line]
    assert [line.partition("drain")[0] for line in entries] == [
        f"smuggling-relevant C-000001  no longer: does C-000001 ({CVE})",
        "C-000002  no longer: does C-000002",
    ]
    assert f"C-000001  no longer: does C-000001 ({CVE}); found by a/one" in shown(made)
    assert "C-000002  no longer: does C-000002; found by a/two, with 41 differences" in shown(made)
    assert f"C-000001  no longer: does C-000001 ({CVE})</summary>" in matrix_in_markdown(
        made, changes
    )
    form = json.loads(matrix_as_json(made, changes))
    [found, many] = form["release_changes"][0]["causes"]
    assert (found["id"], found["vulnerabilities"]) == ("C-000001", [CVE])
    assert len(many["changes"]) == 41


def test_a_cause_opens_on_its_place_its_program_and_its_other_differences() -> None:
    page = Page(matrix_page(released(), ()))
    [one] = page.all("details", id="C-000001")
    for part in ("h11/x.py:3, in f", CVE, "It is so.", "import h11", "x 1"):
        assert part in one.text
    [two] = page.all("details", id="C-000002")
    assert "value 30" in two.text
    assert "… and 10 differences more" in two.text


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = opened()
    loading = {"src", "srcset", "action", "data", "poster", "background", "onclick"}
    assert not [each for each in page.elements if loading & each.attributes.keys()]
    [policy] = page.all("meta", http_equiv="Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'; ")
    assert len(page.all("script")) == 1


def test_hostile_text_is_escaped_in_every_format() -> None:
    made = hostile()
    changes = release_changes(made, consecutive=True)
    page = matrix_page(made, changes)
    elements = {each.tag for each in Page(page).elements}
    assert not elements & {"img", "b:x", "iframe"}
    assert len(Page(page).all("script")) == 1
    for text in (page, shown(made), matrix_in_markdown(made, changes)):
        assert not set(text) & set(UNSEEN)
    assert "<img" not in matrix_in_markdown(made, changes).replace("```", "")


def test_the_same_matrix_gives_the_same_page() -> None:
    made = matrix(COLUMNS)
    assert matrix_page(made, release_changes(made)) == opened().content


def test_consecutive_columns_are_written_as_a_range() -> None:
    found = finding("a/one")
    columns = [column(f"x {at}", *([found] if at in (1, 3, 4, 5) else [])) for at in range(1, 6)]
    made = matrix(columns)
    [item] = Page(matrix_page(made, ())).all("span", class_="n")[-1:]
    assert item.text == "in 1, 3 to 5"
