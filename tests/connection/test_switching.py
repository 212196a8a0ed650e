"""Switching protocols: proposed with CONNECT or Upgrade, accepted, or refused."""

import pytest
from conversations_helper import (
    CHUNKED,
    CLOSE,
    CONNECT,
    EOF,
    FIVE,
    GET,
    GET_10,
    H11,
    NO_BODY,
    OK_5,
    OK_CHUNKED,
    OK_EMPTY,
    UPGRADE,
    Field,
    client,
    end,
    interim,
    names,
    our_fault,
    read,
    receive,
    request,
    response,
    send,
    server,
    states,
    waiting_client,
)

X: Field = ("Upgrade", "x")
SWITCHING = b"HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n"
WAITING = "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"
SWITCHED = "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"


@pytest.mark.parametrize("version", [b"1.0", b"1.1", b"1.2"])
def test_connect_is_a_proposal(h11: H11, version: bytes) -> None:
    """In any version, for client and server."""
    conn = h11.Connection(h11.SERVER)
    assert names(receive(conn, CONNECT.replace(b"1.1", version))) == "Request EndOfMessage PAUSED"
    assert states(conn) == states(waiting_client(h11, "CONNECT")) == WAITING


@pytest.mark.parametrize("method", ["connect", "Connect", "CONNECTS", "GET"])
def test_other_methods_propose_nothing(h11: H11, method: str) -> None:
    """Methods are case-sensitive."""
    asked = CONNECT.replace(b"CONNECT", method.encode())
    assert states(server(h11, asked)) == states(waiting_client(h11, method)) == "DONE/SEND_RESPONSE"


@pytest.mark.parametrize("value", ["x", "websocket, h2c", ",x", "X/1.1", '"'])
@pytest.mark.parametrize("asked", [GET, GET_10, GET.replace(b"GET", b"OPTIONS")])
def test_upgrade_is_a_proposal(h11: H11, asked: bytes, value: str) -> None:
    """This holds for any method and version, and does not require Connection: upgrade."""
    conn = server(h11, asked[:-2] + f"UPGRADE: {value}\r\n\r\n".encode())
    assert states(conn) == states(waiting_client(h11, "GET", ("upgrade", value))) == WAITING


@pytest.mark.parametrize("value", ["", ",", ", ,"])
def test_an_empty_upgrade_proposes_nothing(h11: H11, value: str) -> None:
    """Nor does Connection: upgrade alone."""
    fields = (("Upgrade", value), ("Connection", "upgrade"))
    assert states(waiting_client(h11, "GET", *fields)) == "DONE/SEND_RESPONSE"
    asked = GET[:-2] + f"Upgrade: {value}\r\nConnection: upgrade\r\n\r\n".encode()
    assert states(server(h11, asked)) == "DONE/SEND_RESPONSE"


def test_the_protocol_may_be_in_any_upgrade_field(h11: H11) -> None:
    """All Upgrade fields form one list."""
    assert states(waiting_client(h11, "GET", ("Upgrade", ""), X)) == WAITING


def test_a_proposal_takes_effect_at_the_end_of_its_request(h11: H11) -> None:
    """The body is sent and read as usual."""
    conn = client(h11, request(h11, "POST", X, FIVE))
    assert states(conn) == "SEND_BODY/SEND_RESPONSE"
    assert send(conn, h11.Data(b"hello"), end(h11)) == b"hello"
    assert states(conn) == WAITING
    events = receive(
        h11.Connection(h11.SERVER), UPGRADE[:-2] + b"Content-Length: 5\r\n\r\nhello\x00"
    )
    assert names(events) == "Request Data EndOfMessage PAUSED"


@pytest.mark.parametrize("fields", [(CLOSE,), (("Connection", "upgrade, close"),)])
def test_a_proposal_defers_closing(h11: H11, fields: tuple[Field, ...]) -> None:
    """A close, or an old version, has no effect until the response."""
    conn = waiting_client(h11, "GET", X, *fields)
    assert states(conn) == WAITING
    assert states(server(h11, CONNECT.replace(b"1.1", b"1.0"))) == WAITING


