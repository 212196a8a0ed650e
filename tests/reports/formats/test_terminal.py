"""The report in a terminal: causes in blocks, and a summary in few lines."""

from __future__ import annotations

import re
from copy import deepcopy
from io import StringIO

import pytest
from reports_helper import agreeing, of_kind, real, record, with_footer
from rich.console import Console

from h11spec.reports.analysis.summary import summary
from h11spec.reports.formats.terminal import show_cause, show_report
from h11spec.strategies.program import Json

WIDTH = 80
# What one change of a target shows, and a summary.
MAX_LINES, MAX_BLOCK, MAX_SUMMARY = 40, 25, 5


def printed(lines: list[Json], *, verbose: bool = False) -> list[str]:
    """The lines of the report, at 80 columns."""
    text = StringIO()
    show_report(record(lines), Console(file=text, width=WIDTH), verbose=verbose)
    return text.getvalue().splitlines()


def repeated(times: int) -> list[Json]:
    """The lines of a run with as many unexpected causes, each with a finding of its own."""
    lines = real()
    [cause, *_] = [each for each in of_kind(lines, "cause") if each["fails"]]
    finding = next(each for each in of_kind(lines, "finding") if each["id"] == cause["findings"][0])
    kept = [line for line in lines if line["kind"] not in ("finding", "cause")]
    found: list[Json] = []
    for number in range(times):
        id = f"{number:06x}"
        found.append({**finding, "id": f"D-{id}", "identity": f"finding {id}"})
        found.append({**cause, "id": f"C-{id}", "identity": id, "findings": [f"D-{id}"]})
    for result in of_kind(kept, "result"):
        result["findings"] = []
    of_kind(kept, "result")[0]["findings"] = [each["id"] for each in of_kind(found, "finding")]
    of_kind(kept, "footer")[0]["causes"] = times
    found.sort(key=lambda line: line["kind"] == "cause")
    return with_footer([kept[0], *found, *kept[1:]])


