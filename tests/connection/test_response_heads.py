"""Response heads as a client reads them: the status line, and the request they respond to."""

import pytest
from conversations_helper import (
    FIVE,
    H11,
    OK_5,
    OK_EMPTY,
    client,
    end,
    error_with_deviation,
    interim,
    names,
    receive,
    request,
    response,
    send,
    states,
    their_fault,
    waiting_client,
)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"200", b""),
        (b"200 ", b""),
        (b"200  ", b" "),
        (b"200 OK", b"OK"),
        (b"200 Not  Found  ", b"Not  Found  "),
        (b"200 \ta\t", b"\ta\t"),
        (b"200 \x01\x1b\x7f\x80\xff", b"\x01\x1b\x7f\x80\xff"),
        (b"200 200 HTTP/1.1 200", b"200 HTTP/1.1 200"),
    ],
)
def test_a_reason_phrase_is_the_rest_of_the_line(h11: H11, line: bytes, reason: bytes) -> None:
    """It may be missing together with its space; trailing blanks are part of it."""
    head = receive(waiting_client(h11), b"HTTP/1.1 " + line + b"\r\n\r\n")[0]
    assert (head.status_code, head.reason) == (200, reason)


@pytest.mark.parametrize("byte", [b"\x00", b"\x0b", b"\x0c", b"\r"])
def test_a_reason_phrase_contains_no_line_ends(h11: H11, byte: bytes) -> None:
    """NUL, VT, FF and CR are the control characters that are rejected; LF ends the line."""
    line = b"HTTP/1.1 200 a" + byte + b"b"
    with their_fault(h11, f"illegal status line: {bytearray(line)!r}"):
        receive(waiting_client(h11), line + b"\r\n\r\n")


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 2x0 OK",
        b"HTTP/1.1 200OK",
        b"HTTP/1.1  200 OK",
        b"HTTP/1.1\t200 OK",
        b"HTTP/1.1 200\tOK",
        b"HTTP/1.1 -20 OK",
        b"HTTP/1.1",
        b"HTTP/1.1 OK",
        b"http/1.1 200 OK",
        b"HTTP/1 200 OK",
        b"HTTP/1.10 200 OK",
        b"HTTPS/1.1 200 OK",
        b"ICY 200 OK",
        b"200 OK",
    ],
)
def test_a_status_line_has_exactly_three_parts(h11: H11, line: bytes) -> None:
    """Version, three digits and reason phrase, with single spaces."""
    with their_fault(h11, f"illegal status line: {bytearray(line)!r}"):
        receive(waiting_client(h11), line + b"\r\n\r\n")


@pytest.mark.parametrize("digits", ["000", "007", "042", "099"])
def test_a_status_below_100_is_rejected(h11: H11, digits: str) -> None:
    """Its syntax is valid, but it is out of range for an interim response."""
    text = f"InformationalResponse status_code should be in range [100, 200), not {int(digits)}"
    with their_fault(h11, text):
        receive(waiting_client(h11), f"HTTP/1.1 {digits} x\r\n\r\n".encode())


def test_any_other_status_is_read(h11: H11) -> None:
    """1xx gives an InformationalResponse (101 if it was proposed), 200 to 999 a Response."""
    for status in range(100, 1000):
        head = receive(
            waiting_client(h11, "GET", ("Upgrade", "x")), f"HTTP/1.1 {status}\r\n\r\n".encode()
        )[0]
        made = interim(h11, status) if status < 200 else response(h11, status)
        assert head == made


@pytest.mark.parametrize("version", [b"0.9", b"1.0", b"1.1", b"1.2", b"2.0"])
def test_any_pair_of_digits_is_a_version(h11: H11, version: bytes) -> None:
    """The peer's version is remembered as received."""
    conn = waiting_client(h11)
    assert receive(conn, b"HTTP/" + version + b" 204 x\r\n\r\n")[0].http_version == version
    assert conn.their_http_version == version


@pytest.mark.parametrize("fields", [b"Host: a\r\n", b"Host: a\r\nHost: b\r\n", b""])
def test_host_is_ignored_in_a_response(h11: H11, fields: bytes) -> None:
    """There may be none, one or two."""
    assert receive(waiting_client(h11), b"HTTP/1.1 204 x\r\n" + fields + b"\r\n")[1] == end(h11)


