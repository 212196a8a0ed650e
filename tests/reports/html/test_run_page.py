"""The page of a run: one file, safe whatever the record contains, and small enough to share."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from html_page_helper import HOSTILE, Page, hostile, real, with_findings

from h11spec.reports.html.run_page import run_page
from h11spec.reports.record.record import Record
from h11spec.strategies.program import Json

MEGABYTE = 1_000_000


def of(record: Record) -> Page:
    return Page(run_page(record))


def many(record: Record, number: int) -> Record:
    """The record with this number of findings, each with a different difference."""
    found = record.findings
    findings: list[Json] = [
        {
            **found[at % len(found)],
            "id": f"D-{at:06x}",
            "difference": f"{at}: {found[0]['difference']}",
        }
        for at in range(number)
    ]
    return with_findings(record, findings)


def test_the_page_loads_nothing() -> None:
    """Everything is in the file; addresses occur in links only."""
    made = of(real())
    loading = {"src", "srcset", "action", "formaction", "data", "poster", "background", "ping"}
    assert not [each for each in made.elements if loading & each.attributes.keys()]
    assert [each.attributes["href"] for each in made.all("link")] == ["data:,"]
    addresses = {each.attributes["href"] for each in made.all("a")}
    assert any(
        each.startswith("https://www.rfc-editor.org/rfc/rfc9112.html#") for each in addresses
    )
    assert {each.partition("/rfc/")[0] for each in addresses if not each.startswith("#")} == {
        "https://www.rfc-editor.org"
    }
    for style in made.all("style"):
        assert "url(" not in style.text
        assert "@import" not in style.text


def test_the_policy_allows_only_the_script_of_the_page() -> None:
    made = of(real())
    [script] = made.all("script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    [policy] = made.all("meta", http_equiv="Content-Security-Policy")
    allowed = dict(each.strip().split(" ", 1) for each in policy.attributes["content"].split(";"))
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == f"'sha256-{digest}'"
    assert made.elements.index(policy) < made.elements.index(made.all("style")[0])


def test_hostile_text_adds_no_element_and_no_attribute() -> None:
    """The page has the same elements and attributes as with harmless text.

    Elements that highlight escapes are ignored, as harmless text has no escapes.
    """

    def shape(record: Record) -> list[tuple[str, list[str]]]:
        elements = (
            each for each in of(record).elements if each.attributes.get("class") not in ("e", "s")
        )
        return [(each.tag, sorted(each.attributes)) for each in elements]

    assert shape(hostile(real())) == shape(hostile(real(), "tame"))


def test_hostile_characters_are_shown_as_escapes() -> None:
    made = run_page(hostile(real()))
    assert {each for each in made if not each.isprintable()} == {"\n"}
    assert all(escape in made for escape in (r"\x00", r"\x1b", r"\u202e", r"\u2028", r"\ud800"))
    made.encode("utf-8")


def test_a_template_in_a_value_is_not_rendered() -> None:
    assert "{{ 7 * 7 }}" in of(hostile(real())).all("h1")[0].text
    assert "{{ 7 * 7 }}" in HOSTILE


def test_a_value_of_a_megabyte_is_shortened_with_a_note() -> None:
    made = of(hostile(real(), "x" * MEGABYTE))
    notes = {each.text.strip() for each in made.all("em", class_="cut")}
    assert f"… the first 2,000 of {MEGABYTE:,} characters" in notes
    assert len(made.content.encode()) < MEGABYTE


@pytest.mark.unmeasured
def test_a_hundred_findings_fit_into_a_megabyte() -> None:
    """Findings of usual size are shown in full; those with huge values are shortened."""
    usual, huge = (many(each, 100) for each in (real(), hostile(real(), "x" * 3_000)))
    assert len(run_page(usual).encode()) < MEGABYTE
    assert "Too long to show here" not in run_page(usual)
    made = run_page(huge)
    assert len(made.encode()) < MEGABYTE
    assert "Too long to show here" in made


def test_the_same_record_gives_the_same_page() -> None:
    assert run_page(real()) == run_page(replace(real()))


def test_each_finding_can_be_linked_to() -> None:
    made = of(real())
    ids = Counter(each.attributes["id"] for each in made.elements if "id" in each.attributes)
    assert set(ids.values()) == {1}
    assert {each["id"] for each in real().findings} <= ids.keys()
    links = {each.attributes["href"] for each in made.all("a")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids.keys()


def test_smuggling_relevant_causes_come_first() -> None:
    kinds = [each.attributes["data-kind"] for each in of(real()).all("article")]
    assert kinds == ["smuggling fails", "non-failing"]


def test_each_cause_is_a_folded_row_that_says_what_it_is() -> None:
    """The row has id, title, requirement, place, relevance and the number of findings."""
    first, second = real().causes
    located = {**first, "places": ["h11/_readers.py:142, in __call__", "h11/_readers.py:9"]}
    made = of(replace(real(), causes=[located, second]))
    rows = [each.text for each in made.all("summary") if "C-" in each.text]
    assert len(rows) == len(made.all("article")) == 2
    for part in (first["id"], first["title"], first["requirement_id"], "2 findings"):
        assert part in rows[0]
    assert "smuggling-relevant" in rows[0]
    assert "h11/_readers.py:142, in __call__" in rows[0]
    assert "1 finding" in rows[1]
    assert "smuggling" not in rows[1]
    assert not [each for each in made.all("details") if "open" in each.attributes]


def test_the_edit_that_repairs_a_cause_is_among_its_facts() -> None:
    first, second = real().causes
    edit = "with `if last < limit:` there, 2 of 2 findings agree"
    made = of(replace(real(), causes=[{**first, "edit": edit}, second]))
    assert [each.text for each in made.all("dd")].count(edit) == 1


def test_the_only_cause_of_a_run_is_unfolded() -> None:
    made = of(with_findings(real(), real().findings[:1]))
    assert "open" in made.all("details")[0].attributes


def test_a_cause_shows_its_clearest_finding_in_full_and_folds_the_others() -> None:
    """The others have their difference, both outcomes and their script, and can be linked to."""
    made = of(real())
    article = made.all("article")[0]
    clearest, other = real().causes[0]["findings"]
    assert article.text.index(clearest) < article.text.index(other)
    assert made.all("div", class_="clearest")[0].attributes["id"] == clearest
    [folded] = made.all("details", class_="more")
    assert folded.text.startswith("And 1 finding more")
    [finding] = [each for each in real().findings if each["id"] == other]
    for part in (other, finding["check"], finding["difference"], finding["script"][-1]):
        assert part in folded.text
    assert "Conversation" not in folded.text


def test_the_page_counts_causes() -> None:
    made = of(real())
    [totals] = [each.text.split("\n") for each in made.all("ul", class_="totals")]
    assert [each for each in totals if "cause" in each] == [
        "1 smuggling-relevant cause",
        "1 cause that fails the run",
        "1 cause that does not fail",
    ]
    assert "2 causes of 3 findings" in made.all("p", class_="legend")[0].text


def test_the_row_of_a_check_links_to_its_causes() -> None:
    cause = real().causes[0]
    made = run_page(real())
    [row] = re.findall(f"<tr><th scope=row>{cause['requirement_id']}<(.*)", made)
    assert f'<a href="#{cause["id"]}">{cause["id"]}</a>' in row
    assert "D-" not in row


def test_a_record_without_causes_shows_each_difference_as_one() -> None:
    made = of(replace(real(), causes=[]))
    assert len(made.all("article")) == 3
    ids = Counter(each.attributes["id"] for each in made.elements if "id" in each.attributes)
    assert set(ids.values()) == {1}
    assert {each["id"] for each in real().findings} <= ids.keys()


def test_the_clearest_finding_offers_its_script_its_test_and_a_vector_to_copy() -> None:
    """Script and test are copied from the record unchanged; each other finding has its script."""
    copied = [each.text for each in of(real()).all("pre") if "data-copy" in each.attributes]
    clearest = {each["findings"][0] for each in real().causes}
    for finding in real().findings:
        assert "\n".join(finding["script"]) in copied
        assert ("\n".join(finding["test"]) in copied) == (finding["id"] in clearest)
    assert sum(each.startswith('{"vector": 1, "id": "V-') for each in copied) == 2


def test_differing_steps_and_details_are_highlighted() -> None:
    """Details that both sides have in common are not highlighted."""
    [record] = [with_findings(real(), [each]) for each in real().findings if each["smuggling"]]
    made = of(record)
    [step] = made.all("li", class_="differs")
    assert "differs here" in step.text
    highlighted = {each.text for each in made.all("mark")} - {"highlighted"}
    assert highlighted == {
        "RemoteProtocolError",
        r"malformed chunk footer: bytearray(b'xx') (expected b'\r\n')",
        "400",
        "next",
        "ERROR",
        r"[b'0\r\n\r\n', False]",
        "EndOfMessage",
        "[]",
        "NEED_DATA",
        "DONE",
        "[b'', False]",
    }


def test_a_finding_about_two_programs_shows_both() -> None:
    """Each has one trace, in which nothing is highlighted."""
    [found] = [each for each in real().findings if each["smuggling"]]
    relation: Json = {**found, "field": "relation", "other_program": found["program"]}
    made = of(with_findings(real(), [relation]))
    titles = [each.text for each in made.all("summary")][1:]
    assert titles[0].startswith("Original program: 3 steps")
    assert titles[1].startswith("Variant: 3 steps")
    assert [each.text for each in made.all("mark")] == ["highlighted"]
    assert len(made.all("p", class_="who")) == 2 + 3 + 3


def test_bytes_are_shown_line_by_line() -> None:
    [record] = [with_findings(real(), [each]) for each in real().findings if each["smuggling"]]
    received = of(record).all("pre", class_="wire")[0].text
    lines = (
        *("POST / HTTP/1.1", "Host: example.com", "Transfer-Encoding: chunked", ""),
        *("5", "helloxx0", ""),
    )
    assert received == "\n".join(line + r"\r\n" for line in lines)


@pytest.mark.parametrize(
    ("footer", "notice"),
    [
        (None, "This run broke off."),
        ({"interrupted": True, "complete": False}, "This run was interrupted."),
        ({"complete": False}, "This run was cut short."),
    ],
)
def test_the_page_of_an_incomplete_run_begins_with_a_notice(
    footer: Json | None, notice: str
) -> None:
    """The notice precedes the name of the target; the findings are still shown."""
    whole = real().footer
    assert whole is not None
    made = of(replace(real(), footer=footer and {**whole, **footer}))
    first = next(each for each in made.elements if each.tag == "h1" or "role" in each.attributes)
    assert first.text.startswith(notice)
    assert len(made.all("article")) == 2


def test_the_page_of_a_complete_run_has_no_notice() -> None:
    assert not of(real()).all("p", class_="notice")


def test_a_record_without_results_has_a_page() -> None:
    made = of(Record(real().header, [], [], [], None))
    assert "No check has a result." in made.content
    assert not made.all("article")


@pytest.mark.unmeasured
def test_ten_thousand_results_have_a_row_each() -> None:
    result = real().results[0]
    results: list[Json] = [{**result, "check": f"area{at % 7}/{at}"} for at in range(10_000)]
    made = run_page(replace(real(), results=results))
    assert len(re.findall("<tr><th scope=row>area[0-6]/", made)) == 10_000


def test_a_check_has_the_worst_verdict_of_its_phases() -> None:
    result: Json = {**real().results[0], "check": "chunked/one", "findings": []}
    phases: list[Json] = [
        {**result, "phase": "vectors", "verdict": "pass", "steps": 2},
        {**result, "phase": "sweeps", "verdict": "inconclusive", "steps": 3},
    ]
    made = run_page(replace(real(), results=phases))
    [row] = re.findall("<tr><th scope=row>chunked/one(.*)", made)
    assert "inconclusive" in row
    assert "<td class=number>5<td>" in row


def test_the_entries_of_the_baseline_are_shown_by_state() -> None:
    entries: list[Json] = [
        {"kind": "entry", "id": "D-000001", "difference": "it was so", "state": "stale"},
        {
            "kind": "entry",
            "id": real().findings[0]["id"],
            "difference": "it is so",
            "state": "used",
        },
    ]
    made = of(replace(real(), entries=entries))
    assert [each.text for each in made.all("h3")][-2:] == [
        "1 accepted and still found",
        "1 accepted and no longer found",
    ]
    assert "it was so" in made.all("section", id="baseline")[0].text


def test_accepted_causes_have_their_own_heading() -> None:
    first, second = real().causes
    findings: list[Json] = [{**each, "accepted": "we know"} for each in real().findings]
    made = of(replace(real(), findings=findings, causes=[{**first, "accepted": "we know"}, second]))
    assert [each.attributes["data-kind"] for each in made.all("article")] == [
        "smuggling accepted",
        "non-failing",
    ]
    assert "Accepted in the baseline 1" in [each.text for each in made.all("h3")]


def test_headings_are_in_order() -> None:
    """No level is skipped: the headings are an outline for screen readers."""
    levels = [int(each.tag[1]) for each in of(real()).elements if re.fullmatch("h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_table_headings_have_a_scope() -> None:
    headings = of(real()).all("th")
    assert headings
    assert {each.attributes["scope"] for each in headings} == {"col", "row"}
