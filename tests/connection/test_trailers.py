"""Trailers as they are read: the fields after the last chunk."""

import pytest
from conversations_helper import (
    H11,
    OK_CHUNKED,
    POST_CHUNKED,
    asking,
    end,
    hear,
    response,
    say,
    server,
    states,
    their_fault,
)


def trailers(h11: H11, block: bytes) -> list[tuple[bytes, bytes]]:
    """What a server reads as the trailers of a body without chunks."""
    heard = hear(server(h11, POST_CHUNKED), b"0\r\n" + block)
    assert heard[1:] == [h11.NEED_DATA]
    return list(heard[0].headers)


def test_trailers_come_with_the_end(h11: H11) -> None:
    """In their order, lower-cased but for the raw ones, in either direction."""
    wire = b"0\r\nB-Two: 2\r\na: 1\r\nA: 3\r\n\r\n"
    for conn in (server(h11, POST_CHUNKED), asking(h11)):
        told = hear(conn, (OK_CHUNKED if conn.our_role is h11.CLIENT else b"") + wire)[-2]
        assert told == end(h11, ("b-two", "2"), ("a", "1"), ("a", "3"))
        assert told.headers.raw_items() == [(b"B-Two", b"2"), (b"a", b"1"), (b"A", b"3")]


@pytest.mark.parametrize("block", [b"a: b\n\n", b"a: b\r\n\n", b"a: b\n\r\n", b"a:b\r\n\r\n"])
def test_lines_of_trailers_may_end_in_lf(h11: H11, block: bytes) -> None:
    """Unlike the lines of chunks."""
    assert trailers(h11, block) == [(b"a", b"b")]


@pytest.mark.parametrize("block", [b"\n", b"\r\n"])
def test_no_trailers_is_an_empty_line(h11: H11, block: bytes) -> None:
    """Of either kind."""
    assert trailers(h11, block) == []


def test_trailers_fold(h11: H11) -> None:
    """As other fields, and not at their start either."""
    assert trailers(h11, b"a: b\r\n c\r\n\td\r\n\r\n") == [(b"a", b"b c d")]
    with their_fault(h11, "continuation line at start of headers"):
        trailers(h11, b" a: b\r\n\r\n")


@pytest.mark.parametrize("line", [b"no colon", b"a : b", b"a: \x00", b"\x00", b"a: b\rc"])
def test_trailers_have_the_grammar_of_fields(h11: H11, line: bytes) -> None:
    """An illegal line is shown; a byte that could not begin a head is no exception."""
    with their_fault(h11, f"illegal header line: {bytearray(line)!r}"):
        trailers(h11, line + b"\r\n\r\n")


def test_a_control_does_not_begin_a_rejection(h11: H11) -> None:
    """The early look at the first byte is for heads: trailers are waited for."""
    assert hear(server(h11, POST_CHUNKED), b"0\r\n\x16\x03") == [h11.NEED_DATA]


def test_trailers_may_frame_nothing_and_everything(h11: H11) -> None:
    """Host, Content-Length and Transfer-Encoding are read, though forbidden, and mean nothing."""
    assert trailers(
        h11, b"Host: a\r\nHost: b\r\nContent-Length: 5\r\nTransfer-Encoding: Chunked\r\n\r\n"
    ) == [
        (b"host", b"a"),
        (b"host", b"b"),
        (b"content-length", b"5"),
        (b"transfer-encoding", b"chunked"),
    ]


@pytest.mark.parametrize(
    ("line", "text", "hint"),
    [
        (b"Transfer-Encoding: gzip", "Only Transfer-Encoding: chunked is supported", 501),
        (b"Content-Length: x", "bad Content-Length", 400),
        (b"Content-Length: 5, 6", "conflicting Content-Length headers", 400),
    ],
)
def test_a_framing_field_among_them_must_be_right(
    h11: H11, line: bytes, text: str, hint: int
) -> None:
    """They pass through the same normal form."""
    with their_fault(h11, text, hint):
        trailers(h11, line + b"\r\n\r\n")


def test_a_close_among_them_does_not_count(h11: H11) -> None:
    """The connection stays as it is, said by either side."""
    conn = server(h11, POST_CHUNKED)
    hear(conn, b"0\r\nConnection: close\r\n\r\n")
    say(conn, response(h11), end(h11, ("Connection", "close")))
    assert states(conn) == "DONE/DONE"
    conn.start_next_cycle()


def test_an_expectation_among_them_does_not_count(h11: H11) -> None:
    """Nor does an upgrade."""
    conn = server(h11, POST_CHUNKED)
    hear(conn, b"0\r\nExpect: 100-continue\r\nUpgrade: x\r\n\r\n")
    assert not conn.they_are_waiting_for_100_continue
    assert states(conn) == "DONE/SEND_RESPONSE"
