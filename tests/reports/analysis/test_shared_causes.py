"""The causes of many implementations: which are the same one, and which may be disclosed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import Column, matrix, only_failing, redact
from h11spec.reports.analysis.shared_causes import shared_causes
from h11spec.strategies.program import Json


def cause(id: str, *findings: Json, **more: Any) -> Json:
    first = findings[0]
    return {
        **{name: first[name] for name in ("fails", "smuggling", "smuggling_risk", "accepted")},
        "kind": "cause",
        "id": id,
        "title": f"does {id}",
        "findings": [each["id"] for each in findings],
        **more,
    }


def caused(name: str, *causes: Json, found: tuple[Json, ...]) -> Column:
    """A column with these causes."""
    made = column(name, *found)
    assert made.record is not None
    return replace(made, record=replace(made.record, causes=list(causes)))


ONE, TWO = finding("a/one"), finding("a/two", "other")
SECRET = finding("b/one", "secret", smuggling=True)


def test_a_cause_is_the_same_in_all_columns_by_its_id_whatever_its_findings() -> None:
    made = matrix(
        [
            caused("x 1", cause("C-000001", ONE, TWO), found=(ONE, TWO)),
            caused("x 2", cause("C-000001", TWO), found=(TWO,)),
            column("x 3"),
        ]
    )
    [shared] = shared_causes(made)
    assert (shared.id, shared.title) == ("C-000001", "does C-000001")
    assert [shared.findings(at) for at in range(3)] == [2, 1, 0]


def test_smuggling_relevant_causes_come_first_and_then_those_of_most_columns() -> None:
    soft = finding("a/one", "text", fails=False)
    made = matrix(
        [
            caused("x 1", cause("C-000001", ONE), cause("C-000002", TWO), found=(ONE, TWO)),
            caused("x 2", cause("C-000002", TWO), cause("C-000003", soft), found=(TWO, soft)),
            caused("x 3", cause("C-000004", SECRET), found=(SECRET,)),
        ]
    )
    order = ["C-000004", "C-000002", "C-000001", "C-000003"]
    assert [each.id for each in shared_causes(made)] == order


def test_no_cause_of_a_redacted_column_reveals_a_removed_finding() -> None:
    """A cause with such a finding is removed; its other findings are shown without its title."""
    whole = caused("x 1", cause("C-000001", SECRET, ONE, title="secret"), found=(SECRET, ONE))
    [shared] = shared_causes(matrix([redact(whole)]))
    assert shared.id == ONE["id"]
    assert "secret" not in str(shared)


def test_causes_that_fail_no_run_can_be_left_out() -> None:
    soft = finding("a/one", "text", fails=False)
    both = caused("x 1", cause("C-000001", soft), cause("C-000002", TWO), found=(soft, TWO))
    assert [each.id for each in shared_causes(matrix([only_failing(both)]))] == ["C-000002"]