def test_a_client_sends_nothing_while_it_waits_for_the_switch(h11: H11) -> None:
    """No data, end, request or close."""
    for method, field in (("CONNECT", ("a", "b")), ("GET", X)):
        for event in (h11.Data(b""), end(h11), h11.ConnectionClosed()):
            conn, kind = waiting_client(h11, method, field), type(event).__name__
            text = (
                f"can't handle event type {kind} when role=CLIENT and state=MIGHT_SWITCH_PROTOCOL"
            )
            with our_fault(h11, text):
                conn.send(event)
            assert states(conn) == "ERROR/SEND_RESPONSE"
        with our_fault(h11, "can't handle event type Request when role=CLIENT"):
            waiting_client(h11, method, field).send(request(h11))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_accepts_connect(h11: H11, status: int) -> None:
    """Both peers have switched, and the bytes after the head are not read."""
    conn = server(h11, CONNECT + b"\x00")
    send(conn, response(h11, status))
    assert states(conn) == SWITCHED
    assert conn.trailing_data == (b"\x00", False)
    asked = waiting_client(h11, "CONNECT")
    events = receive(asked, f"HTTP/1.1 {status} x\r\n\r\nfoo".encode())
    assert names(events) == "Response PAUSED"
    assert states(asked) == SWITCHED
    assert asked.trailing_data == (b"foo", False)


def test_101_accepts_an_upgrade(h11: H11) -> None:
    """Both peers have switched, and the bytes after the head are not read."""
    conn = server(h11, UPGRADE + b"\x00")
    assert send(conn, interim(h11, 101, X)) == b"HTTP/1.1 101 \r\nUpgrade: x\r\n\r\n"
    assert states(conn) == SWITCHED
    assert conn.trailing_data == (b"\x00", False)
    asked = waiting_client(h11, "GET", X)
    assert names(receive(asked, SWITCHING + b"foo")) == "InformationalResponse PAUSED"
    assert states(asked) == SWITCHED
    assert asked.trailing_data == (b"foo", False)


def test_bytes_of_the_other_protocol_are_buffered(h11: H11) -> None:
    """trailing_data has all of them, and whether the connection has closed."""
    conn = server(h11, UPGRADE)
    send(conn, interim(h11, 101))
    assert receive(conn, GET) == receive(conn, b"\x00\xff") == [h11.PAUSED]
    assert conn.trailing_data == (GET + b"\x00\xff", False)
    assert receive(conn, EOF) == [h11.PAUSED]
    assert conn.trailing_data == (GET + b"\x00\xff", True)


def test_an_early_acceptance_switches_the_server_first(h11: H11) -> None:
    """The rest of the request's body is still HTTP, and is read or sent."""
    conn = server(h11, UPGRADE[:-2] + b"Content-Length: 5\r\n\r\nhe")
    send(conn, interim(h11, 101))
    assert states(conn) == "SEND_BODY/SWITCHED_PROTOCOL"
    assert receive(conn, b"llo\x00") == [h11.Data(b"llo"), end(h11), h11.PAUSED]
    assert states(conn) == SWITCHED
    assert conn.trailing_data == (b"\x00", False)

    asked = client(h11, request(h11, "POST", X, FIVE))
    assert names(receive(asked, SWITCHING)) == "InformationalResponse PAUSED"
    assert states(asked) == "SEND_BODY/SWITCHED_PROTOCOL"
    assert send(asked, h11.Data(b"hello"), end(h11)) == b"hello"
    assert states(asked) == SWITCHED


@pytest.mark.parametrize("asked", [CONNECT, UPGRADE])
@pytest.mark.parametrize("status", [300, 404, 503])
def test_any_other_final_response_refuses(h11: H11, status: int, asked: bytes) -> None:
    """The client is in DONE again, and the cycle continues as usual."""
    conn = server(h11, asked + GET)
    send(conn, response(h11, status, FIVE))
    assert states(conn) == "DONE/SEND_BODY"
    assert conn.next_event() is h11.PAUSED
    send(conn, h11.Data(b"hello"), end(h11))
    assert states(conn) == "DONE/DONE"
    conn.start_next_cycle()
    assert names(read(conn)) == "Request EndOfMessage NEED_DATA"
    assert states(conn) == "DONE/SEND_RESPONSE"


def test_a_client_continues_after_a_refusal(h11: H11) -> None:
    """It may propose again."""
    conn = h11.Connection(h11.CLIENT)
    for method, fields in (("CONNECT", ()), ("GET", (X,))):
        send(conn, request(h11, method, *fields), end(h11))
        events = receive(conn, OK_5.replace(b"200", b"407") + b"hello")
        assert events[1:] == [h11.Data(b"hello"), end(h11), h11.NEED_DATA]
        assert states(conn) == "DONE/DONE"
        conn.start_next_cycle()


def test_200_refuses_an_upgrade(h11: H11) -> None:
    """It is an ordinary response to the request."""
    conn = server(h11, UPGRADE)
    send(conn, response(h11, 200, NO_BODY))
    assert states(conn) == "DONE/SEND_BODY"
    asked = waiting_client(h11, "GET", X)
    assert names(receive(asked, OK_EMPTY)) == "Response EndOfMessage NEED_DATA"
    assert states(asked) == "DONE/DONE"


