"""Tests the changes between the releases that can be compared."""

from __future__ import annotations

from typing import Any

from matrix_helper import column, finding

from h11spec.reports.analysis.matrix import Column, matrix, redact
from h11spec.reports.analysis.release_changes import ReleaseChanges, release_changes
from h11spec.strategies.program import Json


def of(*columns: Column, **options: Any) -> list[ReleaseChanges]:
    return list(release_changes(matrix(columns), **options))


def test_releases_of_one_distribution_are_compared_in_their_order() -> None:
    columns = column("x 0.10"), column("y 1"), column("x 0.9"), column("x 0.9", python="PyPy")
    assert [(each.old, each.new) for each in of(*columns)] == [(2, 0)]


def test_consecutive_columns_can_be_compared_instead() -> None:
    pairs = of(column("x 2"), column("y 1"), column("x 1"), consecutive=True)
    assert [(each.old, each.new) for each in pairs] == [(0, 1), (1, 2)]


def test_missing_and_redacted_releases_are_skipped() -> None:
    secret = redact(column("x 2", finding("a/one", smuggling=True)))
    assert of(column("x 1"), secret, Column("x 3", None, "why")) == []


def test_the_same_difference_in_several_checks_is_one_change() -> None:
    [changes] = of(column("x 1", finding("a/one"), finding("b/one")), column("x 2"))
    [change] = changes.changes
    assert (change.kind, change.checks) == ("resolved", ["a/one", "b/one"])
    assert (change.old, change.new) == ("event", "RemoteProtocolError")


def test_new_and_altered_findings_are_changes() -> None:
    old = column("x 1", finding("a/one", "state client"))
    new = column("x 2", finding("a/one", "state server"), finding("b/one", "other"))
    [changes] = of(old, new)
    assert [(each.kind, each.old, each.new) for each in changes.changes] == [
        ("introduced", "RemoteProtocolError", "other"),
        ("altered", "state client", "state server"),
    ]


def test_conformance_comes_from_both_records() -> None:
    old = column("x 1", finding("a/one"), results={"a/one": {"conforms": False}})
    [changes] = of(old, column("x 2", results={"a/one": {"conforms": True}}))
    assert changes.changes[0].conforming == "the older broke it, the newer keeps it"


def test_non_failing_changes_are_counted() -> None:
    [changes] = of(column("x 1", finding("a/one", fails=False)), column("x 2"))
    assert (changes.changes, changes.soft) == ((), 1)


def test_findings_that_cannot_be_compared_are_counted() -> None:
    many = column("x 2", results={"a/one": {"omitted": 3}})
    [changes] = of(column("x 1", finding("a/one")), many)
    assert (changes.changes, changes.not_compared) == ((), 1)


def test_when_both_are_run_only_differences_between_them_are_changes() -> None:
    """An earlier difference may hide that the two do the same."""
    asked: list[tuple[int, int]] = []

    def run_both(old: int, new: int) -> list[Json]:
        asked.append((old, new))
        return [finding("b/one", "really", expected="before", smuggling=True)]

    [changes] = of(column("x 1", finding("a/one")), column("x 2"), run_both=run_both)
    assert asked == [(0, 1)]
    [change] = changes.changes
    assert (change.kind, change.old, change.new) == ("changed", "before", "really")
    assert changes.executed


def test_releases_without_findings_are_not_run() -> None:
    def run_both(old: int, new: int) -> list[Json]:
        raise AssertionError

    [changes] = of(column("x 1"), column("x 2"), run_both=run_both)
    assert changes.changes == ()
