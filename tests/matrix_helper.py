"""Small hand-written records, for tests that compare many of them.

Owns the shorthand for implementations, checks, findings and causes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from h11spec.reports.analysis.matrix import Column
from h11spec.reports.record.record import Record
from h11spec.strategies.program import Json

CHECKS = ("a/one", "a/two", "b/one")
PLACE = "drain in IDLE/IDLE"
# The members that a cause has from its clearest finding.
_OF_FINDING = (
    *("fails", "smuggling", "smuggling_risk", "accepted"),
    *("level", "citations", "requirement", "conforming"),
)


def finding(check: str, what: str = "event", **more: Any) -> Json:
    """Returns a finding of a check with this difference; all findings have the same place."""
    difference = f"{PLACE}: {what}"
    identity = f"{check}: {difference}"
    return {
        "kind": "finding",
        "id": f"D-{hashlib.sha256(ascii(identity).encode()).hexdigest()[:6]}",
        "identity": identity,
        "check": check,
        "difference": difference,
        "fails": True,
        "accepted": None,
        "smuggling": False,
        "smuggling_risk": "",
        "aspect": "error",
        "field": "outcome",
        "level": "MUST",
        "citations": ["RFC 9112 §7.1"],
        "requirement": "It is so.",
        "note": "",
        "conforming": "",
        "expected": "RemoteProtocolError",
        "actual": what,
        "program": {"program": 1, "role": "server", "steps": [{"do": "eof"}, {"do": "drain"}]},
        "script": ["import h11", f"print({what!r})"],
        "output": None,
        "reproduced": None,
        **more,
    }


def column(
    distribution: str,
    *found: Json,
    python: str = "CPython 3.11",
    broke_off: bool = False,
    results: Json | None = None,
) -> Column:
    """Returns the column of an installed distribution with these findings.

    Args:
        results: changed members of the results of checks, by their ids.
    """
    lines = [_result(check, found) | (results or {}).get(check, {}) for check in CHECKS]
    failing = sum(each["fails"] for each in found)
    footer = {"complete": True, "interrupted": False, "seconds": 1.0, "verdict": "pass"}
    header = {
        "h11spec": "1.0",
        "python": "CPython 3.11",
        "platform": "Linux",
        "started": "2026-01-01T00:00:00+00:00",
        "target": {
            "name": distribution,
            "module": "h11",
            "version": distribution.rpartition(" ")[2],
            "python": python,
            "distribution": distribution,
        },
        "expected": {"name": "h11spec.reference", "version": "0.16.0"},
        "settings": {"seed": 0, "phases": ["sweeps"], "checks": []},
    }
    end = None if broke_off else footer | {"failing": failing}
    return Column(distribution, Record(header, list(found), lines, [], end))


def _result(check: str, found: tuple[Json, ...]) -> Json:
    ids = [each["id"] for each in found if each["check"] == check]
    fails = any(each["fails"] for each in found if each["check"] == check)
    numbers = dict.fromkeys(
        ("programs", "runs", "steps", "truncated", "inapplicable", "omitted"), 0
    )
    return {
        "check": check,
        "phase": "sweeps",
        "level": "MUST",
        "findings": ids,
        "deviations": {},
        "verdict": "fail" if fails else "pass",
        "conforms": None,
        "expected_conforms": None,
        **numbers,
    }


def cause(id: str, *findings: Json, **more: Any) -> Json:
    """Returns the line of a cause of these findings, the clearest first."""
    first = findings[0]
    return {
        **{name: first[name] for name in _OF_FINDING},
        "kind": "cause",
        "id": id,
        "identity": id,
        "title": f"does {id}",
        "places": [],
        "role": "",
        "requirement_id": first["check"],
        "findings": [each["id"] for each in findings],
        **more,
    }


def caused(name: str, *causes: Json, found: tuple[Json, ...]) -> Column:
    """Returns a column with these causes."""
    made = column(name, *found)
    assert made.record is not None
    return replace(made, record=replace(made.record, causes=list(causes)))
