"""Sending a body: it must match the framing of its head, in requests and responses."""

import pytest
from conversations_helper import (
    CHUNKED,
    FIVE,
    GET,
    GET_10,
    H11,
    NO_BODY,
    Field,
    client,
    end,
    our_fault,
    request,
    response,
    send,
    server,
    states,
)

TRAILER: Field = ("a", "b")
TOO_MUCH = "Too much data for declared Content-Length"
TOO_LITTLE = "Too little data for declared Content-Length"
NO_MIX = "Content-Length and trailers don't mix"


def test_a_body_of_known_length_is_sent_as_given(h11: H11) -> None:
    """Each Data gives its data, and EndOfMessage gives nothing."""
    conn = client(h11, request(h11, "POST", FIVE))
    assert conn.send(h11.Data(data=b"he")) == b"he"
    assert conn.send(h11.Data(data=b"")) == b""
    assert conn.send(h11.Data(data=bytearray(b"llo"))) == b"llo"
    assert conn.send(h11.EndOfMessage()) == b""
    assert states(conn) == "DONE/SEND_RESPONSE"


@pytest.mark.parametrize("pieces", [[b"hello!"], [b"hello", b"!"], [b"he", b"llo!"]])
def test_more_data_than_announced_is_refused(h11: H11, pieces: list[bytes]) -> None:
    """The Data that exceeds the length is refused as a whole."""
    conn = client(h11, request(h11, "POST", FIVE))
    send(conn, *(h11.Data(data=piece) for piece in pieces[:-1]))
    with our_fault(h11, TOO_MUCH):
        conn.send(h11.Data(data=pieces[-1]))
    assert states(conn) == "ERROR/SEND_RESPONSE"


@pytest.mark.parametrize("sent", [b"", b"h", b"hell"])
def test_less_data_than_announced_is_refused(h11: H11, sent: bytes) -> None:
    """EndOfMessage is refused, since the peer would wait for the rest."""
    conn = client(h11, request(h11, "POST", FIVE), h11.Data(data=sent))
    with our_fault(h11, TOO_LITTLE):
        conn.send(h11.EndOfMessage())
    assert states(conn) == "ERROR/SEND_RESPONSE"


def test_trailers_need_chunks(h11: H11) -> None:
    """They are refused after a body of known length, complete or not, and without a body."""
    complete = client(h11, request(h11, "POST", FIVE), h11.Data(data=b"hello"))
    for conn in (complete, client(h11, request(h11)), client(h11, request(h11, "POST", NO_BODY))):
        with our_fault(h11, NO_MIX):
            conn.send(end(h11, TRAILER))
    with our_fault(h11, TOO_LITTLE):
        client(h11, request(h11, "POST", FIVE)).send(end(h11, TRAILER))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "CONNECT"])
def test_a_request_without_framing_has_no_body(h11: H11, method: str) -> None:
    """Whatever the method, only empty data may follow."""
    conn = client(h11, request(h11, method))
    assert send(conn, h11.Data(data=b"")) == b""
    with our_fault(h11, TOO_MUCH):
        conn.send(h11.Data(data=b"a"))


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "CONNECT", "get", "X"])
def test_a_request_of_any_method_may_have_a_body(h11: H11, method: str) -> None:
    """The fields decide, not the method."""
    conn = client(h11, request(h11, method, FIVE))
    assert send(conn, h11.Data(data=b"hello"), end(h11)) == b"hello"
    conn = client(h11, request(h11, method, CHUNKED))
    assert send(conn, h11.Data(data=b"hello"), end(h11)) == b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize("fields", [(FIVE, CHUNKED), (CHUNKED, FIVE)])
def test_chunked_overrides_a_length(h11: H11, fields: tuple[Field, Field]) -> None:
    """A request with both fields has a chunked body of any length; both fields are sent."""
    conn = h11.Connection(h11.CLIENT)
    head = conn.send(request(h11, "POST", *fields))
    assert b"Content-Length: 5\r\n" in head
    assert b"Transfer-Encoding: chunked\r\n" in head
    assert send(conn, h11.Data(data=b"hello!"), end(h11)) == b"6\r\nhello!\r\n0\r\n\r\n"


@pytest.mark.parametrize("size", [1, 9, 10, 15, 16, 255, 256, 4096, 0xABCDEF])
def test_a_chunk_size_is_lower_case_hex_without_padding(h11: H11, size: int) -> None:
    """A chunk never has extensions."""
    conn = client(h11, request(h11, "POST", CHUNKED))
    sent = conn.send(h11.Data(data=b"a" * size))
    assert sent[: -size - 2] == f"{size:x}\r\n".encode()
    assert sent.endswith(b"a\r\n")


def test_empty_data_sends_no_chunk(h11: H11) -> None:
    """A chunk of size zero would end the body, so nothing is sent, for data of any type."""
    conn = client(h11, request(h11, "POST", CHUNKED))
    for nothing in (b"", bytearray(), memoryview(b"")):
        assert conn.send(h11.Data(data=nothing)) == b""
    assert conn.our_state is h11.SEND_BODY


def test_chunk_marks_are_not_sent(h11: H11) -> None:
    """chunk_start and chunk_end are for the reader: each Data is sent as one chunk."""
    conn = client(h11, request(h11, "POST", CHUNKED))
    marked = h11.Data(data=b"a", chunk_start=True, chunk_end=False)
    assert send(conn, marked, marked) == b"1\r\na\r\n1\r\na\r\n"


def test_trailers_follow_the_last_chunk(h11: H11) -> None:
    """In their order and case, except that Host comes first here as well."""
    conn = client(h11, request(h11, "POST", CHUNKED))
    sent = conn.send(end(h11, ("B", "1"), ("a", "2"), ("Host", "x")))
    assert sent == b"0\r\nHost: x\r\nB: 1\r\na: 2\r\n\r\n"


def test_a_response_must_match_its_length(h11: H11) -> None:
    """The error texts are the same as for requests."""
    for wrong, text in (
        ([h11.Data(data=b"hello!")], TOO_MUCH),
        ([h11.Data(data=b"hell"), end(h11)], TOO_LITTLE),
        ([h11.Data(data=b"hello"), end(h11, TRAILER)], NO_MIX),
    ):
        conn = server(h11, GET)
        send(conn, response(h11, 200, FIVE))
        with our_fault(h11, text):
            send(conn, *wrong)
        assert states(conn) == "MUST_CLOSE/ERROR"


def test_trailers_of_a_response_need_chunks(h11: H11) -> None:
    """They are refused for an HTTP/1.0 client, and in a response without a body."""
    chunked, old, bodiless = server(h11, GET), server(h11, GET_10), server(h11, GET)
    send(chunked, response(h11))
    assert chunked.send(end(h11, TRAILER)) == b"0\r\na: b\r\n\r\n"
    send(old, response(h11))
    with our_fault(h11, "can't send trailers to HTTP/1.0 client"):
        old.send(end(h11, TRAILER))
    send(bodiless, response(h11, 204))
    with our_fault(h11, NO_MIX):
        bodiless.send(end(h11, TRAILER))


def test_a_body_until_close_is_sent_as_given(h11: H11) -> None:
    """For an HTTP/1.0 client the body has any length and ends with the connection."""
    conn = server(h11, GET_10)
    send(conn, response(h11))
    assert [conn.send(h11.Data(data=data)) for data in (b"hello", b"", b"world")] == [
        b"hello",
        b"",
        b"world",
    ]
    assert conn.send(h11.EndOfMessage()) == b""
    assert states(conn) == "MUST_CLOSE/MUST_CLOSE"
