"""What a connection can still do after an error of ours or of the peer."""

from typing import Any

import pytest
from conversations_helper import (
    CONNECT,
    EOF,
    FIVE,
    GET,
    H11,
    NO_BODY,
    OK_5,
    OK_EMPTY,
    POST_5,
    POST_CHUNKED,
    UPGRADE,
    body,
    client,
    end,
    error_with_deviation,
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
    their_fault,
    waiting_client,
)

STUCK = "Can't receive data when peer state is ERROR"
UNASKED = "Received server _SWITCH_UPGRADE event without a pending proposal"


def broken_by(h11: H11, conn: Any, wire: bytes) -> Any:
    """Receives these illegal bytes of the peer; returns the connection."""
    with pytest.raises(h11.RemoteProtocolError):
        receive(conn, wire)
    return conn


def test_an_error_of_the_peer_is_permanent(h11: H11) -> None:
    """Every later next_event raises; receive_data still accepts bytes, which are never parsed."""
    conn = broken_by(h11, h11.Connection(h11.SERVER), b"bad\r\n\r\n" + GET)
    for kept in (GET, GET + GET):
        for _ in range(2):
            with their_fault(h11, STUCK):
                conn.next_event()
            assert conn.trailing_data == (kept, False)
        conn.receive_data(GET)
    conn.receive_data(EOF)
    with their_fault(h11, STUCK):
        conn.next_event()
    assert conn.trailing_data == (GET * 3, True)


@pytest.mark.parametrize(
    ("wire", "text", "hint"),
    [
        (b"a" * 17000, "Receive buffer too long", 431),
        (GET[:-2] + b"Transfer-Encoding: x\r\n\r\n", "Only Transfer-Encoding: chunked", 501),
        (b"bad\r\n\r\n", "illegal request line", 400),
    ],
)
def test_only_the_first_error_has_its_own_status_hint(
    h11: H11, wire: bytes, text: str, hint: int
) -> None:
    """The first error may have the hint 431 or 501; later errors have 400."""
    conn = h11.Connection(h11.SERVER)
    with their_fault(h11, text, hint):
        receive(conn, wire)
    with their_fault(h11, STUCK, 400):
        conn.next_event()


def test_an_error_of_the_peer_is_a_remote_protocol_error(h11: H11) -> None:
    """It is not a LocalProtocolError, and has no cause or context."""
    conn = h11.Connection(h11.SERVER)
    with pytest.raises(h11.RemoteProtocolError) as caught:
        receive(conn, b"bad\r\n\r\n")
    assert not isinstance(caught.value, h11.LocalProtocolError)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_server_can_respond_to_a_bad_request(h11: H11) -> None:
    """Its own state is unchanged, and it closes after the response."""
    conn = broken_by(h11, h11.Connection(h11.SERVER), b"bad\r\n\r\n")
    assert states(conn) == "ERROR/IDLE"
    assert conn.their_http_version is None
    assert send(conn, response(h11, 400, NO_BODY)) == (
        b"HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n"
    )
    assert states(conn) == "ERROR/SEND_BODY"
    send(conn, end(h11))
    assert states(conn) == "ERROR/MUST_CLOSE"
    send(conn, h11.ConnectionClosed())
    assert states(conn) == "ERROR/CLOSED"


def test_a_server_can_respond_to_a_bad_body(h11: H11) -> None:
    """It can do so before, during or after its response; only a complete response must close."""
    waiting, answering, answered = (server(h11, POST_CHUNKED) for _ in range(3))
    send(answering, response(h11))
    send(answered, response(h11, 204), end(h11))
    for conn, after in (
        (waiting, "ERROR/SEND_RESPONSE"),
        (answering, "ERROR/SEND_BODY"),
        (answered, "ERROR/MUST_CLOSE"),
    ):
        broken_by(h11, conn, b"no size\r\n")
        assert states(conn) == after
    send(waiting, response(h11, 400), end(h11))
    send(answering, h11.Data(b"bye"), end(h11))
    assert states(waiting) == states(answering) == "ERROR/MUST_CLOSE"


