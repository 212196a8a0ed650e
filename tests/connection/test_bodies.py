"""Received bodies: of known length, until the connection closes, or none at all."""

import pytest
from conversations_helper import (
    CONNECT,
    EOF,
    GET,
    GET_10,
    H11,
    OK_5,
    OK_CHUNKED,
    OK_EMPTY,
    OK_UNFRAMED,
    POST_5,
    body,
    client,
    end,
    names,
    receive,
    request,
    response,
    send,
    server,
    states,
    waiting_client,
)

BOTH = b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_body_is_reported_as_it_arrives(h11: H11) -> None:
    """Each Data holds all received bytes of the body and is never empty; EndOfMessage follows."""
    conn = server(h11, POST_5)
    for piece in (b"h", b"el"):
        assert receive(conn, piece) == [h11.Data(piece), h11.NEED_DATA]
    conn.receive_data(b"l")
    conn.receive_data(b"o")
    assert conn.next_event() == h11.Data(b"lo")
    assert conn.their_state is h11.SEND_BODY
    assert conn.next_event() == end(h11)
    assert conn.their_state is h11.DONE


def test_a_received_large_body_is_one_data_event(h11: H11) -> None:
    """The buffer limit does not apply to bodies."""
    conn = client(h11, request(h11), end(h11), limit=20)
    wire = b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100000
    assert receive(conn, wire)[1:] == [h11.Data(b"a" * 100000), end(h11), h11.NEED_DATA]


def test_bytes_after_the_body_stay_in_the_buffer(h11: H11) -> None:
    """They belong to the next message."""
    conn = h11.Connection(h11.SERVER)
    assert names(receive(conn, POST_5 + b"hello" + GET)) == "Request Data EndOfMessage PAUSED"
    assert conn.trailing_data == (GET, False)


