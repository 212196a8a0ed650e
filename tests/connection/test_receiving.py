"""Receiving: the arguments of receive_data, and NEED_DATA and PAUSED."""

import array
from typing import Any

import pytest
from conversations_helper import (
    CONNECT,
    EOF,
    GET,
    GET_CLOSE,
    H11,
    OK_EMPTY,
    POST_5,
    UPGRADE,
    end,
    interim,
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


def test_any_bytes_like_object_can_be_received(h11: H11) -> None:
    """bytes, bytearray, memoryview and array; receive_data returns None."""
    for data in (GET, bytearray(GET), memoryview(GET), array.array("B", GET)):
        conn = h11.Connection(h11.SERVER)
        assert conn.receive_data(data) is None
        assert conn.next_event() == request(h11)


def test_received_bytes_are_copied(h11: H11) -> None:
    """The caller may reuse the buffer."""
    conn, buffer = h11.Connection(h11.SERVER), bytearray(GET)
    conn.receive_data(buffer)
    buffer[:] = b"x" * len(buffer)
    assert conn.next_event() == request(h11)


def test_wider_items_are_received_as_their_bytes(h11: H11) -> None:
    """A memoryview of two-byte items is flattened."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(memoryview(b"GET / HTTP/1.0\r\n\r\n").cast("H"))
    assert conn.next_event() == h11.Request(
        method="GET", target="/", headers=[], http_version="1.0"
    )


def test_a_memoryview_with_gaps_cannot_be_received(h11: H11) -> None:
    """Although the constructors of events accept one."""
    gaps = memoryview(b"G-E-T-")[::2]
    assert request(h11, method=gaps).method == b"GET"
    conn = h11.Connection(h11.SERVER)
    with pytest.raises(TypeError):
        conn.receive_data(gaps)
    assert conn.trailing_data == (b"", False)


@pytest.mark.parametrize("wrong", ["GET", 5, [71, 69], 1.5, object(), True])
def test_other_types_cannot_be_received(h11: H11, wrong: Any) -> None:
    """They raise TypeError; nothing is buffered, and the connection continues."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET[:5])
    with pytest.raises(TypeError):
        conn.receive_data(wrong)
    assert conn.trailing_data == (GET[:5], False)
    assert names(receive(conn, GET[5:])) == "Request EndOfMessage NEED_DATA"


@pytest.mark.parametrize("nothing", [b"", bytearray(), memoryview(b""), "", 0, None, False, []])
def test_any_false_value_is_the_end_of_input(h11: H11, nothing: Any) -> None:
    """It may be of any type, and may be repeated."""
    conn = h11.Connection(h11.SERVER)
    for _ in range(2):
        assert conn.receive_data(nothing) is None
        assert conn.trailing_data == (b"", True)
    assert conn.next_event() == h11.ConnectionClosed()


def test_data_after_the_end_is_refused(h11: H11) -> None:
    """It is a mistake of the caller; each attempt raises, and nothing is buffered."""
    conn = server(h11, GET, EOF)
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"^received close, then received more data\?$"):
            conn.receive_data(b"a")
        assert conn.trailing_data == (b"", True)
    conn.receive_data(b"")
    assert conn.next_event() == h11.ConnectionClosed()


def test_need_data_repeats_without_effect(h11: H11) -> None:
    """The buffer has no data, half a head or half a body; the rest is then read as usual."""
    conn = h11.Connection(h11.SERVER)
    for segment in (b"", POST_5[:20], POST_5[20:] + b"he"):
        if segment:
            conn.receive_data(segment)
        while conn.next_event() is not h11.NEED_DATA:
            pass
        before = (conn.states, conn.trailing_data)
        assert conn.next_event() is conn.next_event() is h11.NEED_DATA
        assert (conn.states, conn.trailing_data) == before
    assert names(receive(conn, b"llo")) == "Data EndOfMessage NEED_DATA"


