"""The corrected sample SMP4 of the audit, run from the document."""

from collections.abc import Callable
from typing import Any

import pytest
from states_page_audit import H11, corrected_sample
from states_page_drive import (
    CLOSE,
    CONNECT,
    EOF,
    GET,
    GET_CLOSE,
    NO_BODY,
    OK,
    OK_CLOSE,
    OK_HEAD,
    TIMEOUT,
    UPGRADE_FIELDS,
    asked,
    client,
    idle_again,
    joint,
    receive,
    request,
    response,
    send,
    server,
)
from states_page_sockets import ScriptedSocket

Build = Callable[[H11], Any]


def having_read(conn: Any, *pieces: bytes) -> Any:
    """Receives these pieces, reads their events, and returns the connection."""
    receive(conn, *pieces)
    return conn


def answered(h11: H11, wire: bytes = OK) -> Any:
    """A client that has sent a request and read this response."""
    return having_read(asked(h11), wire)


def fed(conn: Any, *pieces: bytes) -> Any:
    """Receives these pieces without reading their events, and returns the connection."""
    for piece in pieces:
        conn.receive_data(piece)
    return conn


def sent(conn: Any, *events: Any) -> Any:
    """Sends these events, and returns the connection."""
    send(conn, *events)
    return conn


def with_a_broken_peer(h11: H11, conn: Any) -> Any:
    """The connection after bytes that are not HTTP."""
    with pytest.raises(h11.RemoteProtocolError):
        receive(conn, b"\x00")
    return conn


CONNECTIONS: dict[str, tuple[str, Build]] = {
    "client, response complete": ("keep_alive", answered),
    "server, response complete": ("keep_alive", idle_again),
    "server, next request waiting": ("keep_alive", lambda h: fed(idle_again(h), GET)),
    "server, next request and the end": ("keep_alive", lambda h: fed(idle_again(h), GET, EOF)),
    "new client": ("idle", client),
    "new server": ("idle", server),
    "server, part of a head": ("idle", lambda h: server(h, GET[:9])),
    "client, request under way": ("in_progress", lambda h: client(h, request(h))),
    "client, waiting": ("in_progress", asked),
    "client, waiting, asked to close": ("in_progress", lambda h: asked(h, CLOSE)),
    "client, waiting, half closed": ("in_progress", lambda h: sent(asked(h), h.ConnectionClosed())),
    "client, half a response": ("in_progress", lambda h: answered(h, OK_HEAD)),
    "client, upgrade proposed": ("in_progress", lambda h: asked(h, *UPGRADE_FIELDS)),
    "server, answering": ("in_progress", lambda h: server(h, GET)),
    "server, answering, client gone": ("in_progress", lambda h: server(h, GET, EOF)),
    "client, told to close": ("close", lambda h: answered(h, OK_CLOSE)),
    "client, surplus bytes": ("close", lambda h: fed(answered(h), b"x")),
    "client, server gone": ("close", lambda h: fed(answered(h), EOF)),
    "client, server seen gone": ("close", lambda h: having_read(answered(h), EOF)),
    "client, unasked response": ("close", lambda h: having_read(client(h), TIMEOUT)),
    "server, asked to close": (
        "close",
        lambda h: sent(server(h, GET_CLOSE), response(h, 200, NO_BODY), h.EndOfMessage()),
    ),
    "server, client gone": ("close", lambda h: fed(idle_again(h), EOF)),
    "server, nothing but the end": ("close", lambda h: server(h, EOF)),
    "server, client malformed": ("error", lambda h: with_a_broken_peer(h, server(h))),
    "client, server malformed": ("error", lambda h: with_a_broken_peer(h, asked(h))),
    "tunnel": ("switched", lambda h: sent(server(h, CONNECT), response(h, 200))),
}


@pytest.mark.parametrize("name", CONNECTIONS)
def test_smp4_names_the_persistence_of_a_connection(h11: H11, name: str) -> None:
    """The name is right, and asking does not change the connection."""
    expected, build = CONNECTIONS[name]
    conn = build(h11)
    before = (joint(conn), conn.trailing_data)
    persistence = corrected_sample("SMP4", h11)["persistence"]
    assert [persistence(conn), persistence(conn)] == [expected, expected]
    assert (joint(conn), conn.trailing_data) == before


@pytest.mark.parametrize("name", CONNECTIONS)
def test_smp4_acts_on_a_finished_connection(h11: H11, name: str) -> None:
    """A new cycle for keep-alive, a closed socket for close and error, nothing for the rest."""
    expected, build = CONNECTIONS[name]
    conn, sock = build(h11), ScriptedSocket()
    before = joint(conn)
    assert corrected_sample("SMP4", h11)["after_exchange"](conn, sock) == expected
    assert joint(conn) == ("IDLE/IDLE" if expected == "keep_alive" else before)
    assert sock.closed == (expected in {"close", "error"})


def test_smp4_takes_a_client_through_keep_alive_to_close(h11: H11) -> None:
    """Two exchanges use one connection; the second response ends it."""
    after_exchange = corrected_sample("SMP4", h11)["after_exchange"]
    conn, sock = client(h11), ScriptedSocket()
    for wire, expected in ((OK, "keep_alive"), (OK_CLOSE, "close")):
        send(conn, request(h11), h11.EndOfMessage())
        assert after_exchange(conn, sock) == "in_progress"
        for byte in wire:
            conn.receive_data(bytes([byte]))
            receive(conn)
        assert after_exchange(conn, sock) == expected
    assert sock.closed


def test_smp4_takes_a_server_through_pipelined_requests(h11: H11) -> None:
    """Each cycle reads one request, even though the client has closed after the last."""
    after_exchange = corrected_sample("SMP4", h11)["after_exchange"]
    conn, sock = server(h11), ScriptedSocket()
    fed(conn, GET * 3, EOF)
    names: list[str] = []
    while not sock.closed:
        assert receive(conn)[:2] == ["Request", "EndOfMessage"]
        send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
        names.append(after_exchange(conn, sock))
    assert names == ["keep_alive", "keep_alive", "close"]
