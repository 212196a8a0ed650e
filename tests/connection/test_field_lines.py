"""Received field lines: names and values, folded lines, and the framing fields."""

import pytest
from conversations_helper import GET, H11, receive, server, states, their_fault, waiting_client

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n"


def fields(h11: H11, *lines: bytes) -> list[tuple[bytes, bytes]]:
    """The fields that a server reads from these lines, without Host."""
    wire = REQUEST + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    return list(receive(h11.Connection(h11.SERVER), wire)[0].headers)[1:]


def test_names_are_lower_case_except_in_raw_items(h11: H11) -> None:
    """raw_items keeps the case; both keep order and repetitions."""
    head = receive(h11.Connection(h11.SERVER), REQUEST + b"X-One: 1\r\nx-ONE: 2\r\n\r\n")[0]
    assert list(head.headers) == [(b"host", b"a"), (b"x-one", b"1"), (b"x-one", b"2")]
    assert head.headers.raw_items() == [(b"Host", b"a"), (b"X-One", b"1"), (b"x-ONE", b"2")]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"a:b", b"b"),
        (b"a: b", b"b"),
        (b"a: \t b \t ", b"b"),
        (b"a:", b""),
        (b"a:   ", b""),
        (b"a: b  c\td", b"b  c\td"),
        (b"a: b: c:", b"b: c:"),
        (b"a: \x01\x08\x1b\x7f\x80\xff", b"\x01\x08\x1b\x7f\x80\xff"),
        (b"a: " + b"b" * 9000, b"b" * 9000),
    ],
)
def test_blanks_around_a_value_are_stripped(h11: H11, line: bytes, value: bytes) -> None:
    """Blanks inside it are kept, and so are control characters and non-ASCII bytes."""
    assert fields(h11, line) == [(b"a", value)]


@pytest.mark.parametrize(
    "line",
    [
        b"a : b",
        b"a\t: b",
        b": b",
        b":",
        b"no colon",
        b"a b: c",
        b"a/b: c",
        b"(a): b",
        b'"a": b',
        b"\xe9: b",
        b"a\x00: b",
        b"a: b\x00c",
        b"a: b\x0bc",
        b"a: b\x0cc",
        b"a: b\rc",
        b"a: b\r",
    ],
)
def test_an_illegal_line_is_shown(h11: H11, line: bytes) -> None:
    """No token before the colon, no colon, or a byte in the value that could end the line early."""
    with their_fault(h11, f"illegal header line: {bytearray(line)!r}"):
        fields(h11, b"x: y", line, b"z: z")


def test_the_first_of_two_illegal_lines_is_shown(h11: H11) -> None:
    """The second is not mentioned."""
    with their_fault(h11, "illegal header line: bytearray(b'one')"):
        fields(h11, b"one", b"two")


@pytest.mark.parametrize("lines", [[b"a : b"], [b"nothing"], [b"a: b", b": c"]])
def test_field_lines_of_a_response_are_read_alike(h11: H11, lines: list[bytes]) -> None:
    """Requests and responses share the grammar of fields."""
    wire = b"\r\n".join([b"HTTP/1.1 204 x", *lines, b"", b""])
    with their_fault(h11, f"illegal header line: {bytearray(lines[-1])!r}"):
        receive(waiting_client(h11), wire)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([b"a: b", b" c"], b"b c"),
        ([b"a: b", b"\tc"], b"b c"),
        ([b"a: b", b" \t  c \t"], b"b c"),
        ([b"a: b", b" c", b" d"], b"b c d"),
        ([b"a:", b" b"], b"b"),
        ([b"a: b", b" "], b"b"),
        ([b"a: b", b"\t", b" c"], b"b  c"),
        ([b"a: b", b" c: d"], b"b c: d"),
    ],
)
def test_a_folded_line_is_joined_with_one_space(h11: H11, lines: list[bytes], value: bytes) -> None:
    """No matter which blanks it begins with."""
    assert fields(h11, *lines, b"z: z") == [(b"a", value), (b"z", b"z")]


def test_blanks_before_a_fold_are_kept(h11: H11) -> None:
    """They are not part of the fold, so that they end up inside the value."""
    assert fields(h11, b"a: b  ", b" c") == [(b"a", b"b   c")]
    assert fields(h11, b"a: b\t", b"\tc") == [(b"a", b"b\t c")]


