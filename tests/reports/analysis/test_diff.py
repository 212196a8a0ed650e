"""What changed between two records: fixed, new, changed, and what neither of them can say."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from reports_helper import (
    UNSEEN,
    agreeing,
    broken_off,
    counted,
    hostile,
    interrupted,
    of_kind,
    real,
    record,
)
from rich.console import Console

from h11spec.reports.analysis.diff import Diff, diff
from h11spec.reports.formats.diff_text import changes_as_data, changes_in_markdown, show_changes
from h11spec.strategies.programs import Json


def of(old: list[Json], new: list[Json]) -> Diff:
    return diff(record(old), record(new))


def ids(findings: Any) -> list[str]:
    return [finding["id"] for finding in findings]


def text(changes: Diff) -> str:
    shown = StringIO()
    show_changes(changes, Console(file=shown, width=80))
    return shown.getvalue()


FOUND = of_kind(real(), "finding")


def test_the_same_record_has_not_changed() -> None:
    changes = of(real(), real())
    assert changes.same == len(FOUND)
    assert not any((changes.fixed, changes.appeared, changes.changed, changes.gone, changes.came))
    assert text(changes) == f"0 new, 0 changed, 0 fixed, {len(FOUND)} as before\n"


def test_what_is_gone_is_fixed_and_what_came_is_new() -> None:
    assert ids(of(real(), agreeing()).fixed) == ids(FOUND)
    assert ids(of(agreeing(), real()).appeared) == ids(FOUND)


def test_what_is_judged_otherwise_is_changed() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["accepted"] = "a reason"
    [change] = of(real(), counted(lines)).changed
    assert change.new["id"] == FOUND[0]["id"]
    assert change.what == ("accepted: was none, is a reason",)


def test_another_outcome_of_the_same_program_is_a_change() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["actual"] = "other"
    [change] = of(real(), lines).changed
    assert change.what[0].startswith("got: was ")
    of_kind(lines, "finding")[0]["program"]["steps"].append({"do": "eof"})
    assert of(real(), lines).changed == ()


def test_another_difference_at_the_same_place_is_a_change() -> None:
    """The check finds it in the same step of the same states, and it is the only one there."""
    lines = real()
    place, _, _ = FOUND[0]["difference"].partition(": ")
    of_kind(lines, "finding")[0] |= {"id": "D-000000", "difference": f"{place}: state client"}
    changes = of(real(), lines)
    [change] = changes.changed
    assert (change.old["id"], change.new["id"]) == (FOUND[0]["id"], "D-000000")
    assert not changes.fixed
    assert not changes.appeared


def test_what_was_not_run_is_not_fixed() -> None:
    check = FOUND[0]["check"]
    fewer = [line for line in agreeing() if line.get("check") != check]
    changes = of(real(), fewer)
    assert check not in {each["check"] for each in changes.fixed}
    assert {each.why for each in changes.gone} == {"its check was not run"}
    assert changes.only_old == (check,)
    assert "1 check of the old run alone" in text(changes)


def test_what_was_not_run_before_is_not_new() -> None:
    changes = of(broken_off(), real())
    assert not changes.appeared
    header = real()[:1]
    changes = of(header, real())
    assert ids(each.finding for each in changes.came) == ids(FOUND)
    assert changes.unlike == ("the run: was broke off, is complete",)


def test_what_was_not_run_to_the_end_is_not_fixed() -> None:
    def why(**result: Any) -> set[str]:
        lines = agreeing()
        for each in of_kind(lines, "result"):
            each |= result
        return {each.why for each in of(real(), counted(lines)).gone}

    assert why(truncated=1) == {"its check was not run to the end"}
    assert why(omitted=1) == {"its check found more than is in the record"}
    assert why(phase="sweeps") == {"its check was not run in vectors"}
    assert {each.why for each in of(real(), interrupted()).gone} == {
        "its check was not run to the end"
    }


def test_what_was_not_alike_about_the_runs_is_said() -> None:
    lines = real()
    lines[0]["settings"]["seed"] = 7
    lines[0]["target"]["version"] = "9"
    changes = of(real(), lines)
    assert any(each == "seed: was 0, is 7" for each in changes.unlike)
    assert any(each.startswith("target: was ") for each in changes.unlike)
    assert "The two runs are not alike" in text(changes)


def test_every_form_says_the_same() -> None:
    changes = of(agreeing(), real())
    form = json.loads(changes_as_data(changes))
    assert ids(form["new_findings"]) == ids(FOUND)
    for said in (text(changes), changes_in_markdown(changes)):
        assert f"{len(FOUND)} new, 0 changed, 0 fixed" in said
        assert all(id in said for id in ids(FOUND))


def test_hostile_text_is_inert_in_every_form() -> None:
    changes = of(hostile("tame"), hostile())
    assert changes.unlike
    for said in (text(changes), changes_in_markdown(changes), changes_as_data(changes)):
        assert not set(said) & {*UNSEEN, "\r", "\t"}
        said.encode("utf-8")
    markdown = changes_in_markdown(changes)
    assert "<script" not in markdown
    assert "@octocat" not in markdown


def test_markdown_is_never_longer_than_it_may_be() -> None:
    lines = real()
    more = [{**FOUND[0], "id": f"D-{at:06x}", "difference": f"{at}"} for at in range(2_000)]
    many = counted([lines[0], *more, *lines[len(FOUND) + 1 :]])
    text = changes_in_markdown(of(agreeing(), many), most=20_000)
    assert 15_000 < len(text) <= 20_000
    assert "found no room here" in text
