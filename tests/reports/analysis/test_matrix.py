"""Tests the matrix: its cells, and which columns agree."""

from __future__ import annotations

from matrix_helper import column, finding

from h11spec.reports.analysis.disclosure import redact
from h11spec.reports.analysis.matrix import Cell, Column, matrix


def test_a_cell_has_the_verdict_the_findings_and_their_causes() -> None:
    found = finding("a/one")
    made = matrix([column("x 1", found), column("x 2")])
    one, two, _ = made.rows
    [cause] = made.causes
    assert one.cells == (Cell("fail", "", (found["id"],), (cause.id,)), Cell("pass"))
    assert (one.differs, two.differs) == (True, False)
    assert made.areas == {"a": ((1, 2), (0, 2)), "b": ((0, 1), (0, 1))}


def test_a_cause_is_shared_by_checks_and_columns() -> None:
    """Without causes in the records, what differs in the same way is taken for one."""
    made = matrix(
        [column("x 1", finding("a/one"), finding("b/one")), column("x 2", finding("a/two"))]
    )
    [cause] = made.causes
    assert cause.checks == ["a/one", "a/two", "b/one"]
    assert [*cause.causes] == [0, 1]
    assert [made.findings(cause, at) for at in (0, 1)] == [2, 1]


def test_findings_about_one_element_are_one_cause_whether_or_not_its_text_names_it() -> None:
    """The finding of a sweep names the element that it is about, that of another check does not."""
    found = finding("a/one", "event (long)", cause="long"), finding("b/one", cause="long")
    made = matrix([column("x 1", *found)])
    [cause] = made.causes
    assert {cell.causes for row in made.rows for cell in row.cells} == {(cause.id,), ()}


def test_smuggling_relevant_causes_come_first_and_non_failing_ones_last() -> None:
    found = (
        finding("a/one", "0", fails=False),
        finding("a/one", "1"),
        finding("a/one", "2", smuggling=True),
    )
    causes = matrix([column("x 1", *found)]).causes
    assert [each.shown.clearest["actual"] for each in causes] == ["2", "1", "0"]


def test_the_findings_of_a_cause_are_unknown_where_nothing_was_run_or_some_are_withheld() -> None:
    secret = finding("a/two", "secret", smuggling=True)
    made = matrix(
        [
            column("x 1", finding("a/one")),
            redact(column("y 1", secret)),
            redact(column("y 2")),
            Column("z", None, "why"),
        ]
    )
    [cause] = made.causes
    assert [made.findings(cause, at) for at in range(4)] == [1, None, 0, None]


def test_columns_with_the_same_findings_agree() -> None:
    same = [column(f"x {at}", finding("a/one")) for at in (1, 2)]
    assert matrix([same[0], column("x 3"), same[1]]).clusters == ((0, 2), (1,))


def test_an_incomplete_column_agrees_with_no_other() -> None:
    broken = column("x 2", broke_off=True)
    made = matrix([column("x 1"), broken, Column("x 3", None, "why")])
    assert made.clusters == ((0,), (1,), (2,))
    assert made.run_differences == ("x 2: the run broke off",)


def test_columns_that_conform_differently_do_not_agree() -> None:
    kept = {"a/one": {"conforms": True}}
    assert len(matrix([column("x 1", results=kept), column("x 2")]).clusters) == 2


def test_titles_of_columns_are_unique() -> None:
    columns = [
        column("x 1"),
        column("x 1", python="PyPy 7"),
        column("x 1"),
        Column("y", None, "why"),
    ]
    titles = ("x 1, CPython 3.11", "x 1, PyPy 7", "x 1, CPython 3.11 (2)", "y")
    assert matrix(columns).titles == titles


def test_unusual_settings_of_a_run_are_reported() -> None:
    other = column("x 3")
    assert other.record is not None
    other.record.header["settings"]["phases"] = ["vectors"]
    made = matrix([column("x 1"), column("x 2"), other])
    assert made.run_differences == ("x 3: phases vectors, and elsewhere sweeps",)


def test_a_redacted_column_agrees_with_no_other() -> None:
    """What was removed from two of them may differ."""
    secret = finding("a/one", smuggling=True)
    columns = [redact(column(name, secret)) for name in ("x 1", "x 2")]
    assert matrix(columns).clusters == ((0,), (1,))