def test_the_first_line_cannot_be_folded(h11: H11) -> None:
    """A first line that begins with a blank continues no other."""
    for blank in (b" ", b"\t"):
        with their_fault(h11, "continuation line at start of headers"):
            server(h11, b"GET / HTTP/1.1\r\n" + blank + b"Host: a\r\n\r\n")


def test_lines_that_end_in_lf_can_be_folded(h11: H11) -> None:
    """Neither the line end nor the name of the field matters."""
    conn = h11.Connection(h11.SERVER)
    head = receive(conn, b"POST / HTTP/1.1\nHost:\n a\nContent-Length: 5,\n\t5\n\n")[0]
    assert list(head.headers) == [(b"host", b"a"), (b"content-length", b"5")]
    assert states(conn) == "SEND_BODY/SEND_RESPONSE"


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([b"Content-Length: 5"], b"5"),
        ([b"Content-Length: 005"], b"005"),
        ([b"Content-Length: 5, 5,\t5"], b"5"),
        ([b"Content-Length: 5", b"content-length: 5"], b"5"),
        ([b"Content-Length: " + b"9" * 20], b"9" * 20),
    ],
)
def test_equal_lengths_count_as_one(h11: H11, lines: list[bytes], value: bytes) -> None:
    """In one line or several, with up to twenty digits; leading zeros are kept."""
    assert fields(h11, *lines) == [(b"content-length", value)]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([b"Content-Length: 5, 6"], "conflicting Content-Length headers"),
        ([b"Content-Length: 5", b"Content-Length: 6"], "conflicting Content-Length headers"),
        ([b"Content-Length: 5", b"Content-Length: 05"], "conflicting Content-Length headers"),
        ([b"Content-Length: 5,"], "conflicting Content-Length headers"),
        ([b"Content-Length:"], "bad Content-Length"),
        ([b"Content-Length: ,"], "bad Content-Length"),
        ([b"Content-Length: +5"], "bad Content-Length"),
        ([b"Content-Length: -5"], "bad Content-Length"),
        ([b"Content-Length: 0x5"], "bad Content-Length"),
        ([b"Content-Length: 1_0"], "bad Content-Length"),
        ([b"Content-Length: 5.0"], "bad Content-Length"),
        ([b"Content-Length: 5 5"], "bad Content-Length"),
        ([b"Content-Length: \xb2"], "bad Content-Length"),
        ([b"Content-Length: " + b"9" * 21], "bad Content-Length"),
        ([b"Content-Length: " + b"1" * 5000], "bad Content-Length"),
    ],
)
def test_a_length_is_unambiguous_digits(h11: H11, lines: list[bytes], text: str) -> None:
    """Another reader might take any other value for another length."""
    with their_fault(h11, text):
        fields(h11, *lines)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize(
    "value",
    [b"gzip", b"", b"identity", b"gzip, chunked", b"chunked, chunked", b"chunked,", b"chunked;a=b"],
)
def test_the_only_transfer_coding_is_chunked(h11: H11, version: bytes, value: bytes) -> None:
    """Exactly this token, in any case; the hint is 501 (Not Implemented)."""
    with their_fault(h11, "Only Transfer-Encoding: chunked is supported", 501):
        server(
            h11,
            GET[:-4].replace(b"1.1", version) + b"\r\nTransfer-Encoding: " + value + b"\r\n\r\n",
        )
    assert fields(h11, b"TRANSFER-encoding: CHUNKED") == [(b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize("second", [b"chunked", b"gzip", b""])
def test_a_second_transfer_encoding_is_rejected(h11: H11, second: bytes) -> None:
    """Even if it repeats the first."""
    with their_fault(h11, "multiple Transfer-Encoding headers", 501):
        fields(h11, b"Transfer-Encoding: chunked", b"Transfer-Encoding: " + second)


def test_the_first_bad_field_is_reported(h11: H11) -> None:
    """In the order of the message, regardless of severity."""
    coding, length = b"Transfer-Encoding: gzip", b"Content-Length: x"
    with their_fault(h11, "Only Transfer-Encoding: chunked is supported", 501):
        fields(h11, coding, length)
    with their_fault(h11, "bad Content-Length"):
        fields(h11, length, coding)
