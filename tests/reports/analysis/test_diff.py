"""What changed between two records: fixed, new, changed, and what neither of them can say."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from reports_helper import (
    UNSEEN,
    agreeing,
    broken_off,
    hostile,
    interrupted,
    of_kind,
    real,
    record,
    with_footer,
)
from rich.console import Console

from h11spec.reports.analysis.diff import Diff, diff
from h11spec.reports.formats.diff_text import diff_as_json, diff_in_markdown, show_diff
from h11spec.strategies.program import Json


def of(old: list[Json], new: list[Json]) -> Diff:
    return diff(record(old), record(new))


def ids(findings: Any) -> list[str]:
    return [finding["id"] for finding in findings]


def text(changes: Diff) -> str:
    shown = StringIO()
    show_diff(changes, Console(file=shown, width=80))
    return shown.getvalue()


FOUND = of_kind(real(), "finding")


def test_a_record_does_not_differ_from_itself() -> None:
    changes = of(real(), real())
    assert changes.unchanged == len(FOUND)
    assert not any(
        (
            changes.fixed,
            changes.introduced,
            changes.changed,
            changes.missing_in_new,
            changes.missing_in_old,
        )
    )
    assert text(changes) == "0 new causes, 0 changed, 0 fixed, 2 unchanged\n"


def test_findings_of_one_record_are_fixed_or_introduced() -> None:
    assert ids(of(real(), agreeing()).fixed) == ids(FOUND)
    assert ids(of(agreeing(), real()).introduced) == ids(FOUND)


def test_another_judgement_of_a_finding_is_a_change() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["accepted"] = "a reason"
    [change] = of(real(), with_footer(lines)).changed
    assert change.new["id"] == FOUND[0]["id"]
    assert change.details == ("accepted: was none, is a reason",)


def test_another_outcome_of_the_same_program_is_a_change() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["actual"] = "other"
    [change] = of(real(), lines).changed
    assert change.details[0].startswith("got: was ")
    of_kind(lines, "finding")[0]["program"]["steps"].append({"do": "eof"})
    assert of(real(), lines).changed == ()


def test_another_difference_at_the_same_place_is_a_change() -> None:
    """If it is the only one that the check has there: the same step in the same states."""
    lines = real()
    place, _, _ = FOUND[0]["difference"].partition(": ")
    of_kind(lines, "finding")[0] |= {"id": "D-000000", "difference": f"{place}: state client"}
    for cause in of_kind(lines, "cause"):
        cause["findings"] = ["D-000000" if id == FOUND[0]["id"] else id for id in cause["findings"]]
    changes = of(real(), lines)
    [change] = changes.changed
    assert (change.old["id"], change.new["id"]) == (FOUND[0]["id"], "D-000000")
    assert not changes.fixed
    assert not changes.introduced


def test_a_finding_is_not_fixed_if_its_check_was_not_run() -> None:
    check = FOUND[0]["check"]
    fewer = [line for line in agreeing() if line.get("check") != check]
    changes = of(real(), fewer)
    assert check not in {each["check"] for each in changes.fixed}
    assert {each.reason for each in changes.missing_in_new} == {"its check was not run"}
    assert changes.checks_only_in_old == (check,)
    assert "1 check only in the old run" in text(changes)


def test_a_finding_is_not_new_if_its_check_was_not_run_before() -> None:
    changes = of(broken_off(), real())
    assert not changes.introduced
    header = real()[:1]
    changes = of(header, real())
    assert ids(each.finding for each in changes.missing_in_old) == ids(FOUND)
    assert changes.run_differences == ("the run: was broke off, is complete",)


def test_a_finding_is_not_fixed_if_its_check_did_not_finish() -> None:
    def reasons(**result: Any) -> set[str]:
        lines = agreeing()
        for each in of_kind(lines, "result"):
            each |= result
        return {each.reason for each in of(real(), with_footer(lines)).missing_in_new}

    assert reasons(truncated=1) == {"its check was not run to the end"}
    assert reasons(omitted=1) == {"its check found more than is in the record"}
    assert reasons(phase="sweeps") == {"its check was not run in vectors"}
    assert {each.reason for each in of(real(), interrupted()).missing_in_new} == {
        "its check was not run to the end"
    }


def test_different_conditions_of_the_runs_are_reported() -> None:
    lines = real()
    lines[0]["settings"]["seed"] = 7
    lines[0]["target"]["version"] = "9"
    changes = of(real(), lines)
    assert any(each == "seed: was 0, is 7" for each in changes.run_differences)
    assert any(each.startswith("target: was ") for each in changes.run_differences)
    assert "The two runs differ in their conditions" in text(changes)


def test_every_format_has_the_same_findings() -> None:
    changes = of(agreeing(), real())
    form = json.loads(diff_as_json(changes))
    assert ids(form["new_findings"]) == ids(FOUND)
    for output in (text(changes), diff_in_markdown(changes)):
        assert "2 new causes, 0 changed, 0 fixed" in output
        assert all(id in output for id in ids(FOUND))


def test_hostile_text_is_escaped_in_every_format() -> None:
    changes = of(hostile("tame"), hostile())
    assert changes.run_differences
    for output in (text(changes), diff_in_markdown(changes), diff_as_json(changes)):
        assert not set(output) & {*UNSEEN, "\r", "\t"}
        output.encode("utf-8")
    markdown = diff_in_markdown(changes)
    assert "<script" not in markdown
    assert "@octocat" not in markdown


def test_markdown_keeps_to_its_maximum_length() -> None:
    lines = real()
    more = [{**FOUND[0], "id": f"D-{at:06x}", "difference": f"{at}"} for at in range(2_000)]
    many = with_footer([lines[0], *more, *of_kind(lines, "result"), lines[-1]])
    text = diff_in_markdown(of(agreeing(), many), max_length=20_000)
    assert 15_000 < len(text) <= 20_000
    assert "did not fit" in text
