"""Numbers at their boundaries: lengths, chunk sizes, and the buffer limit.

Owns the boundaries: where digits are added or lost, where a body is one byte too short or too long,
and up to two bytes around a limit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Role, Send, Step
from ..variant import byte_by_byte, cut_at, received
from .cuts import distinct_positions

_POWERS = (8, 16, 31, 32, 53, 63, 64, 128)
NUMBERS = tuple(
    sorted(
        {
            *range(18),
            *(10**digits + more for digits in (1, 2, 3, 18, 19, 20, 21, 40) for more in (-1, 0, 1)),
            *(2**bits + more for bits in _POWERS for more in (-1, 0, 1)),
        }
    )
)
# Numbers of digits, with leading zeros; h11 reads 20 at most.
WIDTHS = (1, 2, 3, 18, 19, 20, 21, 22, 40, 5000)
_BODY = b"0123456789abcdef0123"
_CHUNKED = b"Transfer-Encoding: chunked"
_END = Send(EventSpec("EndOfMessage"))
_GET: Step = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))


def _texts(base: str) -> Iterator[bytes]:
    """Each number of NUMBERS, and some small ones in each of WIDTHS."""
    for number in NUMBERS:
        yield f"{number:{base}}".encode()
    for width in WIDTHS:
        for number in (0, 1, 9, 10, 15):
            yield f"{number:0{width}{base}}".encode()


def _received(line: bytes, body: bytes) -> Iterator[Program]:
    """A message with this field line and body, received by a server and by a client."""
    end = Receive(body), Drain(), ReceiveEOF(), Drain()
    head = b"POST / HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % line
    yield Program("server", (Receive(head), Drain(), *end))
    yield Program("client", (_GET, _END, Receive(b"HTTP/1.1 200 \r\n%b\r\n\r\n" % line), *end))


def lengths_received() -> Iterator[Program]:
    """Yields Content-Length with each number, alone and as a list, and twenty bytes."""
    for text in _texts("d"):
        yield from _received(b"Content-Length: %b" % text, _BODY)
        for more in (b", %b" % text, b"\r\nContent-Length: %b" % text, b", 0%b" % text):
            yield from _received(b"Content-Length: %b%b" % (text, more), _BODY)


def sizes_received() -> Iterator[Program]:
    """Yields chunks with each size in hex, in lower and in upper case, with twenty bytes."""
    for text in _texts("x"):
        for form in dict.fromkeys((text, text.upper())):
            yield from _received(_CHUNKED, b"%b\r\n%b\r\n0\r\n\r\n" % (form, _BODY))


def sizes_exact() -> Iterator[Program]:
    """Yields chunks of up to 300 bytes that are as long as they say, and a byte off."""
    for size in (*range(1, 20), 255, 256, 257, 300):
        for more in (-1, 0, 1):
            yield from _received(_CHUNKED, b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"a" * (size + more)))


def _announcing(length: bytes, role: Role) -> tuple[Step, ...]:
    fields = [(b"Content-Length", length)]
    if role == "client":
        headers = [(b"Host", b"a"), *fields]
        return (Send(EventSpec.of("Request", method=b"P", target=b"/", headers=headers)),)
    received = Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain()
    return (*received, Send(EventSpec.of("Response", status_code=200, headers=fields)))


def lengths_sent() -> Iterator[Program]:
    """Yields bodies of up to two pieces for each length that they have, or just do not have."""
    roles: tuple[Role, ...] = "client", "server"
    for role in roles:
        for text in _texts("d"):
            yield Program(
                role, (*_announcing(text, role), Send(EventSpec.of("Data", data=_BODY)), _END)
            )
        for length in range(5):
            for first in range(4):
                for second in range(4):
                    pieces = (
                        Send(EventSpec.of("Data", data=b"a" * size)) for size in (first, second)
                    )
                    yield Program(role, (*_announcing(b"%d" % length, role), *pieces, _END))


def sizes_sent() -> Iterator[Program]:
    """Yields chunks around each size at which another digit is needed."""
    for size in sorted({0, *(16**digits + more for digits in (0, 1, 2, 3) for more in (-1, 0, 1))}):
        fields = [(b"Host", b"a"), (b"Transfer-Encoding", b"chunked")]
        head = Send(EventSpec.of("Request", method=b"P", target=b"/", headers=fields))
        for passthrough in (False, True):
            data = Send(EventSpec.of("Data", data=b"a" * size), passthrough=passthrough)
            yield Program("client", (head, data, _END))


def limits(corpus: Iterable[Program]) -> Iterator[Program]:
    """Yields each program with each limit from none to two bytes more than it receives.

    It arrives whole and with its last byte held back. It is cut at the limit, one byte less and one
    more, unless a cut at the limit is equivalent to others (``cuts.distinct_positions``). For
    limits around a line end it arrives also byte by byte.
    """
    for program in corpus:
        size = received(program)
        whole = b"".join(step.data for step in program.steps if isinstance(step, Receive))
        ends = {at + 1 for at, byte in enumerate(whole) if byte in b"\n"}
        distinct = set(distinct_positions(program))
        for limit in range(size + 3):
            limited = replace(program, limit=limit)
            yield limited
            yield from (cut_at(limited, at) for at in cuts_at_limit(limit, size, distinct))
            if any(abs(limit - end) <= 1 for end in ends):
                yield byte_by_byte(limited)


def cuts_at_limit(limit: int, size: int, distinct: Collection[int]) -> list[int]:
    """Returns where a program with a limit is cut.

    Args:
        limit: the buffer limit, in bytes.
        size: the number of bytes that the program receives.
        distinct: where it can be cut, without positions that are equivalent to others.
    """
    around = {limit - 1, limit, limit + 1}
    places = {size - 2, *(around if limit in distinct or limit >= size - 1 else ())}
    return [at for at in sorted(places) if 0 <= at < size - 1]


def default_limit() -> Iterator[Program]:
    """Yields heads, chunk lines and trailers around the default limit, which is 16 KiB."""
    for size in range(16384 - 2, 16384 + 3):
        head = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        unfinished = head + b"a" * (size - len(head))
        yield Program("server", (Receive(unfinished), Drain(), Receive(b"\r\n\r\n"), Drain()))
        yield Program("server", (Receive(unfinished + b"\r\n\r\n"), Drain()))
        start = b"P / HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % _CHUNKED
        for line, end in ((b"1;", b"\r\na\r\n0\r\n\r\n"), (b"0\r\nX: ", b"\r\n\r\n")):
            rest = line + b"a" * (size - len(line))
            yield Program(
                "server", (Receive(start), Drain(), Receive(rest), Drain(), Receive(end), Drain())
            )
