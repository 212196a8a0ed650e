"""Whether a connection persists after an exchange, and how the next cycle begins."""

from typing import Any

import pytest
from conversations_helper import (
    CLOSE,
    CONNECT,
    EOF,
    FIVE,
    GET,
    GET_10,
    GET_CLOSE,
    H11,
    NO_BODY,
    OK_5,
    OK_EMPTY,
    POST_5,
    UPGRADE,
    client,
    end,
    interim,
    our_fault,
    receive,
    request,
    response,
    send,
    server,
    states,
    waiting_client,
)

CLOSING: list[tuple[str, ...]] = [
    ("close",),
    ("CLOSE",),
    ("x, Close ,y",),
    ("keep-alive, close",),
    ("close, keep-alive",),
    ("keep-alive", "close"),
    ("close", "x"),
]
PERSISTING: list[tuple[str, ...]] = [
    (),
    ("",),
    ("keep-alive",),
    ("closed",),
    ("close d",),
    ("no-close",),
    ('"close"',),
    ("upgrade",),
]


def options(values: tuple[str, ...]) -> bytes:
    return b"".join(f"Connection: {value}\r\n".encode() for value in values)


def served(h11: H11, asked: bytes, *fields: tuple[str, str]) -> Any:
    """A server after a complete exchange."""
    conn = server(h11, asked)
    send(conn, response(h11, 204, *fields), end(h11))
    return conn


def test_a_cycle_needs_both_peers_done(h11: H11) -> None:
    """In any other pair of states start_next_cycle is refused, and no state changes."""
    closed, failed, switched = served(h11, GET), served(h11, GET), server(h11, UPGRADE)
    send(closed, h11.ConnectionClosed())
    failed.send_failed()
    send(switched, interim(h11, 101))
    for conn, pair in (
        (h11.Connection(h11.SERVER), "IDLE/IDLE"),
        (client(h11, request(h11, "POST", FIVE)), "SEND_BODY/SEND_RESPONSE"),
        (waiting_client(h11), "DONE/SEND_RESPONSE"),
        (waiting_client(h11, "CONNECT"), "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"),
        (switched, "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"),
        (served(h11, POST_5), "SEND_BODY/DONE"),
        (served(h11, GET_CLOSE), "MUST_CLOSE/MUST_CLOSE"),
        (server(h11, EOF), "CLOSED/MUST_CLOSE"),
        (closed, "MUST_CLOSE/CLOSED"),
        (failed, "MUST_CLOSE/ERROR"),
    ):
        ours, theirs = pair.split("/")
        shown = f"not in a reusable state. self.states={{CLIENT: {ours}, SERVER: {theirs}}}"
        for _ in range(2):
            with our_fault(h11, shown):
                conn.start_next_cycle()
            assert states(conn) == pair


def test_a_server_starts_further_cycles(h11: H11) -> None:
    """start_next_cycle returns None and resets everything but the peer's version."""
    conn = h11.Connection(h11.SERVER)
    for _ in range(3):
        receive(conn, POST_5 + b"hello")
        assert conn.their_http_version == b"1.1"
        send(conn, response(h11, 200, FIVE), h11.Data(b"world"), end(h11))
        assert conn.start_next_cycle() is None
        assert states(conn) == "IDLE/IDLE"
        assert conn.their_http_version == b"1.1"


def test_a_client_starts_further_cycles(h11: H11) -> None:
    """As a server does."""
    conn = h11.Connection(h11.CLIENT)
    for _ in range(3):
        send(conn, request(h11), end(h11))
        receive(conn, OK_5 + b"hello")
        assert states(conn) == "DONE/DONE"
        conn.start_next_cycle()
        assert states(conn) == "IDLE/IDLE"
        assert conn.their_http_version == b"1.1"


@pytest.mark.parametrize("values", CLOSING)
def test_either_peer_can_send_close(h11: H11, values: tuple[str, ...]) -> None:
    """In any case, among other options, in any of several fields, even with keep-alive."""
    asked = GET[:-2] + options(values) + b"\r\n"
    fields = tuple(("Connection", value) for value in values)
    answered = waiting_client(h11)
    receive(answered, OK_EMPTY[:-2] + options(values) + b"\r\n")
    asked_to_close = waiting_client(h11, "GET", *fields)
    receive(asked_to_close, OK_EMPTY)
    for conn in (served(h11, asked), served(h11, GET, *fields), answered, asked_to_close):
        assert states(conn) == "MUST_CLOSE/MUST_CLOSE"


@pytest.mark.parametrize("values", PERSISTING)
def test_other_options_do_not_close(h11: H11, values: tuple[str, ...]) -> None:
    """Neither similar options nor Proxy-Connection; the next cycle may begin."""
    asked = GET[:-2] + options(values) + b"Proxy-Connection: close\r\n\r\n"
    fields = tuple(("Connection", value) for value in values)
    answered = waiting_client(h11, "GET", *fields)
    receive(answered, OK_EMPTY[:-2] + options(values) + b"Proxy-Connection: close\r\n\r\n")
    for conn in (served(h11, asked), served(h11, GET, *fields), answered):
        assert states(conn) == "DONE/DONE"
        conn.start_next_cycle()


