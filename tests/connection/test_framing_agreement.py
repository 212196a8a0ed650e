"""The whole matrix of framing: both implementations frame every kind of message alike.

Owns the product of methods, versions, statuses and fields, sent and received. What is expected of
single cells is told by the tests with names; here it is only that nothing differs.
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
    """What each call came to, and the states after it."""
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
    """A server's answer: its head, five bytes, the end, and what may follow it.

    Args:
        asked: the request, if any.
        again: whether an earlier request of the same connection told the peer's version.
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
def test_every_answer_is_framed_alike(method: str, status: int) -> None:
    """Head, body and states of both, for requests of each version with each fate of theirs."""
    for version, said, fields, persistence in product(
        VERSIONS, PERSISTENCES, FRAMINGS, PERSISTENCES
    ):
        asked = f"{method} / HTTP/{version}\r\nHost: a\r\n{lines(*said)}\r\n"
        cell = (asked, False, status, (*fields, *persistence))
        assert answered(reference, *cell) == answered(h11, *cell)


@pytest.mark.parametrize("again", [False, True])
def test_every_answer_to_nobody_is_framed_alike(again: bool) -> None:
    """The same before any request: of the connection, or of its second cycle."""
    for status, fields, persistence in product(STATUSES, FRAMINGS, PERSISTENCES):
        cell = (None, again, status, (*fields, *persistence))
        assert answered(reference, *cell) == answered(h11, *cell)


def heard(module: ModuleType, method: str | None, wire: str) -> list[tuple[str, str]]:
    """What a client that has asked with this method hears, to the end of the connection."""
    conn = module.Connection(module.CLIENT)
    if method is not None:
        conn.send(module.Request(method=method, target="/", headers=[("Host", "a")]))
        conn.send(module.EndOfMessage())
    conn.receive_data(wire.encode())
    said = list(outcomes(conn, *[(conn.next_event,)] * 4))
    conn.receive_data(b"")
    return [*said, *outcomes(conn, *[(conn.next_event,)] * 3), (repr(conn.trailing_data), "")]


@pytest.mark.parametrize("method", [*METHODS, None])
def test_every_answer_is_read_alike(method: str | None) -> None:
    """A client finds the same body, and the same surplus, after every head."""
    for version, status, fields, persistence, said in product(
        VERSIONS, [*STATUSES, 101], FRAMINGS, PERSISTENCES, ["", "hello", "5\r\nhello\r\n0\r\n\r\n"]
    ):
        wire = f"HTTP/{version} {status} x\r\n{lines(*fields, *persistence)}\r\n{said}"
        assert heard(reference, method, wire) == heard(h11, method, wire)


@pytest.mark.parametrize("method", METHODS)
def test_every_request_is_read_alike(method: str) -> None:
    """A server finds the same body, and the same surplus, after every head."""

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
