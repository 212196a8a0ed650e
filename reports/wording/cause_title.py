"""What a target does, in one sentence, as the title of a cause.

Owns the sentences for causes without an explanation. It must not know how a cause was found, nor
any layout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...strategies.program import Json, is_list, is_object
from .element_phrases import element_phrase
from .last_call import called, last_events, last_step, sends, when
from .terminal_safe import shorten
from .values import format_side

# Of an expression, and of an answer.
_MAX_TEXT = 60
_PROTOCOL_ERRORS = ("LocalProtocolError", "RemoteProtocolError", "ProtocolError")
_HANDED_OUT = {
    "NEED_DATA": "waits for more data",
    "PAUSED": "pauses",
    "EndOfMessage": "ends the message",
    "ConnectionClosed": "says that the connection is closed",
}
_ATTRIBUTES = {
    "trailing": "trailing_data",
    "version": "their_http_version",
    "client_waits": "client_is_waiting_for_100_continue",
    "they_wait": "they_are_waiting_for_100_continue",
}
_FAULTS = {
    "crash": "crashes",
    "exit": "ends its process",
    "hang": "does not return",
    "memory": "runs out of memory",
    "output": "prints without end",
    "threads": "leaves threads behind",
}
_GROWTHS = {
    "growing with the connection": "until the connection is gone",
    "growing without end": "and never frees it",
}


def cause_title(finding: Json) -> str:
    """Returns a sentence, without its end, whose subject is the target: "takes any two bytes …".

    Args:
        finding: the clearest finding of the cause, as in the run record.
    """
    if finding.get("explanation"):
        return str(finding["explanation"])
    about = _ABOUT_FIELD.get(finding["field"]) or _ABOUT_ASPECT.get(finding["aspect"], _value)
    return about(finding).strip()


def _outcome(finding: Json) -> str:
    """Another event, another error, or one of them where the other is expected."""
    expected, actual = finding["expected"], finding["actual"]
    refused, refuses = _raised(expected), _raised(actual)
    element = finding.get("cause", "")
    if refuses is not None and refused is not None:
        return f"raises {_error(refuses, refused)}, where {_error(refused, refuses)} is expected"
    if refuses is not None:
        return _refusal(finding, refuses)
    if refused is not None and element and _name(actual) in ("NEED_DATA", "PAUSED"):
        return f"does not refuse {element_phrase(element)}, and {_handing_out(actual)}"
    if refused is not None and element:
        verb = "sends" if sends(finding) else "accepts"
        return f"{verb} {element_phrase(element)}"
    if refused is not None:
        does = f"accepts {called(finding)}" if _is_value(actual) else _handing_out(actual)
        return f"{does}, where {refused['class']} is expected {when(finding)}"
    given = f", given {element_phrase(element)}" if element else f" {when(finding)}"
    return f"{_handing_out(actual)}, where {_name(expected)} is expected{given}"


def _refusal(finding: Json, raised: Json) -> str:
    name, element = raised["class"], finding.get("cause", "")
    if name not in _PROTOCOL_ERRORS:
        given = f", given {element_phrase(element)}" if element else ""
        return f"raises {name} in {called(finding)}{given}"
    if element:
        return f"refuses {element_phrase(element)} with {name}"
    expected = finding["expected"]
    if is_object(expected) and "type" in expected:
        return f"refuses {_message(expected)} with {name} {when(finding)}"
    return f"refuses {called(finding)} with {name}"


def _message(event: Json) -> str:
    """What the bytes that were refused stand for."""
    kind = event["type"]
    if kind == "Response" and event.get("reason") == "":
        return "a response without a reason"
    phrases = {
        "Request": "a request",
        "Response": "a response",
        "InformationalResponse": "an interim response",
        "Data": "data of a body",
        "EndOfMessage": "the end of a message",
        "ConnectionClosed": "the end of input",
        "NEED_DATA": "what may be the beginning of a message",
        "PAUSED": "bytes that are for later",
    }
    return phrases.get(kind, str(kind))


def _handing_out(item: Any) -> str:
    name = _name(item)
    return _HANDED_OUT.get(name, f"hands out {name}")


def _name(item: Any) -> str:
    if item is None:
        return "nothing"
    if is_object(item) and "type" in item:
        return str(item["type"])
    return "a value"


def _is_value(item: Any) -> bool:
    return is_object(item) and "returned" in item


def _raised(item: Any) -> Json | None:
    raised = item.get("raised") if is_object(item) else None
    return raised if is_object(raised) else None


def _error(raised: Json, other: Json) -> str:
    """The class of an error, with its status hint where the class does not tell it apart."""
    hint = f" {raised['hint']}" if raised["class"] == other["class"] and "hint" in raised else ""
    return f"{raised['class']}{hint}"


def _error_by(finding: Json) -> str:
    places = {"constructor": "when an event is made", "next": "by next_event"}
    actual, expected = (
        places.get(str(finding[side]), f"by {finding[side]}") for side in ("actual", "expected")
    )
    return f"raises an error {actual}, where it is expected {expected}"


def _error_family(finding: Json) -> str:
    actual, expected = (
        "another error than a protocol error" if finding[side] == "other" else finding[side]
        for side in ("actual", "expected")
    )
    return f"raises {actual}, where {expected} is expected in {called(finding)}"


def _state(finding: Json) -> str:
    """The state of its own role, or of that of its peer."""
    program = finding.get("program", {})
    own = program.get("role") or last_step(finding).get("role") or finding["field"]
    is_in = "is in state" if own == finding["field"] else "has its peer in state"
    return f"{is_in} {finding['actual']}, where {finding['expected']} is expected {when(finding)}"


def _event(finding: Json) -> str:
    if finding["field"] == "outcome":
        return _outcome(finding)
    field, actual = finding["field"], finding["actual"]
    event = _event_type(finding)
    if is_object(actual) and "unreadable" in actual:
        return f"hands out {event} whose {field} cannot be read: {actual['unreadable']}"
    return f"hands out {event} with another {field}"


def _event_type(finding: Json) -> str:
    """The type of the first event of the last step in which the field differs."""
    field = finding["field"]
    pairs = last_events(finding)
    different = (one["type"] for one, other in pairs if one.get(field) != other.get(field))
    return str(next(different, "an event"))


def _bytes(finding: Json) -> str:
    step = last_step(finding)
    if step.get("do") == "again":
        return "changes what it has handed out, or what was handed in, later"
    if step.get("do") == "read":
        return f"has another value of {step['name']}"
    if sends(finding):
        return f"sends {called(finding)} as other bytes"
    return f"returns another value from {called(finding)}"


def _attribute(finding: Json) -> str:
    name = _ATTRIBUTES.get(finding["field"])
    if name is None:
        return f"has attributes that cannot be read {when(finding)}"
    return f"has another {name} {when(finding)}"


def _text(finding: Json) -> str:
    how = "without a message" if finding["field"] == "message" else "with another text"
    return f"raises an error {how} in {called(finding)}"


def _type(finding: Json) -> str:
    what = "its result" if finding["field"] == "returned" else finding["field"]
    return f"gives {what} in {called(finding)} as {_type_name(finding['actual'])}"


def _type_name(value: Any) -> str:
    if is_object(value):
        return {"text": "text", "memoryview": "a memoryview"}.get(next(iter(value)), "a bytearray")
    return "a list" if is_list(value) else "bytes"


def _fault(finding: Json) -> str:
    fault = finding["actual"]
    if is_object(fault) and is_object(fault.get("fault")):
        fault = fault["fault"]
    if not (is_object(fault) and "kind" in fault):
        raised = _raised(fault) or (fault if is_object(fault) else {})
        name = raised.get("class") or raised.get("raised")
        return f"raises {name} in {called(finding)}" if name else f"fails in {called(finding)}"
    detail = fault.get("detail", "")
    how = f" {detail}" if detail.startswith("of ") else f" with {detail}" if detail else ""
    return f"{_FAULTS.get(fault['kind'], 'fails')}{how} in {called(finding)}"


def _answer(finding: Json) -> str:
    """Another answer of the API: what it is, for an expression."""
    if finding["aspect"] == "fault":
        return _fault(finding)
    expression = called(finding)
    actual, expected = finding["actual"], finding["expected"]
    if is_object(actual) and "raised" in actual:
        return f"raises {_one_line(actual['raised'])} for {expression}"
    answers = f"answers {_one_line(format_side(finding, 'actual'))}"
    if is_object(expected) and "raised" in expected:
        return f"{answers} to {expression}, where {expected['raised']} is expected"
    return (
        f"{answers} to {expression}, where {_one_line(format_side(finding, 'expected'))} is right"
    )


def _one_line(text: Any) -> str:
    return shorten(" ".join(str(text).split()), _MAX_TEXT)


def _growth(finding: Json) -> str:
    """Time or memory that grows in another class than expected."""
    what = finding["difference"].partition(" of ")[2].partition(": expected")[0]
    actual = str(finding["actual"])
    if finding["difference"].startswith("cost"):
        if actual != "super-linear":
            return f"does not survive a growing size ({what}): {actual}"
        return f"needs time that grows faster than the size of its input ({what})"
    if actual in _GROWTHS:
        return f"keeps memory for {what}, {_GROWTHS[actual]}"
    return f"does not survive many {what}: {actual}"


def _rule(finding: Json) -> str:
    requirement = str(finding.get("requirement", "")).strip().removesuffix(".")
    if not requirement:
        return f"breaks the rule of {finding['check']}"
    kind = "requirement" if finding["aspect"] == "rfc" else "rule"
    return f"breaks the {kind}: {_one_line_of_two(requirement)}"


def _one_line_of_two(text: str) -> str:
    return shorten(" ".join(text.split()), 2 * _MAX_TEXT)


def _relation(finding: Json) -> str:
    """Two programs that mean the same, and do not show the same."""
    expected = str(finding["expected"])
    if not expected.startswith("the same "):
        return _rule(finding)
    about = f", with other {finding['cause']}" if finding.get("cause") else ""
    return f"does not show {_one_line_of_two(expected)}{about}"


def _value(finding: Json) -> str:
    return f"has another {finding['field']} in {called(finding)}"


_ABOUT_FIELD: dict[str, Callable[[Json], str]] = {
    "rule": _rule,
    "relation": _relation,
    "answer": _answer,
    "growth": _growth,
    "by": _error_by,
    "family": _error_family,
}
_ABOUT_ASPECT: dict[str, Callable[[Json], str]] = {
    "error": _outcome,
    "fault": _fault,
    "state": _state,
    "event": _event,
    "bytes": _bytes,
    "attribute": _attribute,
    "text": _text,
    "type": _type,
}
