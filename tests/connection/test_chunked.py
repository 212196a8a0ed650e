"""Received chunked bodies: sizes, ends of chunks, and the chunk marks on Data."""

from typing import Any

import pytest
from conversations_helper import (
    H11,
    OK_CHUNKED,
    POST_CHUNKED,
    end,
    names,
    receive,
    server,
    states,
    their_fault,
    waiting_client,
)

LAST = b"0\r\n\r\n"


def chunked(h11: H11, *segments: bytes) -> list[Any]:
    """The events that a server reads from these segments of a chunked body."""
    return receive(server(h11, POST_CHUNKED), *segments)


def marks(events: list[Any]) -> list[tuple[bytes, bool, bool]]:
    """The Data events as tuples of content, ``chunk_start`` and ``chunk_end``."""
    return [
        (bytes(event.data), event.chunk_start, event.chunk_end)
        for event in events
        if hasattr(event, "data")
    ]


def test_each_chunk_is_a_data_event(h11: H11) -> None:
    """EndOfMessage follows the last one."""
    assert chunked(h11, b"5\r\nhello\r\n1\r\n!\r\n" + LAST) == [
        h11.Data(b"hello", chunk_start=True, chunk_end=True),
        h11.Data(b"!", chunk_start=True, chunk_end=True),
        end(h11),
        h11.NEED_DATA,
    ]


def test_a_body_without_chunks_is_empty(h11: H11) -> None:
    """There is no Data, only EndOfMessage."""
    assert chunked(h11, LAST) == [end(h11), h11.NEED_DATA]


def test_chunks_of_a_response_are_read_alike(h11: H11) -> None:
    """Requests and responses share the coding."""
    events = receive(waiting_client(h11), OK_CHUNKED + b"5;x\r\nhello\r\n" + LAST)
    assert marks(events) == [(b"hello", True, True)]


def test_a_chunk_may_arrive_in_pieces(h11: H11) -> None:
    """The first piece is marked as the start of its chunk, the last as the end."""
    events = chunked(h11, b"5\r\nh", b"el", b"lo", b"\r\n1\r\n!", b"\r\n")
    assert marks(events) == [
        (b"h", True, False),
        (b"el", False, False),
        (b"lo", False, True),
        (b"!", True, True),
    ]


def test_h11_omits_the_start_after_a_size_received_alone(h11: H11) -> None:
    """An upstream deviation: h11 marks no piece of such a chunk as its start.

    Its documentation promises the mark on the first Data of every chunk; the reference sets it.
    """
    events = chunked(h11, b"5\r\n", b"he", b"llo\r\n1\r\n!\r\n")
    starts = h11.__name__ != "h11"
    assert marks(events) == [(b"he", starts, False), (b"llo", False, True), (b"!", True, True)]


def test_h11_marks_no_start_when_fed_byte_by_byte(h11: H11) -> None:
    """The same deviation: the size never arrives together with data."""
    wire = b"2\r\nhi\r\n1\r\n!\r\n" + LAST
    events = chunked(h11, *(wire[at : at + 1] for at in range(len(wire))))
    starts = h11.__name__ != "h11"
    assert marks(events) == [(b"h", starts, False), (b"i", False, True), (b"!", starts, True)]


@pytest.mark.parametrize(
    "size",
    [
        b"5",
        b"05",
        b"00000000000000000005",
        b"5;",
        b"5;a",
        b'5;a=b;c="d"',
        b"5; \x00\x7f\xff\r;",
        b"5;\r",
        b"5 ",
        b"5\t ",
        b"5" + b" " * 5000,
    ],
)
def test_a_size_may_be_padded_and_extended(h11: H11, size: bytes) -> None:
    """Leading zeros, trailing blanks and an extension without LF are dropped."""
    assert marks(chunked(h11, size + b"\r\nhello\r\n" + LAST)) == [(b"hello", True, True)]


@pytest.mark.parametrize("digits", [b"a", b"F", b"10", b"1a", b"fF", b"0000000000000000010A"])
def test_a_size_is_hexadecimal_in_either_case(h11: H11, digits: bytes) -> None:
    """It has up to twenty digits and counts bytes exactly."""
    data = b"x" * int(digits, 16)
    events = chunked(h11, digits + b"\r\n" + data + b"\r\n" + LAST)
    assert marks(events) == [(data, True, True)]
    assert events[-2:] == [end(h11), h11.NEED_DATA]


