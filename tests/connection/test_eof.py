"""The end of input: when it ends a message or the connection, and when it is an error."""

import pytest
from conversations_helper import (
    EOF,
    FIVE,
    GET,
    H11,
    NO_BODY,
    OK_5,
    OK_CHUNKED,
    OK_EMPTY,
    OK_UNFRAMED,
    POST_5,
    POST_CHUNKED,
    client,
    end,
    names,
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

UNEXPECTED = "peer unexpectedly closed connection"
INCOMPLETE = "peer closed connection without sending complete message body "


def test_an_idle_peer_may_close(h11: H11) -> None:
    """In either role, ConnectionClosed repeats, and our side cannot start another cycle."""
    for role in (h11.SERVER, h11.CLIENT):
        conn = h11.Connection(role)
        conn.receive_data(EOF)
        for _ in range(3):
            assert conn.next_event() == h11.ConnectionClosed()
            assert (conn.their_state, conn.our_state) == (h11.CLOSED, h11.MUST_CLOSE)


def test_a_client_may_close_after_its_request(h11: H11) -> None:
    """The connection is half closed: the server still responds, and can then only close."""
    conn = h11.Connection(h11.SERVER)
    assert names(receive(conn, GET)) == "Request EndOfMessage NEED_DATA"
    assert receive(conn, EOF) == receive(conn, EOF) == [h11.ConnectionClosed()]
    assert states(conn) == "CLOSED/SEND_RESPONSE"
    send(conn, response(h11, 200, FIVE), h11.Data(b"hello"), end(h11))
    assert states(conn) == "CLOSED/MUST_CLOSE"
    send(conn, h11.ConnectionClosed())
    assert states(conn) == "CLOSED/CLOSED"


def test_a_client_may_close_after_its_body(h11: H11) -> None:
    """The end of input may arrive together with the body, in either framing."""
    for wire in (POST_5 + b"hello", POST_CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"):
        conn = h11.Connection(h11.SERVER)
        conn.receive_data(wire)
        assert names(receive(conn, EOF)) == "Request Data EndOfMessage ConnectionClosed"


def test_a_server_may_close_after_its_response(h11: H11) -> None:
    """The client must then close too."""
    conn = waiting_client(h11)
    conn.receive_data(OK_EMPTY)
    assert names(receive(conn, EOF)) == "Response EndOfMessage ConnectionClosed"
    assert states(conn) == "MUST_CLOSE/CLOSED"


@pytest.mark.parametrize("cut", range(1, len(GET)))
def test_an_incomplete_request_is_an_error(h11: H11, cut: int) -> None:
    """Wherever it is cut off."""
    conn = server(h11, GET[:cut])
    with their_fault(h11, UNEXPECTED):
        receive(conn, EOF)
    assert states(conn) == "ERROR/IDLE"


@pytest.mark.parametrize("cut", [1, 10, len(OK_5) - 1])
def test_an_incomplete_response_is_an_error(h11: H11, cut: int) -> None:
    """The incomplete head stays in the buffer."""
    conn = waiting_client(h11)
    receive(conn, OK_5[:cut])
    with their_fault(h11, UNEXPECTED):
        receive(conn, EOF)
    assert conn.trailing_data == (OK_5[:cut], True)


@pytest.mark.parametrize("received", [b"", b"h", b"hell"])
def test_an_incomplete_body_is_an_error(h11: H11, received: bytes) -> None:
    """The error names the received and the expected length, for requests and responses."""
    text = f"{INCOMPLETE}(received {len(received)} bytes, expected 5)"
    for conn, head in ((h11.Connection(h11.SERVER), POST_5), (waiting_client(h11), OK_5)):
        events = receive(conn, head + received)
        assert events[-1] is h11.NEED_DATA
        with their_fault(h11, text):
            receive(conn, EOF)
        assert conn.their_state is h11.ERROR


@pytest.mark.parametrize(
    "received",
    [b"", b"5\r\n", b"5\r\nhe", b"5\r\nhello", b"5\r\nhello\r", b"5\r\nhello\r\n", b"0\r\n"],
)
def test_an_incomplete_chunked_body_is_an_error(h11: H11, received: bytes) -> None:
    """If the buffer is empty, the error names the chunked coding."""
    for conn, head in (
        (h11.Connection(h11.SERVER), POST_CHUNKED),
        (waiting_client(h11), OK_CHUNKED),
    ):
        receive(conn, head + received)
        with their_fault(h11, f"{INCOMPLETE}(incomplete chunked read)"):
            receive(conn, EOF)


@pytest.mark.parametrize("received", [b"5", b"5\r", b"5;a", b"0", b"0\r\na: b\r\n", b"0\r\n\r"])
def test_an_incomplete_line_of_a_chunked_body_is_an_error(h11: H11, received: bytes) -> None:
    """An incomplete size or trailer gets the same error as an incomplete head."""
    with their_fault(h11, UNEXPECTED):
        receive(server(h11, POST_CHUNKED), received, EOF)


def test_a_body_until_close_is_always_complete(h11: H11) -> None:
    """The reader cannot detect that it was cut off."""
    conn = waiting_client(h11)
    events = receive(conn, OK_UNFRAMED + b"hel", EOF)
    assert names(events) == "Response Data EndOfMessage ConnectionClosed"


def test_a_server_may_not_close_before_its_response(h11: H11) -> None:
    """A server that owes a response must not close, not even after an interim response."""
    text = "can't handle event type ConnectionClosed when role=SERVER and state=SEND_RESPONSE"
    sending = client(h11, request(h11, "POST", FIVE), h11.Data(b"he"))
    patient = waiting_client(h11)
    receive(patient, b"HTTP/1.1 100 x\r\n\r\n")
    for conn, after in (
        (waiting_client(h11), "MUST_CLOSE/ERROR"),
        (patient, "MUST_CLOSE/ERROR"),
        (sending, "SEND_BODY/ERROR"),
    ):
        with their_fault(h11, text):
            receive(conn, EOF)
        assert states(conn) == after


def test_buffered_requests_are_read_before_the_end(h11: H11) -> None:
    """Each in its own cycle."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET * 2)
    assert names(receive(conn, EOF)) == "Request EndOfMessage PAUSED"
    assert conn.trailing_data == (GET, True)
    send(conn, response(h11, 200, NO_BODY), end(h11))
    assert conn.next_event() is h11.PAUSED
    conn.start_next_cycle()
    assert names(read(conn)) == "Request EndOfMessage ConnectionClosed"
    assert states(conn) == "CLOSED/SEND_RESPONSE"


def test_the_end_is_reported_after_an_exchange(h11: H11) -> None:
    """When both are DONE and one peer closes, the other must close."""
    served = server(h11, GET)
    send(served, response(h11, 200, NO_BODY), end(h11))
    answered = waiting_client(h11)
    receive(answered, OK_EMPTY)
    for conn in (served, answered):
        assert states(conn) == "DONE/DONE"
        assert receive(conn, EOF) == [h11.ConnectionClosed()]
        assert (conn.our_state, conn.their_state) == (h11.MUST_CLOSE, h11.CLOSED)


def test_the_end_between_cycles_is_reported_in_the_next(h11: H11) -> None:
    """It was received, but not read, before start_next_cycle."""
    conn = server(h11, GET)
    send(conn, response(h11, 200, NO_BODY), end(h11))
    conn.receive_data(EOF)
    conn.start_next_cycle()
    assert conn.next_event() == h11.ConnectionClosed()
    assert states(conn) == "CLOSED/MUST_CLOSE"
