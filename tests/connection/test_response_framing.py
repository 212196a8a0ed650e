"""The framing of responses that are sent, and the fields that announce it."""

import pytest
from conversations_helper import (
    CHUNKED,
    CLOSE,
    CONNECT,
    FIVE,
    GET,
    GET_10,
    GET_CLOSE,
    H11,
    NO_BODY,
    POST_5,
    Field,
    end,
    interim,
    our_fault,
    receive,
    response,
    send,
    server,
    states,
)

HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD_10 = b"HEAD / HTTP/1.0\r\n\r\n"
ONE: Field = ("A", "1")
TWO: Field = ("B", "2")
# Fields that do not determine the length: chunked takes precedence over a length.
UNFRAMED: tuple[tuple[Field, ...], ...] = ((), (CHUNKED,), (FIVE, CHUNKED), (CHUNKED, FIVE))


def head(h11: H11, asked: bytes, status: int, *fields: Field) -> str:
    """The lines of a response's head, joined by commas; ``ONE`` and ``TWO`` enclose ``fields``."""
    conn = server(h11, asked) if asked else h11.Connection(h11.SERVER)
    sent: bytes = conn.send(response(h11, status, ONE, *fields, TWO))
    return sent.decode().removesuffix("\r\n\r\n").replace("\r\n", ", ")


def test_a_status_line_keeps_its_last_space(h11: H11) -> None:
    """The reason phrase may be empty and is sent unchanged; no default phrase is added."""
    for reason, line in ((b"", b"200 "), (b"OK", b"200 OK"), (b" a  b ", b"200  a  b ")):
        sent = send(server(h11, GET), response(h11, 200, NO_BODY, reason=reason))
        assert sent == b"HTTP/1.1 " + line + b"\r\nContent-Length: 0\r\n\r\n"


def test_a_reason_phrase_is_not_checked(h11: H11) -> None:
    """Even line ends are sent: an untrusted reason phrase can split the response."""
    sent = send(server(h11, GET), response(h11, 204, reason=b"a\r\nb: c"))
    assert sent == b"HTTP/1.1 204 a\r\nb: c\r\n\r\n"


@pytest.mark.parametrize("status", [200, 205, 404, 599, 999])
def test_a_given_length_is_kept(h11: H11, status: int) -> None:
    """A single Content-Length keeps its place and case, for a peer of any version.

    This includes responses to HEAD.
    """
    length = ("content-LENGTH", "5")
    kept = f"HTTP/1.1 {status} , A: 1, content-LENGTH: 5, B: 2"
    assert head(h11, GET, status, length) == kept
    assert head(h11, b"", status, length) == kept
    assert head(h11, HEAD, status, length) == kept
    assert head(h11, GET_10, status, length) == f"{kept}, Connection: close"
    assert head(h11, HEAD_10, status, length) == f"{kept}, Connection: close"


@pytest.mark.parametrize("fields", UNFRAMED)
@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0", "9.9"])
def test_other_responses_are_chunked(h11: H11, version: str, fields: tuple[Field, ...]) -> None:
    """Content-Length is dropped, Transfer-Encoding is appended; versions compare as text."""
    asked = f"GET / HTTP/{version}\r\nHost: a\r\n\r\n".encode()
    assert head(h11, asked, 200, *fields) == (
        "HTTP/1.1 200 , A: 1, B: 2, Transfer-Encoding: chunked"
    )


def test_the_value_of_transfer_encoding_is_normalised(h11: H11) -> None:
    """The field is rewritten, so its name is normalised, too."""
    assert head(h11, GET, 200, ("transfer-encoding", "CHUNKED")) == (
        "HTTP/1.1 200 , A: 1, B: 2, Transfer-Encoding: chunked"
    )


@pytest.mark.parametrize("fields", UNFRAMED)
@pytest.mark.parametrize("asked", [GET_10, b"GET / HTTP/0.9\r\n\r\n", b""])
def test_for_an_old_or_unknown_peer_the_body_ends_with_the_connection(
    h11: H11, asked: bytes, fields: tuple[Field, ...]
) -> None:
    """Both framing fields are dropped, and Connection: close is added."""
    assert head(h11, asked, 200, *fields) == "HTTP/1.1 200 , A: 1, B: 2, Connection: close"


