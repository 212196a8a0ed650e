"""Messages that are large in one dimension: where an implementation may have limits of its own.

Owns the dimensions and the sizes: powers of two with their neighbours, and round numbers, as far as
the default buffer limit allows. A counter that wraps shows here, as does a limit that h11 does not
have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..program import Drain, EventSpec, Program, Receive, Role, Send, StartNextCycle, Step, Typed

_END = Send(EventSpec("EndOfMessage"))
_GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_NO_CONTENT = Send(EventSpec.of("Response", status_code=204, headers=[]))
# How many fields, chunks, requests or cycles.
COUNTS = (10, 31, 33, 63, 64, 65, 100, 101, 127, 129, 200, 255, 256, 257, 500, 501, 1000, 1025)
# How many bytes, in what must fit into the buffer.
LENGTHS = (
    *(63, 64, 65, 100, 127, 128, 129, 200, 254, 255, 256, 257, 500, 511, 512, 513, 1000, 1023),
    *(1024, 1025, 2047, 2049, 4000, 4095, 4096, 4097, 8000, 8189, 8190, 8191, 8192, 8193, 10_000),
    *(15_000, 16_000),
)
# How many bytes, in bodies.
BODIES = (4096, 16_384, 32_767, 32_769, 65_535, 65_536, 65_537, 100_000, 131_073)
# How many cycles, and how long a field is in each: in all more than a connection may buffer.
LONG_CYCLES = ((10, 8000), (150, 1000), (300, 4000))
# Buffer limits at which the fixed widths of integers end; 2**63 - 1 is what "no limit" looks like.
LIMITS = (
    *(127, 128, 129, 255, 256, 257, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537),
    *(2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 2**32, 2**32 + 1, 2**63 - 1),
)
# How many bytes, in bodies that are sent without being seen.
FILES = (2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 2**32, 2**32 + 1, 3 * 2**30, 2**53 + 1, 2**62)
# Bodies are received in pieces of this size, and in one.
_PIECE = 3000

_Make = Callable[[int], bytes]
_REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n"
_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%b\r\n"
_POST = b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def _fields(count: int) -> bytes:
    return b"".join(b"a%d: b\r\n" % number for number in range(count))


# What grows with a count, and with a length: the role that receives it, and the bytes.
COUNTED: tuple[tuple[Role, _Make], ...] = (
    ("server", lambda count: _REQUEST % _fields(count)),
    ("client", lambda count: _RESPONSE % _fields(count)),
    ("server", lambda count: _REQUEST % (b"a: b\r\n" * count)),
    ("server", lambda count: _POST + b"1\r\na\r\n" * count + b"0\r\n\r\n"),
    ("server", lambda count: _POST + b"0\r\n" + _fields(count) + b"\r\n"),
    ("client", lambda count: b"HTTP/1.1 103 \r\n\r\n" * count + _RESPONSE % b""),
    ("server", lambda count: b"\r\n" * count + _REQUEST % b""),
    ("server", lambda count: _REQUEST % (b"a: b\r\n" + b" c\r\n" * count)),
    ("server", lambda count: _REQUEST % (b"Connection: " + b"x, " * count + b"close\r\n")),
)
LONG: tuple[tuple[Role, _Make], ...] = (
    ("server", lambda size: b"G" * size + b" / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("server", lambda size: b"GET /" + b"a" * size + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("server", lambda size: _REQUEST % (b"a" * size + b": b\r\n")),
    ("server", lambda size: _REQUEST % (b"a: " + b"b" * size + b"\r\n")),
    ("server", lambda size: b"GET / HTTP/1.1\r\nHost: " + b"a" * size + b"\r\n\r\n"),
    ("client", lambda size: b"HTTP/1.1 200 " + b"a" * size + b"\r\nContent-Length: 0\r\n\r\n"),
    ("client", lambda size: _RESPONSE % (b"a" * size + b": b\r\n")),
    ("client", lambda size: _RESPONSE % (b"a: " + b"b" * size + b"\r\n")),
    ("server", lambda size: _POST + b"1;" + b"a" * size + b"\r\nb\r\n0\r\n\r\n"),
    ("server", lambda size: _POST + b"0" * size + b"1\r\nb\r\n0\r\n\r\n"),
    ("server", lambda size: _POST + b"0\r\nX: " + b"a" * size + b"\r\n\r\n"),
)


def _received(role: Role, data: bytes) -> Program:
    before: tuple[Step, ...] = (_GET, _END) if role == "client" else ()
    return Program(role, (*before, Receive(data), Drain()))


def heads() -> Iterator[Program]:
    """Yields heads, trailers and framing with many parts or a long one, received."""
    for role, made in COUNTED:
        for count in COUNTS:
            yield _received(role, made(count))
    for role, made in LONG:
        for length in LENGTHS:
            yield _received(role, made(length))


def _pieces(data: bytes) -> tuple[Step, ...]:
    steps: list[Step] = []
    for at in range(0, len(data), _PIECE):
        steps += (Receive(data[at : at + _PIECE]), Drain())
    return tuple(steps)


def bodies() -> Iterator[Program]:
    """Yields bodies of many bytes in each framing, received in one piece and in many, and sent."""
    for size in BODIES:
        body = b"a" * size
        length = b"%d" % size
        messages: tuple[tuple[Role, bytes], ...] = (
            ("server", b"P / HTTP/1.1\r\nHost: a\r\nContent-Length: %b\r\n\r\n" % length + body),
            ("server", _POST + b"%x\r\n" % size + body + b"\r\n0\r\n\r\n"),
            ("client", b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\n" % length + body),
            ("client", b"HTTP/1.1 200 OK\r\n\r\n" + body),
        )
        for role, data in messages:
            yield _received(role, data)
            before: tuple[Step, ...] = (_GET, _END) if role == "client" else ()
            yield Program(role, (*before, *_pieces(data)))
        for name, value in ((b"Content-Length", length), (b"Transfer-Encoding", b"chunked")):
            fields = [(b"Host", b"a"), (name, value)]
            request = EventSpec.of("Request", method=b"P", target=b"/", headers=fields)
            whole = Send(EventSpec.of("Data", data=body))
            half = Send(EventSpec.of("Data", data=body[: size // 2]))
            rest = Send(EventSpec.of("Data", data=body[size // 2 :]))
            yield Program("client", (Send(request), whole, _END))
            yield Program("client", (Send(request), half, rest, _END))


def many() -> Iterator[Program]:
    """Yields connections with many cycles, one after the other and pipelined."""
    request = Receive(_REQUEST % b"")
    answered: tuple[Step, ...] = (_NO_CONTENT, _END, StartNextCycle())
    response = Receive(b"HTTP/1.1 204 \r\n\r\n")
    for count, length in LONG_CYCLES:
        head = Receive(_REQUEST % (b"a: " + b"b" * length + b"\r\n"))
        yield Program("server", (head, Drain(), *answered) * count)
        fields = b"HTTP/1.1 204 \r\na: " + b"b" * length + b"\r\n\r\n"
        steps = (_GET, _END, Receive(fields), Drain(), StartNextCycle())
        yield Program("client", steps * count)
    for count in (10, 33, 65, 101, 130, 257):
        yield Program("server", (request, Drain(), *answered) * count)
        yield Program("client", (_GET, _END, response, Drain(), StartNextCycle()) * count)
        pipelined = Receive(_REQUEST % b"" * count)
        yield Program("server", (pipelined, *((Drain(), *answered) * count)))


def limited() -> Iterator[Program]:
    """Yields heads that arrive in two pieces, on connections with each of the limits."""
    for role, make in (COUNTED[0], COUNTED[1]):
        before: tuple[Step, ...] = (_GET, _END) if role == "client" else ()
        head = make(3)
        steps = (Receive(head[:25]), Drain(), Receive(head[25:]), Drain())
        for limit in LIMITS:
            yield Program(role, (*before, *steps), limit)


def unseen() -> Iterator[Program]:
    """Yields bodies of which only the length is known, like files for ``sendfile``."""
    for size in FILES:
        for length in (size - 1, size, size + 1):
            fields = [(b"Content-Length", b"%d" % length)]
            yield Program("server", (*_answer(fields), *_parts(size), _END))
            yield Program("server", (*_answer(fields), *_parts(size - 1, 1), _END))
        chunked = [(b"Transfer-Encoding", b"chunked")]
        asked = (Receive(_REQUEST % b""), Drain())
        yield Program("server", (*asked, *_answer(chunked), *_parts(0, size, 0), _END))


def _answer(fields: list[tuple[bytes, bytes]]) -> tuple[Step, ...]:
    return (Send(EventSpec.of("Response", status_code=200, headers=fields)),)


def _parts(*sizes: int) -> tuple[Step, ...]:
    events = (EventSpec.of("Data", data=Typed("opaque", size)) for size in sizes)
    return tuple(Send(each, passthrough=True) for each in events)


def large() -> Iterator[Program]:
    """Yields all programs that are large in one dimension."""
    yield from heads()
    yield from bodies()
    yield from many()
    yield from limited()
    yield from unseen()
