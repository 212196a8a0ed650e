"""Received trailers: the fields after the last chunk."""

import pytest
from conversations_helper import (
    H11,
    OK_CHUNKED,
    POST_CHUNKED,
    end,
    receive,
    response,
    send,
    server,
    states,
    their_fault,
    waiting_client,
)


def trailers(h11: H11, block: bytes) -> list[tuple[bytes, bytes]]:
    """The trailers that a server reads after a body without chunks."""
    events = receive(server(h11, POST_CHUNKED), b"0\r\n" + block)
    assert events[1:] == [h11.NEED_DATA]
    return list(events[0].headers)


def test_end_of_message_has_the_trailers(h11: H11) -> None:
    """In their order, in lower case except for raw_items, in requests and responses."""
    wire = b"0\r\nB-Two: 2\r\na: 1\r\nA: 3\r\n\r\n"
    for conn in (server(h11, POST_CHUNKED), waiting_client(h11)):
        event = receive(conn, (OK_CHUNKED if conn.our_role is h11.CLIENT else b"") + wire)[-2]
        assert event == end(h11, ("b-two", "2"), ("a", "1"), ("a", "3"))
        assert event.headers.raw_items() == [(b"B-Two", b"2"), (b"a", b"1"), (b"A", b"3")]


@pytest.mark.parametrize("block", [b"a: b\n\n", b"a: b\r\n\n", b"a: b\n\r\n", b"a:b\r\n\r\n"])
def test_lines_of_trailers_may_end_in_lf(h11: H11, block: bytes) -> None:
    """Lines of chunks may not."""
    assert trailers(h11, block) == [(b"a", b"b")]


@pytest.mark.parametrize("block", [b"\n", b"\r\n"])
def test_an_empty_line_means_no_trailers(h11: H11, block: bytes) -> None:
    """The line may end with CRLF or LF."""
    assert trailers(h11, block) == []


def test_trailers_can_be_folded(h11: H11) -> None:
    """Like other fields, but not on the first line."""
    assert trailers(h11, b"a: b\r\n c\r\n\td\r\n\r\n") == [(b"a", b"b c d")]
    with their_fault(h11, "continuation line at start of headers"):
        trailers(h11, b" a: b\r\n\r\n")


@pytest.mark.parametrize("line", [b"no colon", b"a : b", b"a: \x00", b"\x00", b"a: b\rc"])
def test_trailers_have_the_grammar_of_fields(h11: H11, line: bytes) -> None:
    """The error shows an illegal line, even if its first byte could not begin a head."""
    with their_fault(h11, f"illegal header line: {bytearray(line)!r}"):
        trailers(h11, line + b"\r\n\r\n")


def test_a_control_character_is_not_rejected_at_once(h11: H11) -> None:
    """The early check of the first byte is for heads; trailers are read when they are complete."""
    assert receive(server(h11, POST_CHUNKED), b"0\r\n\x16\x03") == [h11.NEED_DATA]


def test_framing_fields_in_trailers_have_no_effect(h11: H11) -> None:
    """Host, Content-Length and Transfer-Encoding are read, though RFC 9110 forbids them."""
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
def test_framing_fields_in_trailers_must_be_valid(
    h11: H11, line: bytes, text: str, hint: int
) -> None:
    """They are normalised like those of a head."""
    with their_fault(h11, text, hint):
        trailers(h11, line + b"\r\n\r\n")


def test_close_in_trailers_has_no_effect(h11: H11) -> None:
    """Whether sent or received."""
    conn = server(h11, POST_CHUNKED)
    receive(conn, b"0\r\nConnection: close\r\n\r\n")
    send(conn, response(h11), end(h11, ("Connection", "close")))
    assert states(conn) == "DONE/DONE"
    conn.start_next_cycle()


def test_an_expectation_in_trailers_has_no_effect(h11: H11) -> None:
    """Nor has an upgrade."""
    conn = server(h11, POST_CHUNKED)
    receive(conn, b"0\r\nExpect: 100-continue\r\nUpgrade: x\r\n\r\n")
    assert not conn.they_are_waiting_for_100_continue
    assert states(conn) == "DONE/SEND_RESPONSE"