def blocks(lines: list[str]) -> list[list[str]]:
    """The lines of each block, without the summary."""
    starts = [at for at, line in enumerate(lines) if re.match("C-[0-9a-f]{6}  ", line)]
    ends = [lines.index("", at) for at in starts]
    return [lines[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def test_one_fault_takes_forty_lines_at_most() -> None:
    lines = printed(real())
    assert len(lines) <= MAX_LINES
    [block] = blocks(lines)
    assert len(block) <= MAX_BLOCK
    assert len(lines[lines.index("") + 1 :]) <= MAX_SUMMARY


def test_a_block_has_the_title_the_script_and_the_number_of_other_findings() -> None:
    lines = real()
    [cause, *_] = [each for each in of_kind(lines, "cause") if each["fails"]]
    [block] = blocks(printed(lines))
    assert block[0] == f"{cause['id']}  {cause['title']}"
    assert any(line.startswith("  required  MUST, RFC 9112 §7.1: A recipient") for line in block)
    assert any(line.startswith("  smuggling ") for line in block)
    assert "    import takes_any_footer as h11" in block
    more = len(cause["findings"]) - 1
    assert f"  and {more} finding{'s' if more > 1 else ''} more, of " in "\n".join(block)


def test_places_of_the_target_are_named() -> None:
    lines = real()
    for cause in of_kind(lines, "cause"):
        cause["places"] = ["fasth11/_readers.py:142, in __call__"]
    assert "  place     fasth11/_readers.py:142, in __call__" in printed(lines)


def test_the_edit_that_repairs_a_cause_is_shown() -> None:
    lines = real()
    for cause in of_kind(lines, "cause"):
        cause["edit"] = "with `if last is None:` there, 2 of 2 findings agree"
    shown = "  edit      with `if last is None:` there, 2 of 2 findings agree"
    assert shown in printed(lines)
    assert not [line for line in printed(real()) if line.startswith("  edit ")]


def test_lines_break_between_words_and_those_of_the_script_do_not() -> None:
    """Each line fits, but for the script, which can be copied as it is."""
    lines = real()
    [finding] = [each for each in of_kind(lines, "finding") if each["id"] == clearest(lines)]
    script = [f"    {line}" for line in finding["script"]]
    shown = printed(lines)
    assert set(script) <= set(shown)
    assert [line for line in shown if len(line) > WIDTH and line not in script] == []
    words = set(" ".join(finding["requirement"].split()).split())
    assert words <= set(" ".join(shown).split())


def clearest(lines: list[Json]) -> str:
    """The id of the clearest finding of the unexpected cause."""
    return next(str(each["findings"][0]) for each in of_kind(lines, "cause") if each["fails"])


def test_two_values_differ_where_they_are_shown() -> None:
    """Both have more lines than usual where their first ones are the same."""
    lines = repeated(2)
    for finding in of_kind(lines, "finding"):
        for side, hint in (("expected", 501), ("actual", 400)):
            raised = {"by": "next", "class": "RemoteProtocolError", "text": "word " * 18}
            finding[side] = {"raised": {**raised, "family": "RemoteProtocolError", "hint": hint}}
    shown = "\n".join(printed(lines))
    assert shown.count("501") == shown.count("400") == 2


def test_a_word_that_is_longer_than_a_line_loses_its_middle() -> None:
    lines = real()
    for cause in of_kind(lines, "cause"):
        cause["title"] = "sends " + "x" * 200
    [block] = blocks(printed(lines))
    assert all(len(line) <= WIDTH for line in block[:2])
    assert "…" in "".join(block[:2])


def test_a_script_that_is_too_long_is_named_and_not_cut() -> None:
    lines = real()
    [finding] = [each for each in of_kind(lines, "finding") if each["id"] == clearest(lines)]
    finding["script"] = [f"line {number}" for number in range(90)]
    [block] = blocks(printed(lines))
    assert len(block) <= MAX_BLOCK
    assert not any("line 0" in line for line in block)
    assert "a script of 90 lines" in " ".join(block)


def test_from_the_twenty_first_on_a_cause_has_one_line() -> None:
    lines = printed(repeated(23))
    found = [line for line in lines if re.match("C-[0-9a-f]{6}  ", line)]
    assert len(found) == 23
    assert all(line.endswith(" (1 finding)") for line in found[20:])
    assert not any(line.endswith(" (1 finding)") for line in found[:20])


def test_the_summary_counts_causes() -> None:
    end = " ".join(printed(repeated(2))[-3:])
    assert "DIFFERS: " in end
    assert ": 2 causes (2 findings), 2 smuggling-relevant" in " ".join(end.split())
    counts = summary(record(repeated(2))).counts
    assert (counts.causes, counts.unexpected_causes, counts.smuggling_causes) == (2, 2, 2)
    assert (counts.accepted_causes, counts.non_failing_causes) == (0, 0)


def test_an_accepted_cause_has_one_line() -> None:
    lines = deepcopy(repeated(2))
    for line in (*of_kind(lines, "finding"), *of_kind(lines, "cause")):
        line["accepted"] = "as in 0.15"
    entries: list[Json] = [
        {"kind": "entry", "id": each["id"], "difference": "d", "state": "used"}
        for each in of_kind(lines, "cause")
    ]
    lines = with_footer([*lines[:-1], *entries, lines[-1]])
    shown = printed(lines)
    accepted = [line for line in shown if line.startswith("accepted: C-00000")]
    assert len(accepted) == 2
    assert all(len(line) <= WIDTH and line.endswith(": as in 0.15") for line in accepted)
    assert blocks(shown) == []
    assert "in 2 causes (2 findings), and in nothing else" in " ".join(" ".join(shown).split())


def test_what_does_not_fail_is_counted_and_shown_on_request() -> None:
    lines = real()
    other = [each for each in of_kind(lines, "cause") if not each["fails"]]
    assert other
    shown = " ".join(" ".join(printed(lines)).split())
    assert f"; {len(other)} do{'es' if len(other) == 1 else ''} not fail" in shown
    assert other[0]["id"] not in shown
    finding = other[0]["findings"][0]
    assert any(line.startswith(f"{finding}  ") for line in printed(lines, verbose=True))


def test_a_run_without_findings_says_what_was_checked() -> None:
    shown = printed(agreeing())
    assert shown[0].startswith("checked: ")
    assert any(line.startswith("AGREES: ") for line in shown)
    assert len(shown) <= 1 + MAX_SUMMARY + 2


@pytest.mark.parametrize("width", [1, 40, 200])
def test_any_width_will_do(width: int) -> None:
    text = StringIO()
    show_report(record(), Console(file=text, width=width))
    assert "DIFFERS:" in text.getvalue()


def test_a_cause_in_full_names_its_other_findings() -> None:
    read = record()
    cause = summary(read).causes[0]
    text = StringIO()
    show_cause(cause, read.header, Console(file=text, width=WIDTH))
    for finding in cause.findings:
        assert f"{finding['id']}  " in text.getvalue()


def test_no_title_looks_like_a_difference() -> None:
    titles = [each["title"] for each in of_kind(real(), "cause")]
    assert [title for title in titles if re.search(" in [A-Z_]+/[A-Z_]+", title)] == []
