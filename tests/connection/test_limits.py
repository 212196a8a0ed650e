"""The buffer limit: what it bounds, when it is checked, and what it ignores."""

import pytest
from conversations_helper import (
    CONNECT,
    EOF,
    GET,
    H11,
    OK_5,
    POST_5,
    POST_CHUNKED,
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
    their_fault,
    waiting_client,
)

TOO_LONG = "Receive buffer too long"


def test_the_default_limit_is_16384_bytes(h11: H11) -> None:
    """One byte more is rejected, by servers and clients."""
    for conn in (h11.Connection(h11.SERVER), waiting_client(h11)):
        assert receive(conn, b"a" * 16384) == [h11.NEED_DATA]
        with their_fault(h11, TOO_LONG, 431):
            receive(conn, b"a")
        assert conn.their_state is h11.ERROR


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_the_buffer_may_hold_as_many_bytes_as_the_limit(h11: H11, limit: int) -> None:
    """One more is rejected; the bytes stay in the buffer, and later errors have the hint 400."""
    conn = h11.Connection(h11.SERVER, limit)
    assert conn.next_event() is h11.NEED_DATA
    for _ in range(limit):
        assert receive(conn, b"a") == [h11.NEED_DATA]
    with their_fault(h11, TOO_LONG, 431):
        receive(conn, b"a")
    assert conn.trailing_data == (b"a" * (limit + 1), False)
    with their_fault(h11, "Can't receive data when peer state is ERROR", 400):
        conn.next_event()


def test_the_limit_applies_to_incomplete_heads_only(h11: H11) -> None:
    """A head of any size is read if it is complete when next_event is called."""
    conn = h11.Connection(h11.SERVER, 10)
    long = GET[:-2] + b"A: " + b"b" * 50000 + b"\r\n\r\n"
    for at in range(0, len(long), 1000):
        conn.receive_data(long[at : at + 1000])
    head = conn.next_event()
    assert len(head.headers[1][1]) == 50000


def test_the_segmentation_decides_about_the_limit(h11: H11) -> None:
    """The same head is rejected if next_event finds it incomplete."""
    with their_fault(h11, TOO_LONG, 431):
        server(h11, GET[:11], GET[11:], limit=10)
    server(h11, GET[:10], limit=10)
    server(h11, GET, limit=10)


def test_the_limit_applies_to_the_whole_buffer(h11: H11) -> None:
    """While paused after a complete message there is no limit, but in the next cycle there is."""
    conn = server(h11, GET, limit=10)
    assert receive(conn, b"a" * 1000) == [h11.PAUSED]
    send(conn, response(h11, 204), end(h11))
    assert conn.next_event() is h11.PAUSED
    conn.start_next_cycle()
    with their_fault(h11, TOO_LONG, 431):
        conn.next_event()


def test_the_limit_ignores_bytes_of_another_protocol(h11: H11) -> None:
    """Any number of bytes may be received around a switch."""
    conn = server(h11, CONNECT, limit=10)
    assert receive(conn, b"a" * 1000) == [h11.PAUSED]
    send(conn, response(h11))
    assert receive(conn, b"b" * 1000) == [h11.PAUSED]


def test_the_limit_ignores_bodies(h11: H11) -> None:
    """Their bytes are reported as they arrive, in any framing."""
    for conn, head in (
        (h11.Connection(h11.SERVER, 10), POST_5.replace(b"5", b"1000")),
        (h11.Connection(h11.SERVER, 10), POST_CHUNKED + b"3e8\r\n"),
        (client(h11, request(h11), end(h11), limit=10), b"HTTP/1.1 200 x\r\n\r\n"),
    ):
        assert body(receive(conn, head + b"a" * 1000)) == b"a" * 1000


@pytest.mark.parametrize("line", [b"5;" + b"a" * 50, b"0" * 19 + b"5 "])
def test_the_limit_applies_to_an_incomplete_chunk_size(h11: H11, line: bytes) -> None:
    """A complete size line may be longer."""
    with their_fault(h11, TOO_LONG, 431):
        receive(server(h11, POST_CHUNKED, limit=10), line)
    assert names(receive(server(h11, POST_CHUNKED, limit=10), line + b"\r\nhello")) == (
        "Data NEED_DATA"
    )


def test_the_limit_applies_to_incomplete_trailers(h11: H11) -> None:
    """Complete trailers may be longer, and the zero before them never counts."""
    fields = b"a: " + b"b" * 50 + b"\r\n"
    conn = server(h11, POST_CHUNKED, limit=10)
    with their_fault(h11, TOO_LONG, 431):
        receive(conn, b"0\r\n" + fields)
    assert conn.trailing_data == (fields, False)
    events = receive(server(h11, POST_CHUNKED, limit=10), b"0\r\n" + fields + b"\r\n")
    assert names(events) == "EndOfMessage NEED_DATA"


def test_an_illegal_first_byte_precedes_the_limit(h11: H11) -> None:
    """Binary data over the limit is a bad request, not a long one."""
    with their_fault(h11, "illegal request line", 400):
        server(h11, b"\x16" * 100, limit=10)


def test_the_limit_is_checked_before_the_end(h11: H11) -> None:
    """An incomplete head over the limit is too long, even if the connection has closed."""
    for data, text, hint in (
        (b"a" * 11, TOO_LONG, 431),
        (b"a" * 10, "peer unexpectedly closed connection", 400),
    ):
        conn = h11.Connection(h11.SERVER, 10)
        conn.receive_data(data)
        conn.receive_data(EOF)
        with their_fault(h11, text, hint):
            conn.next_event()


def test_unread_bytes_have_no_limit(h11: H11) -> None:
    """receive_data accepts any amount, even from a peer in ERROR."""
    conn = h11.Connection(h11.SERVER, 10)
    with their_fault(h11, "no request line received"):
        receive(conn, b"\r\n")
    conn.receive_data(b"a" * 100000)
    assert conn.trailing_data == (b"a" * 100000, False)


def test_every_limit_around_a_head(h11: H11) -> None:
    """Fed byte by byte, a head passes exactly if the limit allows all but its last byte."""

    single_bytes = [GET[at : at + 1] for at in range(len(GET))]
    for limit in range(len(GET) - 1):
        with their_fault(h11, TOO_LONG, 431):
            server(h11, *single_bytes, limit=limit)
    for limit in (len(GET) - 1, len(GET)):
        assert states(server(h11, *single_bytes, limit=limit)) == "DONE/SEND_RESPONSE"


def test_the_limit_applies_to_responses_in_every_cycle(h11: H11) -> None:
    """As it does to requests."""
    conn = client(h11, limit=40)
    for _ in range(2):
        send(conn, request(h11), end(h11))
        assert body(receive(conn, OK_5[:40], OK_5[40:] + b"hello")) == b"hello"
        conn.start_next_cycle()
    with their_fault(h11, TOO_LONG, 431):
        receive(conn, b"a" * 41)
