"""Invariants: what holds on every trace of any implementation.

Owns the invariants, and the places where h11 0.16.0 itself violates one, recognised as narrowly as
possible. It must not know the reference: a mistake that the target shares with it is still found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...strategies.interpreter import STATES
from ...strategies.program import (
    EventSpec,
    Json,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    StartNextCycle,
    Step,
    is_list,
)
from ...strategies.traces import START, Trace, walk
from ..oracles.properties import Violation
from ..requirements.values import octets, plain

_UPSTREAM_BUG = UPSTREAM_DEVIATIONS[0].name
_ROLES = ("client", "server")
_FAMILIES = {
    "constructor": ("LocalProtocolError",),
    "send": ("LocalProtocolError",),
    "cycle": ("LocalProtocolError",),
    "next": ("RemoteProtocolError",),
    "receive": (),
    "fail": (),
}
# The states that one step may lead to from a final one; a drain may take several transitions.
_FINAL = {
    "ERROR": ("ERROR",),
    "SWITCHED_PROTOCOL": ("SWITCHED_PROTOCOL", "ERROR"),
    "CLOSED": ("CLOSED", "ERROR"),
    "MUST_CLOSE": ("MUST_CLOSE", "CLOSED", "ERROR"),
}
_ORDER = {state: at for at, state in enumerate(("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE"))}


def _steps(program: Program, trace: Trace) -> Iterator[tuple[int, Any, Json, Json]]:
    """Each step with its number, what was seen before it, and what it showed."""
    known = START.form
    for at, (step, _, observation) in enumerate(walk(program, trace)):
        form = observation.form
        yield at, step, known, form
        # What could not be read after a step stays as it was last seen.
        known = form if "trailing" in form else {**known, **form}


def documented_exceptions(program: Program, trace: Trace) -> Iterator[Violation]:
    """Each call raises only its own protocol error, and data after the end is refused."""
    ended = False
    for at, step, before, seen in _steps(program, trace):
        raised = seen.get("raised")
        if raised is not None:
            allowed = raised["family"] in _FAMILIES.get(raised["by"], ())
            late = raised["by"] == "receive" and ended and raised["class"] == "RuntimeError"
            if not allowed and not late:
                yield Violation(
                    at,
                    "error",
                    "a protocol error of its own kind, or none",
                    f"{raised['by']} raises {raised['class']}: {raised['text']}",
                    raised["class"],
                    exception=_UPSTREAM_BUG if _is_upstream_bug(step, raised, before) else "",
                )
        elif isinstance(step, Receive) and ended and step.data:
            yield Violation(
                at, "error", "RuntimeError for data after the end", "nothing raised", "nothing"
            )
        ended = ended or isinstance(step, ReceiveEOF)


def _is_upstream_bug(step: Step, raised: Json, before: Json) -> bool:
    """Whether h11 fails to format its own message: a server that has answered reads a request, or
    accepts a protocol switch twice.
    """
    if raised["class"] != "AttributeError" or "__name__" not in raised["text"]:
        return False
    if raised["by"] == "send" and isinstance(step, Send):
        accepted = before["client"] not in ("IDLE", "DONE", "CLOSED")
        kinds = ("Request", *(("Response", "InformationalResponse") if accepted else ()))
        return step.event.type in kinds and before["server"] not in ("IDLE", "SEND_RESPONSE")
    return bool(raised["by"] == "next" and before["server"] not in ("IDLE", "SEND_RESPONSE"))


def error_states(program: Program, trace: Trace) -> Iterator[Violation]:
    """An error puts the role that caused it into ERROR; a refused cycle changes nothing."""
    peer = "server" if program.role == "client" else "client"
    for at, _, before, seen in _steps(program, trace):
        raised = seen.get("raised")
        if raised is None or "client" not in seen:
            continue
        cause = {"send": program.role, "next": peer}.get(raised["by"])
        if cause is not None and seen[cause] != "ERROR":
            got = f"{cause} is {seen[cause]}"
            yield Violation(at, "state", f"{cause} is ERROR", got, seen[cause])
        if cause is None:
            for role in _ROLES:
                if seen[role] != before[role]:
                    yield Violation(
                        at, "state", "states as they were", f"{role} is {seen[role]}", seen[role]
                    )
        hint = raised.get("hint")
        if raised["family"] != "other" and not (type(hint) is int and 400 <= hint <= 599):
            yield Violation(at, "error", "a status that says what is wrong", f"{hint}", "a hint")


def sticky_errors(program: Program, trace: Trace) -> Iterator[Violation]:
    """In ERROR, nothing more can be sent or read."""
    peer = "server" if program.role == "client" else "client"
    for at, step, before, seen in _steps(program, trace):
        raised: Json = seen.get("raised", {})
        if isinstance(step, Send) and before[program.role] == "ERROR" and not raised:
            yield Violation(at, "error", "LocalProtocolError", "nothing raised", "nothing")
        if "events" in seen and before[peer] == "ERROR" and (seen["events"] or not raised):
            yield Violation(at, "error", "RemoteProtocolError", "an event", "an event")


def final_states(program: Program, trace: Trace) -> Iterator[Violation]:
    """A final state is never left, and only a new cycle leads back to an earlier state."""
    for at, step, before, seen in _steps(program, trace):
        for role in _ROLES:
            old, new = before.get(role), seen.get(role)
            if new not in STATES or old == new:
                continue
            allowed = _FINAL.get(str(old), STATES)
            back = _ORDER.get(str(new), 9) < _ORDER.get(str(old), -1)
            if new not in allowed or (back and not isinstance(step, StartNextCycle)):
                yield Violation(at, "state", f"no way from {old}", f"{role} is {new}", str(new))


def keep_alive(program: Program, trace: Trace) -> Iterator[Violation]:
    """After either role has sent close, or a version below HTTP/1.1, there is no other cycle."""
    closing = False
    for at, step, _, seen in _steps(program, trace):
        for head in _heads(step, seen):
            connection = ",".join(value for name, value in head["fields"] if name == "connection")
            options = {option.strip(" \t").lower() for option in connection.split(",")}
            # An old peer may ask for keep-alive; an implementation may grant it or not.
            leaves = head["version"] < "1.1" and "keep-alive" not in options
            closing = closing or "close" in options or leaves
        if isinstance(step, StartNextCycle) and closing and "raised" not in seen:
            yield Violation(at, "state", "no new cycle after close", "a new cycle", "a cycle")


def _heads(step: Any, seen: Json) -> Iterator[Json]:
    """The heads of the requests and final responses that this step has received or sent."""
    for event in seen.get("events", ()):
        if event["type"] in ("Request", "Response"):
            headers = plain(event["headers"])
            fields = [(name.lower(), value) for name, value in headers] if is_list(headers) else []
            yield {"fields": fields, "version": plain(event["http_version"])}
    finals = ("Request", "Response")
    if isinstance(step, Send) and "raised" not in seen and step.event.type in finals:
        fields = [(name.lower(), value) for name, value in _given(step.event)]
        yield {"fields": fields, "version": "1.1"}


def _given(event: EventSpec) -> list[tuple[str, str]]:
    """The fields that an event is constructed with."""
    headers = plain(dict(event.arguments).get("headers"))
    pairs = headers if is_list(headers) else []
    return [(str(pair[0]), str(pair[1])) for pair in pairs if is_list(pair) and len(pair) == 2]


# Framing fields may be added to those of an event, changed or removed, and so may Connection, which
# may have several lines.
_FRAMING = ("transfer-encoding", "content-length")
_LINE_END = re.compile(r"\r\n|\r|\n")
_END_OF_HEAD = re.compile(r"\n\r?\n")
_CHUNK = re.compile(r"([0-9A-Fa-f]{1,20})[ \t]*(?:;[^\n]*)?\r\n")
_HEADS = ("Request", "Response", "InformationalResponse")


def no_injection(program: Program, trace: Trace) -> Iterator[Violation]:
    """A head is sent as a start-line, a line for each field, and no other line."""
    for at, step, _, seen in _steps(program, trace):
        if not isinstance(step, Send) or "raised" in seen:
            continue
        sent = octets(seen.get("returned"))
        trailers = step.event.type == "EndOfMessage" and sent.startswith("0\r\n")
        if step.event.type not in _HEADS and not trailers:
            continue
        reason = str(plain(dict(step.event.arguments).get("reason", "")))
        lines = _LINE_END.split(sent)
        strange = _strange(lines[1:-2], _given(step.event))
        # h11 is known to send line ends in a reason, and in nothing else.
        injected = [line for line in strange if line in _LINE_END.split(reason)]
        whole = sent.endswith("\r\n\r\n") and lines[-2:] == ["", ""]
        if strange or not whole or "\0" in lines[0]:
            known = whole and len(injected) == len(strange) and (strange or "\0" in reason)
            yield Violation(
                at,
                "bytes",
                "a line for each field of the event, and no other",
                f"{sent!r}",
                "other lines",
                exception="lines injected through reason" if known else "",
            )


def _strange(lines: list[str], given: list[tuple[str, str]]) -> list[str]:
    """The lines that are not a field of the event, and the fields without a line."""
    left = list(lines)
    missing: list[str] = []
    for name, value in given:
        if name.lower() in (*_FRAMING, "connection"):
            continue  # may be removed or changed
        line = f"{name}: {value}"
        if line in left:
            left.remove(line)
        else:
            missing.append(line)
    names = [name.lower() for name, _ in given]
    for own in (*_FRAMING, "connection"):
        added = [line for line in left if line.lower().startswith(f"{own}:") and "\0" not in line]
        limit = len(added) if own == "connection" else max(names.count(own), own == _FRAMING[0])
        for line in added[:limit]:
            left.remove(line)
    return [*left, *missing]


@dataclass
class _Body:
    """The body of the message that is being received.

    ``bodiless`` says whether responses may have no body because of their request.
    """

    bodiless: bool
    content: str = ""
    length: str | None = None
    chunked: bool = False

    def begin(self, head: Json) -> None:
        """Starts with the head of a message."""
        pairs = [pair for pair in plain(head["headers"]) or () if is_list(pair)]
        fields = {name.lower(): value for name, value in pairs}
        response = head["type"] == "Response"
        empty = response and (self.bodiless or head["status_code"] in (204, 304))
        self.content = ""
        self.chunked = "transfer-encoding" in fields
        self.length = None if self.chunked or empty else fields.get("content-length")

    def announced(self, received: str) -> int | None:
        """How long the body should be, if that follows from the received bytes alone."""
        if self.length is not None:
            return int(self.length) if self.length.isascii() and self.length.isdigit() else None
        return _chunked_length(received) if self.chunked and not self.bodiless else None


def body_conserved(program: Program, trace: Trace) -> Iterator[Violation]:
    """A body is returned in the bytes and order received, and as long as was announced."""
    received = ""
    body = _Body(_may_be_answered_without_body(program))
    for at, step, _, seen in _steps(program, trace):
        if isinstance(step, Receive):
            received += step.data.decode("latin-1")
        for event in seen.get("events", ()):
            if event["type"] in ("Request", "Response"):
                body.begin(event)
            elif event["type"] == "Data":
                body.content += octets(event["data"])
            elif event["type"] == "EndOfMessage":
                expected = body.announced(received)
                if expected not in (None, len(body.content)):
                    got = f"{len(body.content)} bytes of {expected}"
                    yield Violation(at, "event", "as many bytes as announced", got, "others")
        if body.content and not _in_order(body.content, received):
            got = f"{body.content!r}"
            yield Violation(at, "event", "bytes that were received", got, "others")
            return


def _may_be_answered_without_body(program: Program) -> bool:
    """Whether the program sends a request to which some responses have no body."""
    methods = [
        plain(dict(step.event.arguments).get("method"))
        for step in program.steps
        if isinstance(step, Send) and step.event.type == "Request"
    ]
    return any(method in ("HEAD", "CONNECT") for method in methods)


def _chunked_length(received: str) -> int | None:
    """The length of the one chunked body received; None if there may be several messages."""
    heads = _END_OF_HEAD.split(received)
    if len(heads) < 2 or received.count(" HTTP/") + received.count("HTTP/") > 2:
        return None
    rest, total = received[len(heads[0]) :].lstrip("\r\n"), 0
    while match := _CHUNK.match(rest):
        size = int(match[1], 16)
        if not size:
            return total
        total += size
        rest = rest[match.end() + size + 2 :]
    return None


def _in_order(body: str, received: str) -> bool:
    """Whether the bytes of the body were received in this order, with any bytes in between."""
    left = iter(received)
    return body in received or all(byte in left for byte in body)


def sent_as_given(program: Program, trace: Trace) -> Iterator[Violation]:
    """Data is sent unchanged: in chunks if the head announced them, otherwise as it is."""
    chunked = False
    for at, step, _, seen in _steps(program, trace):
        if not isinstance(step, Send) or "raised" in seen or "returned" not in seen:
            continue
        sent = octets(seen["returned"])
        if step.event.type in ("Request", "Response"):
            chunked = "\r\ntransfer-encoding: chunked\r\n" in sent.lower()
        if step.event.type != "Data":
            continue
        data = plain(dict(step.event.arguments).get("data", ""))
        if isinstance(data, str) and (_dechunked(sent) if chunked else sent) != data:
            expected = "the data in chunks" if chunked else "the data as it is"
            yield Violation(at, "bytes", expected, f"{sent!r}", "others")


def _dechunked(sent: str) -> str | None:
    """The data in these chunks; None if they are malformed, or include the last chunk."""
    data = ""
    while sent:
        match = _CHUNK.match(sent)
        size = int(match[1], 16) if match else 0
        if match is None or not size or sent[match.end() + size :][:2] != "\r\n":
            return None
        data += sent[match.end() :][:size]
        sent = sent[match.end() + size + 2 :]
    return data


def unread_kept(program: Program, trace: Trace) -> Iterator[Violation]:
    """After a switch nothing is read: received bytes are added to the unread ones."""
    peer = "server" if program.role == "client" else "client"
    for at, step, before, seen in _steps(program, trace):
        if before[peer] != "SWITCHED_PROTOCOL" or seen.get(peer) != "SWITCHED_PROTOCOL":
            continue
        expected, unread = octets(before["trailing"][0]), octets(seen["trailing"][0])
        if isinstance(step, Receive) and "raised" not in seen:
            expected += step.data.decode("latin-1")
        if unread != expected:
            got = repr(unread)
            yield Violation(at, "attribute", "all that came since the switch", got, "others")


def paused(program: Program, trace: Trace) -> Iterator[Violation]:
    """PAUSED is returned if unread bytes are left for later, and NEED_DATA if none are."""
    peer = "server" if program.role == "client" else "client"
    for at, _, _, seen in _steps(program, trace):
        events: list[Json] = seen.get("events", [])
        last = events[-1]["type"] if events else None
        if last not in ("PAUSED", "NEED_DATA") or peer not in seen:
            continue
        switching = seen[peer] in ("MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL")
        waiting = seen[peer] == "DONE" and bool(octets(seen["trailing"][0]))
        expected = "PAUSED" if switching or waiting else "NEED_DATA"
        if last != expected:
            yield Violation(at, "event", expected, last, last)


def end_of_input(program: Program, trace: Trace) -> Iterator[Violation]:
    """The peer has closed once the end of input was received, and not before."""
    ended = False
    for at, step, _, seen in _steps(program, trace):
        ended = ended or isinstance(step, ReceiveEOF)
        closed = any(event["type"] == "ConnectionClosed" for event in seen.get("events", ()))
        if closed and not ended:
            yield Violation(at, "event", "no ConnectionClosed yet", "ConnectionClosed", "one")
        if "trailing" in seen and bool(seen["trailing"][1]) != ended:
            got = str(seen["trailing"][1])
            yield Violation(at, "attribute", "the end where it is", got, got)


def waiting(program: Program, trace: Trace) -> Iterator[Violation]:
    """The peer of a server, and only of a server, is waiting if the client is."""
    for at, _, _, seen in _steps(program, trace):
        wait = seen.get("client_waits") is True and program.role == "server"
        if "they_wait" in seen and (seen["they_wait"] is True) != wait:
            got = str(seen["they_wait"])
            yield Violation(at, "attribute", str(wait), got, got)
