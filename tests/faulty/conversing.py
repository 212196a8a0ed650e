"""Steps for the tables of minimised programs.

Owns the long forms, as a real peer would send them, and the usual forms, as a reduction
leaves them.
"""

from typing import Any

from h11spec.strategies.program import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    Send,
    StartNextCycle,
    Step,
    Typed,
)

# For each fault by its name: a program that shows it, and the same program minimised.
Minimal = dict[str, tuple[Program, Program]]


def server(*steps: Step, limit: int | None = None) -> Program:
    return Program("server", steps, limit)


def client(*steps: Step, limit: int | None = None) -> Program:
    return Program("client", steps, limit)


def send(event: str, /, *, passthrough: bool = False, **arguments: Any) -> Send:
    return Send(EventSpec.of(event, **arguments), passthrough)


def data(content: Any) -> Send:
    return send("Data", data=content)


def request(method: bytes, *fields: tuple[bytes, bytes]) -> Send:
    """A request as clients send it."""
    usual = [(b"Host", b"example.org"), (b"Accept", b"*/*")]
    return send("Request", method=method, target=b"/a?b", headers=[*usual, *fields])


def short_request(
    method: bytes = b"GET", target: bytes = b"/", *fields: tuple[bytes, bytes]
) -> Send:
    """A request that cannot be reduced further."""
    usual = (b"Host", b"example.com")
    return send("Request", method=method, target=target, headers=[usual, *fields])


def response(*fields: tuple[bytes, bytes]) -> Send:
    """A response as servers send it."""
    return send(
        "Response",
        status_code=200,
        reason=Typed("text", "OK"),
        headers=[(b"Server", b"x"), *fields],
    )


def short_response(*fields: tuple[bytes, bytes]) -> Send:
    """A response that cannot be reduced further."""
    return send("Response", status_code=200, headers=list(fields))


def receive(message: bytes, body: bytes = b"") -> Receive:
    """A head, whose lines end with LF here and with CR LF when received, and then a body."""
    return Receive(message.replace(b"\n", b"\r\n") + body)


END = send("EndOfMessage")
CLOSE = send("ConnectionClosed")
CYCLE = StartNextCycle()
GET = receive(b"GET /more HTTP/1.1\nHost: example.org\nUser-Agent: me\n\n")
USUAL = b"Host: example.org\nAccept: */*\n"
CHUNKED = b"POST /c HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nX: y\n\n"
SERVED = (
    receive(b"POST /a?b HTTP/1.1\n" + USUAL + b"Content-Length: 5\n\n", b"he"),
    NextEvent(),
    Drain(),
    Receive(b"llo"),
    Drain(),
    response((b"Content-Length", b"2")),
    send("Data", data=Typed("bytearray", "ok")),
    END,
)
REQUESTED = (
    send(
        "Request",
        method=Typed("text", "PUT"),
        target=b"/a?b",
        headers=[(b"Host", b"example.org"), (b"Accept", b"*/*"), (b"Content-Length", b"5")],
    ),
    send("Data", data=b"hello", passthrough=True),
    END,
)
EXCHANGED = (
    *REQUESTED,
    receive(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 2\n\n", b"o"),
    Drain(),
    Receive(b"k"),
    NextEvent(),
    NextEvent(),
    NextEvent(),
)
SECOND = (*SERVED, CYCLE)
SECOND_REQUESTED = (*EXCHANGED, CYCLE)
REQUESTING = (request(b"GET"), END)

SHORT_GET = receive(b"GET / HTTP/1.1\nHost: example.com\n\n")
# How a request begins that has a body and cannot be reduced further.
POSTED = b"POST / HTTP/1.1\nHost: example.com\n"
