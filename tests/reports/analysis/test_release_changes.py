"""What changed between releases: each once, and only between those that can be compared."""

from __future__ import annotations

from typing import Any

from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import Column, matrix, redact
from h11spec.reports.analysis.release_changes import ReleaseChanges, release_changes
from h11spec.strategies.programs import Json


def of(*columns: Column, **options: Any) -> list[ReleaseChanges]:
    return list(release_changes(matrix(columns), **options))


def test_releases_of_one_distribution_are_compared_in_their_order() -> None:
    columns = column("x 0.10"), column("y 1"), column("x 0.9"), column("x 0.9", python="PyPy")
    assert [(each.old, each.new) for each in of(*columns)] == [(2, 0)]


def test_otherwise_each_is_compared_with_the_one_before() -> None:
    pairs = of(column("x 2"), column("y 1"), column("x 1"), consecutive=True)
    assert [(each.old, each.new) for each in pairs] == [(0, 1), (1, 2)]


def test_a_release_that_is_not_there_or_not_told_of_is_left_out() -> None:
    secret = redact(column("x 2", finding("a/one", smuggling=True)))
    assert of(column("x 1"), secret, Column("x 3", None, "why")) == []


def test_what_several_checks_show_alike_is_one_change() -> None:
    [update] = of(column("x 1", finding("a/one"), finding("b/one")), column("x 2"))
    [shift] = update.changes
    assert (shift.kind, shift.checks) == ("resolved", ["a/one", "b/one"])
    assert (shift.old, shift.new) == ("event", "RemoteProtocolError")


def test_what_began_and_what_is_otherwise() -> None:
    old = column("x 1", finding("a/one", "state client"))
    new = column("x 2", finding("a/one", "state server"), finding("b/one", "other"))
    [update] = of(old, new)
    assert [(each.kind, each.old, each.new) for each in update.changes] == [
        ("introduced", "RemoteProtocolError", "other"),
        ("altered", "state client", "state server"),
    ]


def test_who_keeps_a_requirement_is_what_both_runs_say() -> None:
    old = column("x 1", finding("a/one"), results={"a/one": {"conforms": False}})
    [update] = of(old, column("x 2", results={"a/one": {"conforms": True}}))
    assert update.changes[0].conforming == "the older broke it, the newer keeps it"


def test_what_fails_nobody_is_counted() -> None:
    [update] = of(column("x 1", finding("a/one", fails=False)), column("x 2"))
    assert (update.changes, update.soft) == ((), 1)


def test_what_the_other_run_cannot_say_is_counted_and_no_change() -> None:
    many = column("x 2", results={"a/one": {"omitted": 3}})
    [update] = of(column("x 1", finding("a/one")), many)
    assert (update.changes, update.not_compared) == ((), 1)


def test_where_both_were_run_only_what_differs_between_them_is_a_change() -> None:
    """What the records alone take for a change may have been hidden behind another difference."""
    asked: list[tuple[int, int]] = []

    def between(old: int, new: int) -> list[Json]:
        asked.append((old, new))
        return [finding("b/one", "really", expected="before", smuggling=True)]

    [update] = of(column("x 1", finding("a/one")), column("x 2"), run_both=between)
    assert asked == [(0, 1)]
    [shift] = update.changes
    assert (shift.kind, shift.old, shift.new) == ("changed", "before", "really")
    assert update.executed


def test_nobody_is_run_where_nothing_was_found() -> None:
    def between(old: int, new: int) -> list[Json]:
        raise AssertionError

    [update] = of(column("x 1"), column("x 2"), run_both=between)
    assert update.changes == ()
