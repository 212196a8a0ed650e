"""Fields that HTTP/1.1 acts on, twice in one message or on one connection, in two spellings.

Owns the fields with their values, the pairs of spellings, and the messages. The sweep of words has
one field in each spelling: an implementation that keeps something under the name as it was written
shows only here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, product

from ..program import (
    Drain,
    EventSpec,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    StartNextCycle,
    Step,
)

Steps = tuple[Step, ...]
Field = tuple[bytes, bytes]

# Names with two values each, of one meaning or of two.
VALUES: tuple[tuple[bytes, bytes, bytes], ...] = (
    (b"Content-Length", b"2", b"2"),
    (b"Content-Length", b"2", b"3"),
    (b"Transfer-Encoding", b"chunked", b"chunked"),
    (b"Transfer-Encoding", b"chunked", b"identity"),
    (b"Host", b"a", b"a"),
    (b"Host", b"a", b"b"),
    (b"Connection", b"keep-alive", b"close"),
    (b"Connection", b"close", b"x"),
    (b"Expect", b"100-continue", b"100-continue"),
    (b"Expect", b"x", b"100-continue"),
    (b"Upgrade", b"d", b"d"),
    (b"Upgrade", b"d", b"e"),
    (b"Aa", b"b", b"c"),
)
_HOST = (b"Host", b"a")
_TWO = (b"Content-Length", b"2")
_CODED = (b"Transfer-Encoding", b"chunked")
_CHUNK = b"2\r\nab\r\n"
_DATA = Send(EventSpec.of("Data", data=b"ab"))
_END = Send(EventSpec("EndOfMessage"))
_CYCLE = StartNextCycle()


def pairs_of_spellings(name: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Returns pairs of different spellings of a name."""
    lower, upper = name.lower(), name.upper()
    return (name, lower), (lower, name), (upper, lower[:-1] + upper[-1:])


def _has(name: bytes, fields: tuple[Field, ...]) -> bool:
    return any(each.lower() == name for each, _ in fields)


def _whole(*fields: Field, host: bool = False) -> tuple[Field, ...]:
    """The fields, with Host and a framing before them unless they have their own."""
    before: list[Field] = []
    if host and not _has(b"host", fields):
        before.append(_HOST)
    if not (_has(b"content-length", fields) or _has(b"transfer-encoding", fields)):
        before.append(_TWO)
    return *before, *fields


def _lines(*fields: Field) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in fields)


def _read(start: bytes, fields: tuple[Field, ...]) -> Steps:
    """The head is read before the body, during which a client may wait."""
    body = _CHUNK + b"0\r\n\r\n" if _has(b"transfer-encoding", fields) else b"ab"
    return Receive(start + _lines(*fields) + b"\r\n"), Drain(), Receive(body), Drain()


def _send(event: str, *fields: Field, **start: object) -> Send:
    return Send(EventSpec.of(event, **start, headers=list(fields)))


_ANSWER: Steps = (_send("Response", status_code=200), _END)
_ASK: Steps = (_send("Request", _HOST, method=b"GET", target=b"/"), _END)
_ANSWERED: Steps = _read(b"HTTP/1.1 200 OK\r\n", (_TWO,))


def _request_received(*fields: Field) -> Steps:
    return *_read(b"P / HTTP/1.1\r\n", _whole(*fields, host=True)), *_ANSWER, _CYCLE


def _request_sent(*fields: Field) -> Steps:
    head = _send("Request", *_whole(*fields, host=True), method=b"P", target=b"/")
    return head, _DATA, _END, *_ANSWERED, _CYCLE


def _response_received(*fields: Field) -> Steps:
    return *_ASK, *_read(b"HTTP/1.1 200 OK\r\n", _whole(*fields)), _CYCLE


def _response_sent(request: bytes, *fields: Field) -> Steps:
    head = _send("Response", *_whole(*fields), status_code=200)
    return Receive(request), Drain(), head, _DATA, _END, _CYCLE


def _trailers_received(*fields: Field) -> Steps:
    head = b"P / HTTP/1.1\r\n" + _lines(_HOST, _CODED) + b"\r\n"
    received = Receive(head + _CHUNK + b"0\r\n" + _lines(*fields) + b"\r\n")
    return received, Drain(), *_ANSWER, _CYCLE


def _trailers_sent(*fields: Field) -> Steps:
    head = _send("Request", _HOST, _CODED, method=b"P", target=b"/")
    return head, _DATA, _send("EndOfMessage", *fields), *_ANSWERED, _CYCLE


# Messages with a place for fields, each with the exchange that it is part of.
MESSAGES: tuple[tuple[Role, Callable[..., Steps]], ...] = (
    ("server", _request_received),
    ("client", _request_sent),
    ("client", _response_received),
    ("server", partial(_response_sent, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
    ("server", partial(_response_sent, b"GET / HTTP/1.0\r\n\r\n")),
    ("server", _trailers_received),
    ("client", _trailers_sent),
)


def in_one_message() -> Iterator[Program]:
    """Yields each message with each field twice, in two spellings."""
    for (name, *values), (role, message) in product(VALUES, MESSAGES):
        for names in pairs_of_spellings(name):
            steps = message(*zip(names, values, strict=True))
            yield Program(role, (*steps, ReceiveEOF(), Drain()))


def in_two_messages() -> Iterator[Program]:
    """Yields two messages on one connection, with the same field in two spellings."""
    for (name, *values), (role, message) in product(VALUES, MESSAGES):
        names = pairs_of_spellings(name)[0]
        each = (message(field) for field in zip(names, values, strict=True))
        yield Program(role, (*chain.from_iterable(each), ReceiveEOF(), Drain()))


def repeated() -> Iterator[Program]:
    """Yields fields in two spellings, in one message and in two."""
    yield from in_one_message()
    yield from in_two_messages()
