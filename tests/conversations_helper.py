"""Short functions for conversations in tests.

Works on any module with h11's interface and must not know which one it has, with one exception:
where h11 0.16.0 raises `AttributeError` instead of a protocol error.
"""

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeAlias

import pytest

# Two modules with one interface but no common declared type: h11, and the reference.
H11: TypeAlias = ModuleType
Field: TypeAlias = tuple[str, str]

EOF = b""
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
GET_CLOSE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\n\r\n"
POST_5 = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
POST_CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
CONNECT = b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n"
OK_EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
OK_5 = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
OK_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK_UNFRAMED = b"HTTP/1.1 200 OK\r\n\r\n"

NO_BODY: Field = ("Content-Length", "0")
FIVE: Field = ("Content-Length", "5")
CHUNKED: Field = ("Transfer-Encoding", "chunked")
CLOSE: Field = ("Connection", "close")


def request(h11: H11, method: object = "GET", *fields: Field, **others: Any) -> Any:
    """A request with its mandatory Host field."""
    return h11.Request(
        **{"method": method, "target": "/", "headers": [("Host", "a"), *fields], **others}
    )


def response(h11: H11, status: int = 200, *fields: Field, reason: bytes = b"") -> Any:
    """A final response."""
    return h11.Response(status_code=status, headers=list(fields), reason=reason)


def interim(h11: H11, status: int = 100, *fields: Field) -> Any:
    """An informational response."""
    return h11.InformationalResponse(status_code=status, headers=list(fields))


def end(h11: H11, *trailers: Field) -> Any:
    """The end of a message."""
    return h11.EndOfMessage(headers=list(trailers))


def server(h11: H11, *segments: bytes, limit: int | None = None) -> Any:
    """A server that has received these segments and read their events."""
    conn = h11.Connection(h11.SERVER, *(() if limit is None else (limit,)))
    receive(conn, *segments)
    return conn


def client(h11: H11, *events: Any, limit: int | None = None) -> Any:
    """A client that has sent these events."""
    conn = h11.Connection(h11.CLIENT, *(() if limit is None else (limit,)))
    send(conn, *events)
    return conn


def waiting_client(h11: H11, method: str = "GET", *fields: Field) -> Any:
    """A client whose request is complete and has no body."""
    return client(h11, request(h11, method, *fields), end(h11))


def send(conn: Any, *events: Any) -> bytes:
    """Sends the events, and returns their bytes."""
    return b"".join(conn.send(event) or b"" for event in events)


def receive(conn: Any, *segments: bytes) -> list[Any]:
    """Receives the segments, and returns the events that are read after each of them.

    The last item is NEED_DATA, PAUSED or ConnectionClosed.
    """
    heard: list[Any] = []
    for segment in segments:
        del heard[-1:]
        conn.receive_data(segment)
        heard += read(conn)
    return heard


def read(conn: Any) -> list[Any]:
    """Reads events until there are no more; the last is NEED_DATA, PAUSED or ConnectionClosed."""
    events = [conn.next_event()]
    while name(events[-1]) not in ("NEED_DATA", "PAUSED", "ConnectionClosed"):
        events.append(conn.next_event())
    return events


def name(event: Any) -> str:
    """The name of the class of an event, or of a sentinel."""
    return str(type(event).__name__)


def names(events: Iterable[Any]) -> str:
    """The names of events, in one line."""
    return " ".join(map(name, events))


def body(events: Iterable[Any]) -> bytes:
    """The content of all Data among the events."""
    return b"".join(event.data for event in events if name(event) == "Data")


def states(conn: Any) -> str:
    """Both states, as `CLIENT/SERVER`."""
    by_role = {str(role): str(state) for role, state in conn.states.items()}
    return f"{by_role['CLIENT']}/{by_role['SERVER']}"


@contextmanager
def fault(error: type[Exception], text: str, hint: int = 400) -> Generator[None]:
    """Expects exactly this class of protocol error, with this text in it, and with this hint."""
    with pytest.raises(error, match=re.escape(text)) as caught:
        yield
    assert type(caught.value) is error
    assert getattr(caught.value, "error_status_hint") == hint  # noqa: B009 (an untyped module's own)


def our_fault(h11: H11, text: str, hint: int = 400) -> Any:
    """Expects a LocalProtocolError."""
    return fault(h11.LocalProtocolError, text, hint)


def their_fault(h11: H11, text: str, hint: int = 400) -> Any:
    """Expects a RemoteProtocolError."""
    return fault(h11.RemoteProtocolError, text, hint)


def error_with_deviation(h11: H11, error: type[Exception], text: str) -> Any:
    """Expects this protocol error; h11 itself raises AttributeError, an upstream deviation."""
    if h11.__name__ == "h11":
        return pytest.raises(AttributeError, match="'tuple' object has no attribute '__name__'")
    return fault(error, text)