@pytest.mark.parametrize("method", [b"GET", b"POST", b"HEAD", b"CONNECT", b"PUT", b"X"])
def test_the_fields_of_a_request_decide_whether_it_has_a_body(h11: H11, method: bytes) -> None:
    """The method does not matter, and without framing fields there is no body."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(method + b" / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
    assert conn.next_event().method == method
    assert conn.next_event() == h11.Data(b"hello")
    assert conn.next_event() == end(h11)
    bare = h11.Connection(h11.SERVER)
    events = receive(bare, method + b" / HTTP/1.1\r\nHost: a\r\n\r\nhello")
    assert names(events) == "Request EndOfMessage PAUSED"


def test_a_length_of_zero_means_no_body(h11: H11) -> None:
    """EndOfMessage follows the head."""
    zero = POST_5.replace(b"5", b"0")
    assert names(receive(h11.Connection(h11.SERVER), zero)) == "Request EndOfMessage NEED_DATA"
    assert names(receive(waiting_client(h11), OK_EMPTY)) == "Response EndOfMessage NEED_DATA"


def test_a_response_without_framing_lasts_until_the_connection_closes(h11: H11) -> None:
    """Data is reported as it arrives; the end of the connection ends the message."""
    conn = waiting_client(h11)
    assert names(receive(conn, OK_UNFRAMED)) == "Response NEED_DATA"
    for piece in (b"he", b"llo\r\n\r\nHTTP/1.1"):
        assert receive(conn, piece) == [h11.Data(piece), h11.NEED_DATA]
    assert receive(conn, EOF) == [end(h11), h11.ConnectionClosed()]
    assert states(conn) == "MUST_CLOSE/CLOSED"


def test_a_response_without_framing_may_be_empty(h11: H11) -> None:
    """There is no Data event."""
    conn = waiting_client(h11)
    conn.receive_data(OK_UNFRAMED)
    assert names(receive(conn, EOF)) == "Response EndOfMessage ConnectionClosed"


@pytest.mark.parametrize(
    "fields", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b""]
)
@pytest.mark.parametrize("status", [b"204", b"304"])
def test_204_and_304_have_no_body(h11: H11, status: bytes, fields: bytes) -> None:
    """The framing fields are ignored, and the bytes after the head belong to another response."""
    conn = waiting_client(h11)
    events = receive(conn, b"HTTP/1.1 " + status + b" x\r\n" + fields + b"\r\nHTTP")
    assert names(events) == "Response EndOfMessage PAUSED"
    assert conn.trailing_data == (b"HTTP", False)


@pytest.mark.parametrize("head", [OK_5, OK_CHUNKED, OK_UNFRAMED, OK_5.replace(b"200", b"404")])
def test_a_response_to_head_has_no_body(h11: H11, head: bytes) -> None:
    """The framing fields are ignored."""
    conn = waiting_client(h11, "HEAD")
    assert names(receive(conn, head)) == "Response EndOfMessage NEED_DATA"
    assert states(conn) == "DONE/DONE"


@pytest.mark.parametrize("method", ["head", "Head", "HEADS"])
def test_methods_are_case_sensitive(h11: H11, method: str) -> None:
    """ "head" is not HEAD, and its response has a body."""
    conn = waiting_client(h11, method)
    events = receive(conn, OK_5 + b"hello")
    assert events[1:] == [h11.Data(b"hello"), end(h11), h11.NEED_DATA]


@pytest.mark.parametrize("status", [b"200", b"204", b"299"])
@pytest.mark.parametrize("head", [OK_5, OK_CHUNKED, OK_UNFRAMED])
def test_an_accepted_connect_has_no_body(h11: H11, head: bytes, status: bytes) -> None:
    """The bytes after the head are not HTTP and stay unread, whatever the fields say."""
    conn = waiting_client(h11, "CONNECT")
    assert names(receive(conn, head.replace(b"200", status) + b"hello")) == "Response PAUSED"
    assert states(conn) == "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"
    assert conn.trailing_data == (b"hello", False)


def test_a_refused_connect_has_a_body(h11: H11) -> None:
    """It is an ordinary response."""
    conn = waiting_client(h11, "CONNECT")
    events = receive(conn, OK_5.replace(b"200", b"407") + b"hello")
    assert events[1:] == [h11.Data(b"hello"), end(h11), h11.NEED_DATA]
    assert names(receive(server(h11, CONNECT[:-2] + BOTH), b"0\r\n\r\n")) == "EndOfMessage PAUSED"


def test_205_may_have_a_body(h11: H11) -> None:
    """RFC 9110 section 15.3.6 forbids the server to send one; the reader follows the fields."""
    events = receive(waiting_client(h11), OK_5.replace(b"200", b"205") + b"hello")
    assert names(events) == "Response Data EndOfMessage NEED_DATA"


def test_chunked_overrides_a_length(h11: H11) -> None:
    """If a message has both fields, the length is ignored, but is still among the headers."""
    asked = b"POST / HTTP/1.1\r\nHost: a\r\n" + BOTH
    for conn, head in (
        (h11.Connection(h11.SERVER), asked),
        (waiting_client(h11), b"HTTP/1.1 200 x\r\n" + BOTH),
    ):
        events = receive(conn, head + b"5\r\nhello\r\n0\r\n\r\n")
        assert body(events) == b"hello"
        seen = list(events[0].headers)
        assert seen[-2:] == [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")]


def test_http_1_0_peers_may_send_chunks(h11: H11) -> None:
    """h11 accepts Transfer-Encoding in HTTP/1.0 as well, against RFC 9112 section 6.1."""
    asked = GET_10[:-2] + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert body(receive(h11.Connection(h11.SERVER), asked)) == b"hello"
    events = receive(
        waiting_client(h11), OK_CHUNKED.replace(b"1.1", b"1.0") + b"5\r\nhello\r\n0\r\n\r\n"
    )
    assert names(events) == "Response Data EndOfMessage NEED_DATA"


def test_each_message_has_its_own_framing(h11: H11) -> None:
    """A second cycle does not reuse the length, the coding or the method of the first."""
    conn = client(h11)
    for method, head, payload in (
        ("HEAD", OK_5, b""),
        ("GET", OK_5, b"hello"),
        ("GET", OK_CHUNKED, b"5\r\nhello\r\n0\r\n\r\n"),
        ("GET", OK_EMPTY, b""),
    ):
        send(conn, request(h11, method), end(h11))
        assert body(receive(conn, head + payload)) == (b"hello" if payload else b"")
        conn.start_next_cycle()


def test_the_method_is_forgotten_after_its_cycle(h11: H11) -> None:
    """After HEAD, a response sent before the next request has a body."""
    conn = server(h11, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    send(conn, response(h11, 204), end(h11))
    conn.start_next_cycle()
    send(conn, response(h11, 408))
    assert send(conn, h11.Data(b"late"), end(h11)) == b"4\r\nlate\r\n0\r\n\r\n"
