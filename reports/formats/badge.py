"""A run as a badge: the JSON of an endpoint for shields.io.

Owns its message and its colours. It must not know the badge's service beyond that form.
"""

from __future__ import annotations

import json

from ..analysis.summary import Summary, pluralise, summary
from ..record.record import Record

_COLOURS = {"good": "brightgreen", "bad": "red", "unclear": "yellow"}


def badge(record: Record) -> str:
    """Returns the answer of the endpoint, as JSON."""
    run = summary(record)
    form = {
        "schemaVersion": 1,
        "label": "h11spec",
        "message": _message(run),
        "color": _COLOURS[run.verdict.tone],
    }
    return json.dumps(form, indent=1) + "\n"


def _message(run: Summary) -> str:
    """The verdict in as few words as possible; causes are counted."""
    counts = run.counts
    if run.end == "broke off":
        return "broke off"
    if counts.unexpected_causes:
        return pluralise(counts.unexpected_causes, "cause")
    if counts.stale:
        return f"{counts.stale:,} stale"
    if run.end != "complete":
        return "interrupted" if run.end == "interrupted" else "incomplete"
    accepted = counts.accepted_causes
    return f"conforms, {accepted:,} accepted" if accepted else "conforms"
