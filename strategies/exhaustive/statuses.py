"""Every status code from 0 to 1000, received and sent, wherever a code makes a difference.

Owns the requests before it, whose method and version decide what a code means. A GET is answered
with every code; other requests with those that are defined or at the edge of a class: the rest of a
class is alike (RFC 9110 §15).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, Step

CODES = range(1001)
TELLING_CODES = (
    *(0, 1, 9, 10, 99, 100, 101, 102, 103, 104, 150, 198, 199),
    *(200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 250, 299),
    *(300, 301, 302, 303, 304, 305, 306, 307, 308, 350, 399),
    *(400, 401, 404, 407, 408, 412, 413, 414, 417, 421, 425, 426, 428, 431, 450, 451, 499),
    *(500, 501, 503, 505, 511, 550, 599, 600, 601, 699, 700, 799, 800, 899, 900, 998, 999, 1000),
)
_END = Send(EventSpec("EndOfMessage"))
_DATA = Send(EventSpec.of("Data", data=b"a"))
# Method, version, and further fields.
REQUESTS = (
    (b"GET", b"1.1", ()),
    (b"HEAD", b"1.1", ()),
    (b"CONNECT", b"1.1", ()),
    (b"GET", b"1.1", ((b"Upgrade", b"b"),)),
    (b"GET", b"1.0", ()),
)
_LENGTHS = ((), ((b"Content-Length", b"1"),))


def codes_after(method: bytes, version: bytes, fields: tuple[object, ...]) -> Iterable[int]:
    """Returns the codes that a request is answered with."""
    return CODES if (method, version, fields) == REQUESTS[0] else TELLING_CODES


def received() -> Iterator[Program]:
    """Yields each code in three digits, or four, as the answer to each kind of request."""
    for method, version, fields in REQUESTS[:4]:
        headers = [(b"Host", b"a"), *fields]
        request = EventSpec.of("Request", method=method, target=b"a", headers=headers)
        for code in codes_after(method, version, fields):
            head = b"HTTP/%b %03d \r\nContent-Length: 1\r\n\r\nab" % (version, code)
            steps = Send(request), _END, Receive(head), ReceiveEOF(), Drain()
            yield Program("client", steps)


def forms() -> Iterator[Program]:
    """Yields each code with fewer digits than three, and with one more."""
    request = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
    for code in CODES:
        for form in dict.fromkeys((b"%d" % code, b"%04d" % code)):
            if len(form) != 3:
                head = b"HTTP/1.1 %b \r\nContent-Length: 1\r\n\r\na" % form
                yield Program("client", (Send(request), _END, Receive(head), Drain()))


def sent() -> Iterator[Program]:
    """Yields each code of either response event as the answer to each kind of request."""
    for method, version, fields in REQUESTS:
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        head = b"%b a HTTP/%b\r\nHost: a\r\n%b\r\n" % (method, version, lines)
        received: tuple[Step, ...] = (Receive(head), Drain())
        for code in codes_after(method, version, fields):
            interim = EventSpec.of("InformationalResponse", status_code=code, headers=[])
            if not fields or code < 200:
                yield Program("server", (*received, Send(interim)))
            for length in _LENGTHS:
                if length and version == b"1.0":
                    continue
                final = EventSpec.of("Response", status_code=code, headers=length)
                yield Program("server", (*received, Send(final), _DATA, _END))
