"""Messages that arrive before their cycle."""

import pytest
from conversations_helper import (
    CLOSE,
    EOF,
    GET,
    GET_CLOSE,
    H11,
    NO_BODY,
    OK_5,
    OK_EMPTY,
    POST_5,
    POST_CHUNKED,
    UPGRADE,
    end,
    error_with_deviation,
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


def test_each_cycle_reads_one_request(h11: H11) -> None:
    """Of any framing; the others wait in the buffer."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET + POST_5 + b"hello" + POST_CHUNKED + b"0\r\n\r\n" + GET)
    for events in (
        "Request EndOfMessage PAUSED",
        "Request Data EndOfMessage PAUSED",
        "Request EndOfMessage PAUSED",
        "Request EndOfMessage NEED_DATA",
    ):
        assert names(read(conn)) == events
        send(conn, response(h11, 200, NO_BODY), end(h11))
        conn.start_next_cycle()
    assert conn.next_event() is h11.NEED_DATA


def test_a_pause_lasts_until_the_next_cycle(h11: H11) -> None:
    """Neither another next_event nor more data nor the response ends it."""
    conn = server(h11, GET + GET[:5])
    for data in (b"", GET[5:], GET):
        if data:
            conn.receive_data(data)
        assert conn.next_event() is conn.next_event() is h11.PAUSED
    send(conn, response(h11, 200, NO_BODY))
    assert conn.next_event() is h11.PAUSED
    send(conn, end(h11))
    assert conn.next_event() is h11.PAUSED
    conn.start_next_cycle()
    assert names(read(conn)) == "Request EndOfMessage PAUSED"


def test_the_end_of_input_does_not_end_a_pause(h11: H11) -> None:
    """It comes after the buffered request."""
    conn = server(h11, GET + GET, EOF)
    assert conn.next_event() is h11.PAUSED
    assert conn.trailing_data == (GET, True)


def test_close_makes_buffered_requests_an_error(h11: H11) -> None:
    """Paused until the response says close; then the data is unexpected."""
    conn = server(h11, GET + GET)
    assert conn.next_event() is h11.PAUSED
    send(conn, response(h11, 200, NO_BODY, CLOSE))
    with their_fault(h11, "Got data when expecting EOF"):
        conn.next_event()
    assert states(conn) == "ERROR/SEND_BODY"
    send(conn, end(h11))
    assert states(conn) == "ERROR/MUST_CLOSE"


def test_a_request_after_close_is_rejected(h11: H11) -> None:
    """The client announced that this is its last request; the response may still be sent."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET_CLOSE + GET)
    assert [conn.next_event(), conn.next_event()] == [request(h11, "GET", CLOSE), end(h11)]
    with their_fault(h11, "Got data when expecting EOF"):
        conn.next_event()
    send(conn, response(h11, 200, NO_BODY), end(h11))


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_an_empty_line_between_requests_is_rejected(h11: H11, line_end: bytes) -> None:
    """Old clients append one to a body: it waits, and is then not a request."""
    conn = server(h11, POST_5 + b"hello" + line_end)
    assert conn.next_event() is h11.PAUSED
    send(conn, response(h11, 200, NO_BODY), end(h11))
    conn.start_next_cycle()
    with their_fault(h11, "no request line received"):
        receive(conn, GET)


def test_a_request_after_a_proposal_waits_for_refusal_and_next_cycle(h11: H11) -> None:
    """Until the refusal its bytes might belong to another protocol."""
    conn = server(h11, UPGRADE + GET)
    assert conn.trailing_data == (GET, False)
    send(conn, response(h11, 200, NO_BODY), end(h11))
    assert conn.next_event() is h11.PAUSED
    conn.start_next_cycle()
    assert names(read(conn)) == "Request EndOfMessage NEED_DATA"


def test_each_cycle_reads_one_response(h11: H11) -> None:
    """A client that receives more than one response pauses until the next cycle."""
    conn = waiting_client(h11)
    assert names(receive(conn, OK_5 + b"hello" + OK_EMPTY)) == "Response Data EndOfMessage PAUSED"
    assert conn.trailing_data == (OK_EMPTY, False)
    conn.start_next_cycle()
    send(conn, request(h11), end(h11))
    assert names(read(conn)) == "Response EndOfMessage NEED_DATA"


def test_a_response_read_before_its_request_prevents_the_request(h11: H11) -> None:
    """It counts as a response to no request; sending the request then fails."""
    conn = waiting_client(h11)
    receive(conn, OK_EMPTY + OK_EMPTY)
    conn.start_next_cycle()
    assert names(read(conn)) == "Response EndOfMessage NEED_DATA"
    text = "can't handle event type Request when role=SERVER and state=DONE"
    with error_with_deviation(h11, h11.LocalProtocolError, text):
        conn.send(request(h11))
    assert states(conn) == "ERROR/MUST_CLOSE"
