"""Values of an observation, as a reader wants to see them.

Owns the wording. Knows nothing of which value is of interest, or why.
"""

from __future__ import annotations

import json
from typing import Any

from ...strategies.programs import Json, is_list, is_object

# Which side the RFC, or the documentation, takes in a finding.
SIDES = {
    "both": "it is kept either way",
    "target": "the target keeps it, and what was expected does not",
    "expected": "the target breaks it",
    "neither": "it is broken either way",
}


def side_in_words(finding: Json, side: str) -> str:
    """Returns the ``expected`` or ``actual`` side of a finding, as it is to be read."""
    value = finding[side]
    if finding["field"] in ("answer", "rule", "relation", "growth"):
        return _answer_in_words(value)
    names = finding["aspect"] in ("state", "error") and isinstance(value, str)
    return str(value) if names else in_words(value)


def _answer_in_words(value: Any) -> str:
    """The answer to an expression, or what a rule says, which is in words already."""
    if isinstance(value, str):
        return value
    if is_object(value) and "raised" in value:
        return f"raises {value['raised']}"
    if is_object(value) and "fault" in value:
        return in_words(value["fault"])
    content = value["value"] if is_object(value) and "value" in value else value
    return json.dumps(content, ensure_ascii=False)


def in_words(value: Any) -> str:
    """Returns a value of an observation as it is to be read: bytes as Python writes them."""
    if isinstance(value, str):
        return repr(value.encode("latin-1", "replace"))
    if is_list(value):
        return f"[{', '.join(map(in_words, value))}]"
    if is_object(value) and value:
        return _object_in_words(value)
    return "nothing" if value is None else repr(value)


def _object_in_words(value: Json) -> str:
    raised = value.get("raised")
    if is_object(raised) and raised.keys() >= {"by", "class", "text"}:
        hint = f", status hint {raised['hint']}" if "hint" in raised else ""
        return f"{raised['by']} raises {raised['class']}: {raised['text']}{hint}"
    if "kind" in value:
        name = f"{value['kind']} {value.get('detail', '')}".strip()
        text = str(value.get("text", "")).strip()
        return f"{name}: {text}" if text else name
    if "returned" in value:
        return f"returns {in_words(value['returned'])}"
    if "type" in value:
        fields = (f"{key}={in_words(item)}" for key, item in value.items() if key != "type")
        return f"{value['type']}({', '.join(fields)})"
    (kind, content), *more = value.items()
    if more:  # what no observation has, and a record may
        return json.dumps(value, ensure_ascii=False)
    if kind == "text":
        return repr(content)
    return f"{kind}({in_words(content) if isinstance(content, str) else content})"
