"""Every cut of conversations, every pair of cuts of short ones, and every early end of input.

Owns which cuts there are, and the short conversations that are cut twice. The long corpus is handed
in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..programs import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, StartNextCycle, Step
from ..segmentations import byte_by_byte
from ..variations import cut_at, ended, received

# What receives more is no conversation but a test of size, and has its own sweep.
LONGEST = 250
# Up to so many received bytes, all pairs of cuts are made.
SHORT = 60
_HOST = b" HTTP/1.1\r\nHost: a\r\n"
_GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_HEAD = Send(EventSpec.of("Request", method=b"HEAD", target=b"/", headers=[(b"Host", b"a")]))
_TUNNEL = Send(EventSpec.of("Request", method=b"CONNECT", target=b"a:1", headers=[(b"Host", b"a")]))
_END = Send(EventSpec("EndOfMessage"))
_EMPTY = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))

# What a server hears in up to SHORT bytes.
_REQUESTS = (
    b"GET /" + _HOST + b"\r\n",
    b"GET /" + _HOST + b"X: y\r\n z\r\n\r\n",
    b"GET / HTTP/1.0\n\n",
    b"GET / HTTP/1.0\r\n\nGET",
    b"GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
    b"P / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabcd",
    b"P / HTTP/1.0\r\nContent-Length: 2, 2\r\n\r\nab",
    b"P / HTTP/1.0\r\nContent-Length:\r\n\r\n",
    b"CONNECT a:1" + _HOST + b"\r\nabc",
    b"GET /" + _HOST + b"Upgrade: b\r\n\r\nc",
    b"GET / HTTP/1.0\r\n: a\r\n\r\n",
    b"\r\nGET / HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.0\r\r\n\r\n",
)
# And behind a head that says that the body is chunked.
_CHUNKED = (
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3 ;a\r\nabc\r\n0;b\r\nX: y\r\n\r\n",
    b"a\r\n0123456789\r\n1\r\nb\r\n00\n\n",
    b"3\r\nabcd\r\n",
    b"1\r\na\r\n0\r\nX: y\r\n z\r\n\r\nGET",
    b"000\r\nTransfer-Encoding: chunked\r\n\r\n",
)
# What a client hears in answer to GET, to HEAD, and to CONNECT.
_RESPONSES = (
    (_GET, b"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabcd"),
    (_GET, b"HTTP/1.1 204\r\n\r\n"),
    (_GET, b"HTTP/1.1 200 OK\r\n\r\nabc"),
    (_GET, b"HTTP/1.1 103 a\n\nHTTP/1.1 304 b\n\n"),
    (_GET, b"HTTP/1.0 200\r\nConnection: close\r\n\r\na"),
    (_HEAD, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nH"),
    (_TUNNEL, b"HTTP/1.1 200 OK\r\n\r\nabc"),
    (_TUNNEL, b"HTTP/1.1 404 a\r\nContent-Length: 1\r\n\r\nab"),
    (_GET, b"HTTP/1.1 200 a\r\nb: c\r\n\td\r\n\r\ne"),
)


def short() -> tuple[Program, ...]:
    """Returns the conversations that are cut twice."""
    head = Receive(b"POST /" + _HOST + b"Transfer-Encoding: chunked\r\n\r\n")
    answered: tuple[Step, ...] = (_EMPTY, _END, StartNextCycle(), Drain())
    return (
        *(Program("server", (Receive(data), Drain())) for data in _REQUESTS),
        *(Program("server", (head, Drain(), Receive(data), Drain())) for data in _CHUNKED),
        *(Program("client", (request, _END, Receive(it), Drain())) for request, it in _RESPONSES),
        Program(
            "server", (Receive(b"A / HTTP/1.1\nHost:\n\nB / HTTP/1.0\n\n"), Drain(), *answered)
        ),
    )


def once(corpus: Iterable[Program]) -> Iterator[Program]:
    """Gives out each program with each byte on its own, and with each cut in two."""
    for program in corpus:
        size = received(program)
        if 1 < size <= LONGEST:
            yield byte_by_byte(program)
            for position in range(size - 1):
                yield cut_at(program, position)


def twice() -> Iterator[Program]:
    """Gives out each short conversation with each pair of cuts in what is received last."""
    for program in short():
        at = max(n for n, step in enumerate(program.steps) if isinstance(step, Receive))
        step = program.steps[at]
        assert isinstance(step, Receive)
        before, after, data = program.steps[:at], program.steps[at + 1 :], step.data
        for first in range(1, len(data) - 1):
            for second in range(first + 1, len(data)):
                pieces = data[:first], data[first:second], data[second:]
                steps = [part for piece in pieces for part in (Receive(piece), Drain())]
                yield program.with_steps((*before, *steps[:-1], *after))


def cut_short(corpus: Iterable[Program]) -> Iterator[Program]:
    """Gives out each program with the end of input in the place of each received byte, and last."""
    for program in corpus:
        size = received(program)
        if 0 < size <= LONGEST:
            for position in range(size):
                yield ended(program, position)
            yield program.with_steps((*program.steps, ReceiveEOF(), Drain()))
