"""The page's third sample, connection lifecycle: claims S70 to S75.

Its logic: a server loop that checks its own state, reads once, and takes events until NEED_DATA or
PAUSED; PAUSED starts a new cycle; a request goes to the application.
"""

from collections.abc import Callable
from typing import Any

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, AsStated, claim
from states_page_drive import (
    CONNECT,
    EOF,
    GET,
    GET_CLOSE,
    NO_BODY,
    POST_HEAD,
    UPGRADE,
    joint,
    receive,
    response,
    send,
    server,
)
from states_page_sockets import ScriptedSocket, WouldBlockError

Application = Callable[[H11, Any], None]


def respond_at_once(h11: H11, conn: Any) -> None:
    """An application that responds as soon as it has the head."""
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())


def respond_later(_h11: H11, _conn: Any) -> None:
    """An application that has not responded when the request is complete."""


def serve_as_described(h11: H11, conn: Any, sock: ScriptedSocket, application: Application) -> int:
    """The sample's loop; returns the number of requests served."""
    served = 0
    while conn.our_state not in (h11.MUST_CLOSE, h11.CLOSED, h11.ERROR):
        data = sock.recv(4096)
        if not data:
            return served
        conn.receive_data(data)
        while (event := conn.next_event()) is not h11.NEED_DATA:
            if event is h11.PAUSED:
                conn.start_next_cycle()
                break
            if isinstance(event, h11.Request):
                application(h11, conn)
                served += 1
    sock.close()
    return served


@claim("S70", IMPRECISE)
def test_closing_in_must_close_affects_the_socket_only(h11: H11, as_stated: AsStated) -> None:
    """The socket is closed; the connection is not."""
    conn, sock = server(h11), ScriptedSocket(GET_CLOSE)
    assert serve_as_described(h11, conn, sock, respond_at_once) == 1
    as_stated.holds(sock.closed)
    as_stated.fails(conn.our_state is h11.CLOSED)
    assert joint(conn) == "MUST_CLOSE/MUST_CLOSE"
    conn.send(h11.ConnectionClosed())
    assert conn.our_state is h11.CLOSED


@claim("S71", FALSE)
def test_an_error_of_the_client_leaves_the_loop(h11: H11, as_stated: AsStated) -> None:
    """next_event() raises it, and it changes the peer's state: nothing is logged or closed."""
    conn, sock = server(h11), ScriptedSocket(b"\x00", GET)
    with pytest.raises(h11.RemoteProtocolError):
        serve_as_described(h11, conn, sock, respond_at_once)
    as_stated.fails(conn.our_state is h11.ERROR)
    as_stated.fails(sock.closed)
    assert joint(conn) == "ERROR/IDLE"


@claim("S72", IMPRECISE)
def test_end_of_file_is_not_passed_to_h11(h11: H11, as_stated: AsStated) -> None:
    """The loop ends with the socket open, even if the request is incomplete."""
    conn, sock = server(h11), ScriptedSocket(POST_HEAD, b"he", EOF)
    as_stated.holds(serve_as_described(h11, conn, sock, respond_later) == 1)
    as_stated.fails(sock.closed)
    as_stated.fails(conn.their_state is h11.ERROR)
    assert joint(conn) == "SEND_BODY/SEND_RESPONSE"
    with pytest.raises(h11.RemoteProtocolError, match="without sending complete message body"):
        receive(conn, EOF)


@claim("S73", FALSE)
def test_paused_does_not_mean_ready(h11: H11, as_stated: AsStated) -> None:
    """While a response or a switch is pending, no cycle can start; when it is due, no PAUSED."""
    for wire, expected in (
        (GET + GET, "DONE/SEND_RESPONSE"),
        (CONNECT, "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"),
        (UPGRADE, "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"),
    ):
        conn = server(h11)
        with pytest.raises(h11.LocalProtocolError):
            serve_as_described(h11, conn, ScriptedSocket(wire), respond_later)
        as_stated.fails(conn.our_state is h11.IDLE)
        assert joint(conn) == expected

    served = server(h11)
    with pytest.raises(WouldBlockError):
        serve_as_described(h11, served, ScriptedSocket(GET), respond_at_once)
    as_stated.fails(receive(served) == ["PAUSED"])
    assert joint(served) == "DONE/DONE"


@claim("S74", FALSE)
def test_a_buffered_request_is_not_served(h11: H11, as_stated: AsStated) -> None:
    """Each cycle waits for bytes, although a whole request is unread: the last is never served."""
    for pieces, requests in (([GET] * 2, 2), ([GET * 2], 2), ([GET] * 3, 3)):
        conn, application = server(h11), Counting()
        with pytest.raises(WouldBlockError):
            serve_as_described(h11, conn, ScriptedSocket(*pieces), application)
        as_stated.fails(application.calls == requests)
        assert application.calls == requests - 1
        assert joint(conn) == "IDLE/IDLE"
        assert receive(conn) == ["Request", "EndOfMessage", "NEED_DATA"]


class Counting:
    """An application that responds at once and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, h11: H11, conn: Any) -> None:
        self.calls += 1
        respond_at_once(h11, conn)


@claim("S75", IMPRECISE)
def test_connection_closed_would_repeat_without_end(h11: H11, as_stated: AsStated) -> None:
    """Data and EndOfMessage are ignored; next_event() returns ConnectionClosed every time."""
    conn, sock = server(h11), ScriptedSocket(POST_HEAD + b"hello", EOF)
    as_stated.holds(serve_as_described(h11, conn, sock, respond_at_once) == 1)
    assert joint(conn) == "DONE/DONE"

    conn.receive_data(EOF)
    events = {type(conn.next_event()).__name__ for _ in range(100)}
    as_stated.fails("NEED_DATA" in events or "PAUSED" in events)
    assert events == {"ConnectionClosed"}
