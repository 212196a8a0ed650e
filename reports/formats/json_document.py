"""A run as one JSON document: the summary first, then causes, findings and results.

Owns the form of the document. It must not compute anything that the record or its summary has.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ...strategies.program import Json, is_list, is_object
from ..analysis.causes import ShownCause, shown_causes
from ..analysis.groups import Group
from ..analysis.implementations import Implementation
from ..analysis.summary import summary
from ..record.record import Record
from ..wording.terminal_safe import shorten

REPORT_VERSION = 2
# Characters of one text; the record has longer ones in full.
_MAX_TEXT = 10_000


def json_document(record: Record) -> str:
    """Returns the report of a record as JSON, in ASCII."""
    run = summary(record)
    form: Json = {
        "report": REPORT_VERSION,
        "verdict": asdict(run.verdict),
        "statements": [asdict(statement) for statement in run.statements],
        "end": run.end,
        "target": _implementation(run.target),
        "expected": _implementation(run.expected),
        "counts": asdict(run.counts),
        "phases": [asdict(phase) for phase in run.phases],
        "areas": [asdict(area) for area in run.areas],
        "documents": [asdict(document) for document in run.documents],
        "environment": dict(run.environment),
        "causes": [cause_in_full(cause) for cause in shown_causes(record)],
        "differences": [_difference(group) for group in run.groups],
        "findings": record.findings,
        "results": record.results,
        "baseline": record.entries,
    }
    return dump_json(form)


def dump_json(form: Json) -> str:
    """Returns a document as JSON, its longest texts shortened."""
    return json.dumps(_shortened(form), indent=1) + "\n"


def _implementation(side: Implementation) -> Json:
    return {**asdict(side), "remarks": side.remarks}


def cause_in_full(cause: ShownCause) -> Json:
    """Returns the line of a cause, with its findings as a whole in the place of their ids."""
    return {**cause.line, "findings": list(cause.findings)}


def _difference(group: Group) -> Json:
    return {
        "difference": group.simplest["difference"],
        "fails": group.fails,
        "accepted": group.accepted,
        "smuggling": group.smuggling,
        "findings": [finding["id"] for finding in (group.simplest, *group.rest)],
    }


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return shorten(value, _MAX_TEXT)
    if is_object(value):
        return {shorten(key, _MAX_TEXT): _shortened(each) for key, each in value.items()}
    return [_shortened(each) for each in value] if is_list(value) else value