def test_a_size_of_twenty_digits_is_accepted(h11: H11) -> None:
    """However large it is."""
    conn = server(h11, POST_CHUNKED)
    assert marks(receive(conn, b"F" * 20 + b"\r\nhello")) == [(b"hello", True, False)]
    assert states(conn) == "SEND_BODY/SEND_RESPONSE"


def test_the_last_chunk_may_be_padded_and_extended(h11: H11) -> None:
    """Any spelling of zero ends the body."""
    for size in (b"00", b"0" * 20, b"0;a=b", b"0 "):
        assert chunked(h11, size + b"\r\n\r\n") == [end(h11), h11.NEED_DATA]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" 5",
        b"\t5",
        b"0x5",
        b"+5",
        b"-5",
        b"5_0",
        b"5.0",
        b"5 ;a",
        b"5 a",
        b"5,5",
        b";a",
        b"g",
        b"\xb2",
        b"5\r",
        b"1" * 21,
        b"0" * 21,
    ],
)
def test_any_other_size_line_is_rejected(h11: H11, line: bytes) -> None:
    """Leading blanks, a blank before the extension, signs, prefixes and separators; the error shows
    it.
    """
    shown = bytearray(line + b"\r\n")
    with their_fault(h11, f"illegal chunk header: {shown!r}"):
        chunked(h11, line + b"\r\nhello\r\n")


@pytest.mark.parametrize("extension", [b"", b";a"])
def test_a_bare_lf_does_not_end_a_size_line(h11: H11, extension: bytes) -> None:
    """The line continues to the next CR LF and is then rejected; until then more data is needed."""
    conn = server(h11, POST_CHUNKED)
    line = b"5" + extension + b"\nhello\n0\n\n"
    assert receive(conn, line) == [h11.NEED_DATA]
    assert conn.trailing_data == (line, False)
    with their_fault(h11, f"illegal chunk header: {bytearray(line)!r}"[:-2]):
        receive(conn, b"\r\n")


@pytest.mark.parametrize(
    ("footer", "found"),
    [
        (b"XX", b"XX"),
        (b"X", b"X"),
        (b"\n", b"\n"),
        (b"\n0", b"\n0"),
        (b"\n\r", b"\n\r"),
        (b"\r\r", b"\r\r"),
        (b"\rX", b"\rX"),
        (b"0\r", b"0\r"),
        (b"  ", b"  "),
    ],
)
def test_a_chunk_ends_with_cr_lf(h11: H11, footer: bytes, found: bytes) -> None:
    """Any other byte is reported as soon as it arrives, after the data of the chunk."""
    conn = server(h11, POST_CHUNKED)
    conn.receive_data(b"5\r\nhello" + footer)
    assert conn.next_event() == h11.Data(b"hello", chunk_start=True, chunk_end=True)
    crlf = b"\r\n"
    with their_fault(h11, f"malformed chunk footer: {bytearray(found)!r} (expected {crlf!r})"):
        conn.next_event()
    assert states(conn) == "ERROR/SEND_RESPONSE"


def test_the_second_byte_of_a_footer_is_checked_alone(h11: H11) -> None:
    """After a CR, only LF is expected."""
    conn = server(h11, POST_CHUNKED, b"5\r\nhello\r")
    line_feed = b"\n"
    with their_fault(h11, f"malformed chunk footer: {bytearray(b'X')!r} (expected {line_feed!r})"):
        receive(conn, b"X")


def test_two_extra_bytes_do_not_lead_to_the_next_request(h11: H11) -> None:
    """If one reader skipped the two bytes and another read them, a request could be smuggled."""
    conn = server(h11, POST_CHUNKED)
    with their_fault(h11, "malformed chunk footer"):
        receive(conn, b"2\r\nhiXX0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert conn.their_state is h11.ERROR


def test_the_end_waits_for_its_empty_line(h11: H11) -> None:
    """Neither the zero nor a CR without its LF ends the body."""
    conn = server(h11, POST_CHUNKED)
    for segment in (b"0", b"\r", b"\n", b"\r"):
        assert receive(conn, segment) == [h11.NEED_DATA]
        assert conn.their_state is h11.SEND_BODY
    assert receive(conn, b"\n") == [end(h11), h11.NEED_DATA]


def test_bytes_after_the_end_stay_in_the_buffer(h11: H11) -> None:
    """They belong to the next message."""
    conn = server(h11, POST_CHUNKED)
    events = receive(conn, b"2\r\nhi\r\n" + LAST + b"GET")
    assert names(events) == "Data EndOfMessage PAUSED"
    assert conn.trailing_data == (b"GET", False)
