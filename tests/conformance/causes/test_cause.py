"""The identity of a cause."""

from typing import Any

import pytest

from h11spec.conformance.causes.cause import Cause, cause_identity
from h11spec.conformance.causes.grouping import group
from h11spec.reports.findings.finding import Finding, Severity
from h11spec.strategies.program import Json, NextEvent, Program

DATA: Json = {"type": "Data"}


def refusal(kind: str, family: str) -> Json:
    return {"raised": {"class": kind, "family": family, "by": "next", "text": ""}}


def nothing(finding: Finding, imports: object) -> Json:
    """Shows how to reproduce nothing."""
    return {}


def finding(**members: Any) -> Finding:
    """Returns the finding that data was shown where an error was expected."""
    usual: dict[str, Any] = {
        "check": "chunked/end",
        "kind": "divergence",
        "severity": Severity.DOCUMENTED,
        "difference": "error: expected RemoteProtocolError 400, got Data",
        "aspect": "error",
        "field": "outcome",
        "expected": refusal("RemoteProtocolError", "RemoteProtocolError"),
        "actual": DATA,
        "reproduction": nothing,
        "program": Program("server", (NextEvent(),)),
    }
    return Finding(**{**usual, **members})


@pytest.mark.parametrize(
    ("members", "identity"),
    [
        ({}, "a/b as server: refused, and not Data"),
        ({"actual": None}, "a/b as server: refused, and not nothing"),
        (
            {"actual": refusal("ValueError", "other")},
            "a/b as server: refused, and not raises ValueError",
        ),
        ({"cause": "no chunk size"}, "a/b as server: refused, and not Data (no chunk size)"),
        ({"program": Program("client", ())}, "a/b as client: refused, and not Data"),
        (
            {"aspect": "state", "field": "client", "expected": "IDLE", "actual": "DONE"},
            "a/b as server: state client: IDLE, and not DONE",
        ),
        ({"aspect": "event", "field": "data"}, "a/b as server: event data"),
        ({"kind": "api", "difference": "h11.PAUSED", "program": None}, "a/b: h11.PAUSED"),
    ],
)
def test_an_identity_has_the_requirement_the_role_and_both_classes(
    members: Json, identity: str
) -> None:
    assert cause_identity("a/b", finding(**members)) == identity


def test_the_class_of_a_refusal_does_not_change_the_identity() -> None:
    other = finding(expected=refusal("LocalProtocolError", "LocalProtocolError"))
    assert cause_identity("a/b", other) == cause_identity("a/b", finding())


def test_the_id_is_short_and_depends_on_the_identity_alone() -> None:
    cause = Cause("a", (finding(),), "does this", ("fork/a.py:1, in f",))
    assert cause.id == Cause("a", (finding(check="b"),)).id == "C-ca978112"[:8]


def test_two_causes_with_one_identity_have_different_ids() -> None:
    one, other = finding(), finding(check="chunked/other", difference="error of Data")
    causes = group(
        [one, other],
        requirement=lambda finding: "a/b",
        explanations={one.id: "does this", other.id: "does that"},
        parts={},
    )
    assert [cause.findings for cause in causes] == [(one,), (other,)]
    assert len({cause.id for cause in causes}) == 2
