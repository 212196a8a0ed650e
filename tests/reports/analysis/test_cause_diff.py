"""What changed between two records, in causes."""

from __future__ import annotations

import json
from io import StringIO

from reports_helper import agreeing, interrupted, of_kind, real, record, with_footer
from rich.console import Console

from h11spec.reports.analysis.cause_diff import CauseDiff, cause_diff
from h11spec.reports.analysis.diff import diff
from h11spec.reports.formats.diff_text import diff_as_json, show_diff
from h11spec.strategies.program import Json


def causes() -> list[Json]:
    return of_kind(real(), "cause")


def of(old: list[Json], new: list[Json]) -> CauseDiff:
    return cause_diff(diff(record(old), record(new)))


def text(old: list[Json], new: list[Json]) -> str:
    shown = StringIO()
    show_diff(diff(record(old), record(new)), Console(file=shown, width=200))
    return shown.getvalue()


def without_second_finding() -> list[Json]:
    """The run as if only the clearest finding of the first cause had been found."""
    lines = real()
    cause = of_kind(lines, "cause")[0]
    clearest, other = cause["findings"]
    cause["findings"] = [clearest]
    for result in of_kind(lines, "result"):
        result["findings"] = [id for id in result["findings"] if id != other]
    return with_footer(line for line in lines if line.get("id") != other)


def ids(causes: CauseDiff) -> tuple[list[str], list[str], list[str], int]:
    """The ids of the causes that are new, changed and fixed, and how many are unchanged."""
    return (
        [each.line["id"] for each in causes.introduced],
        [each.cause.line["id"] for each in causes.changed],
        [each.line["id"] for each in causes.fixed],
        causes.unchanged,
    )


def test_a_cause_of_one_record_is_new_or_fixed() -> None:
    both = [each["id"] for each in causes()]
    assert ids(of(agreeing(), real())) == (both, [], [], 0)
    assert ids(of(real(), agreeing())) == ([], [], both, 0)
    assert ids(of(real(), real())) == ([], [], [], 2)


def test_a_cause_that_no_run_to_the_end_was_without_is_not_fixed() -> None:
    assert ids(of(real(), interrupted())) == ([], [], [], 0)


def test_a_cause_with_more_or_fewer_findings_has_changed() -> None:
    first, other = causes()[0], causes()[0]["findings"][1]
    grown = of(without_second_finding(), real())
    assert ids(grown) == ([], [first["id"]], [], 1)
    assert (grown.changed[0].more, grown.changed[0].fewer) == ((other,), ())
    shrunk = of(real(), without_second_finding())
    assert ids(shrunk) == ([], [first["id"]], [], 1)
    assert (shrunk.changed[0].more, shrunk.changed[0].fewer) == ((), (other,))
    shown = text(real(), without_second_finding())
    assert f"{first['id']}  {first['title']}: 1 fixed finding: {other}\n" in shown


def test_a_cause_with_another_id_and_the_same_findings_is_unchanged() -> None:
    """An explanation may join or divide causes; the target does what it did before."""
    lines = real()
    of_kind(lines, "cause")[0]["id"] = "C-000000"
    assert ids(of(real(), lines)) == ([], [], [], 2)


def test_a_change_of_a_finding_is_shown_under_its_cause() -> None:
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    for cause in of_kind(lines, "cause"):
        cause["accepted"] = "a reason"
    new = with_footer(lines)
    assert ids(of(real(), new)) == ([], [each["id"] for each in causes()], [], 0)
    shown = text(real(), new)
    assert shown.startswith("CHANGED: 2 causes\n")
    first = causes()[0]
    assert shown.index(first["id"]) < shown.index(f"{first['findings'][0]}  ")
    assert "accepted: was none, is a reason" in shown


def test_the_document_has_causes_with_their_findings() -> None:
    form = json.loads(diff_as_json(diff(record(without_second_finding()), record(real()))))
    assert (form["new_causes"], form["fixed_causes"], form["unchanged_causes"]) == ([], [], 1)
    [change] = form["changed_causes"]
    assert change["id"] == causes()[0]["id"]
    assert change["new_findings"] == [causes()[0]["findings"][1]]
    form = json.loads(diff_as_json(diff(record(agreeing()), record(real()))))
    assert [len(each["findings"]) for each in form["new_causes"]] == [2, 1]