@pytest.mark.parametrize("version", [b"0.9", b"1.0"])
def test_an_http_1_0_peer_gets_one_cycle(h11: H11, version: bytes) -> None:
    """Even if it sends keep-alive."""
    asked = b"GET / HTTP/" + version + b"\r\nConnection: keep-alive\r\n\r\n"
    assert states(served(h11, asked, ("Connection", "keep-alive"))) == "MUST_CLOSE/MUST_CLOSE"
    conn = waiting_client(h11)
    receive(conn, OK_EMPTY.replace(b"1.1", version)[:-2] + b"Connection: keep-alive\r\n\r\n")
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"


@pytest.mark.parametrize("version", [b"1.2", b"2.0", b"9.9"])
def test_a_peer_of_a_later_version_gets_further_cycles(h11: H11, version: bytes) -> None:
    """Versions are compared as text."""
    assert states(served(h11, b"GET / HTTP/" + version + b"\r\n\r\n")) == "DONE/DONE"


def test_close_is_permanent(h11: H11) -> None:
    """A request that says close holds for the response, even if that says keep-alive."""
    conn = server(h11, GET_CLOSE)
    assert states(conn) == "MUST_CLOSE/SEND_RESPONSE"
    send(conn, response(h11, 200, NO_BODY, ("Connection", "keep-alive")))
    send(conn, end(h11))
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"
    with our_fault(h11, "not in a reusable state"):
        conn.start_next_cycle()


def test_each_peer_must_close_when_it_is_done(h11: H11) -> None:
    """Not earlier: a peer that is still sending continues."""
    conn = server(h11, POST_5)
    send(conn, response(h11, 200, FIVE, CLOSE))
    assert states(conn) == "SEND_BODY/SEND_BODY"
    send(conn, h11.Data(b"hello"), end(h11))
    assert states(conn) == "SEND_BODY/MUST_CLOSE"
    receive(conn, b"hello")
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"


def test_a_peer_that_is_done_must_close_at_once(h11: H11) -> None:
    """As soon as the other peer says close."""
    conn = waiting_client(h11)
    assert states(conn) == "DONE/SEND_RESPONSE"
    receive(conn, OK_5[:-2] + b"Connection: close\r\n\r\n")
    assert states(conn) == "MUST_CLOSE/SEND_BODY"
    receive(conn, b"hello")
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"


def test_interim_responses_do_not_close(h11: H11) -> None:
    """Whether sent or received."""
    conn, answered = server(h11, GET), waiting_client(h11)
    send(conn, interim(h11, 103, CLOSE), response(h11, 204), end(h11))
    receive(answered, b"HTTP/1.0 103 x\r\nConnection: close\r\n\r\n" + OK_EMPTY)
    assert states(conn) == states(answered) == "DONE/DONE"


def test_trailers_do_not_close(h11: H11) -> None:
    """A Connection field in them is an ordinary field."""
    conn = server(h11, GET)
    send(conn, response(h11), end(h11, CLOSE))
    assert states(conn) == "DONE/DONE"


def test_a_response_until_close_closes(h11: H11) -> None:
    """Sent to an HTTP/1.0 peer it says close; received, it ends with the connection."""
    conn = server(h11, GET_10)
    assert b"Connection: close" in send(conn, response(h11))
    send(conn, end(h11))
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"
    answered = waiting_client(h11)
    receive(answered, b"HTTP/1.1 200 x\r\n\r\n", EOF)
    assert states(answered) == "MUST_CLOSE/CLOSED"


def test_nothing_can_start_after_the_peer_has_closed(h11: H11) -> None:
    """A server cannot even send 400, and a client cannot send a request."""
    for conn, event in (
        (h11.Connection(h11.SERVER), response(h11, 400)),
        (h11.Connection(h11.CLIENT), request(h11)),
    ):
        receive(conn, EOF)
        assert conn.our_state is h11.MUST_CLOSE
        kind, role = type(event).__name__, conn.our_role
        with our_fault(
            h11, f"can't handle event type {kind} when role={role} and state=MUST_CLOSE"
        ):
            conn.send(event)


def test_a_connection_persists_after_a_refused_switch(h11: H11) -> None:
    """It ends only if a peer sent close."""
    assert states(served(h11, UPGRADE)) == "DONE/DONE"
    refused, closing = server(h11, CONNECT), server(h11, CONNECT)
    send(refused, response(h11, 403, NO_BODY), end(h11))
    send(closing, response(h11, 403, NO_BODY, CLOSE), end(h11))
    assert states(refused) == "DONE/DONE"
    assert states(closing) == "MUST_CLOSE/MUST_CLOSE"
