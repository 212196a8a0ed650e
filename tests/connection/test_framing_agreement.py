"""The whole matrix of framing: both implementations frame every message alike.

Owns the product of methods, versions, statuses and fields, sent and received. Other modules say
what is expected of single cells; this one only compares.
"""

from collections.abc import Iterator
from itertools import product
from types import ModuleType
from typing import Any

import h11
import pytest
from conversations_helper import CHUNKED, CLOSE, FIVE, Field, name, read, states

from h11spec import reference

METHODS = ["GET", "HEAD", "POST", "CONNECT"]
VERSIONS = ["1.1", "1.0", "1.2"]
STATUSES = [200, 204, 205, 304, 404]
FRAMINGS: list[tuple[Field, ...]] = [(), (FIVE,), (CHUNKED,), (FIVE, CHUNKED)]
PERSISTENCES: list[tuple[Field, ...]] = [
    (),
    (CLOSE,),
    (("Connection", "Keep-Alive, x"),),
    (("Upgrade", "x"),),
]


def lines(*fields: Field) -> str:
    return "".join(f"{key}: {value}\r\n" for key, value in fields)


def outcomes(conn: Any, *calls: Any) -> Iterator[tuple[str, str]]:
    """The result or the error of each call, and the states after it."""
    for call, *arguments in calls:
        try:
            outcome = repr(call(*arguments))
        except Exception as error:
            # h11's own class in one module, the reference's in the other.
            outcome = f"{type(error).__name__}: {error}"
        yield outcome, states(conn)


def answered(
    module: ModuleType, asked: str | None, again: bool, status: int, fields: tuple[Field, ...]
) -> list[tuple[str, str]]:
    """The results of a server's response: head, five bytes, end, next cycle and closing.

    Args:
        asked: the request, if any.
        again: whether an earlier request of the same connection set the peer's version.
    """
    conn = module.Connection(module.SERVER)
    if again:
        conn.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        read(conn)
        conn.send(module.Response(status_code=204, headers=[]))
        conn.send(module.EndOfMessage())
        conn.start_next_cycle()
    if asked is not None:
        conn.receive_data(asked.encode())
        read(conn)
    response = module.Response(status_code=status, headers=list(fields))
    return list(
        outcomes(
            conn,
            (conn.send, response),
            (conn.send, module.Data(b"hello")),
            (conn.send, module.EndOfMessage()),
            (conn.start_next_cycle,),
            (conn.send, module.ConnectionClosed()),
        )
    )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", METHODS)
def test_every_response_is_framed_alike(method: str, status: int) -> None:
    """Head, body and states, for requests of each version, framing and persistence."""
    for version, said, fields, persistence in product(
        VERSIONS, PERSISTENCES, FRAMINGS, PERSISTENCES
    ):
        asked = f"{method} / HTTP/{version}\r\nHost: a\r\n{lines(*said)}\r\n"
        cell = (asked, False, status, (*fields, *persistence))
        assert answered(reference, *cell) == answered(h11, *cell)


@pytest.mark.parametrize("again", [False, True])
def test_every_response_without_a_request_is_framed_alike(again: bool) -> None:
    """Before the first request of the connection, or before that of its second cycle."""
    for status, fields, persistence in product(STATUSES, FRAMINGS, PERSISTENCES):
        cell = (None, again, status, (*fields, *persistence))
        assert answered(reference, *cell) == answered(h11, *cell)


def events(module: ModuleType, method: str | None, wire: str) -> list[tuple[str, str]]:
    """What a client that sent a request with this method reads until the connection closes."""
    conn = module.Connection(module.CLIENT)
    if method is not None:
        conn.send(module.Request(method=method, target="/", headers=[("Host", "a")]))
        conn.send(module.EndOfMessage())
    conn.receive_data(wire.encode())
    said = list(outcomes(conn, *[(conn.next_event,)] * 4))
    conn.receive_data(b"")
    return [*said, *outcomes(conn, *[(conn.next_event,)] * 3), (repr(conn.trailing_data), "")]


@pytest.mark.parametrize("method", [*METHODS, None])
def test_every_response_is_read_alike(method: str | None) -> None:
    """A client finds the same body, and the same trailing data, after every head."""
    for version, status, fields, persistence, said in product(
        VERSIONS, [*STATUSES, 101], FRAMINGS, PERSISTENCES, ["", "hello", "5\r\nhello\r\n0\r\n\r\n"]
    ):
        wire = f"HTTP/{version} {status} x\r\n{lines(*fields, *persistence)}\r\n{said}"
        assert events(reference, method, wire) == events(h11, method, wire)


@pytest.mark.parametrize("method", METHODS)
def test_every_request_is_read_alike(method: str) -> None:
    """A server finds the same body, and the same trailing data, after every head."""

    def got(module: ModuleType, wire: str) -> list[tuple[str, str]]:
        conn = module.Connection(module.SERVER)
        conn.receive_data(wire.encode())
        seen = list(outcomes(conn, *[(conn.next_event,)] * 5))
        return [*seen, (repr(conn.trailing_data), name(conn.our_state))]

    for version, fields, persistence, said in product(
        VERSIONS, FRAMINGS, PERSISTENCES, ["", "hello", "5\r\nhello\r\n0\r\n\r\nGET"]
    ):
        wire = f"{method} / HTTP/{version}\r\nHost: a\r\n{lines(*fields, *persistence)}\r\n{said}"
        assert got(reference, wire) == got(h11, wire)
