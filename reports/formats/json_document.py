"""A run as one JSON document: what a reader asks first, and then all that was found.

Owns the form of the document, for machines that want no lines. Everything is taken from the record.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ...strategies.programs import Json, is_list, is_object
from ..analysis.implementations import Side
from ..analysis.summary import Group, summary
from ..record.record import Record
from ..wording.terminal_safe import shortened

REPORT_VERSION = 2
# Characters of one text: what is longer stands in the record.
_MOST = 10_000


def data(record: Record) -> str:
    """Returns the report of a record in JSON: ASCII alone, whatever is in the record."""
    said = summary(record)
    form: Json = {
        "report": REPORT_VERSION,
        "verdict": asdict(said.verdict),
        "statements": [asdict(statement) for statement in said.statements],
        "end": said.end,
        "target": _side(said.target),
        "expected": _side(said.expected),
        "counts": asdict(said.counts),
        "phases": [asdict(phase) for phase in said.phases],
        "areas": [asdict(area) for area in said.areas],
        "documents": [asdict(document) for document in said.documents],
        "environment": dict(said.environment),
        "groups": [_group(group) for group in said.groups],
        "findings": record.findings,
        "results": record.results,
        "baseline": record.entries,
    }
    return in_json(form)


def in_json(form: Json) -> str:
    """Returns a document as JSON, its longest texts shortened."""
    return json.dumps(_short(form), indent=1) + "\n"


def _side(side: Side) -> Json:
    return {**asdict(side), "remarks": side.remarks}


def _group(group: Group) -> Json:
    return {
        "difference": group.simplest["difference"],
        "fails": group.fails,
        "accepted": group.accepted,
        "smuggling": group.smuggling,
        "findings": [finding["id"] for finding in (group.simplest, *group.others)],
    }


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value, _MOST)
    if is_object(value):
        return {shortened(key, _MOST): _short(each) for key, each in value.items()}
    return [_short(each) for each in value] if is_list(value) else value
