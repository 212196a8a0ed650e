"""The totals of a record: which requirements of each document only the target breaks."""

from __future__ import annotations

from typing import Any

from h11spec.reports.analysis.totals import documents
from h11spec.strategies.program import Json


def result(check: str, *, conforms: bool, expected: bool, level: str = "MUST", **more: Any) -> Json:
    return {
        "check": check,
        "level": level,
        "conforms": conforms,
        "expected_conforms": expected,
        **more,
    }


def test_a_deviation_of_h11_itself_is_no_regression_of_the_target() -> None:
    """The reference conforms where h11 0.16.0 is known to deviate; a fork deviates as well."""
    [document] = documents(
        [
            result("a/both", conforms=True, expected=True, h11="conforms"),
            result("a/regression", conforms=False, expected=True, h11="conforms"),
            result("a/upstream", conforms=False, expected=True, h11="deviates"),
            result("a/neither", conforms=False, expected=False, h11="deviates"),
            result("a/better", conforms=True, expected=False, h11="deviates"),
        ]
    )
    assert (document.judged, document.broken, document.broken_musts) == (5, 3, 3)
    assert document.only_target_breaks == ("a/regression",)
    assert document.broken_as_by_h11 == ("a/upstream",)
    assert document.only_target_conforms == ("a/better",)


def test_without_a_word_on_h11_a_broken_requirement_is_a_regression() -> None:
    """As in records that were written before the member existed."""
    [document] = documents([result("a/old", conforms=False, expected=True)])
    assert document.only_target_breaks == ("a/old",)
    assert document.broken_as_by_h11 == ()
