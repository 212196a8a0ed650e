"""The last step of a finding, as a phrase for the call that it makes and for what has happened.

Owns these phrases. It must not know what differs.
"""

from __future__ import annotations

from ...strategies.program import Json, is_object
from .terminal_safe import shorten

_MAX_EXPRESSION = 60
_CALLS = {
    "receive": "receive_data",
    "eof": "receive_data",
    "next": "next_event",
    "drain": "next_event",
    "fail": "send_failed",
    "cycle": "start_next_cycle",
    "again": "what was handed out",
}
# What a step of this kind changes.
_CHANGED = {"arguments": "handed in", "results": "handed out"}
_WHEN = {
    "receive": "after receiving bytes",
    "eof": "after the end of input",
    "fail": "after send_failed",
    "cycle": "after start_next_cycle",
    "again": "later",
}


def last_step(finding: Json) -> Json:
    """Returns the step that differs, in its JSON form; {} for a finding without a program."""
    steps: list[Json] = finding.get("program", {}).get("steps", [])
    return steps[-1] if steps else {}


def sends(finding: Json) -> bool:
    """Whether the step that differs sends an event."""
    step = last_step(finding)
    return step.get("do") == "send" or str(step.get("method", "")).startswith("send")


def called(finding: Json) -> str:
    """Returns what the step that differs calls; the expression of a finding without a program."""
    step = last_step(finding)
    kind = step.get("do", "")
    if kind == "send":
        return _event(step)
    if kind == "call":
        return str(step["method"])
    if kind == "read":
        return str(step["name"])
    if kind == "change":
        return f"what was {_CHANGED[step['what']]}"
    if kind in _CALLS:
        return _CALLS[kind]
    return shorten(" ".join(finding["difference"].split()), _MAX_EXPRESSION)


def when(finding: Json) -> str:
    """Returns after what the difference shows, or "" where nothing has happened before it."""
    step = last_step(finding)
    kind = step.get("do", "")
    if kind == "send":
        return f"after sending {_event(step)}"
    if kind in ("next", "drain"):
        return _after_reading(finding)
    if kind == "call":
        return f"after {step['method']}"
    if kind == "read":
        return f"on reading {step['name']}"
    if kind == "change":
        return f"after a change of what was {_CHANGED[step['what']]}"
    return _WHEN.get(kind, "")


def last_events(finding: Json) -> list[tuple[Json, Json]]:
    """Returns the events of the step that differs, in pairs, each with that of the target."""
    expected, actual = (_last_events(finding, side) for side in ("expected", "actual"))
    return [*zip(expected, actual, strict=False)]


def _last_events(finding: Json, side: str) -> list[Json]:
    trace: list[Json] = finding.get(f"{side}_trace") or []
    events: list[Json] = trace[-1].get("events", []) if trace else []
    return events


def _event(step: Json) -> str:
    event = step.get("event")
    return str(event["type"]) if is_object(event) and "type" in event else "an event"


def _after_reading(finding: Json) -> str:
    """After the last event that both sides have handed out in the step; "" if there is none."""
    alike = [one["type"] for one, other in last_events(finding) if one["type"] == other["type"]]
    read = [kind for kind in alike if kind not in ("NEED_DATA", "PAUSED")]
    return f"after reading {read[-1]}" if read else ""