@pytest.mark.parametrize("fields", [(), (FIVE,), (CHUNKED,), (FIVE, CHUNKED)])
@pytest.mark.parametrize("status", [204, 304])
def test_a_response_without_a_body_is_sent_unchanged(
    h11: H11, status: int, fields: tuple[Field, ...]
) -> None:
    """204 and 304 keep both framing fields, though RFC 9110 section 8.6 forbids some of them."""
    lines = "".join(f", {name}: {value}" for name, value in (ONE, *fields, TWO))
    assert head(h11, GET, status, *fields) == f"HTTP/1.1 {status} {lines}"
    assert head(h11, HEAD, status, *fields) == f"HTTP/1.1 {status} {lines}"


@pytest.mark.parametrize("fields", [(), (FIVE,), (CHUNKED,)])
@pytest.mark.parametrize("status", [204, 304])
def test_a_response_without_a_body_accepts_no_data(
    h11: H11, status: int, fields: tuple[Field, ...]
) -> None:
    """Whatever its fields announce, data is refused, and none is needed."""
    conn, talkative = server(h11, GET), server(h11, GET)
    send(conn, response(h11, status, *fields))
    assert send(conn, h11.Data(b""), end(h11)) == b""
    send(talkative, response(h11, status, *fields))
    with our_fault(h11, "Too much data for declared Content-Length"):
        talkative.send(h11.Data(b"hello"))


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ((), "B: 2, Transfer-Encoding: chunked"),
        ((FIVE,), "Content-Length: 5, B: 2"),
        ((CHUNKED,), "B: 2, Transfer-Encoding: chunked"),
        ((FIVE, CHUNKED), "B: 2, Transfer-Encoding: chunked"),
    ],
)
def test_a_response_to_head_has_the_fields_of_one_to_get(
    h11: H11, fields: tuple[Field, ...], lines: str
) -> None:
    """The framing fields are rewritten although no body follows."""
    assert head(h11, HEAD, 200, *fields) == f"HTTP/1.1 200 , A: 1, {lines}"
    assert head(h11, HEAD, 200, *fields) == head(h11, GET, 200, *fields)


@pytest.mark.parametrize("fields", UNFRAMED)
def test_a_response_to_an_http_1_0_head_request_has_no_framing_fields(
    h11: H11, fields: tuple[Field, ...]
) -> None:
    """The exception is a length alone, which is kept as for GET; the connection closes."""
    assert head(h11, HEAD_10, 200, *fields) == "HTTP/1.1 200 , A: 1, B: 2, Connection: close"


@pytest.mark.parametrize("asked", [HEAD, HEAD_10])
def test_a_response_to_head_accepts_no_data(h11: H11, asked: bytes) -> None:
    """Whatever its fields announce, data is refused, and none is needed."""
    for fields in ((), (FIVE,), (CHUNKED,)):
        conn, talkative = server(h11, asked), server(h11, asked)
        send(conn, response(h11, 200, *fields))
        assert send(conn, h11.Data(b""), end(h11)) == b""
        send(talkative, response(h11, 200, *fields))
        with our_fault(h11, "Too much data for declared Content-Length"):
            talkative.send(h11.Data(b"hello"))


def test_the_method_is_case_sensitive(h11: H11) -> None:
    """A response to "head" has a body."""
    conn = server(h11, b"head / HTTP/1.1\r\nHost: a\r\n\r\n")
    send(conn, response(h11, 200, FIVE))
    assert send(conn, h11.Data(b"hello"), end(h11)) == b"hello"


def test_a_response_before_any_request_does_not_close(h11: H11) -> None:
    """There is no ``Connection: close``, and the server is DONE, unless the framing needs close."""
    for status, fields in ((200, (FIVE,)), (204, ()), (304, (CHUNKED,))):
        assert "close" not in head(h11, b"", status, *fields)
    conn = h11.Connection(h11.SERVER)
    send(conn, response(h11, 408, NO_BODY), end(h11))
    assert states(conn) == "IDLE/DONE"
    unframed = h11.Connection(h11.SERVER)
    send(unframed, response(h11, 408), h11.Data(b"late"), end(h11))
    assert states(unframed) == "IDLE/MUST_CLOSE"


