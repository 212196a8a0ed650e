"""Observed values as text.

Owns how events, exceptions, faults and answers are formatted. It must not know which value of a
finding is of interest.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ...strategies.program import Json, is_list, is_object
from .long_values import Abridged, abridge

# Which sides conform to the requirement of a finding, by the ``conforming`` member of the record.
CONFORMING = {
    "both": "both sides conform",
    "target": "the target conforms, the expected side does not",
    "expected": "the target breaks it",
    "neither": "both sides break it",
}

# A frame as faulthandler writes it; the innermost one comes first.
_FRAME = re.compile(
    r'^ +File "(?P<file>[^"\n]+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE
)
# What the files of h11spec are called in a worker.
_OWN_FILES = "h11spec/"

# What is said of these is not a value of an observation.
_TEXT_FIELDS = ("answer", "rule", "relation", "growth")
# The step, what it handed out, and what that is now; and whether it was an argument of the step.
_CHANGE_PARTS = (3, 4)


def format_side(finding: Json, side: str) -> str:
    """Returns the ``expected`` or the ``actual`` value of a finding as text."""
    value = finding[side]
    if finding["field"] == "returned" and _looks_again(finding):
        return format_changes(value.get("returned") if is_object(value) else value)
    if finding["field"] in _TEXT_FIELDS:
        return _format_answer(value)
    is_name = finding["aspect"] in ("state", "error") and isinstance(value, str)
    return str(value) if is_name else format_value(value)


def format_sides(finding: Json, max_length: int) -> tuple[str, str]:
    """Returns both values of a finding as text; what is around their difference, if one is long.

    Args:
        max_length: the number of characters from which a value is long.
    """
    whole = format_side(finding, "expected"), format_side(finding, "actual")
    if max(map(len, whole)) <= max_length or finding["field"] in _TEXT_FIELDS:
        return whole
    expected, actual = abridge(finding["expected"], finding["actual"])
    abridged: Json = {**finding, "expected": expected, "actual": actual}
    return format_side(abridged, "expected"), format_side(abridged, "actual")


def _looks_again(finding: Json) -> bool:
    """Whether the last step of a finding's program looks again at what was handed out."""
    steps: list[Json] = finding.get("program", {}).get("steps", [])
    return bool(steps) and steps[-1]["do"] == "again"


def format_changes(changes: Any) -> str:
    """Returns what has changed since it was handed out, with the numbers of steps from 1 on."""
    if not is_list(changes):
        return format_value(changes)
    return "; ".join(map(_format_change, changes)) or "nothing has changed"


def _format_change(change: Any) -> str:
    if not is_list(change) or len(change) not in _CHANGE_PARTS or type(change[0]) is not int:
        return format_value(change)  # of a record that was edited
    at, before, after, *argument = change
    verb = "was given" if argument else "gave"
    return f"step {at + 1} {verb} {format_value(before)}, which is now {format_value(after)}"


def _format_answer(value: Any) -> str:
    """The answer to an expression; what rules and relations say is text already."""
    if isinstance(value, str):
        return value
    if is_object(value) and "raised" in value:
        return f"raises {value['raised']}"
    if is_object(value) and "fault" in value:
        return format_value(value["fault"])
    content = value["value"] if is_object(value) and "value" in value else value
    return json.dumps(content, ensure_ascii=False)


def format_value(value: Any) -> str:
    """Returns a value of an observation as text, with bytes as Python writes them."""
    if isinstance(value, Abridged):
        return str(value)
    if isinstance(value, str):
        return repr(value.encode("latin-1", "replace"))
    if is_list(value):
        return f"[{', '.join(map(format_value, value))}]"
    if is_object(value) and value:
        return _format_object(value)
    return "nothing" if value is None else repr(value)


def _format_fault(fault: Json) -> str:
    """Returns a fault and where the target was, in one line; the record has the whole stack."""
    name = f"{fault['kind']} {fault.get('detail', '')}".strip()
    text = str(fault.get("text", "")).strip()
    for frame in _FRAME.finditer(text):
        if not frame["file"].startswith(_OWN_FILES):
            return f"{name} in {frame['function']}, line {frame['line']} of {frame['file']}"
    return f"{name}: {' '.join(text.split())}" if text else name


def _format_object(value: Json) -> str:
    raised = value.get("raised")
    if is_object(raised) and raised.keys() >= {"by", "class", "text"}:
        hint = f", status hint {raised['hint']}" if "hint" in raised else ""
        return f"{raised['by']} raises {raised['class']}: {raised['text']}{hint}"
    if "kind" in value:
        return _format_fault(value)
    if "returned" in value:
        return f"returns {format_value(value['returned'])}"
    if "type" in value:
        fields = (f"{key}={format_value(item)}" for key, item in value.items() if key != "type")
        return f"{value['type']}({', '.join(fields)})"
    (kind, content), *more = value.items()
    if more:  # no observation has such an object, but a record that was edited may
        return json.dumps(value, ensure_ascii=False)
    if kind == "text":
        return str(content) if isinstance(content, Abridged) else repr(content)
    if kind == "api":
        return str(content)
    if kind == "event":
        return format_value(content)
    return f"{kind}({format_value(content) if isinstance(content, str) else content})"
