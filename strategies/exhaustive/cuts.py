"""Conversations cut everywhere, short ones cut everywhere twice, and every early end of input.

Owns the positions of the cuts, and the short conversations that are cut twice. Callers pass the
corpus of longer conversations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, StartNextCycle, Step
from ..variant import byte_by_byte, cut_at, ended, received

# Programs that receive more bytes than this are not cut: they test sizes, in their own sweep.
LONGEST = 250
# Programs that receive at most this many bytes are cut at every pair of positions.
SHORT = 60
# Two cuts that are further apart, and not at line ends, are made by ``once`` one at a time.
NEAR = 5
_HOST = b" HTTP/1.1\r\nHost: a\r\n"
_GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_HEAD = Send(EventSpec.of("Request", method=b"HEAD", target=b"/", headers=[(b"Host", b"a")]))
_TUNNEL = Send(EventSpec.of("Request", method=b"CONNECT", target=b"a:1", headers=[(b"Host", b"a")]))
_END = Send(EventSpec("EndOfMessage"))
_EMPTY = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))

# What a server receives, in up to SHORT bytes.
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
# What a server receives after the head of a request with a chunked body.
_CHUNKED = (
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3 ;a\r\nabc\r\n0;b\r\nX: y\r\n\r\n",
    b"a\r\n0123456789\r\n1\r\nb\r\n00\n\n",
    b"3\r\nabcd\r\n",
    b"1\r\na\r\n0\r\nX: y\r\n z\r\n\r\nGET",
    b"000\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"\r\n1\r\na\r\n",
)
# What a client receives in answer to GET, HEAD and CONNECT.
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
    """Returns conversations whose last piece is short enough to be cut twice."""
    head = Receive(b"POST /" + _HOST + b"Transfer-Encoding: chunked\r\n\r\n")
    answered: tuple[Step, ...] = (_EMPTY, _END, StartNextCycle(), Drain())
    return (
        *(Program("server", (Receive(data), Drain())) for data in _REQUESTS),
        *(Program("server", (head, Drain(), Receive(data), Drain())) for data in _CHUNKED),
        *(Program("client", (ask, _END, Receive(data), Drain())) for ask, data in _RESPONSES),
        Program(
            "server", (Receive(b"A / HTTP/1.1\nHost:\n\nB / HTTP/1.0\n\n"), Drain(), *answered)
        ),
    )


def without_repeats(corpus: Iterable[Program]) -> list[Program]:
    """Returns one of all programs that are identical up to their last received byte: the longest.

    Cutting the others would test nothing else.
    """
    found: dict[object, Program] = {}
    for program in corpus:
        key = program.role, program.limit, program.steps[: _last_received(program) + 1]
        if key not in found or len(found[key].steps) < len(program.steps):
            found[key] = program
    return list(found.values())


def once(corpus: Iterable[Program]) -> Iterator[Program]:
    """Yields each program with each byte on its own, and with a cut at distinct positions."""
    for program in without_repeats(corpus):
        if 1 < received(program) <= LONGEST:
            yield byte_by_byte(program)
            for position in distinct_positions(program):
                yield cut_at(program, position)


def twice(corpus: Iterable[Program]) -> Iterator[Program]:
    """Yields programs with each pair of cuts.

    Those of the corpus that receive up to ``SHORT`` bytes are cut at ``distinct_positions`` that
    are at most ``NEAR`` bytes apart, or both at the end of a line, and end once all bytes have been
    read: ``once`` covers the rest. Of programs that are the same up to
    the second cut, one is yielded: all bring an implementation into the same state, and ``once``
    has the other remainders behind a cut in the same place. Those of ``short`` are cut at such
    pairs of positions in their last piece, and go on to their end.
    """
    begun: set[object] = set()
    for program in without_repeats(corpus):
        if received(program) <= SHORT:
            positions = distinct_positions(program)
            for each in _pairs(_received(program), positions, _related(program)):
                beginning = program.role, program.limit, each.steps[: _last_received(each)]
                if beginning not in begun:
                    begun.add(beginning)
                    yield each
    for program in short():
        distinct = set(distinct_positions(program))
        positions = [at for at in last_cut_positions(program) if at in distinct]
        yield from _pairs(program, positions, _related(program))


def _received(program: Program) -> Program:
    """Returns the program up to the point where everything that it receives has been read."""
    last = _last_received(program)
    return program.with_steps((*program.steps[: last + 1], Drain()))


def _last_received(program: Program) -> int:
    steps = enumerate(program.steps)
    return max((at for at, step in steps if isinstance(step, Receive)), default=0)


def cut_positions(program: Program) -> list[int]:
    """Returns where a program can be cut: after each byte that is not the last of its piece."""
    pieces = [step.data for step in program.steps if isinstance(step, Receive)]
    ends = set(accumulate(map(len, pieces)))
    return [at for at in range(received(program)) if at + 1 not in ends]


def distinct_positions(program: Program) -> list[int]:
    """Returns where a program can be cut, without positions that are equivalent to others.

    Within a run of letters, or of digits, only the first and the last position are returned: to cut
    a word elsewhere in its middle gives pieces of the same kinds of bytes.
    """
    data = _data(program)
    kinds = [_kind(byte) for byte in data]
    return [
        at
        for at in cut_positions(program)
        if not kinds[at - 1 : at]
        == kinds[at : at + 1]
        == kinds[at + 1 : at + 2]
        == kinds[at + 2 : at + 3]
    ]


def _data(program: Program) -> bytes:
    return b"".join(step.data for step in program.steps if isinstance(step, Receive))


def _kind(byte: int) -> bytes:
    """The kind of a byte: letter, digit, or itself."""
    one = bytes([byte])
    return b"a" if one.isalpha() else b"0" if one.isdigit() else one


def last_cut_positions(program: Program) -> list[int]:
    """Returns where the last piece that a program receives can be cut."""
    *_, last = (step.data for step in program.steps if isinstance(step, Receive))
    return cut_positions(program)[-len(last) + 1 :]


def _related(program: Program) -> Callable[[int, int], bool]:
    """Returns whether two cuts of a program belong together: they are near, or both end a line."""
    data = _data(program)

    def ends_line(at: int) -> bool:
        return data[at : at + 1] == b"\n" or b"\r\n" in (data[at : at + 2], data[at + 1 : at + 3])

    return lambda earlier, later: (
        later - earlier <= NEAR or (ends_line(earlier) and ends_line(later))
    )


def _pairs(
    program: Program, positions: list[int], related: Callable[[int, int], bool] | None = None
) -> Iterator[Program]:
    for number, later in enumerate(positions):
        once_cut = cut_at(program, later)
        for earlier in positions[:number]:
            if related is None or related(earlier, later):
                yield cut_at(once_cut, earlier)


def cut_short(corpus: Iterable[Program]) -> Iterator[Program]:
    """Yields each program with the end of input before each received byte, and after the last step.

    Many programs have the same beginning; no program is yielded twice.
    """
    yield from dict.fromkeys(_cut_short(corpus))


def _cut_short(corpus: Iterable[Program]) -> Iterator[Program]:
    for program in corpus:
        size = received(program)
        if 0 < size <= LONGEST:
            for position in range(size):
                yield ended(program, position)
            yield program.with_steps((*program.steps, ReceiveEOF(), Drain()))
