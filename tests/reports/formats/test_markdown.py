"""Markdown for a pull request: bounded, the worst causes first, and safe to publish."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from reports_helper import (
    HOSTILE,
    UNSEEN,
    agreeing,
    broken_off,
    hostile,
    huge,
    interrupted,
    of_kind,
    real,
    record,
    with_footer,
)

from h11spec.reports.formats.markdown import MAX_LENGTH, markdown
from h11spec.reports.wording.markdown_safe import code_block, code_span, escape_markdown
from h11spec.strategies.program import Json

# Approximates the Markdown of GitHub.
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = {"<details>", "<summary>", "</summary>", "</details>"}
GITHUB = 65_536


def tokens(text: str) -> list[Token]:
    return [each for token in GFM.parse(text) for each in (token, *(token.children or ()))]


def shown(text: str) -> str:
    """The text that a reader sees, without zero-width spaces."""
    content = "".join(each.content for each in tokens(text) if each.type in ("text", "code_inline"))
    return content.replace("\u200b", "")


def many(number: int) -> list[Json]:
    """The run with this number of causes, each of which has two findings."""
    lines = real()
    cause = of_kind(lines, "cause")[0]
    clearest = next(each for each in lines if each.get("id") == cause["findings"][0])
    findings: list[Json] = []
    causes: list[Json] = []
    for at in range(number):
        ids = [f"D-{2 * at:06x}", f"D-{2 * at + 1:06x}"]
        findings += [{**clearest, "id": id} for id in ids]
        causes.append({**cause, "id": f"C-{at:06x}", "findings": ids})
    return with_footer([lines[0], *findings, *causes, *of_kind(lines, "result"), lines[-1]])


def test_it_names_the_two_sides_and_shows_the_worst_cause_first() -> None:
    text = markdown(record())
    assert text.startswith("## ❌ h11spec: DIFFERS\n")
    assert "from h11spec.reference, which is h11 0.16.0" in text
    first = next(each["id"] for each in of_kind(real(), "cause") if each["smuggling"])
    assert re.findall(r"^#### (?:🚨 )?(C-\w+)", text, re.MULTILINE) == [first]
    assert text.count("<details>") == text.count("</details>") > 1
    assert "conn.receive_data(" in text


def test_a_cause_has_its_title_and_place_with_its_clearest_finding_and_the_ids_of_the_others() -> (
    None
):
    lines = real()
    cause = of_kind(lines, "cause")[0]
    cause["places"] = ["h11/_readers.py:142, in __call__"]
    cause["edit"] = "with `if last is None:` there, 2 of 2 findings agree"
    text = markdown(record(lines))
    clearest, other = cause["findings"]
    assert f"#### 🚨 {cause['id']}  {cause['title']}\n" in text
    assert "- place: `h11/_readers.py:142, in __call__`\n" in text
    assert "- edit: with \\`if last is None:\\` there, 2 of 2 findings agree\n" in text
    assert f"- finding: {clearest}  " in text
    assert f"- and 1 finding more: {other}\n" in text
    assert text.count(other) == 1


def test_it_counts_causes_and_lists_those_that_do_not_fail_in_brief() -> None:
    text = markdown(record())
    assert "### 2 causes of 3 findings\n" in text
    [cause] = [each for each in of_kind(real(), "cause") if not each["fails"]]
    title = escape_markdown(f"{cause['title']} (shown, does not fail)")
    assert f"- {cause['id']}  {title}\n" in text


def test_the_report_of_a_target_that_agrees_is_short() -> None:
    text = markdown(record(agreeing()))
    assert text.startswith("## ✅ h11spec: AGREES\n")
    assert "cause" not in text


@pytest.mark.parametrize(
    ("lines", "says"), [(broken_off, "has no footer"), (interrupted, "interrupted; ")]
)
def test_an_incomplete_run_is_reported_as_such(lines: Any, says: str) -> None:
    text = markdown(record(lines()))
    assert text.startswith("## ⚠️ h11spec: ")
    assert says in text


@pytest.mark.parametrize("max_length", [MAX_LENGTH, 10_000, 3_000])
@pytest.mark.parametrize("text", [HOSTILE, "@" * 10_000, "`" * 10_000, "<" * 10_000])
def test_it_never_exceeds_its_maximum_length(max_length: int, text: str) -> None:
    assert len(markdown(record(hostile(text)), max_length=max_length)) <= max_length < GITHUB


@pytest.mark.unmeasured
def test_causes_that_do_not_fit_are_counted() -> None:
    """The first are shown in full, more of them in brief, and the others are counted."""
    text = markdown(record(many(2_000)))
    assert MAX_LENGTH * 0.9 < len(text) <= MAX_LENGTH
    in_full = len(re.findall(r"^#### .*C-", text, re.MULTILINE))
    in_brief = len(re.findall(r"^- (?:\*\*smuggling-relevant\*\*: )?C-", text, re.MULTILINE))
    [(causes, failing, findings)] = re.findall(
        r"\*\*([\d,]+) more causes\*\* \(([\d,]+) of them fail the run; ([\d,]+) findings\)", text
    )
    assert in_full > 5
    assert in_brief > 50
    not_shown = int(causes.replace(",", ""))
    assert in_full + in_brief + not_shown == 2_000
    assert int(failing.replace(",", "")) == not_shown
    assert int(findings.replace(",", "")) == 2 * not_shown


def test_hostile_text_stays_text() -> None:
    """It adds no element, link, image or emphasis, and the structure is that of harmless text."""
    text = markdown(record(hostile()))
    found = tokens(text)
    elements = {
        tag
        for each in found
        if each.type in ("html_inline", "html_block")
        for tag in re.findall(r"<[^>]*>", each.content)
    }
    assert elements == OURS
    assert not {each.type for each in found} & {"link_open", "image", "em_open", "s_open"}
    tame = tokens(markdown(record(hostile("tame"))))
    kinds = [each.type for each in found if each.type.endswith("_open")]
    assert kinds == [each.type for each in tame if each.type.endswith("_open")]


def test_hostile_characters_are_shown_as_escapes() -> None:
    text = markdown(record(hostile()))
    assert not set(text) & {*UNSEEN, "\r", "\t"}
    assert all(escape in text for escape in (r"\\x1b", r"\\u202e", r"\\u2028", r"\\ud800"))
    text.encode("utf-8")


def test_text_contains_no_mentions_references_or_links() -> None:
    """GitHub looks for these outside of code."""
    text = GFM.render(escape_markdown(HOSTILE))
    for call in ("@octocat", "#12", "GH-12", "https://", "www.evil", "me@evil"):
        assert call not in text
    assert "octocat" in text


@pytest.mark.parametrize("text", ["a", "`", "``` `", " a ", "\\", "a|b", "<b>", "@a", "\\`*_{}[]#"])
def test_escaped_text_is_shown_unchanged(text: str) -> None:
    assert shown(f"- a: {escape_markdown(text)}.") == f"a: {text}."
    assert shown(f"- a: {code_span(text)}.") == f"a: {text}."
    [fence] = [
        each for each in tokens("\n".join(code_block([text, "```", text]))) if each.type == "fence"
    ]
    assert fence.content == f"{text}\n```\n{text}\n"


def test_escaped_text_has_no_invisible_character() -> None:
    for text in (escape_markdown(HOSTILE), code_span(HOSTILE), "".join(code_block([HOSTILE]))):
        assert text.isprintable()


def test_a_value_of_a_megabyte_is_shortened_with_a_note() -> None:
    text = markdown(record(huge()))
    assert "… (1000000 characters" in text