def test_a_bad_response_changes_only_a_client_that_is_done(h11: H11) -> None:
    """A client that is still sending continues."""
    sending = client(h11, request(h11, "POST", FIVE))
    assert states(broken_by(h11, sending, b"bad\r\n\r\n")) == "SEND_BODY/ERROR"
    assert send(sending, h11.Data(b"hello"), end(h11)) == b"hello"
    assert states(sending) == "MUST_CLOSE/ERROR"
    assert states(broken_by(h11, waiting_client(h11), b"bad\r\n\r\n")) == "MUST_CLOSE/ERROR"
    assert states(broken_by(h11, client(h11), b"bad\r\n\r\n")) == "IDLE/ERROR"


def test_only_valid_heads_set_the_version(h11: H11) -> None:
    """A head that is malformed, or not allowed in this state, leaves their_http_version unset."""
    conn = broken_by(h11, h11.Connection(h11.SERVER), b"GET / HTTP/1.0\r\nbad\r\n\r\n")
    assert conn.their_http_version is None
    unasked = broken_by(h11, waiting_client(h11), b"HTTP/1.0 101 x\r\n\r\n")
    assert unasked.their_http_version is None


def test_waiting_for_100_survives_errors(h11: H11) -> None:
    """An error of either peer does not reset the flag."""
    expecting = POST_5[:-2] + b"Expect: 100-continue\r\n\r\n"
    ours, theirs = server(h11, expecting), server(h11, expecting)
    ours.send_failed()
    with their_fault(h11, "without sending complete message body"):
        receive(theirs, EOF)
    for conn in (ours, theirs):
        assert conn.they_are_waiting_for_100_continue
    asked = client(h11, request(h11, "POST", FIVE, ("Expect", "100-continue")))
    broken_by(h11, asked, b"bad\r\n\r\n")
    assert asked.client_is_waiting_for_100_continue


def test_our_error_closes_a_peer_that_is_done(h11: H11) -> None:
    """A peer in any other state stays in it."""
    for conn, event, after in (
        (server(h11, GET), h11.Data(b""), "MUST_CLOSE/ERROR"),
        (server(h11, POST_5), h11.Data(b""), "SEND_BODY/ERROR"),
        (h11.Connection(h11.SERVER), h11.Data(b""), "IDLE/ERROR"),
        (waiting_client(h11), h11.Data(b""), "ERROR/SEND_RESPONSE"),
        (client(h11), h11.Data(b""), "ERROR/IDLE"),
    ):
        role, state = conn.our_role, conn.our_state
        with our_fault(h11, f"can't handle event type Data when role={role} and state={state}"):
            conn.send(event)
        assert states(conn) == after


def test_the_message_of_the_peer_can_be_read_after_our_error(h11: H11) -> None:
    """The whole message can be read, including EndOfMessage."""
    for conn, wire in ((server(h11, POST_5), b"hello"), (waiting_client(h11), OK_5 + b"hello")):
        with pytest.raises(h11.LocalProtocolError):
            conn.send(h11.Data(b"x"))
        events = receive(conn, wire)
        assert body(events) == b"hello"
        assert events[-2:] == [end(h11), h11.NEED_DATA]
        assert "MUST_CLOSE" in states(conn)
        assert "ERROR" in states(conn)


def test_an_invalid_event_does_not_change_the_connection(h11: H11) -> None:
    """The constructor of the event raises, so send is never called."""
    conn = h11.Connection(h11.CLIENT)
    with pytest.raises(h11.LocalProtocolError):
        conn.send(request(h11, "NOT A METHOD"))
    assert states(conn) == "IDLE/IDLE"


@pytest.mark.parametrize("first", ["answered", "answering", "failed"])
def test_a_request_received_after_the_response_is_an_error(h11: H11, first: str) -> None:
    """An upstream deviation: h11 raises AttributeError."""
    conn = h11.Connection(h11.SERVER)
    if first == "failed":
        conn.send_failed()
    else:
        send(conn, response(h11, 408, NO_BODY), *([end(h11)] if first == "answered" else []))
    state = conn.our_state
    text = f"can't handle event type Request when role=SERVER and state={state}"
    conn.receive_data(GET)
    with error_with_deviation(h11, h11.RemoteProtocolError, text):
        conn.next_event()
    assert conn.their_state is h11.ERROR
    assert conn.our_state is (h11.MUST_CLOSE if first == "answered" else state)
    with their_fault(h11, STUCK):
        conn.next_event()


