"""Implementations beside checks: what stands in a cell, who agrees, and what is not told."""

from __future__ import annotations

from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import Cell, Column, matrix, only_failing, redact


def test_a_cell_has_the_verdict_and_what_was_found() -> None:
    made = matrix([column("x 1", finding("a/one")), column("x 2")])
    one, two, _ = made.rows
    [difference] = made.differences
    assert one.cells == (Cell("fail", "", (difference.key,)), Cell("pass"))
    assert (one.differs, two.differs) == (True, False)
    assert made.areas == {"a": ((1, 2), (0, 2)), "b": ((0, 1), (0, 1))}


def test_what_several_checks_and_columns_show_alike_is_one_difference() -> None:
    made = matrix(
        [column("x 1", finding("a/one"), finding("b/one")), column("x 2", finding("a/two"))]
    )
    [difference] = made.differences
    assert difference.checks == ["a/one", "a/two", "b/one"]
    assert [*difference.groups] == [0, 1]


def test_what_touches_the_end_of_messages_comes_first_and_what_fails_nobody_last() -> None:
    found = (
        finding("a/one", "0", fails=False),
        finding("a/one", "1"),
        finding("a/one", "2", smuggling=True),
    )
    shows = [each.finding["actual"] for each in matrix([column("x 1", *found)]).differences]
    assert shows == ["2", "1", "0"]


def test_who_finds_the_same_agrees() -> None:
    same = [column(f"x {at}", finding("a/one")) for at in (1, 2)]
    assert matrix([same[0], column("x 3"), same[1]]).clusters == ((0, 2), (1,))


def test_who_is_not_known_whole_agrees_with_nobody() -> None:
    broken = column("x 2", broke_off=True)
    made = matrix([column("x 1"), broken, Column("x 3", None, "why")])
    assert made.clusters == ((0,), (1,), (2,))
    assert made.run_differences == ("x 2: the run broke off",)


def test_a_requirement_that_is_kept_otherwise_is_no_agreement() -> None:
    kept = {"a/one": {"conforms": True}}
    assert len(matrix([column("x 1", results=kept), column("x 2")]).clusters) == 2


def test_columns_are_called_each_otherwise() -> None:
    columns = [
        column("x 1"),
        column("x 1", python="PyPy 7"),
        column("x 1"),
        Column("y", None, "why"),
    ]
    titles = ("x 1, CPython 3.11", "x 1, PyPy 7", "x 1, CPython 3.11 (2)", "y")
    assert matrix(columns).titles == titles


def test_what_was_run_otherwise_is_said() -> None:
    other = column("x 3")
    assert other.record is not None
    other.record.header["settings"]["phases"] = ["vectors"]
    made = matrix([column("x 1"), column("x 2"), other])
    assert made.run_differences == ("x 3: phases vectors, and elsewhere sweeps",)


def test_of_what_is_withheld_nothing_says_where_it_is() -> None:
    """A check that fails for it alone looks like one that passes, and like one that was not run."""
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


def test_who_has_nothing_to_withhold_is_shown_as_it_is() -> None:
    assert redact(column("x 1", finding("a/one"))).redacted == 0
    made = matrix([redact(column("x 1")), column("x 2")])
    assert made.clusters == ((0, 1),)


def test_what_fails_nobody_can_be_left_out() -> None:
    soft = finding("a/one", "text", fails=False)
    made = matrix(
        [
            only_failing(column("x 1", soft, finding("a/two"))),
            only_failing(Column("y", None, "why")),
        ]
    )
    assert [each.finding["check"] for each in made.differences] == ["a/two"]
