"""Tests the summary that is computed from a record."""

from __future__ import annotations

from typing import Any

import pytest
from reports_helper import agreeing, broken_off, interrupted, of_kind, real, record, with_footer

from h11spec.reports.analysis.summary import End, Summary, summary
from h11spec.strategies.program import Json


def of(lines: list[Json]) -> Summary:
    return summary(record(lines))


def accepted() -> list[Json]:
    """The run with a baseline that accepts all its findings."""
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    return with_footer(lines)


def stale() -> list[Json]:
    lines = agreeing()
    entry = {"kind": "entry", "id": "D-000000", "difference": "a", "state": "stale"}
    return with_footer([*lines[:-1], entry, lines[-1]])


def breaking() -> list[Json]:
    lines = [line for line in real() if line["kind"] not in ("finding", "cause")]
    [broken, *_] = of_kind(real(), "finding")
    broken |= {"aspect": "rfc", "field": "rule"}
    return with_footer([lines[0], broken, *lines[1:]])


@pytest.mark.parametrize(
    ("lines", "word", "end"),
    [
        (real, "DIFFERS", "complete"),
        (agreeing, "AGREES", "complete"),
        (accepted, "ACCEPTED", "complete"),
        (stale, "STALE", "complete"),
        (breaking, "BREAKS", "complete"),
        (interrupted, "INCOMPLETE", "interrupted"),
        (lambda: agreeing(complete=False), "INCOMPLETE", "cut short"),
        (broken_off, "BROKE OFF", "broke off"),
        (lambda: with_footer(real(), complete=False), "DIFFERS", "cut short"),
    ],
)
def test_the_verdict_is_the_most_important_statement(lines: Any, word: str, end: End) -> None:
    result = of(lines())
    assert (result.verdict.word, result.end) == (word, end)
    assert result.verdict in result.statements


def test_an_incomplete_run_never_agrees() -> None:
    for lines in (interrupted(), agreeing()[:-1], agreeing(complete=False)):
        words = {each.word for each in of(lines).statements}
        assert not words & {"AGREES", "ACCEPTED"}
        assert words & {"INCOMPLETE", "BROKE OFF"}


def test_a_run_that_broke_off_reports_its_findings() -> None:
    assert {each.word for each in of(broken_off()).statements} == {"BROKE OFF", "DIFFERS"}


def test_counts_are_those_of_the_footer() -> None:
    result, footer = of(real()), real()[-1]
    for name in ("findings", "failing", "unexpected", "stale", "omitted"):
        assert getattr(result.counts, name) == footer[name]
    assert result.counts.smuggling == sum(each["smuggling"] for each in of_kind(real(), "finding"))
    assert of(accepted()).counts.accepted == footer["failing"]


def test_findings_with_the_same_difference_are_one_group() -> None:
    """The simplest one is shown; a finding that does not fail is in another group."""
    lines = real()
    first = of_kind(lines, "finding")[0]
    simpler = {**first, "id": "D-000001", "check": "cuts/once"}
    simpler["program"] = {**first["program"], "steps": first["program"]["steps"][-1:]}
    simpler["step"] = 0
    non_failing = {**first, "id": "D-000002", "fails": False}
    result = of(with_footer([*lines[:-1], simpler, non_failing, lines[-1]]))
    same = [group for group in result.groups if group.simplest["difference"] == first["difference"]]
    assert [each.fails for each in same] == [True, False]
    assert same[0].simplest["id"] == "D-000001"
    assert [each["id"] for each in same[0].rest] == [first["id"]]


def test_the_most_important_groups_come_first() -> None:
    """Those that fail and are not accepted; of these, the smuggling-relevant ones."""
    lines = real()
    template = of_kind(lines, "finding")[0]
    kinds = [
        (fails, reason, smuggling)
        for fails in (False, True)
        for reason in ("a reason", None)
        for smuggling in (False, True)
    ]
    findings: list[Json] = [
        {
            **template,
            "id": f"D-{at:06}",
            "difference": f"{at}",
            "fails": fails,
            "accepted": reason,
            "smuggling": smuggling,
        }
        for at, (fails, reason, smuggling) in enumerate(kinds)
    ]
    result = of(with_footer([lines[0], *findings, lines[-1]]))
    order = [(each.fails, each.accepted, each.smuggling) for each in result.groups]
    assert order[:4] == [
        (True, False, True),
        (True, False, False),
        (True, True, True),
        (True, True, False),
    ]
    assert not any(fails for fails, _, _ in order[4:])


def test_phases_and_areas_have_the_sums_of_their_results() -> None:
    result, results = of(real()), of_kind(real(), "result")
    for parts in (result.phases, result.areas):
        assert sum(part.results for part in parts) == len(results)
        assert sum(part.programs for part in parts) == sum(each["programs"] for each in results)
        assert sum(part.failed for part in parts) == dict(result.verdicts)["fail"] > 0
    assert [part.name for part in result.areas] == ["chunked", "framing"]
    assert [part.name for part in result.phases] == ["vectors"]


def test_omitted_truncated_and_inapplicable_programs_are_counted() -> None:
    lines = agreeing()
    [first, second, *_] = of_kind(lines, "result")
    first |= {"truncated": 2, "inapplicable": 3, "omitted": 4, "deviations": {"a": 5}}
    second["deviations"] = {"a": 1}
    [phase] = of(with_footer(lines)).phases
    assert (phase.truncated, phase.inapplicable) == (2, 3)
    assert phase.omitted == ((first["check"], 4),)
    assert phase.deviations == (("a", 6),)


def test_baseline_entries_are_grouped_by_state() -> None:
    [entries] = of(stale()).baseline
    assert (entries.state, entries.description) == ("stale", "accepted and no longer found")
    assert of(real()).baseline == ()


def test_the_environment_has_versions_settings_and_platform() -> None:
    environment = dict(of(real()).environment)
    header = real()[0]
    assert header["h11spec"] in environment["made by"]
    assert environment["phases"] == "vectors"
    assert environment["checks"] == "chunked/, framing/"
    assert environment["in process"] == "yes"
    assert environment["max time"] == "none"
    assert environment["platform"] == header["platform"]


def test_surprising_origins_of_code_are_remarked_on() -> None:
    lines = real()
    assert of(lines).target.remarks == []
    lines[0]["target"] |= {"borrowed_from": "h11", "added": "h11 0.16.0"}
    borrowed, added = of(lines).target.remarks
    assert "hands out the one of h11" in borrowed
    assert "h11 0.16.0 was installed beside it" in added


@pytest.mark.parametrize(
    ("reasons", "accepted"),
    [(("known", "known"), True), (("known", None), False), ((None, None), False)],
)
def test_a_group_is_accepted_if_all_its_findings_are(
    reasons: tuple[str | None, str | None], accepted: bool
) -> None:
    lines = real()
    template = of_kind(lines, "finding")[0]
    found: list[Json] = [
        {**template, "id": f"D-{at:06}", "accepted": reason} for at, reason in enumerate(reasons)
    ]
    [group] = of(with_footer([lines[0], *found, lines[-1]])).groups
    assert group.accepted is accepted