@pytest.mark.parametrize("empty_line", [b"\r\n", b"\n"])
def test_an_empty_line_before_the_response_is_rejected(h11: H11, empty_line: bytes) -> None:
    """As before a request."""
    conn = waiting_client(h11)
    with their_fault(h11, "no response line received"):
        receive(conn, empty_line + OK_EMPTY)
    assert conn.trailing_data == (OK_EMPTY, False)
    with their_fault(h11, "illegal request line"):
        receive(waiting_client(h11), b"\r")


@pytest.mark.parametrize("first", [b"\x00", b"\x16\x03\x03", b" HTTP/1.1 200 OK", b"\t"])
def test_an_illegal_first_byte_is_called_a_request_line(h11: H11, first: bytes) -> None:
    """It is rejected at once, with the error text for requests."""
    conn = waiting_client(h11)
    with their_fault(h11, "illegal request line"):
        receive(conn, first)
    assert conn.trailing_data == (first, False)
    assert (
        receive(waiting_client(h11), b"!")
        == receive(waiting_client(h11), b"\xff")
        == [h11.NEED_DATA]
    )


def test_any_number_of_interim_responses_may_precede_the_final_one(h11: H11) -> None:
    """Each is an event; the client still waits for the final response."""
    conn = waiting_client(h11)
    wire = b"HTTP/1.1 100 x\r\n\r\nHTTP/1.1 102\r\nA: 1\r\n\r\nHTTP/1.1 103 \r\n\r\n"
    events = receive(conn, wire * 2)
    assert [head.status_code for head in events[:-1]] == [100, 102, 103] * 2
    assert states(conn) == "DONE/SEND_RESPONSE"
    assert names(receive(conn, OK_EMPTY)) == "Response EndOfMessage NEED_DATA"


def test_responses_may_arrive_before_the_request_is_sent(h11: H11) -> None:
    """Neither interim nor final responses wait for its end."""
    conn = client(h11, request(h11, "POST", FIVE), h11.Data(b"he"))
    assert names(receive(conn, b"HTTP/1.1 103 x\r\n\r\n")) == "InformationalResponse NEED_DATA"
    assert names(receive(conn, OK_EMPTY)) == "Response EndOfMessage NEED_DATA"
    assert states(conn) == "SEND_BODY/DONE"
    assert send(conn, h11.Data(b"llo"), end(h11)) == b"llo"
    assert states(conn) == "DONE/DONE"


def test_interim_responses_do_not_affect_persistence(h11: H11) -> None:
    """Neither their close nor their version counts, although their_http_version is set."""
    conn = waiting_client(h11)
    receive(conn, b"HTTP/1.0 103 x\r\nConnection: close\r\n\r\n")
    assert conn.their_http_version == b"1.0"
    receive(conn, OK_EMPTY)
    assert conn.their_http_version == b"1.1"
    assert states(conn) == "DONE/DONE"


def test_a_client_reads_a_response_without_a_request(h11: H11) -> None:
    """In IDLE; the request can then no longer be sent."""
    conn = h11.Connection(h11.CLIENT)
    assert receive(conn, b"HTTP/1.1 408 x\r\nContent-Length: 5\r\n\r\nhe") == [
        h11.Response(status_code=408, reason="x", headers=[FIVE]),
        h11.Data(b"he"),
        h11.NEED_DATA,
    ]
    assert states(conn) == "IDLE/SEND_BODY"
    with error_with_deviation(
        h11,
        h11.LocalProtocolError,
        "can't handle event type Request when role=SERVER and state=SEND_BODY",
    ):
        conn.send(request(h11))
    assert states(conn) == "ERROR/SEND_BODY"
    assert names(receive(conn, b"llo")) == "Data EndOfMessage NEED_DATA"
    assert states(conn) == "ERROR/MUST_CLOSE"


def test_a_client_rejects_an_interim_response_without_a_request(h11: H11) -> None:
    """In IDLE only a final response is allowed."""
    conn = h11.Connection(h11.CLIENT)
    text = "can't handle event type InformationalResponse when role=SERVER and state=IDLE"
    with their_fault(h11, text):
        receive(conn, b"HTTP/1.1 103 x\r\n\r\n" + OK_5)
    assert states(conn) == "IDLE/ERROR"