def test_after_a_complete_message_only_its_response_can_follow(h11: H11) -> None:
    """In DONE, an empty buffer gives NEED_DATA and a filled one PAUSED."""
    conn = server(h11, GET)
    assert conn.next_event() is h11.NEED_DATA
    conn.receive_data(b"G")
    for _ in range(2):
        assert conn.next_event() is h11.PAUSED
        assert conn.trailing_data == (b"G", False)


def test_a_possible_switch_pauses_with_or_without_data(h11: H11) -> None:
    """The bytes may belong to another protocol: PAUSED, even after the response and at the end."""
    for asked in (CONNECT, UPGRADE):
        conn = server(h11, asked)
        assert conn.their_state is h11.MIGHT_SWITCH_PROTOCOL
        assert conn.next_event() is h11.PAUSED
        assert receive(conn, b"\x00") == [h11.PAUSED]
        send(conn, response(h11) if asked is CONNECT else interim(h11, 101))
        assert conn.their_state is h11.SWITCHED_PROTOCOL
        assert receive(conn, b"\x01") == receive(conn, EOF) == [h11.PAUSED]
        assert conn.trailing_data == (b"\x00\x01", True)


def test_the_end_is_not_reported_while_a_switch_is_possible(h11: H11) -> None:
    """There is no ConnectionClosed before the response."""
    conn = server(h11, CONNECT, EOF)
    assert conn.next_event() is conn.next_event() is h11.PAUSED
    assert conn.trailing_data == (b"", True)


def test_a_client_that_must_close_may_not_send_more(h11: H11) -> None:
    """Data after a message that ends the connection, together or later, is the same error."""
    for segments in ((GET_CLOSE + b"a",), (GET_CLOSE, b"a"), (b"GET / HTTP/1.0\r\n\r\nGET",)):
        conn = h11.Connection(h11.SERVER)
        with their_fault(h11, "Got data when expecting EOF"):
            receive(conn, *segments)
        assert conn.their_state is h11.ERROR
        send(conn, response(h11, 204), end(h11))


def test_a_server_that_must_close_may_not_send_more(h11: H11) -> None:
    """The same error, reported to a client."""
    conn = waiting_client(h11)
    with their_fault(h11, "Got data when expecting EOF"):
        receive(conn, OK_EMPTY[:-2] + b"Connection: close\r\n\r\n" + OK_EMPTY)
    assert states(conn) == "MUST_CLOSE/ERROR"


def test_a_peer_may_not_start_after_we_have_closed(h11: H11) -> None:
    """The peer can then only close, too; even a request that crosses our close is an error."""
    conn = h11.Connection(h11.SERVER)
    send(conn, h11.ConnectionClosed())
    assert states(conn) == "MUST_CLOSE/CLOSED"
    with their_fault(h11, "Got data when expecting EOF"):
        receive(conn, GET)
    assert states(conn) == "ERROR/CLOSED"


def test_received_values_are_bytes(h11: H11) -> None:
    """Every field of a head is bytes, whatever type was received; data is a bytearray."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(bytearray(POST_5 + b"hello"))
    head, data = conn.next_event(), conn.next_event()
    values = [head.method, head.target, head.http_version, *head.headers[0], *head.headers[1]]
    raw = [value for item in head.headers.raw_items() for value in item]
    assert {type(value) for value in (*values, *raw)} == {bytes}
    assert type(data.data) is bytearray


def test_received_data_belongs_to_the_caller(h11: H11) -> None:
    """Changing it, or keeping it while more is received, has no other effect."""
    conn = server(h11, POST_5)
    (first, _) = receive(conn, b"he")
    (second, _) = receive(conn, b"l")
    first.data[:] = b"changed"
    assert receive(conn, b"lo") == [h11.Data(b"lo"), end(h11), h11.NEED_DATA]
    assert second.data == b"l"


def test_received_values_of_a_response_are_bytes(h11: H11) -> None:
    """Except for the status code, which is an int."""
    conn = waiting_client(h11)
    head = receive(conn, OK_EMPTY)[0]
    assert (type(head.reason), type(head.http_version)) == (bytes, bytes)
    assert type(head.status_code) is int
