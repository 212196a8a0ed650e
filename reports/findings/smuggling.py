"""The smuggling risk of a divergence: whether it is about the boundaries of messages.

Owns which differences are smuggling-relevant, and the sentence that says why. Such a divergence
means that two parties on one connection take the same bytes for different messages (RFC 9112 §11.1
and §11.2). It must not know how the divergence was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...strategies.program import (
    EventSpec,
    Json,
    Receive,
    Send,
    Typed,
    is_list,
    is_object,
    is_tuple,
)
from .divergence import Divergence

_HEADS = ("Request", "InformationalResponse", "Response")
_FRAMING = ("content-length", "transfer-encoding")
_NOT_FRAMING = {"NEED_DATA", "PAUSED", "ConnectionClosed"}
# Bytes that only some implementations treat as a line end or as white space: RFC 9112 §2.2, §5.1,
# §5.2. h11, too, treats a bare LF as a line end.
_UNCLEAR_LINES = re.compile(rb"\r(?!\n)|\n[ \t]|\0|\n[^:\r\n ]*[ \t]+:")
_FRAMING_NAME = re.compile(rb"content-length|transfer-encoding", re.IGNORECASE)

_ENDS = "the message ends here for one side, and its body continues for the other"
_BEGINS = "one side sees a message where the other sees none"
_WAITS = "one side has read the whole message, and the other waits for more of it"
_ACCEPTED_BODY = (
    "the target reads on in a body that the other side refuses: the bytes after it are part of "
    "this message for one side only"
)
_ACCEPTED_FRAMING = (
    "the target takes a length from a head that the other side refuses: a third party that reads "
    "it in another way sees the message end elsewhere"
)
_ACCEPTED_LINES = (
    "the target accepts a line that the other side refuses: a third party that ends it elsewhere "
    "sees other fields, or another message"
)
_LENGTH = "the body has {} bytes for one side, and {} for the other"
_FIELDS = "the two sides see different fields that determine the length of the message"
_LEFT = "on one side {} bytes are left for the next message, and {} on the other"
_COMPLETE = "one side waits for a body, and for the other there is none"
_PROTOCOL = "one side takes the following bytes for another protocol, and the other for HTTP"
_SENT_LINES = "the receiver sees other lines than the sender meant"
_SENT_LENGTH = "the sent message is not as long as it says: its receiver sees it end elsewhere"
_RULES = {
    "rules/no-injection": _SENT_LINES,
    "rules/body-conserved": "bytes of the body are lost, or foreign bytes are inserted",
    "rules/unread-kept": "bytes that belong to another protocol are lost, or read as HTTP",
}


def smuggling_risk(check: str, divergence: Divergence) -> str:
    """Returns a sentence that says how two parties would disagree about messages.

    It is "" if messages begin and end in the same places for both.

    Args:
        check: the id of the check that found it; a few rules are about framing only.
    """
    difference = divergence.difference
    if difference.field == "rule":
        return _RULES.get(check, "")
    if difference.field == "relation":
        return _of_messages(divergence)
    if difference.field in ("outcome", "returned"):
        if isinstance(divergence.program.steps[divergence.step], Send):
            return _of_sent(divergence)
        return _of_received(divergence)
    if difference.aspect == "event":
        return _of_field(difference.field, difference.expected, difference.actual)
    if difference.aspect == "state":
        return _of_states({difference.expected, difference.actual})
    if difference.field == "trailing":
        return _of_trailing_data(divergence)
    return ""


def _of_received(divergence: Divergence) -> str:
    """The risk of different outcomes of a step that receives."""
    types = _type(divergence.difference.expected), _type(divergence.difference.actual)
    if "raised" in types:
        accepted = types[0] == "raised" and types[1] != "raised"
        return _of_acceptance(divergence) if accepted else ""
    if {*types} <= _NOT_FRAMING:
        return ""
    if {*types} == {"Data", "EndOfMessage"}:
        return _ENDS
    return _BEGINS if any(each in _HEADS for each in types) else _WAITS


def _of_acceptance(divergence: Divergence) -> str:
    """The risk where the target continues and the expected side raises."""
    actual = divergence.difference.actual
    if actual is None or _type(actual) == "ConnectionClosed":
        return ""
    if _is_in_body(divergence):
        return _ACCEPTED_BODY
    if _type(actual) not in _HEADS:
        return ""
    head = _last_head(b"".join(_received(divergence)))
    if _FRAMING_NAME.search(head):
        return _ACCEPTED_FRAMING
    return _ACCEPTED_LINES if _UNCLEAR_LINES.search(head) else ""


def _is_in_body(divergence: Divergence) -> bool:
    """Whether the divergent step is within a message, on the expected side."""
    inside = False
    for event in _events(divergence.expected.form[: divergence.step + 1]):
        if event["type"] in _HEADS:
            inside = event["type"] != "InformationalResponse"
        elif event["type"] == "EndOfMessage":
            inside = False
    return inside


def _events(trace: list[Json]) -> Iterator[Json]:
    for observation in trace:
        yield from observation.get("events", ())


def _received(divergence: Divergence) -> Iterator[bytes]:
    for step in divergence.program.steps[: divergence.step + 1]:
        if isinstance(step, Receive):
            yield step.data


def _last_head(received: bytes) -> bytes:
    """The bytes that contain the last head: those after the last empty line but one."""
    parts = re.split(rb"\n\r?\n", received.rstrip(b"\r\n"))
    return parts[-1] + b"\r\n"


def _of_field(field: str, expected: Any, actual: Any) -> str:
    if field == "data":
        sizes = _size(expected), _size(actual)
        return _LENGTH.format(*sizes) if sizes[0] != sizes[1] else ""
    if field in ("headers", "raw_headers"):
        return _FIELDS if _framing_fields(expected) != _framing_fields(actual) else ""
    return ""


def _of_states(states: set[Any]) -> str:
    if "ERROR" in states or "CLOSED" in states:
        return ""
    if "SEND_BODY" in states:
        return _COMPLETE
    return _PROTOCOL if states & {"SWITCHED_PROTOCOL", "MIGHT_SWITCH_PROTOCOL"} else ""


def _of_trailing_data(divergence: Divergence) -> str:
    """The risk of unread bytes; those after an error belong to no message."""
    observed = divergence.expected.form[divergence.step], divergence.actual.form[divergence.step]
    if any("raised" in each or "ERROR" in each.values() for each in observed):
        return ""
    sides = divergence.difference.expected, divergence.difference.actual
    sizes = [_size(side[0]) if is_list(side) and side else 0 for side in sides]
    return _LEFT.format(*sizes) if sizes[0] != sizes[1] else ""


def _of_sent(divergence: Divergence) -> str:
    """The risk of different outcomes of a step that sends."""
    step = divergence.program.steps[divergence.step]
    assert isinstance(step, Send)
    expected, actual = divergence.difference.expected, divergence.difference.actual
    if _type(expected) == "raised" and _type(actual) != "raised":
        return _of_accepted_event(step.event)
    sent = _sent_bytes(expected), _sent_bytes(actual)
    if sent[0] is None or sent[1] is None:
        return ""
    if step.event.type == "Data":
        return _SENT_LENGTH if len(sent[0]) != len(sent[1]) else ""
    return _of_sent_lines(sent[0], sent[1])


def _of_accepted_event(event: EventSpec) -> str:
    """The risk where the target sends an event that the expected side refuses."""
    if event.type in ("Data", "EndOfMessage"):
        return _SENT_LENGTH
    arguments = list(_bytes_in(event))
    if any(each in argument for argument in arguments for each in b"\r\n\0"):
        return _SENT_LINES
    return _SENT_LENGTH if any(map(_FRAMING_NAME.search, arguments)) else ""


def _of_sent_lines(expected: bytes, actual: bytes) -> str:
    """The risk of two different heads or trailers."""
    lines = [re.split(rb"\r\n|\r|\n", sent) for sent in (expected, actual)]
    framing = [sorted(filter(_FRAMING_NAME.match, each)) for each in lines]
    if framing[0] != framing[1]:
        return _SENT_LENGTH
    return _SENT_LINES if len(lines[0]) != len(lines[1]) else ""


def _of_messages(divergence: Divergence) -> str:
    """The risk of two equivalent programs with different messages, or bodies of other lengths."""
    expected = _messages(divergence.expected.form)
    actual = _messages(divergence.actual.form)
    if len(expected) != len(actual):
        return _BEGINS
    for one, other in zip(expected, actual, strict=True):
        if one != other:
            return _ENDS if one[0] == other[0] else _LENGTH.format(one[0], other[0])
    return ""


def _messages(trace: list[Json]) -> list[tuple[int, bool]]:
    """The length of each received body, and whether its end was reached."""
    messages: list[tuple[int, bool]] = []
    for event in _events(trace):
        if event["type"] in _HEADS:
            messages.append((0, False))
        elif messages and event["type"] == "Data":
            messages[-1] = messages[-1][0] + _size(event["data"]), False
        elif messages and event["type"] == "EndOfMessage":
            messages[-1] = messages[-1][0], True
    return messages


def _type(item: Any) -> str:
    if not is_object(item):
        return ""
    return "raised" if "raised" in item else str(item.get("type", ""))


def _size(value: Any) -> int:
    if is_object(value) and len(value) == 1:
        [value] = value.values()
    return len(value) if isinstance(value, str) else 0


def _framing_fields(fields: Any) -> list[Any]:
    pairs = fields if is_list(fields) else []
    return [pair for pair in pairs if is_list(pair) and _is_framing(pair[0])]


def _is_framing(name: Any) -> bool:
    return isinstance(name, str) and name.lower() in _FRAMING


def _sent_bytes(item: Any) -> bytes | None:
    value = item.get("returned") if is_object(item) and "returned" in item else item
    return value.encode("latin-1", "replace") if isinstance(value, str) else None


def _bytes_in(event: EventSpec) -> Iterator[bytes]:
    """Yields all bytes in the arguments of an event, including those in lists."""
    waiting: list[Any] = [value for _, value in event.arguments]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Typed):
            value = value.content
        if is_tuple(value):
            waiting += value
        elif isinstance(value, str):
            yield value.encode("latin-1", "replace")
        elif isinstance(value, bytes):
            yield value
