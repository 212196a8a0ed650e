"""Every cut of conversations, every pair of cuts of short ones, and every early end of input.

Owns which cuts there are, and the short conversations that are cut twice. The long corpus is handed
in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

from ..programs import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, StartNextCycle, Step
from ..variants import byte_by_byte, cut_at, ended, received

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
    b"\r\n1\r\na\r\n",
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
    """Returns conversations whose last piece is made to be cut twice."""
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


def apart(corpus: Iterable[Program]) -> list[Program]:
    """Returns the programs without those that differ only in what comes when all is received.

    Of these, the longest is kept: how what is received is cut makes no other difference to them.
    """
    found: dict[object, Program] = {}
    for program in corpus:
        key = program.role, program.limit, program.steps[: _last_received(program) + 1]
        if key not in found or len(found[key].steps) < len(program.steps):
            found[key] = program
    return list(found.values())


def once(corpus: Iterable[Program]) -> Iterator[Program]:
    """Gives out each program with each byte on its own, and with each cut in two."""
    for program in apart(corpus):
        if 1 < received(program) <= LONGEST:
            yield byte_by_byte(program)
            for position in places(program):
                yield cut_at(program, position)


def twice(corpus: Iterable[Program]) -> Iterator[Program]:
    """Gives out each conversation with each pair of cuts, and the short ones with each in the end.

    Of the corpus, they are those that receive up to ``SHORT`` bytes, until these have been read:
    what comes behind is seen with each single cut.
    """
    for program in apart(corpus):
        if received(program) <= SHORT:
            yield from _pairs(_received(program), places(program))
    for program in short():
        yield from _pairs(program, last_places(program))


def _received(program: Program) -> Program:
    """Returns the program up to where all that it receives has been read."""
    last = _last_received(program)
    return program.with_steps((*program.steps[: last + 1], Drain()))


def _last_received(program: Program) -> int:
    return max((at for at, it in enumerate(program.steps) if isinstance(it, Receive)), default=0)


def places(program: Program) -> list[int]:
    """Returns where a program can be cut: the bytes behind which others come in the same piece."""
    pieces = [step.data for step in program.steps if isinstance(step, Receive)]
    ends = set(accumulate(map(len, pieces)))
    return [at for at in range(received(program)) if at + 1 not in ends]


def last_places(program: Program) -> list[int]:
    """Returns where what a program receives last can be cut."""
    *_, last = (step.data for step in program.steps if isinstance(step, Receive))
    return places(program)[-len(last) + 1 :]


def _pairs(program: Program, positions: list[int]) -> Iterator[Program]:
    for number, later in enumerate(positions):
        once_cut = cut_at(program, later)
        for earlier in positions[:number]:
            yield cut_at(once_cut, earlier)


def cut_short(corpus: Iterable[Program]) -> Iterator[Program]:
    """Gives out each program with the end of input in the place of each received byte, and last.

    Many begin in the same way; nothing is given out twice.
    """
    yield from dict.fromkeys(_cut_short(corpus))


def _cut_short(corpus: Iterable[Program]) -> Iterator[Program]:
    for program in corpus:
        size = received(program)
        if 0 < size <= LONGEST:
            for position in range(size):
                yield ended(program, position)
            yield program.with_steps((*program.steps, ReceiveEOF(), Drain()))