@pytest.mark.parametrize(
    ("wire", "before", "after"),
    [
        (OK_EMPTY, "IDLE/DONE", "ERROR/MUST_CLOSE"),
        (OK_5, "IDLE/SEND_BODY", "ERROR/SEND_BODY"),
        (b"bad\r\n\r\n", "IDLE/ERROR", "ERROR/ERROR"),
    ],
)
def test_a_request_sent_after_the_response_is_an_error(
    h11: H11, wire: bytes, before: str, after: str
) -> None:
    """The same upstream deviation."""
    conn = h11.Connection(h11.CLIENT)
    conn.receive_data(wire)
    if before.endswith("ERROR"):
        broken_by(h11, conn, wire)
    else:
        read(conn)
    assert states(conn) == before
    state = conn.their_state
    text = f"can't handle event type Request when role=SERVER and state={state}"
    with error_with_deviation(h11, h11.LocalProtocolError, text):
        conn.send(request(h11))
    assert states(conn) == after
    with our_fault(h11, "Can't send data when our state is ERROR"):
        conn.send(request(h11))


def test_a_switch_cannot_be_accepted_twice(h11: H11) -> None:
    """The same deviation: h11 raises AttributeError only if the switch is accepted again."""
    for asked, accept, refuse in (
        (UPGRADE, interim(h11, 101), interim(h11, 102)),
        (CONNECT, response(h11, 200), response(h11, 404)),
    ):
        kind = type(accept).__name__
        text = f"can't handle event type {kind} when role=SERVER and state=SWITCHED_PROTOCOL"
        twice, refused = server(h11, asked), server(h11, asked)
        for conn in (twice, refused):
            send(conn, accept)
        with error_with_deviation(h11, h11.LocalProtocolError, text):
            twice.send(accept)
        with our_fault(h11, text):
            refused.send(refuse)
        assert states(twice) == states(refused) == "SWITCHED_PROTOCOL/ERROR"


@pytest.mark.parametrize("accept", [OK_5, b"HTTP/1.1 101 x\r\n\r\n"])
def test_the_proposal_of_a_failed_request_remains(h11: H11, accept: bytes) -> None:
    """Nothing was sent, but the next response accepts the switch, and its body is not read."""
    fields = (("Upgrade", "x"),)
    conn = h11.Connection(h11.CLIENT)
    with our_fault(h11, "I only send HTTP/1.1"):
        conn.send(request(h11, "CONNECT", *fields, http_version=b"1.0"))
    assert names(receive(conn, accept + b"hello"))[-7:] == " PAUSED"
    assert states(conn) == "ERROR/SWITCHED_PROTOCOL"
    assert conn.trailing_data == (b"hello", False)


def test_the_proposal_of_a_request_out_of_turn_remains(h11: H11) -> None:
    """The response to the first request is then read as a response to the second."""
    conn = waiting_client(h11)
    text = "can't handle event type Request when role=CLIENT and state="
    with our_fault(h11, text):
        conn.send(request(h11, "CONNECT"))
    assert states(conn) == "ERROR/SEND_RESPONSE"
    assert names(receive(conn, OK_5 + b"hello")) == "Response PAUSED"
    assert states(conn) == "ERROR/SWITCHED_PROTOCOL"


def test_a_server_cannot_propose_a_switch(h11: H11) -> None:
    """A request that the server tries to send is refused and leaves no proposal."""
    conn = server(h11, GET)
    with our_fault(h11, "can't handle event type Request when role=SERVER"):
        conn.send(request(h11, "CONNECT", ("Upgrade", "x")))
    assert states(conn) == "MUST_CLOSE/ERROR"


@pytest.mark.parametrize("asked", [None, GET, CONNECT])
def test_101_needs_an_upgrade_field_in_the_request(h11: H11, asked: bytes | None) -> None:
    """CONNECT proposes a tunnel, which a 101 does not accept."""
    conn = server(h11, asked) if asked else h11.Connection(h11.SERVER)
    with our_fault(h11, UNASKED):
        conn.send(interim(h11, 101))
    assert conn.our_state is h11.ERROR


@pytest.mark.parametrize("method", [None, "GET", "CONNECT"])
def test_101_without_a_proposal_is_rejected_by_the_client(h11: H11, method: str | None) -> None:
    """The error has the same text, but is the peer's."""
    conn = waiting_client(h11, method) if method else h11.Connection(h11.CLIENT)
    with their_fault(h11, UNASKED):
        receive(conn, b"HTTP/1.1 101 x\r\n\r\n")
    assert conn.their_state is h11.ERROR