def test_a_refusal_may_close(h11: H11) -> None:
    """The deferred close then takes effect."""
    for conn in (
        server(h11, CONNECT.replace(b"1.1", b"1.0")),
        server(h11, UPGRADE[:-2] + b"Connection: close\r\n\r\n"),
    ):
        send(conn, response(h11, 404, NO_BODY))
        assert states(conn) == "MUST_CLOSE/SEND_BODY"


@pytest.mark.parametrize("status", [100, 102, 103])
def test_other_interim_responses_neither_accept_nor_refuse(h11: H11, status: int) -> None:
    """The proposal remains."""
    for asked in (CONNECT, UPGRADE):
        conn = server(h11, asked)
        send(conn, interim(h11, status))
        assert states(conn) == WAITING
        send(conn, response(h11) if asked is CONNECT else interim(h11, 101))
        assert states(conn) == SWITCHED
    events = waiting_client(h11, "GET", X)
    receive(events, f"HTTP/1.1 {status} x\r\n\r\n".encode())
    assert states(events) == WAITING
    receive(events, SWITCHING)
    assert states(events) == SWITCHED


def test_nothing_can_be_sent_after_the_switch(h11: H11) -> None:
    """Not even ConnectionClosed, and no cycle starts."""
    for asked, accept in ((CONNECT, response(h11)), (UPGRADE, interim(h11, 101))):
        for event in (response(h11, 404), h11.Data(b"x"), end(h11), h11.ConnectionClosed()):
            conn, kind = server(h11, asked), type(event).__name__
            send(conn, accept)
            with our_fault(h11, "not in a reusable state"):
                conn.start_next_cycle()
            text = f"can't handle event type {kind} when role=SERVER and state=SWITCHED_PROTOCOL"
            with our_fault(h11, text):
                conn.send(event)
            assert states(conn) == "SWITCHED_PROTOCOL/ERROR"


@pytest.mark.parametrize("accept", [OK_5, SWITCHING])
def test_either_of_two_proposals_can_be_accepted(h11: H11, accept: bytes) -> None:
    """CONNECT with Upgrade: 2xx accepts the one, 101 the other."""
    asked = waiting_client(h11, "CONNECT", X)
    receive(asked, accept)
    assert states(asked) == SWITCHED
    conn = server(h11, CONNECT[:-2] + b"Upgrade: x\r\n\r\n")
    send(conn, response(h11) if accept is OK_5 else interim(h11, 101))
    assert states(conn) == SWITCHED


def test_a_final_response_refuses_both_proposals(h11: H11) -> None:
    """A request may propose with CONNECT and Upgrade."""
    conn = server(h11, CONNECT[:-2] + b"Upgrade: x\r\n\r\n")
    send(conn, response(h11, 404, NO_BODY))
    assert states(conn) == "DONE/SEND_BODY"
    send(conn, end(h11))
    conn.start_next_cycle()
    receive(conn, GET)
    assert states(conn) == "DONE/SEND_RESPONSE"


@pytest.mark.parametrize("fields", [(), (FIVE,), (CHUNKED,), (FIVE, CHUNKED)])
def test_a_response_that_accepts_connect_is_not_framed(h11: H11, fields: tuple[Field, ...]) -> None:
    """Its fields are sent as given, since no HTTP follows."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    sent = send(server(h11, CONNECT), response(h11, 200, *fields))
    assert sent == f"HTTP/1.1 200 \r\n{lines}\r\n".encode()


def test_a_response_that_accepts_connect_may_say_close(h11: H11) -> None:
    """It does so to an HTTP/1.0 peer, or one that sent close; a 101 never does."""
    for asked in (CONNECT.replace(b"1.1", b"1.0"), CONNECT[:-2] + b"Connection: close\r\n\r\n"):
        conn = server(h11, asked)
        assert send(conn, response(h11)) == b"HTTP/1.1 200 \r\nConnection: close\r\n\r\n"
        assert states(conn) == SWITCHED
    old = server(h11, GET_10[:-2] + b"Upgrade: x\r\n\r\n")
    assert send(old, interim(h11, 101)) == b"HTTP/1.1 101 \r\n\r\n"
    assert states(old) == SWITCHED


def test_a_connect_with_a_body_can_be_accepted(h11: H11) -> None:
    """The body is read first."""
    conn = h11.Connection(h11.SERVER)
    asked = CONNECT[:-2] + b"Content-Length: 5\r\n\r\nhello"
    assert names(receive(conn, asked)) == "Request Data EndOfMessage PAUSED"
    send(conn, response(h11))
    assert states(conn) == SWITCHED
    sending = client(h11, request(h11, "CONNECT", FIVE))
    assert names(receive(sending, OK_CHUNKED + b"foo")) == "Response PAUSED"
    assert send(sending, h11.Data(b"hello"), end(h11)) == b"hello"
    assert states(sending) == SWITCHED