def test_the_version_of_the_peer_is_remembered(h11: H11) -> None:
    """In a later cycle, it still applies until the peer's next request arrives."""
    conn = server(h11, GET)
    send(conn, response(h11, 204), end(h11))
    conn.start_next_cycle()
    assert conn.send(response(h11, 408)) == b"HTTP/1.1 408 \r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("asked", [GET_CLOSE, GET_10])
def test_connection_options_are_rewritten_when_the_connection_ends(h11: H11, asked: bytes) -> None:
    """They become lower case and sorted, lose keep-alive, gain close, and get one line each."""
    assert head(h11, asked, 204) == "HTTP/1.1 204 , A: 1, B: 2, Connection: close"
    options = [("Connection", "Zed , keep-alive,Alpha"), ("connection", "Keep-Alive, CLOSE, zed")]
    assert head(h11, asked, 204, *options) == (
        "HTTP/1.1 204 , A: 1, B: 2, Connection: alpha, Connection: close, Connection: zed"
    )


def test_framing_precedes_connection(h11: H11) -> None:
    """Both are rewritten, in this order, after the caller's fields."""
    assert head(h11, GET_CLOSE, 200, ("Connection", "x"), CHUNKED) == (
        "HTTP/1.1 200 , A: 1, B: 2, Transfer-Encoding: chunked, Connection: close, Connection: x"
    )


@pytest.mark.parametrize("value", ["Zed, Alpha", "keep-alive", "close", "x, CLOSE", ""])
def test_connection_options_are_unchanged_while_the_connection_persists(
    h11: H11, value: str
) -> None:
    """Even a ``close`` in this response is not rewritten, although it ends the connection."""
    conn = server(h11, GET)
    sent = send(conn, response(h11, 204, ("connection", value), TWO), end(h11))
    assert sent == f"HTTP/1.1 204 \r\nconnection: {value}\r\nB: 2\r\n\r\n".encode()
    ends = "close" in value.lower()
    assert states(conn) == ("MUST_CLOSE/MUST_CLOSE" if ends else "DONE/DONE")


def test_close_in_an_unframed_response_is_not_repeated(h11: H11) -> None:
    """The caller's close is kept, and the body is chunked nevertheless."""
    assert head(h11, GET, 200, CLOSE) == (
        "HTTP/1.1 200 , A: 1, Connection: close, B: 2, Transfer-Encoding: chunked"
    )
    assert head(h11, GET_10, 200, CLOSE) == "HTTP/1.1 200 , A: 1, B: 2, Connection: close"


def test_interim_responses_are_sent_unchanged(h11: H11) -> None:
    """No framing is added or removed, and no close is added."""
    fields = (FIVE, ONE, CHUNKED, ("Connection", "keep-alive"))
    for asked in (GET, GET_10, GET_CLOSE, CONNECT):
        assert server(h11, asked).send(interim(h11, 103, *fields)) == (
            b"HTTP/1.1 103 \r\nContent-Length: 5\r\nA: 1\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
        )


def test_a_sent_event_is_not_changed(h11: H11) -> None:
    """The bytes differ from the event; the caller's Response stays the same."""
    answer = response(h11, 200, FIVE, CHUNKED, ("Connection", "keep-alive"))
    before = list(answer.headers)
    assert b"Connection: close" in send(server(h11, GET_10), answer)
    assert list(answer.headers) == before
    assert answer == response(h11, 200, FIVE, CHUNKED, ("Connection", "keep-alive"))


def test_a_response_may_precede_the_body(h11: H11) -> None:
    """A server may respond as soon as it has the head, and read the body afterwards."""
    conn = server(h11, POST_5)
    assert states(conn) == "SEND_BODY/SEND_RESPONSE"
    send(conn, response(h11, 413, NO_BODY), end(h11))
    assert states(conn) == "SEND_BODY/DONE"
    assert receive(conn, b"hello") == [h11.Data(b"hello"), end(h11), h11.NEED_DATA]
    assert states(conn) == "DONE/DONE"
