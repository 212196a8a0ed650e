"""What may be published of a third party's software: causes that no sensitive finding is of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from matrix_helper import cause, caused, column, finding

from h11spec.reports.analysis.causes import shown_causes
from h11spec.reports.analysis.disclosure import is_sensitive, only_failing, redact
from h11spec.reports.analysis.matrix import Column, matrix

SENSITIVE: dict[str, dict[str, Any]] = {
    "smuggling-relevant": {"smuggling": True},
    "kills or hangs": {"aspect": "fault"},
    "time grows": {"aspect": "cost"},
    "memory grows": {"aspect": "memory"},
    "a buffer grows": {"difference": "drain: error: expected RemoteProtocolError 431, got Data"},
    "breaks a rule of framing": {"conforming": "expected", "citations": ["RFC 9112 §6.3"]},
    "breaks a rule of chunks": {"conforming": "expected", "citations": ["RFC 9112 §7.1"]},
    "breaks a rule of attacks": {"conforming": "expected", "citations": ["RFC 9112 §11.1"]},
    "frames otherwise": {"check": "framing/x", "actual": {"type": "Request"}},
}
OPEN: dict[str, dict[str, Any]] = {
    "another rule": {"conforming": "expected", "citations": ["RFC 9112 §5.1"]},
    "only the target keeps a rule of framing": {
        "conforming": "target",
        "citations": ["RFC 9112 §6.3"],
    },
    "refuses a message": {"check": "framing/x", "actual": {"raised": {"class": "Error"}}},
    "another text in framing": {"check": "framing/x", "field": "text", "aspect": "text"},
}


@pytest.mark.parametrize("name", SENSITIVE)
def test_what_touches_framing_crashes_hangs_or_grows_is_withheld(name: str) -> None:
    made = redact(column("x 1", finding("b/one") | SENSITIVE[name]))
    assert (made.redacted, made.redacted_causes) == (1, 1)
    assert made.record is not None
    assert made.record.findings == []


@pytest.mark.parametrize("name", OPEN)
def test_what_touches_nothing_of_these_is_shown(name: str) -> None:
    made = redact(column("x 1", finding("b/one") | OPEN[name]))
    assert (made.redacted, made.redacted_causes) == (0, 0)


def test_a_cause_is_withheld_with_all_its_findings() -> None:
    """What else a cause does would tell what its sensitive findings are about."""
    secret, harmless, other = finding("a/one", smuggling=True), finding("a/two"), finding("b/one")
    whole = caused(
        "x 1",
        cause("C-000001", secret, harmless),
        cause("C-000002", other),
        found=(secret, harmless, other),
    )
    made = redact(whole)
    assert (made.redacted, made.redacted_causes) == (2, 1)
    assert made.record is not None
    assert [each["id"] for each in made.record.findings] == [other["id"]]
    [shown] = shown_causes(made.record)
    assert shown.line["id"] == "C-000002"
    assert not is_sensitive(shown)


def test_a_finding_whose_program_shows_a_withheld_cause_is_withheld_as_well() -> None:
    """Its script would print what the maintainers get first."""
    secret = finding("a/one", smuggling=True)
    along, other = finding("a/two", behind=["does C-000001"]), finding("b/one", "other")
    whole = caused(
        "x 1",
        cause("C-000001", secret),
        cause("C-000002", along, other),
        found=(secret, along, other),
    )
    made = redact(whole)
    assert (made.redacted, made.redacted_causes) == (2, 1)
    assert made.record is not None
    [shown] = shown_causes(made.record)
    assert (shown.line["id"], [each["id"] for each in shown.findings]) == (
        "C-000002",
        [other["id"]],
    )


def test_no_cell_reveals_the_check_of_a_withheld_finding() -> None:
    """A check that only fails for it looks like one that passes, or was not run."""
    secret = (
        finding("a/one", "smuggled", smuggling=True),
        finding("a/two", "dead", aspect="fault"),
        finding("b/one", "error: expected RemoteProtocolError 431, got Data"),
    )
    whole = column("x 1", *secret, finding("b/one", "open"), results={"a/one": {"conforms": False}})
    made = matrix([redact(whole), column("x 2")])
    assert (made.columns[0].redacted, made.columns[0].redacted_causes) == (3, 3)
    assert [line.cells[0].verdict for line in made.rows] == ["", "", "fail"]
    assert {line.cells[0].conformance for line in made.rows} == {""}
    assert [each.shown.clearest["actual"] for each in made.causes] == ["open"]
    assert made.clusters == ((0,), (1,))


def test_a_column_without_sensitive_findings_is_not_redacted() -> None:
    assert redact(column("x 1", finding("a/one"))).redacted == 0
    made = matrix([redact(column("x 1")), column("x 2")])
    assert made.clusters == ((0, 1),)
    assert redact(Column("y", None, "why")) == replace(Column("y", None, "why"), external=True)


def test_only_failing_findings_can_be_shown() -> None:
    soft = finding("a/one", "text", fails=False)
    made = matrix(
        [
            only_failing(column("x 1", soft, finding("a/two"))),
            only_failing(Column("y", None, "why")),
        ]
    )
    assert [each.shown.clearest["check"] for each in made.causes] == ["a/two"]
