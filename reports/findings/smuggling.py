"""Whether a finding is about where messages begin and end, and who would disagree about what.

Owns what counts as smuggling-relevant, and the plain sentence that says why. Such a finding means
that two parties on one connection take the same bytes for different messages (RFC 9112 §11.1 and
§11.2). Knows nothing of how the finding was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...strategies.programs import (
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
# What some take for a line end, or for a gap, and others for none: RFC 9112 §2.2, §5.1, §5.2. A
# bare LF ends a line for h11 as well.
_UNCLEAR_LINES = re.compile(rb"\r(?!\n)|\n[ \t]|\0|\n[^:\r\n ]*[ \t]+:")
_NAMED = re.compile(rb"content-length|transfer-encoding", re.IGNORECASE)

_ENDS = "for one of them the message ends here, and for the other its body goes on"
_BEGINS = "one of them sees a message where the other sees none"
_WAITS = "one of them has read all there is, and the other waits for more of the same message"
_ACCEPTED_BODY = (
    "the target reads on in a body that the other side refuses: what comes behind is part of this "
    "message for one of them only"
)
_ACCEPTED_FRAMING = (
    "the target takes a length from a head that the other side refuses: a third party that reads "
    "it in another way sees the message end elsewhere"
)
_ACCEPTED_LINES = (
    "the target takes a line for whole that the other side refuses: a third party that ends it "
    "elsewhere sees other fields, or another message"
)
_LENGTH = "the body has {} bytes for one of them, and {} for the other"
_FIELDS = "the two see different fields that say how long the message is"
_LEFT = "on one side {} bytes are left for the next message, and {} on the other"
_COMPLETE = "one of them waits for a body, and for the other there is none to come"
_PROTOCOL = "one of them takes what follows for another protocol, and the other for HTTP"
_SENT_LINES = "what is sent has other lines for its receiver than its sender meant"
_SENT_LENGTH = "what is sent is not as long as it says: its receiver sees the message end elsewhere"
_RULES = {
    "rules/no-injection": _SENT_LINES,
    "rules/body-conserved": "bytes of the body get lost on the way, or come in from elsewhere",
    "rules/unread-kept": "bytes that belong to another protocol get lost, or are read as HTTP",
}


def smuggling_risk(check: str, divergence: Divergence) -> str:
    """Returns the sentence that says what two parties would disagree about.

    It is "" where messages begin and end in the same places for both.

    Args:
        check: the id of the check that found it; some rules are about nothing else.
    """
    found = divergence.difference
    if found.field == "rule":
        return _RULES.get(check, "")
    if found.field == "relation":
        return _of_messages(divergence)
    if found.field in ("outcome", "returned"):
        return _of_outcome(divergence)
    if found.aspect == "event":
        return _of_field(found.field, found.expected, found.actual)
    if found.aspect == "state":
        return _of_states({found.expected, found.actual})
    if found.field == "trailing":
        return _of_what_is_left(divergence)
    return ""


def _of_outcome(divergence: Divergence) -> str:
    expected, actual = divergence.difference.expected, divergence.difference.actual
    if isinstance(divergence.program.steps[divergence.step], Send):
        return _of_what_is_sent(divergence)
    one, other = _type(expected), _type(actual)
    if "raised" in (one, other):
        accepts = one == "raised" and other != "raised"
        return _of_acceptance(divergence, actual) if accepts else ""
    if {one, other} <= _NOT_FRAMING:
        return ""
    if {one, other} == {"Data", "EndOfMessage"}:
        return _ENDS
    if one in _HEADS or other in _HEADS:
        return _BEGINS
    return _WAITS


def _of_acceptance(divergence: Divergence, actual: Any) -> str:
    """The target goes on where the expected side raises."""
    if actual is None or _type(actual) == "ConnectionClosed":
        return ""
    if _in_body(divergence):
        return _ACCEPTED_BODY
    if _type(actual) not in _HEADS:
        return ""
    head = _last_head(b"".join(_received(divergence)))
    if _NAMED.search(head):
        return _ACCEPTED_FRAMING
    return _ACCEPTED_LINES if _UNCLEAR_LINES.search(head) else ""


def _in_body(divergence: Divergence) -> bool:
    """Whether a message was begun on both sides, and not ended, before what differs."""
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
    """What the last head may be of: what stands behind the last empty line before the last one."""
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


def _of_what_is_left(divergence: Divergence) -> str:
    """Bytes left behind an error are nobody's message."""
    observed = divergence.expected.form[divergence.step], divergence.actual.form[divergence.step]
    if any("raised" in each or "ERROR" in each.values() for each in observed):
        return ""
    sides = divergence.difference.expected, divergence.difference.actual
    sizes = [_size(side[0]) if is_list(side) and side else 0 for side in sides]
    return _LEFT.format(*sizes) if sizes[0] != sizes[1] else ""


def _of_what_is_sent(divergence: Divergence) -> str:
    step = divergence.program.steps[divergence.step]
    assert isinstance(step, Send)
    found = divergence.difference
    expected, actual = _sent(found.expected), _sent(found.actual)
    if _type(found.expected) == "raised" and _type(found.actual) != "raised":
        if step.event.type in ("Data", "EndOfMessage"):
            return _SENT_LENGTH
        if any(each in argument for argument in _bytes_in(step.event) for each in b"\r\n\0"):
            return _SENT_LINES
        return _SENT_LENGTH if any(map(_NAMED.search, _bytes_in(step.event))) else ""
    if expected is None or actual is None:
        return ""
    if step.event.type == "Data":
        return _SENT_LENGTH if len(expected) != len(actual) else ""
    lines = [re.split(rb"\r\n|\r|\n", sent) for sent in (expected, actual)]
    framing = [sorted(filter(_NAMED.match, each)) for each in lines]
    if framing[0] != framing[1]:
        return _SENT_LENGTH
    return _SENT_LINES if len(lines[0]) != len(lines[1]) else ""


def _of_messages(divergence: Divergence) -> str:
    """Two ways to say the same must give as many messages, and bodies of the same lengths."""
    expected = _messages(divergence.expected.form)
    actual = _messages(divergence.actual.form)
    if len(expected) != len(actual):
        return _BEGINS
    for one, other in zip(expected, actual, strict=True):
        if one != other:
            return _ENDS if one[0] == other[0] else _LENGTH.format(one[0], other[0])
    return ""


def _messages(trace: list[Json]) -> list[tuple[int, bool]]:
    """The length of each body that was read, and whether its end was."""
    found: list[tuple[int, bool]] = []
    for event in _events(trace):
        if event["type"] in _HEADS:
            found.append((0, False))
        elif found and event["type"] == "Data":
            found[-1] = found[-1][0] + _size(event["data"]), False
        elif found and event["type"] == "EndOfMessage":
            found[-1] = found[-1][0], True
    return found


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


def _sent(item: Any) -> bytes | None:
    value = item.get("returned") if is_object(item) and "returned" in item else item
    return value.encode("latin-1", "replace") if isinstance(value, str) else None


def _bytes_in(event: EventSpec) -> Iterator[bytes]:
    """All bytes in the arguments of an event, those in lists included."""
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
