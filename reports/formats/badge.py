"""A run as a badge: the JSON of an endpoint for shields.io.

Owns its few words and its colours.
"""

from __future__ import annotations

import json

from ..analysis.summary import Summary, counted, summary
from ..record.record import Record

_COLOURS = {"good": "brightgreen", "bad": "red", "unclear": "yellow"}


def badge(record: Record) -> str:
    """Returns what an endpoint has to answer, as JSON."""
    said = summary(record)
    form = {
        "schemaVersion": 1,
        "label": "h11spec",
        "message": _message(said),
        "color": _COLOURS[said.verdict.tone],
    }
    return json.dumps(form, indent=1) + "\n"


def _message(said: Summary) -> str:
    """The fewest words that say it; a number of findings is one that nobody has accepted."""
    counts = said.counts
    if said.end == "broke off":
        return "broke off"
    if counts.unexpected:
        return counted(counts.unexpected, "finding")
    if counts.stale:
        return f"{counts.stale:,} stale"
    if said.end != "complete":
        return "interrupted" if said.end == "interrupted" else "incomplete"
    return f"conforms, {counts.accepted:,} accepted" if counts.accepted else "conforms"
