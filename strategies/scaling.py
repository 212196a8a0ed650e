"""Conversations of any size, each growing in one dimension.

Owns the dimensions and their units. Knows nothing of how cost is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .program import Drain, EventSpec, NextEvent, Program, Receive, Send, StartNextCycle, Step

_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_END = Send(EventSpec("EndOfMessage"))
_EMPTY = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))
# The buffer limit has checks of its own.
_NO_LIMIT = 2**40


@dataclass(frozen=True)
class Dimension:
    """What grows: its name, its unit, the smallest size, and the program for a size."""

    name: str
    unit: str
    min_size: int
    program: Callable[[int], Program]


def _server(*pieces: bytes) -> Program:
    """A server that receives and reads the pieces one after the other."""
    steps: Iterator[Step] = (step for piece in pieces for step in (Receive(piece), Drain()))
    return Program("server", tuple(steps), _NO_LIMIT)


def _singly(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + 1] for at in range(len(data)))


def _field(value: bytes) -> Program:
    return _server(_HEAD + b"X: " + value + b"\r\n\r\n")


def _fields(count: int) -> Program:
    return _server(_HEAD + b"".join(b"X-%d: a\r\n" % at for at in range(count)) + b"\r\n")


def _pipelined(count: int) -> Program:
    answered: tuple[Step, ...] = (Drain(), _EMPTY, _END, StartNextCycle())
    return Program("server", (Receive(_GET * count), *answered * count, Drain()), _NO_LIMIT)


def _paused(count: int) -> Program:
    waiting: tuple[Step, ...] = (Receive(b"GET / HTTP/1.1\r\n"), NextEvent())
    return Program("server", (Receive(_GET), Drain(), *waiting * count), _NO_LIMIT)


def _sent(count: int) -> Program:
    headers = [(b"Host", b"a"), (b"Transfer-Encoding", b"chunked")]
    head = Send(EventSpec.of("Request", method=b"P", target=b"/", headers=headers))
    data = Send(EventSpec.of("Data", data=b"abcdef"))
    return Program("client", (head, *(data,) * count, _END))


def _sent_fields(count: int) -> Program:
    headers = [(b"Host", b"a"), *((b"X-%d" % at, b"a") for at in range(count))]
    head = Send(EventSpec.of("Request", method=b"P", target=b"/", headers=headers))
    return Program("client", (head, _END))


def _interim(count: int) -> Program:
    get = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
    received = Receive(b"HTTP/1.1 103 a\r\nLink: b\r\n\r\n" * count)
    return Program("client", (Send(get), _END, received, Drain()), _NO_LIMIT)


def _length(count: int) -> Program:
    return _server(_HEAD + b"Content-Length: %d\r\n\r\n" % count, *(b"a",) * count)


# A table: name, unit and smallest size in one line, and the program in the next.
DIMENSIONS = (
    Dimension("head-size", "bytes of one field value", 200_000, lambda n: _field(b"a" * n)),
    Dimension("target-size", "bytes of the request-target", 200_000,
              lambda n: _server(b"GET /" + b"a" * n + b" HTTP/1.1\r\nHost: a\r\n\r\n")),
    Dimension("head-in-pieces", "bytes of a head received one by one", 1000,
              lambda n: _server(*_singly(_HEAD + b"X: " + b"a" * n), b"\r\n\r\n")),
    Dimension("fields-in-pieces", "fields received one by one", 300,
              lambda n: _server(_HEAD, *(b"X: a\r\n",) * n, b"\r\n")),
    Dimension("fields", "fields of different names", 2000, _fields),
    Dimension("equal-fields", "fields of one name", 2000,
              lambda n: _server(_HEAD + b"X: a\r\n" * n + b"\r\n")),
    Dimension("folds", "lines of one folded field", 4000,
              lambda n: _server(_HEAD + b"X: a\r\n" + b" b\r\n" * n + b"\r\n")),
    Dimension("options", "members of Connection", 8000,
              lambda n: _server(_HEAD + b"Connection: " + b"a, " * n + b"b\r\n\r\n")),
    Dimension("lengths", "equal members of Content-Length", 8000,
              lambda n: _server(_HEAD + b"Content-Length: " + b"0, " * n + b"0\r\n\r\n")),
    Dimension("blanks-inside", "blanks inside a field value", 100_000,
              lambda n: _field(b"a" + b" " * n + b"b")),
    Dimension("blanks-before", "blanks before a field value", 100_000,
              lambda n: _field(b" " * n + b"b")),
    Dimension("blanks-behind", "blanks behind a field value", 50_000,
              lambda n: _field(b"a" + b" \t" * (n // 2) + b"\x00")),
    Dimension("blanks-of-a-fold", "blanks in front of a folded line", 200_000,
              lambda n: _server(_HEAD + b"X: a\r\n" + b" " * n + b"b\r\n\r\n")),
    Dimension("length-digits", "digits of Content-Length", 100_000,
              lambda n: _server(_HEAD + b"Content-Length: " + b"1" * n + b"\r\n\r\n")),
    Dimension("chunk-digits", "digits of a chunk size", 200_000,
              lambda n: _server(_CHUNKED, b"1" * n + b"\r\n")),
    Dimension("chunk-blanks", "blanks behind a chunk size", 100_000,
              lambda n: _server(_CHUNKED, b"1" + b" " * n + b"a\r\n")),
    Dimension("chunk-extension", "bytes of a chunk extension", 300_000,
              lambda n: _server(_CHUNKED, b"1;" + b"a=\"b\";" * (n // 6) + b"\r\na\r\n0\r\n\r\n")),
    Dimension("extension-in-pieces", "bytes of a chunk extension received one by one", 1000,
              lambda n: _server(_CHUNKED, b"1;", *_singly(b"a" * n), b"\r\na\r\n0\r\n\r\n")),
    Dimension("chunks", "chunks received at once", 300,
              lambda n: _server(_CHUNKED + b"1\r\na\r\n" * n + b"0\r\n\r\n")),
    Dimension("chunks-in-pieces", "chunks received byte by byte", 100,
              lambda n: _server(_CHUNKED, *_singly(b"1\r\na\r\n" * n + b"0\r\n\r\n"))),
    Dimension("trailers", "trailer fields", 2000,
              lambda n: _server(_CHUNKED + b"0\r\n" + b"X: a\r\n" * n + b"\r\n")),
    Dimension("body-in-pieces", "bytes of a body received one by one", 300, _length),
    Dimension("pipelined", "requests received at once", 50, _pipelined),
    Dimension("paused", "pieces received while paused", 2000, _paused),
    Dimension("interim", "informational responses received at once", 100, _interim),
    Dimension("data-sent", "pieces of a body sent", 1000, _sent),
    Dimension("fields-sent", "fields sent", 4000, _sent_fields),
)  # fmt: skip


def program(dimension: str, size: int) -> Program:
    """Returns the conversation of this size; raises KeyError when there is no such dimension."""
    return {each.name: each.program for each in DIMENSIONS}[dimension](size)
