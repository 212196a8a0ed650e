"""Pairs of the fields that decide where a message ends, or whether its connection persists.

Owns the fields with the values that make a difference, and the classes of messages that contain
them; docs/reference/sweeps.md shows both.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, StartNextCycle, Step

Field = tuple[bytes, bytes]
FIELDS: tuple[Field, ...] = (
    *(
        (b"Content-Length", value)
        for value in (b"0", b"2", b"02", b"2, 2", b"2,3", b"", b"+2", b"0x2", b"2 2", b"9" * 21)
    ),
    *(
        (b"Transfer-Encoding", value)
        for value in (b"chunked", b"CHUNKED", b"gzip", b"gzip, chunked", b"chunked, gzip", b"")
    ),
    *(
        (b"Connection", value)
        for value in (b"close", b"keep-alive", b"x, CLOSE", b"keep-alive, upgrade")
    ),
    (b"Expect", b"100-continue"),
    (b"Upgrade", b"a"),
    (b"Host", b"b"),
    (b"X", b"y"),
)
# Classes of requests: method and version.
REQUESTS = ((b"GET", b"1.1"), (b"HEAD", b"1.0"), (b"CONNECT", b"1.1"), (b"CONNECT", b"1.0"))
SENT_METHODS = (b"GET", b"CONNECT")
# Classes of responses: method and version of the request, whether it asks to switch, and the
# status of the answer.
RESPONSES = (
    (b"GET", b"1.1", False, 200),
    (b"GET", b"1.0", False, 200),
    (b"GET", b"1.1", False, 204),
    (b"GET", b"1.1", False, 304),
    (b"GET", b"1.0", False, 304),
    (b"HEAD", b"1.1", False, 200),
    (b"HEAD", b"1.0", False, 200),
    (b"CONNECT", b"1.1", False, 200),
    (b"CONNECT", b"1.0", False, 200),
    (b"CONNECT", b"1.1", False, 407),
    (b"GET", b"1.1", True, 101),
    (b"GET", b"1.0", True, 101),
    (b"GET", b"1.1", False, 100),
)
# Behind a head, this tells apart no body, two bytes, chunks, and everything until close.
_BODY = b"2\r\nab\r\n0\r\n\r\n"
_END = Send(EventSpec("EndOfMessage"))
_PIECES: tuple[Step, ...] = (Send(EventSpec.of("Data", data=b"ab")), _END, StartNextCycle())


def pairs(*, in_one_order: bool) -> Iterator[tuple[Field, ...]]:
    """Yields no field, each field, and each pair of them.

    Args:
        in_one_order: whether a pair with two names comes in one order only. The order of fields
            with different names means nothing (RFC 9110, section 5.3).
    """
    yield ()
    for number, first in enumerate(FIELDS):
        yield (first,)
        for other, second in enumerate(FIELDS):
            if first[0] == second[0] or number < other or not in_one_order:
                yield first, second


def _lines(fields: tuple[Field, ...]) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in fields)


def requests_received() -> Iterator[Program]:
    """Yields pairs of fields in each class of request, with the simplest answer.

    The first class has all pairs, the others have them in one order; so have the classes below.
    """
    answer = Send(EventSpec.of("Response", status_code=200, headers=[]))
    for number, (method, version) in enumerate(REQUESTS):
        for fields in pairs(in_one_order=number > 0):
            head = b"%b / HTTP/%b\r\nHost: a\r\n%b\r\n" % (method, version, _lines(fields))
            steps = Receive(head + _BODY), Drain(), answer, _END, StartNextCycle()
            yield Program("server", steps)


def requests_sent() -> Iterator[Program]:
    """Yields pairs of fields in a request, with two bytes of a body."""
    for number, method in enumerate(SENT_METHODS):
        for fields in pairs(in_one_order=number > 0):
            headers = [(b"Host", b"a"), *fields]
            head = Send(EventSpec.of("Request", method=method, target=b"/", headers=headers))
            yield Program("client", (head, *_PIECES[:2]))


def responses_received() -> Iterator[Program]:
    """Yields pairs of fields in each class of response."""
    for number, (method, version, switch, status) in enumerate(RESPONSES):
        headers = [(b"Host", b"a"), *([(b"Upgrade", b"a")] if switch else [])]
        request = Send(EventSpec.of("Request", method=method, target=b"/", headers=headers))
        for fields in pairs(in_one_order=number > 0):
            head = b"HTTP/%b %d \r\n%b\r\n" % (version, status, _lines(fields))
            steps = request, _END, Receive(head + _BODY), Drain(), ReceiveEOF(), Drain()
            yield Program("client", steps)


def responses_sent() -> Iterator[Program]:
    """Yields pairs of fields in each class of response, with two bytes of a body."""
    for number, (method, version, switch, status) in enumerate(RESPONSES):
        more = b"Upgrade: a\r\n" if switch else b""
        received = Receive(b"%b / HTTP/%b\r\nHost: a\r\n%b\r\n" % (method, version, more)), Drain()
        event = "Response" if status >= 200 else "InformationalResponse"
        for fields in pairs(in_one_order=number > 0):
            head = Send(EventSpec.of(event, status_code=status, headers=fields))
            yield Program("server", (*received, head, *_PIECES))
