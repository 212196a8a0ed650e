"""Tests the changes between the releases that can be compared, and which causes they are of."""

from __future__ import annotations

from typing import Any

from matrix_helper import cause, caused, column, finding

from h11spec.reports.analysis.disclosure import redact
from h11spec.reports.analysis.matrix import Column, matrix
from h11spec.reports.analysis.release_changes import (
    CauseOfChanges,
    ReleaseChanges,
    ReleaseDifference,
    release_changes,
)


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

    def run_both(old: int, new: int) -> list[ReleaseDifference]:
        asked.append((old, new))
        return [ReleaseDifference(finding("b/one", "really", expected="before", smuggling=True))]

    [changes] = of(column("x 1", finding("a/one")), column("x 2"), run_both=run_both)
    assert asked == [(0, 1)]
    [change] = changes.changes
    assert (change.kind, change.old, change.new) == ("changed", "before", "really")
    assert (change.cause.id, change.cause.title) == (finding("b/one", "really")["id"], "")
    assert changes.executed


def test_releases_without_findings_are_not_run() -> None:
    def run_both(old: int, new: int) -> list[ReleaseDifference]:
        raise AssertionError

    [changes] = of(column("x 1"), column("x 2"), run_both=run_both)
    assert changes.changes == ()


ONE, TWO, THREE = finding("a/one"), finding("a/two", "other"), finding("b/one", "third")
OLD = caused("x 1", cause("C-000001", ONE, TWO), cause("C-000002", THREE), found=(ONE, TWO, THREE))
NEW = caused("x 2", cause("C-000002", THREE), found=(THREE,))


# Has three findings of two causes, none of which "x 2" has.
OTHER = caused(
    "x 1", cause("C-000001", ONE, TWO), cause("C-000003", THREE), found=(ONE, TWO, THREE)
)


def rows(changes: ReleaseChanges) -> list[tuple[str, str, str, int]]:
    def row(each: CauseOfChanges) -> tuple[str, str, str, int]:
        return each.id, each.kind, each.title, len(each.changes)

    return list(map(row, changes.causes))


def executed(*differences: ReleaseDifference, old: Column = OLD, new: Column = NEW) -> Any:
    def run_both(_old: int, _new: int) -> tuple[ReleaseDifference, ...]:
        return differences

    [changes] = of(old, new, run_both=run_both)
    return rows(changes)


def test_changes_from_records_have_the_causes_of_their_findings() -> None:
    [changes] = of(OLD, NEW)
    assert rows(changes) == [("C-000001", "resolved", "does C-000001", 2)]


def test_what_both_releases_do_to_a_different_extent_is_no_beginning_or_end() -> None:
    more = caused("x 2", cause("C-000002", THREE, ONE), found=(THREE, ONE))
    [changes] = of(caused("x 1", cause("C-000002", THREE), found=(THREE,)), more)
    [each] = changes.causes
    assert (each.id, each.clearest.cause.direction) == ("C-000002", "")


def test_a_difference_has_the_cause_that_one_release_alone_has_and_that_is_about_it() -> None:
    shown = finding("a/one", "new outcome", expected="old outcome")
    difference = ReleaseDifference(shown, (ONE["id"], THREE["id"]), cause_id="C-0000ff")
    assert executed(difference) == [("C-000001", "resolved", "does C-000001", 1)]


def test_an_explanation_decides_between_causes() -> None:
    """The one that more findings speak for is not always the right one."""
    shown = finding("a/one", "new outcome", expected="old outcome")
    sources = (ONE["id"], TWO["id"], THREE["id"])
    right: Any = (("does something else", "older"), ("does C-000003", "older"))
    difference = ReleaseDifference(shown, sources, right, "C-0000ff")
    assert executed(difference, old=OTHER, new=column("x 2"))[0][0] == "C-000003"
    wrong: Any = (("does C-000003", "newer"),)
    difference = ReleaseDifference(shown, sources, wrong, "C-0000ff")
    assert executed(difference, old=OTHER, new=column("x 2"))[0][0] == "C-000001"


def test_an_explanation_finds_the_cause_behind_another_difference() -> None:
    """No finding is about what differs, as something else hides it on one side or both."""
    shown = finding("a/one", "new outcome", expected="old outcome")
    fitting: Any = (("does C-000001", "older"),)
    known = ReleaseDifference(shown, (), fitting, "C-0000ff")
    assert executed(known) == [("C-000001", "resolved", "does C-000001", 1)]
    fitting = (("sends no bytes", "newer"),)
    unknown = ReleaseDifference(shown, (), fitting, "C-0000ff")
    assert executed(unknown) == [("C-0000ff", "introduced", "sends no bytes", 1)]
    assert executed(ReleaseDifference(shown, (), (), "C-0000ff")) == [
        ("C-0000ff", "changed", "", 1)
    ]


def test_what_both_releases_do_does_not_explain_a_difference() -> None:
    shown = finding("a/one", "new outcome", expected="old outcome")
    fitting: Any = (("does C-000002", "older"),)
    difference = ReleaseDifference(shown, (), fitting, "C-0000ff")
    assert executed(difference) == [("C-0000ff", "changed", "", 1)]


def test_differences_with_one_explanation_are_one_change() -> None:
    fitting: Any = (("sends no bytes", "newer"),)
    differences = [
        ReleaseDifference(finding(check, what), (), fitting, f"C-{what}")
        for check, what in (("a/one", "first"), ("a/two", "second"))
    ]
    assert executed(*differences) == [("C-first", "introduced", "sends no bytes", 2)]


def test_causes_that_show_in_the_same_difference_are_all_changes() -> None:
    """One identity of a difference can be that of several causes; each is one change."""
    shown = finding("a/one", "new outcome", expected="old outcome")
    difference = ReleaseDifference(shown, (ONE["id"], TWO["id"], THREE["id"]))
    assert executed(difference, old=OTHER, new=column("x 2")) == [
        ("C-000001", "resolved", "does C-000001", 1),
        ("C-000003", "resolved", "does C-000003", 1),
    ]


def test_a_cause_of_changes_names_the_vulnerabilities_of_its_requirement() -> None:
    noted = finding("a/one", smuggling=True, note="Releases before 2 do so (CVE-2025-43859).")
    old = caused("x 1", cause("C-000001", noted), cause("C-000003", TWO), found=(noted, TWO))
    [changes] = of(old, column("x 2"))
    assert [each.vulnerabilities for each in changes.causes] == [("CVE-2025-43859",), ()]
