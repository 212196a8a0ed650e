"""Builds connections in given states, for the tests of the states page.

Owns wire texts, event makers and the notation `CLIENT/SERVER` for a joint state. Works on any
module with h11's interface and must not know which one it has, with one exception: where h11 0.16.0
raises `AttributeError` instead of a protocol error.
"""

from typing import Any

import pytest
from states_page_audit import H11

GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\n\r\n"
GET_CLOSE = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
POST_HEAD = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nhost: a\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"
CONNECT = b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n"
OK_HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
OK = OK_HEAD + b"hi"
OK_EMPTY = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
OK_CLOSE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi"
TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n"
EOF = b""

UPGRADE_FIELDS = (("upgrade", "x"), ("connection", "upgrade"))
CLOSE = ("connection", "close")
NO_BODY = ("content-length", "0")


def request(h11: H11, method: str = "GET", *fields: tuple[str, str]) -> Any:
    """A request head with its mandatory Host field."""
    return h11.Request(method=method, target="/", headers=[("host", "a"), *fields])


def response(h11: H11, status: int = 200, *fields: tuple[str, str]) -> Any:
    """A final response head."""
    return h11.Response(status_code=status, headers=list(fields))


def interim(h11: H11, status: int = 100) -> Any:
    """An informational response head."""
    return h11.InformationalResponse(status_code=status, headers=[])


def client(h11: H11, *sent: Any) -> Any:
    """A client connection that has sent these events."""
    conn = h11.Connection(h11.CLIENT)
    send(conn, *sent)
    return conn


def server(h11: H11, *received: bytes) -> Any:
    """A server connection that has received these pieces and read their events."""
    conn = h11.Connection(h11.SERVER)
    receive(conn, *received)
    return conn


def asked(h11: H11, *fields: tuple[str, str], method: str = "GET") -> Any:
    """A client connection that has sent a complete request without a body."""
    return client(h11, request(h11, method, *fields), h11.EndOfMessage())


def idle_again(h11: H11) -> Any:
    """A server connection after a complete exchange: DONE/DONE, nothing unread."""
    conn = server(h11, GET)
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    return conn


def send(conn: Any, *events: Any) -> None:
    """Sends the events."""
    for event in events:
        conn.send(event)


def receive(conn: Any, *pieces: bytes) -> list[str]:
    """Receives these pieces and reads events until there are no more; returns their names."""
    for piece in pieces:
        conn.receive_data(piece)
    names: list[str] = []
    while not names or names[-1] not in {"NEED_DATA", "PAUSED", "ConnectionClosed"}:
        names.append(type(conn.next_event()).__name__)
    return names


def joint(conn: Any) -> str:
    """The states of both machines as `CLIENT/SERVER`."""
    states = {str(role): str(state) for role, state in conn.states.items()}
    return f"{states['CLIENT']}/{states['SERVER']}"


def error_with_deviation(h11: H11, error: type[Exception]) -> "pytest.RaisesExc[Exception]":
    """Expects this protocol error; h11 itself may raise AttributeError.

    An upstream deviation of h11 0.16.0: it fails to build the message of the error.
    """
    return pytest.raises((error, AttributeError) if h11.__name__ == "h11" else error)
