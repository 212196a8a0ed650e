"""The smuggling risk of a divergence: whether it is about the boundaries of messages.

Owns which differences are smuggling-relevant, and the sentence that says why. Such a divergence
means that two parties on one connection take the same bytes for different messages (RFC 9112 §11.1
and §11.2). So what counts is what both sides make of the bytes that they read, and what a peer
makes of the bytes that they sent: messages, bodies, what is left over, and whether anything follows
a refusal. It must not know how the divergence was found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...strategies.program import EventSpec, Json, Send, Typed, is_tuple
from ...strategies.projection import projections
from ...strategies.traces import Trace
from ..messages.peer import (
    ends_input,
    methods,
    other_role,
    peers_reading,
    received_bytes,
    sent_bytes,
)
from ..messages.reading import Message, Reading, reading
from ..messages.wire import (
    WireMessage,
    has_ambiguous_lines,
    is_ambiguous_framing,
    is_ambiguous_request_line,
    split_messages,
)
from .divergence import SOFT_ASPECTS, Divergence

_ENDS = "the message ends here for one side, and its body continues for the other"
_BEGINS = "one side sees a message where the other sees none"
_WAITS = "one side has read the whole message, and the other waits for more of it"
_FOLLOWS = (
    "the target reads on after bytes that it has refused: what follows them is a message for one "
    "side only"
)
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
_CHUNK = "a chunk ends for one side, and goes on for the other"
_FIELDS = "the two sides see different fields that determine the length of the message"
_KINDS = "the message can have a body for one side, and cannot for the other"
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
# The powers of two at which the numbers of many implementations wrap.
_WIDTHS = (16, 31, 32, 63, 64)


def smuggling_risk(check: str, divergence: Divergence) -> str:
    """Returns a sentence that says how two parties would disagree about messages.

    It is "" if messages begin and end in the same places for both.

    Args:
        check: the id of the check that found it; a few rules are about framing only.
    """
    difference = divergence.difference
    if difference.aspect in (*SOFT_ASPECTS, "fault"):
        return ""
    if divergence.program.version > 1:
        single = _of_one_connection(divergence)
        return "" if single is None else smuggling_risk(check, single)
    if difference.field == "rule":
        made = _readings(divergence)[1]
        return _FOLLOWS if made.read_on else _RULES.get(check, "")
    if divergence.other is not None:
        return _of_relation(divergence)
    if isinstance(divergence.program.steps[divergence.step], Send):
        return _of_sent(divergence)
    return _of_read(divergence, *_readings(divergence)) or _of_states(divergence)


def _of_one_connection(divergence: Divergence) -> Divergence | None:
    """The divergence as one of the connection that shows it, or None where its step has no part."""
    end = divergence.step + 1
    actual = [divergence.actual.form[:end], divergence.expected.form[:end]]
    if min(map(len, actual)) < end or divergence.other is not None:
        return None
    program = replace(divergence.program, steps=divergence.program.steps[:end])
    parts = [list(projections(program, Trace(form))) for form in actual]
    for (one, mine), (_, other) in zip(*parts, strict=False):
        if mine.form[-1] is actual[0][-1]:
            return replace(
                divergence, program=one, step=len(one.steps) - 1, expected=other, actual=mine
            )
    return None


def _readings(divergence: Divergence) -> tuple[Reading, Reading]:
    """What both sides made of the bytes up to the step that differs."""
    end, program = divergence.step + 1, divergence.program
    expected, actual = divergence.expected.form[:end], divergence.actual.form[:end]
    asked = methods(program, expected) if program.role == "client" else []
    return reading(expected, asked), reading(actual, asked)


def _of_relation(divergence: Divergence) -> str:
    """The risk of two equivalent programs that are read as different messages."""
    program, other = divergence.program, divergence.other
    assert other is not None
    one = reading(divergence.expected.form, methods(other, divergence.expected.form))
    two = reading(divergence.actual.form, methods(program, divergence.actual.form))
    if one.refused and not two.refused:
        return _of_read(divergence, one, two)
    return _of_messages(one, two) or _of_number(one, two)


def _of_read(divergence: Divergence, expected: Reading, actual: Reading) -> str:
    """The risk where both sides have read the same bytes."""
    if actual.read_on and not expected.read_on:
        return _FOLLOWS
    if expected.refused:
        return _of_acceptance(divergence, expected, actual)
    risk = _of_messages(expected, actual) or _of_chunks(divergence, expected, actual)
    if risk or actual.refused:
        return risk or (_BEGINS if len(actual.messages) > len(expected.messages) else "")
    return _of_number(expected, actual) or _of_left_over(expected, actual)


def _of_messages(expected: Reading, actual: Reading) -> str:
    """The risk in the messages that both sides have seen."""
    last = min(len(expected.messages), len(actual.messages)) - 1
    for at, (one, two) in enumerate(zip(expected.messages, actual.messages, strict=False)):
        if (one.kind, one.bodiless, one.connect) != (two.kind, two.bodiless, two.connect):
            return _KINDS
        if one.framing != two.framing:
            return _FIELDS
        risk = _of_bodies(one, two, expected, actual, is_last=at == last)
        if risk:
            return risk
    return ""


def _of_bodies(
    one: Message, two: Message, expected: Reading, actual: Reading, *, is_last: bool
) -> str:
    sizes = len(one.body), len(two.body)
    if one.ended and two.ended:
        return _LENGTH.format(*sizes) if sizes[0] != sizes[1] else ""
    if one.ended or two.ended:
        # A side that has refused the rest, or has not read it, has not seen another end.
        if is_last and (actual.refused if one.ended else expected.refused):
            return ""
        return _WAITS if sizes[0] == sizes[1] else _ENDS
    if sizes[0] == sizes[1] or actual.refused:
        return ""
    # Unread bytes that are missing from a body are only read later.
    unread = (actual.left or 0) - (expected.left or 0)
    return "" if unread and unread == sizes[0] - sizes[1] else _LENGTH.format(*sizes)


def _of_number(expected: Reading, actual: Reading) -> str:
    return _BEGINS if len(expected.messages) != len(actual.messages) else ""


def _of_left_over(expected: Reading, actual: Reading) -> str:
    """The risk of unread bytes after a message; within one, they are only read later."""
    sides = expected.left, actual.left
    if None in sides or not (expected.between_messages and actual.between_messages):
        return ""
    return _LEFT.format(*sides) if sides[0] != sides[1] else ""


def _of_chunks(divergence: Divergence, expected: Reading, actual: Reading) -> str:
    """The risk of a chunk that has another size for the target.

    The mark of the end of a chunk alone is no evidence, as it may just be set wrongly; it is where
    the size wraps to the number of bytes read, or where the target refuses the bytes after them.
    """
    if not (expected.in_body and actual.messages):
        return ""
    at = len(expected.messages) - 1
    if len(actual.messages) <= at:
        return ""
    one, two = expected.messages[at], actual.messages[at]
    sooner = any(end not in one.chunk_ends for end in two.chunk_ends)
    if sooner and actual.refused and len(one.body) >= len(two.body):
        return _CHUNK
    sizes = [size for message in _received(divergence) for size in message.chunk_sizes]
    if not sizes or (not sooner and len(one.body) == len(two.body)):
        return ""
    taken = len(two.body) - sum(sizes[:-1])
    return _CHUNK if any(sizes[-1] >> n and sizes[-1] % 2**n == taken for n in _WIDTHS) else ""


def _received(divergence: Divergence) -> list[WireMessage]:
    """The messages in all the bytes that were received."""
    program = divergence.program
    asked = methods(program, divergence.expected.form) if program.role == "client" else []
    return split_messages(received_bytes(program), other_role(program.role), asked)


def _of_acceptance(divergence: Divergence, expected: Reading, actual: Reading) -> str:
    """The risk where the expected side refuses to read on."""
    number = len(expected.messages)
    if expected.in_body:
        if len(actual.messages) < number or not actual.messages:
            return ""
        return _of_accepted_body(divergence, expected, actual)
    if len(actual.messages) <= number:
        return ""
    if number and expected.messages[-1].closes:
        return _BEGINS
    if divergence.program.role == "client":
        asked = methods(divergence.program, divergence.expected.form)
        if actual.final_responses > len(asked):
            return _BEGINS
    heads = _received(divergence)
    head = heads[min(number, len(heads) - 1)] if heads else WireMessage([])
    if is_ambiguous_framing(head):
        return _ACCEPTED_FRAMING
    of_client = divergence.program.role == "server"
    unclear = of_client and is_ambiguous_request_line(head.start_line)
    return _ACCEPTED_LINES if unclear or has_ambiguous_lines(head) else ""


def _of_accepted_body(divergence: Divergence, expected: Reading, actual: Reading) -> str:
    at = len(expected.messages) - 1
    one, two = expected.messages[at], actual.messages[at]
    if two.ended or len(two.body) > len(one.body) or len(actual.messages) > at + 1:
        return _ACCEPTED_BODY
    if actual.refused:
        return ""
    # A side that keeps the bytes may still refuse them once it has more.
    taken = actual.left == 0 and not ends_input(divergence.program)
    return _ACCEPTED_BODY if taken else ""


def _of_states(divergence: Divergence) -> str:
    """The risk of a state that differs while the same was read."""
    difference = divergence.difference
    if difference.aspect != "state":
        return ""
    states = {difference.expected, difference.actual}
    if difference.expected == "ERROR" and difference.field == other_role(divergence.program.role):
        raised = divergence.actual.form[divergence.step].get("raised")
        goes_on = difference.actual not in ("CLOSED", "MUST_CLOSE")
        return _FOLLOWS if raised and raised["by"] == "next" and goes_on else ""
    if "ERROR" in states or "CLOSED" in states:
        return ""
    if "SEND_BODY" in states:
        return _COMPLETE
    return _PROTOCOL if states & {"SWITCHED_PROTOCOL", "MIGHT_SWITCH_PROTOCOL"} else ""


def _of_sent(divergence: Divergence) -> str:
    """The risk of a step that sends: what its peer makes of all that was sent up to it."""
    end, program = divergence.step + 1, divergence.program
    step = program.steps[divergence.step]
    assert isinstance(step, Send)
    expected, actual = divergence.expected.form[:end], divergence.actual.form[:end]
    refused = "raised" in expected[-1], "raised" in actual[-1]
    if refused[1]:
        return ""
    if refused[0]:
        return _of_accepted_event(divergence, step.event, expected[-1]["raised"])
    if sent_bytes(program, expected) == sent_bytes(program, actual):
        return _of_states(divergence)
    one, two = peers_reading(program, expected), peers_reading(program, actual)
    if two.refused and not one.refused:
        heads = _sent(divergence, actual)
        return _of_sent_head(heads[-1]) if heads else ""
    if one.refused:
        return ""
    return _of_messages(one, two) or _of_number(one, two) or _of_left_over(one, two)


def _sent(divergence: Divergence, trace: list[Json]) -> list[WireMessage]:
    program = divergence.program
    asked = methods(program, trace) if program.role == "server" else []
    return split_messages(sent_bytes(program, trace), program.role, asked)


def _of_sent_head(head: WireMessage) -> str:
    """The risk of a head that the peer refuses."""
    if is_ambiguous_framing(head):
        return _SENT_LENGTH
    return _SENT_LINES if has_ambiguous_lines(head) else ""


def _of_accepted_event(divergence: Divergence, event: EventSpec, raised: Json) -> str:
    """The risk where the target sends an event that the expected side refuses."""
    program, trace = divergence.program, divergence.actual.form[: divergence.step + 1]
    if any(mark in each for each in _bytes_in(event) for mark in b"\r\n\0"):
        return _SENT_LINES
    made = peers_reading(program, trace)
    if event.type in ("Data", "EndOfMessage"):
        short = event.type == "EndOfMessage" and made.in_body and not made.until_close
        clean = not (made.refused or made.left or short) and made.messages
        return "" if clean else _SENT_LENGTH
    if raised["by"] != "constructor" and (made.left or made.refused):
        return _SENT_LENGTH
    heads = _sent(divergence, trace)
    return _of_sent_head(heads[-1]) if heads else ""


def _bytes_in(event: EventSpec) -> list[bytes]:
    """All bytes in the arguments of the head of a message, including those in lists."""
    if event.type == "Data":
        return []
    found: list[bytes] = []
    waiting: list[Any] = [value for _, value in event.arguments]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Typed):
            value = value.content
        if is_tuple(value):
            waiting += value
        elif isinstance(value, str):
            found.append(value.encode("latin-1", "replace"))
        elif isinstance(value, bytes):
            found.append(value)
    return found
