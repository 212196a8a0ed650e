"""What holds for every conversation with any implementation, whatever is said in it.

Owns the rules. Each looks at one trace and knows nothing of the reference: a mistake that both make
still breaks it. Where h11 0.16.0 breaks one itself, the place is named here, as narrowly as it can
be recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...strategies.interpreter import STATES
from ...strategies.programs import (
    EventSpec,
    Json,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    StartNextCycle,
    Step,
    Typed,
    is_list,
    is_object,
    is_tuple,
)
from ...strategies.traces import START, Trace, walk
from ..oracles.properties import Violation

_STUMBLES = UPSTREAM_DEVIATIONS[0].name
_ROLES = ("client", "server")
_FAMILIES = {
    "constructor": ("LocalProtocolError",),
    "send": ("LocalProtocolError",),
    "cycle": ("LocalProtocolError",),
    "next": ("RemoteProtocolError",),
    "receive": (),
    "fail": (),
}
# From each state to those that one step may lead to; a drain may take several transitions at once.
_FINAL = {
    "ERROR": ("ERROR",),
    "SWITCHED_PROTOCOL": ("SWITCHED_PROTOCOL", "ERROR"),
    "CLOSED": ("CLOSED", "ERROR"),
    "MUST_CLOSE": ("MUST_CLOSE", "CLOSED", "ERROR"),
}
_BEFORE = {state: at for at, state in enumerate(("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE"))}


def _steps(program: Program, trace: Trace) -> Iterator[tuple[int, Any, Json, Json]]:
    """Each step with its number, what was seen before it, and what it showed."""
    known = START.form
    for at, (step, _, observation) in enumerate(walk(program, trace)):
        yield at, step, known, observation.form
        known = {**known, **observation.form}


def _plain(value: Any) -> Any:
    """A value of an observation, or an argument, without the type that its bytes had."""
    if is_object(value):
        return next(iter(value.values()), None)
    if isinstance(value, Typed):
        return _plain(value.content)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if is_list(value) or is_tuple(value):
        return [_plain(item) for item in value]
    return value


def _bytes(value: Any) -> str:
    """What a call returned, as the bytes that are to be sent."""
    plain = _plain(value)
    if is_list(plain):
        return "".join(map(_bytes, plain))
    return plain if isinstance(plain, str) else ""


def documented_exceptions(program: Program, trace: Trace) -> Iterator[Violation]:
    """Only protocol errors come out, each call its own, and data after the end is refused."""
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
                    exception=_STUMBLES if _stumbles(step, raised, before) else "",
                )
        elif isinstance(step, Receive) and ended and step.data:
            yield Violation(
                at, "error", "RuntimeError for data after the end", "nothing raised", "nothing"
            )
        ended = ended or isinstance(step, ReceiveEOF)


def _stumbles(step: Step, raised: Json, before: Json) -> bool:
    """Where h11 stumbles over its own message: a request that a server which has answered hears, or
    a second acceptance of a switch.
    """
    if raised["class"] != "AttributeError" or "__name__" not in raised["text"]:
        return False
    if raised["by"] == "send" and isinstance(step, Send):
        accepted = before["client"] not in ("IDLE", "DONE", "CLOSED")
        kinds = ("Request", *(("Response", "InformationalResponse") if accepted else ()))
        return step.event.type in kinds and before["server"] not in ("IDLE", "SEND_RESPONSE")
    return bool(raised["by"] == "next" and before["server"] not in ("IDLE", "SEND_RESPONSE"))


def error_states(program: Program, trace: Trace) -> Iterator[Violation]:
    """An error leads to ERROR, on the side whose fault it is; a refused cycle changes nothing."""
    peer = "server" if program.role == "client" else "client"
    for at, _, before, seen in _steps(program, trace):
        raised = seen.get("raised")
        if raised is None or "client" not in seen:
            continue
        side = {"send": program.role, "next": peer}.get(raised["by"])
        if side is not None and seen[side] != "ERROR":
            yield Violation(at, "state", f"{side} is ERROR", f"{side} is {seen[side]}", seen[side])
        if side is None:
            for role in _ROLES:
                if seen[role] != before[role]:
                    yield Violation(
                        at, "state", "states as they were", f"{role} is {seen[role]}", seen[role]
                    )
        hint = raised.get("hint")
        if raised["family"] != "other" and not (type(hint) is int and 400 <= hint <= 599):
            yield Violation(at, "error", "a status that says what is wrong", f"{hint}", "a hint")


def sticky_errors(program: Program, trace: Trace) -> Iterator[Violation]:
    """In ERROR, nothing can be sent or read any more."""
    peer = "server" if program.role == "client" else "client"
    for at, step, before, seen in _steps(program, trace):
        raised: Json = seen.get("raised", {})
        if isinstance(step, Send) and before[program.role] == "ERROR" and not raised:
            yield Violation(at, "error", "LocalProtocolError", "nothing raised", "nothing")
        if "events" in seen and before[peer] == "ERROR" and (seen["events"] or not raised):
            yield Violation(at, "error", "RemoteProtocolError", "an event", "an event")


def final_states(program: Program, trace: Trace) -> Iterator[Violation]:
    """No state is left that nothing leads out of, and only a new cycle leads back."""
    for at, step, before, seen in _steps(program, trace):
        for role in _ROLES:
            old, new = before.get(role), seen.get(role)
            if new not in STATES or old == new:
                continue
            allowed = _FINAL.get(str(old), STATES)
            back = _BEFORE.get(str(new), 9) < _BEFORE.get(str(old), -1)
            if new not in allowed or (back and not isinstance(step, StartNextCycle)):
                yield Violation(at, "state", f"no way from {old}", f"{role} is {new}", str(new))


def kept_alive(program: Program, trace: Trace) -> Iterator[Violation]:
    """Once either side has said close, or is older than HTTP/1.1, there is no other cycle."""
    closing = False
    for at, step, _, seen in _steps(program, trace):
        for head in _heads(step, seen):
            connection = ",".join(value for name, value in head["fields"] if name == "connection")
            options = {option.strip(" \t").lower() for option in connection.split(",")}
            # An old peer may say that it stays; whether it is believed is nobody's duty.
            leaves = head["version"] < "1.1" and "keep-alive" not in options
            closing = closing or "close" in options or leaves
        if isinstance(step, StartNextCycle) and closing and "raised" not in seen:
            yield Violation(at, "state", "no new cycle after close", "a new cycle", "a cycle")


def _heads(step: Any, seen: Json) -> Iterator[Json]:
    """The heads of final messages that this step has heard, or has sent."""
    for event in seen.get("events", ()):
        if event["type"] in ("Request", "Response"):
            headers = _plain(event["headers"])
            fields = [(name.lower(), value) for name, value in headers] if is_list(headers) else []
            yield {"fields": fields, "version": _plain(event["http_version"])}
    finals = ("Request", "Response")
    if isinstance(step, Send) and "raised" not in seen and step.event.type in finals:
        fields = [(name.lower(), value) for name, value in _given(step.event)]
        yield {"fields": fields, "version": "1.1"}


def _given(event: EventSpec) -> list[tuple[str, str]]:
    """The fields that the event is made with."""
    headers = _plain(dict(event.arguments).get("headers"))
    pairs = headers if is_list(headers) else []
    return [(str(pair[0]), str(pair[1])) for pair in pairs if is_list(pair) and len(pair) == 2]


# Fields that may be added to those of an event, or changed: how the body is framed, and that the
# connection ends. Of the last there may be several lines.
_FRAMING = ("transfer-encoding", "content-length")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADS = ("Request", "Response", "InformationalResponse")


def no_injection(program: Program, trace: Trace) -> Iterator[Violation]:
    """A head that is sent has a line for its start, one for each field, and no other."""
    for at, step, _, seen in _steps(program, trace):
        if not isinstance(step, Send) or "raised" in seen:
            continue
        sent = _bytes(seen.get("returned"))
        trailers = step.event.type == "EndOfMessage" and sent.startswith("0\r\n")
        if step.event.type not in _HEADS and not trailers:
            continue
        reason = str(_plain(dict(step.event.arguments).get("reason", "")))
        lines = _LINE_END.split(sent)
        strange = _strange(lines[1:-2], _given(step.event))
        # What stands in the reason is known to get through, and nothing else is.
        through = [line for line in strange if line in _LINE_END.split(reason)]
        whole = sent.endswith("\r\n\r\n") and lines[-2:] == ["", ""]
        if strange or not whole or "\0" in lines[0]:
            excused = whole and len(through) == len(strange) and (strange or "\0" in reason)
            yield Violation(
                at,
                "bytes",
                "a line for each field of the event, and no other",
                f"{sent!r}",
                "other lines",
                exception="lines injected through reason" if excused else "",
            )


def _strange(lines: list[str], given: list[tuple[str, str]]) -> list[str]:
    """The lines that are no field of the event, and the fields that have no line."""
    left = list(lines)
    missing: list[str] = []
    for name, value in given:
        if name.lower() in (*_FRAMING, "connection"):
            continue  # may be taken out, or said otherwise
        line = f"{name}: {value}"
        if line in left:
            left.remove(line)
        else:
            missing.append(line)
    names = [name.lower() for name, _ in given]
    for own in (*_FRAMING, "connection"):
        mine = [line for line in left if line.lower().startswith(f"{own}:") and "\0" not in line]
        most = len(mine) if own == "connection" else max(names.count(own), own == _FRAMING[0])
        for line in mine[:most]:
            left.remove(line)
    return [*left, *missing]


def body_conserved(program: Program, trace: Trace) -> Iterator[Violation]:
    """What is given out as a body came in those bytes and order, and as much as was announced."""
    received, body = "", ""
    announced: str | None = None
    chunked = False
    bodiless = _asks_for_no_body(program)
    for at, step, _, seen in _steps(program, trace):
        if isinstance(step, Receive):
            received += step.data.decode("latin-1")
        for event in seen.get("events", ()):
            kind = event["type"]
            if kind in ("Request", "Response"):
                body = ""
                names = [pair for pair in _plain(event["headers"]) or () if is_list(pair)]
                fields = {name.lower(): value for name, value in names}
                chunked = "transfer-encoding" in fields
                empty = kind == "Response" and (bodiless or event["status_code"] in (204, 304))
                announced = None if chunked or empty else fields.get("content-length")
            elif kind == "Data":
                body += _bytes(event["data"])
            elif kind == "EndOfMessage":
                wanted = _announced(announced, chunked and not bodiless, received)
                if wanted not in (None, len(body)):
                    got = f"{len(body)} bytes of {wanted}"
                    yield Violation(at, "event", "as many bytes as announced", got, "others")
        if body and not _in_order(body, received):
            yield Violation(at, "event", "bytes that were received", f"{body!r}", "others")
            return


def _asks_for_no_body(program: Program) -> bool:
    """Whether the program sends a request to which some answers have no body."""
    methods = [
        _plain(dict(step.event.arguments).get("method"))
        for step in program.steps
        if isinstance(step, Send) and step.event.type == "Request"
    ]
    return any(method in ("HEAD", "CONNECT") for method in methods)


def _announced(length: str | None, chunked: bool, received: str) -> int | None:
    """How long the body is that ends now, if that can be told from the bytes alone."""
    if length is not None:
        return int(length) if length.isascii() and length.isdigit() else None
    heads = _END_OF_HEAD.split(received)
    if not chunked or len(heads) < 2 or received.count(" HTTP/") + received.count("HTTP/") > 2:
        return None
    rest, total = received[len(heads[0]) :].lstrip("\r\n"), 0
    while match := _CHUNK.match(rest):
        size = int(match[1], 16)
        if not size:
            return total
        total += size
        rest = rest[match.end() + size + 2 :]
    return None


_END_OF_HEAD = re.compile(r"\n\r?\n")
_CHUNK = re.compile(r"([0-9A-Fa-f]{1,20})[ \t]*(?:;[^\n]*)?\r\n")


def _in_order(body: str, received: str) -> bool:
    """Whether the bytes of the body came in this order, whatever came between them."""
    left = iter(received)
    return body in received or all(byte in left for byte in body)


def sent_as_given(program: Program, trace: Trace) -> Iterator[Violation]:
    """What is sent for Data is that data: in chunks where the head said so, and alone elsewhere."""
    chunked = False
    for at, step, _, seen in _steps(program, trace):
        if not isinstance(step, Send) or "raised" in seen or "returned" not in seen:
            continue
        sent = _bytes(seen["returned"])
        if step.event.type in ("Request", "Response"):
            chunked = "\r\ntransfer-encoding: chunked\r\n" in sent.lower()
        if step.event.type != "Data":
            continue
        data = _plain(dict(step.event.arguments).get("data", ""))
        if isinstance(data, str) and (_dechunked(sent) if chunked else sent) != data:
            rule = "the data in chunks" if chunked else "the data as it is"
            yield Violation(at, "bytes", rule, f"{sent!r}", "others")


def _dechunked(sent: str) -> str | None:
    """What is in these chunks; None if they are none, or the last one is among them."""
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
    """After a switch nothing is read: what comes is added to what there is, and kept."""
    peer = "server" if program.role == "client" else "client"
    for at, step, before, seen in _steps(program, trace):
        if before[peer] != "SWITCHED_PROTOCOL" or seen.get(peer) != "SWITCHED_PROTOCOL":
            continue
        kept, came = _bytes(before["trailing"][0]), ""
        if isinstance(step, Receive) and "raised" not in seen:
            came = step.data.decode("latin-1")
        if _bytes(seen["trailing"][0]) != kept + came:
            got = repr(_bytes(seen["trailing"][0]))
            yield Violation(at, "attribute", "all that came since the switch", got, "others")


def paused_rightly(program: Program, trace: Trace) -> Iterator[Violation]:
    """PAUSED says that there is something to read later, and NEED_DATA that there is nothing."""
    peer = "server" if program.role == "client" else "client"
    for at, _, _, seen in _steps(program, trace):
        events: list[Json] = seen.get("events", [])
        last = events[-1]["type"] if events else None
        if last not in ("PAUSED", "NEED_DATA") or peer not in seen:
            continue
        switching = seen[peer] in ("MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL")
        waiting = seen[peer] == "DONE" and bool(_bytes(seen["trailing"][0]))
        right = "PAUSED" if switching or waiting else "NEED_DATA"
        if last != right:
            yield Violation(at, "event", right, last, last)


def end_was_received(program: Program, trace: Trace) -> Iterator[Violation]:
    """The peer has closed when the end of input was received, and not before."""
    ended = False
    for at, step, _, seen in _steps(program, trace):
        ended = ended or isinstance(step, ReceiveEOF)
        closed = any(event["type"] == "ConnectionClosed" for event in seen.get("events", ()))
        if closed and not ended:
            yield Violation(at, "event", "no ConnectionClosed yet", "ConnectionClosed", "one")
        if "trailing" in seen and bool(seen["trailing"][1]) != ended:
            got = str(seen["trailing"][1])
            yield Violation(at, "attribute", "the end where it is", got, got)


def waiting_rightly(program: Program, trace: Trace) -> Iterator[Violation]:
    """Only a server is waited for, and only by a client that waits."""
    for at, _, _, seen in _steps(program, trace):
        wait = seen.get("client_waits") is True and program.role == "server"
        if "they_wait" in seen and (seen["they_wait"] is True) != wait:
            got = str(seen["they_wait"])
            yield Violation(at, "attribute", str(wait), got, got)
