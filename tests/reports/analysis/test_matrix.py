"""Tests the matrix: its cells, which columns agree, and what is redacted."""

from __future__ import annotations

from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import Cell, Column, matrix, only_failing, redact


def test_a_cell_has_the_verdict_and_the_differences() -> None:
    made = matrix([column("x 1", finding("a/one")), column("x 2")])
    one, two, _ = made.rows
    [difference] = made.differences
    assert one.cells == (Cell("fail", "", (difference.key,)), Cell("pass"))
    assert (one.differs, two.differs) == (True, False)
    assert made.areas == {"a": ((1, 2), (0, 2)), "b": ((0, 1), (0, 1))}


def test_a_difference_is_shared_by_checks_and_columns() -> None:
    made = matrix(
        [column("x 1", finding("a/one"), finding("b/one")), column("x 2", finding("a/two"))]
    )
    [difference] = made.differences
    assert difference.checks == ["a/one", "a/two", "b/one"]
    assert [*difference.groups] == [0, 1]


def test_findings_about_one_element_are_one_difference_whether_or_not_its_text_names_it() -> None:
    """The finding of a sweep names the element that it is about, that of another check does not."""
    found = finding("a/one", "event (long)", cause="long"), finding("b/one", cause="long")
    made = matrix([column("x 1", *found)])
    [difference] = made.differences
    assert {cell.differences for row in made.rows for cell in row.cells} == {(difference.key,), ()}


def test_smuggling_relevant_differences_come_first_and_non_failing_ones_last() -> None:
    found = (
        finding("a/one", "0", fails=False),
        finding("a/one", "1"),
        finding("a/one", "2", smuggling=True),
    )
    order = [each.finding["actual"] for each in matrix([column("x 1", *found)]).differences]
    assert order == ["2", "1", "0"]


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


def test_no_cell_reveals_the_check_of_a_redacted_finding() -> None:
    """A check that only fails for it looks like one that passes, or was not run."""
    secret = (
        finding("a/one", smuggling=True),
        finding("a/two", aspect="fault"),
        finding("b/one", "error: expected RemoteProtocolError 431, got Data"),
    )
    whole = column("x 1", *secret, finding("b/one", "open"), results={"a/one": {"conforms": False}})
    made = matrix([redact(whole), column("x 2")])
    assert made.columns[0].redacted == 3
    assert [line.cells[0].verdict for line in made.rows] == ["", "", "fail"]
    assert {line.cells[0].conformance for line in made.rows} == {""}
    assert [each.finding["actual"] for each in made.differences] == ["open"]
    assert made.clusters == ((0,), (1,))


def test_a_column_without_sensitive_findings_is_not_redacted() -> None:
    assert redact(column("x 1", finding("a/one"))).redacted == 0
    made = matrix([redact(column("x 1")), column("x 2")])
    assert made.clusters == ((0, 1),)


def test_only_failing_findings_can_be_shown() -> None:
    soft = finding("a/one", "text", fails=False)
    made = matrix(
        [
            only_failing(column("x 1", soft, finding("a/two"))),
            only_failing(Column("y", None, "why")),
        ]
    )
    assert [each.finding["check"] for each in made.differences] == ["a/two"]


def test_a_redacted_column_agrees_with_no_other() -> None:
    """What was removed from two of them may differ."""
    secret = finding("a/one", smuggling=True)
    columns = [redact(column(name, secret)) for name in ("x 1", "x 2")]
    assert matrix(columns).clusters == ((0,), (1,))
