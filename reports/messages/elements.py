"""The elements of a conversation that a requirement can be about, as words.

Owns the words: which parts of messages a program has, and what is unusual about them. Two programs
about the same requirement share the words of that requirement, whatever their bytes are. It must
not know any requirement, nor what an implementation makes of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...strategies.program import (
    Call,
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SingleStep,
    Typed,
    is_tuple,
    step_on,
)
from ...strategies.projection import plain_step
from .element_words import (
    CHUNK_LINE,
    FIELD_TESTS,
    KNOWN_FIELDS,
    LINE_TESTS,
    LONG_DIGITS,
    LONG_LINE,
    METHOD_TESTS,
    SIZE_TESTS,
    STATUS_TESTS,
    STATUSES,
    TARGET_TESTS,
    TOKEN,
    VALUE_TESTS,
    VERSION_TESTS,
    WIDE,
    failing,
)
from .peer import other_role
from .wire import WireMessage, split_messages


def elements(program: Program, end: int | None = None) -> frozenset[str]:
    """Returns the elements of a program, in words.

    Args:
        end: the number of steps to look at; None for all. Of several connections, only that of the
            last of these steps counts.
    """
    pairs = [step_on(step) for step in program.steps[:end]]
    number = pairs[-1][0] if pairs else 0
    steps: list[SingleStep] = []
    for on, step in pairs:
        if on == number:
            plain = plain_step(step) if isinstance(step, Call) else step
            steps.append(step if plain is None else plain)
    connection = program.connections[number]
    return frozenset(_elements(connection.role, connection.limit, steps))


def _elements(role: Role, limit: int | None, steps: Sequence[SingleStep]) -> Iterator[str]:
    yield f"role {role}"
    if limit is not None:
        yield "limit"
    last = steps[-1] if steps else None
    for step in steps:
        if not isinstance(step, (Receive, Drain, NextEvent, Send)):
            yield f"step {step.to_json()['do']}"
    sent = [step.event for step in steps if isinstance(step, Send)]
    yield from _of_sent(sent)
    if isinstance(last, Send):
        yield f"ends with sending {last.event.type}"
    elif isinstance(last, (Drain, NextEvent)):
        yield "ends with reading"
    received = b"".join(step.data for step in steps if isinstance(step, Receive))
    methods = [_text(event, "method") for event in sent if event.type == "Request"]
    asked = [method.decode("latin-1") for method in methods]
    ended = any(isinstance(step, ReceiveEOF) for step in steps)
    yield from _of_received(received, split_messages(received, other_role(role), asked))
    if ended and not received:
        yield "end of input without a message"


def _of_received(received: bytes, messages: Sequence[WireMessage]) -> Iterator[str]:
    if received[:1] in (b"\r", b"\n"):
        yield "empty line before a message"
    if len(messages) > 1:
        yield "several messages received"
    for number, message in enumerate(messages):
        if number and not message.has_whole_head:
            continue
        yield from _of_head(message)
        yield from _of_chunks(message)
        if message.body:
            yield "body"
    if re.search(rb"[^\r]\n", received):
        yield "line that ends in LF"
    if received and not re.search(rb"\n\r*\n", received):
        yield "incomplete head"


def _of_head(message: WireMessage) -> Iterator[str]:
    start = message.start_line
    if len(start) > LONG_LINE:
        yield "long line"
    if re.search(rb"\r", start):
        yield "CR in a start line"
    if start.startswith(b"HTTP/") or re.match(rb"[^ ]*/[0-9.]+ [0-9]", start):
        version, code, *reason = [*start.split(b" ", 2), b""][:3]
        yield from failing(STATUS_TESTS, code)
        yield f"status {code.decode('latin-1')}" if code in STATUSES else "another status"
        yield "reason" if reason and reason[0] else "no reason"
        yield "line of a status without its last space" if start.count(b" ") == 1 else "status line"
        yield from failing(VERSION_TESTS, version)
    else:
        parts = start.split(b" ")
        if len(parts) != 3 or b"" in parts:
            yield "start line of other than three parts"
        method, version = parts[0], parts[-1]
        yield from failing(METHOD_TESTS, method)
        yield from failing(TARGET_TESTS, b" ".join(parts[1:-1]))
        yield from failing(VERSION_TESTS, version)
        if not message.values(b"host"):
            yield "no Host"
    yield from _of_lines(message.lines[1:])
    yield from _of_fields(message)


def _of_lines(lines: Sequence[bytes], prefix: str = "") -> Iterator[str]:
    for number, line in enumerate(lines):
        if line and not line.strip(b" \t\r"):
            yield "line of CR alone" if b"\r" in line else "blank line"
            continue
        for word in failing(LINE_TESTS, line):
            yield f"{prefix}{word}"
        if line[:1] in (b" ", b"\t"):
            if number == 0:
                yield f"{prefix}continuation line at the start"
            continue
        name, colon, value = line.partition(b":")
        bare = name.strip(b" \t")
        if colon and not TOKEN.fullmatch(bare):
            yield f"{prefix}field name that is not a token"
        if name.isupper() and bare.lower() in KNOWN_FIELDS:
            yield "field name in upper case"
        for word in failing(VALUE_TESTS, value.removesuffix(b"\r")):
            yield f"{prefix}{word}"
        if len(line) > LONG_LINE:
            yield "long line"


def _of_fields(message: WireMessage) -> Iterator[str]:
    for name in {name for name, _ in message.fields}:
        values = message.values(name)
        if name not in KNOWN_FIELDS:
            yield "another field"
            continue
        word = name.decode("latin-1")
        yield word
        if len(values) > 1:
            yield f"several lines of {word}"
        for value in values:
            yield from failing(FIELD_TESTS.get(name, ()), value)
    lengths = [
        item.strip() for each in message.values(b"content-length") for item in each.split(b",")
    ]
    if len(lengths) > 1:
        yield "equal lengths" if len({*lengths}) == 1 else "different lengths"
    if lengths and message.values(b"transfer-encoding"):
        yield "length and coding"


def _of_chunks(message: WireMessage) -> Iterator[str]:
    for line in message.chunk_headers:
        match = CHUNK_LINE.fullmatch(line)
        if match is None:
            continue
        before, size, after, extension, end = match.groups()
        yield "chunk"
        yield from failing(SIZE_TESTS, size)
        if before or (after and not extension):
            yield "blank at a chunk size"
        if after and extension:
            yield "blank before a chunk extension"
        if extension:
            yield "chunk extension"
            yield from ["CR in a chunk extension"] * (b"\r" in extension)
            yield from ["blank in a chunk extension"] * bool(re.match(rb";[ \t]", extension))
        if not end:
            yield "chunk size that ends in LF"
    if any(size >= WIDE for size in message.chunk_sizes):
        yield "great chunk size"
    if message.bad_footer is not None:
        yield "bytes after a chunk"
        if message.bad_footer[:1] == b"\n":
            yield "LF after a chunk"
    if message.trailers:
        yield "trailers"
        yield from _of_lines(message.trailers, "trailer: ")


def _of_sent(events: Sequence[EventSpec]) -> Iterator[str]:
    length: int | None = None
    total = 0
    for event in events:
        yield f"sends {event.type}"
        if event.type == "Data":
            size = len(_text(event, "data"))
            total += size
            yield from ["sends empty Data"] * (size == 0)
            if length is not None and total > length:
                yield "sends too much"
        elif event.type == "EndOfMessage":
            yield from (f"sends trailers: {word}" for word in _sent_fields(event))
            if length is not None and total < length:
                yield "sends too little"
        elif event.type != "ConnectionClosed":
            lines = [name + b": " + value for name, value in _pairs(event)]
            message = WireMessage([b"", *lines])
            yield from (f"sends {word}" for word in _of_sent_head(event, message))
            values = message.values(b"content-length")
            digits = values[0] if len(values) == 1 and values[0].isdigit() else b""
            coded = bool(message.values(b"transfer-encoding"))
            length = int(digits[:LONG_DIGITS]) if digits and not coded else None
            if not values and not coded:
                yield "sends no framing field"
                length = 0 if event.type == "Request" else None
            total = 0


def _of_sent_head(event: EventSpec, message: WireMessage) -> Iterator[str]:
    if event.type == "Request":
        yield from failing(METHOD_TESTS, _text(event, "method"))
        yield from failing(TARGET_TESTS, _text(event, "target"))
        if not message.values(b"host"):
            yield "no Host"
    else:
        code = _text(event, "status_code")
        yield from failing(STATUS_TESTS, code)
        if code in STATUSES:
            yield f"status {code.decode('latin-1')}"
        reason = _text(event, "reason")
        if reason:
            yield "reason"
            yield from (f"reason: {word}" for word in failing(VALUE_TESTS, reason))
    version = dict(event.arguments).get("http_version")
    if version is not None and _text(event, "http_version") != b"1.1":
        yield "another version"
    yield from _sent_fields(event)
    yield from _of_fields(message)


def _sent_fields(event: EventSpec) -> Iterator[str]:
    for name, value in _pairs(event):
        yield "field"
        if not name:
            yield "empty field name"
        elif not TOKEN.fullmatch(name):
            yield "field name that is not a token"
            yield from ["blank in a field name"] * bool(re.search(rb"[ \t]", name))
        yield from failing(VALUE_TESTS, value)
        if value[:1] in (b" ", b"\t"):
            yield "blanks around a value"


def _pairs(event: EventSpec) -> list[tuple[bytes, bytes]]:
    headers = _content(dict(event.arguments).get("headers"))
    found: list[tuple[bytes, bytes]] = []
    for pair in headers if is_tuple(headers) else ():
        parts = _content(pair)
        if is_tuple(parts) and len(parts) == 2:
            found.append((_bytes(parts[0]), _bytes(parts[1])))
    return found


def _text(event: EventSpec, name: str) -> bytes:
    return _bytes(dict(event.arguments).get(name, b""))


def _content(value: Any) -> Any:
    return value.content if isinstance(value, Typed) else value


def _bytes(value: Any) -> bytes:
    content = _content(value)
    if isinstance(content, bytes):
        return content
    if isinstance(content, (str, int)):
        return str(content).encode("latin-1", "replace")
    return b""
