"""The grammar, byte by byte: which of the 256 are allowed where, in arguments and on the wire.

The sets are written down from the ABNF of RFC 9110 section 5 and RFC 9112; where h11 accepts more
or less than the ABNF does, the test says so.
"""

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from event_samples import headers, local, refusal, sample

EVERY = bytes(range(256))
DIGIT = b"0123456789"
ALPHA = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# RFC 9110 section 5.6.2.
TCHAR = b"!#$%&'*+-.^_`|~" + DIGIT + ALPHA
# RFC 5234: VCHAR.
VCHAR = bytes(range(0x21, 0x7F))
# Every byte that does not end a line or a C string, in any reader.
VALUE = bytes(set(EVERY) - set(b"\0\n\v\f\r"))
BLANK = b" \t"

# The byte is inserted at each of these positions of a word.
POSITIONS = {"alone": b"%b", "first": b"%bx", "inside": b"x%by", "last": b"x%b", "twice": b"%b%b"}
every_position = pytest.mark.parametrize("position", POSITIONS)


def accepted_by(make: Callable[[bytes], object], word: bytes) -> bytes:
    """Returns the bytes that ``make`` accepts in ``word``."""
    found: list[int] = []
    for byte in EVERY:
        try:
            make(word.replace(b"%b", bytes([byte])))
        except Exception as error:
            if type(error).__name__ not in ("LocalProtocolError", "RemoteProtocolError"):
                raise
        else:
            found.append(byte)
    return bytes(found)


def only(allowed: bytes) -> bytes:
    """Returns the allowed bytes in the order in which ``accepted_by`` finds them."""
    return bytes(sorted(allowed))


@every_position
def test_a_method_consists_of_token_characters(h11: ModuleType, position: str) -> None:
    """method = token (RFC 9110 section 9.1)."""
    word = POSITIONS[position]
    assert accepted_by(lambda made: sample(h11, "Request", method=made), word) == only(TCHAR)


@every_position
def test_a_target_consists_of_visible_ascii(h11: ModuleType, position: str) -> None:
    """Wider than RFC 9112 section 3.2, which has four forms; narrower than some clients send."""
    word = POSITIONS[position]
    assert accepted_by(lambda made: sample(h11, "Request", target=made), word) == only(VCHAR)


@every_position
def test_a_field_name_consists_of_token_characters(h11: ModuleType, position: str) -> None:
    """field-name = token (RFC 9110 section 5.1)."""
    word = POSITIONS[position]
    assert accepted_by(lambda made: headers(h11, (made, b"")), word) == only(TCHAR)


@every_position
def test_a_field_value_may_contain_nearly_any_byte(h11: ModuleType, position: str) -> None:
    """Wider than RFC 9110 section 5.5 by most control characters; blanks only inside."""
    word = POSITIONS[position]
    allowed = VALUE if position == "inside" else set(VALUE) - set(BLANK)
    assert accepted_by(lambda made: headers(h11, (b"a", made)), word) == only(bytes(allowed))


@pytest.mark.parametrize("position", ["alone", "first", "inside", "last"])
def test_an_illegal_byte_is_shown_in_the_message(h11: ModuleType, position: str) -> None:
    """The whole name or value, as its repr."""
    for byte in set(EVERY) - set(TCHAR):
        name = POSITIONS[position].replace(b"%b", bytes([byte]))
        broken = refusal(partial(headers, h11, (name, b"")))
        assert broken == local(f"Illegal header name {name!r}")
    for byte in set(EVERY) - set(VALUE):
        value = POSITIONS[position].replace(b"%b", bytes([byte]))
        broken = refusal(partial(headers, h11, (b"a", value)))
        assert broken == local(f"Illegal header value {value!r}")


def test_a_content_length_consists_of_digits(h11: ModuleType) -> None:
    """Content-Length = 1*DIGIT (RFC 9110 section 8.6): no sign, and only ASCII digits."""
    for position in ("alone", "first", "inside", "last", "twice"):
        word = POSITIONS[position].replace(b"x", b"1").replace(b"y", b"1")
        found = accepted_by(lambda made: headers(h11, (b"Content-Length", made)), word)
        # 1,1 repeats the same number.
        assert found == only(DIGIT + b"," * (position == "inside"))


def test_repeated_lengths_may_be_padded_with_blanks(h11: ModuleType) -> None:
    """OWS is SP and HTAB (RFC 9110 section 5.6.3), before and after the comma."""
    for word in (b"5%b,5", b"5,%b5"):
        found = accepted_by(lambda made: headers(h11, (b"Content-Length", made)), word)
        assert found == only(BLANK)


def test_a_transfer_coding_is_exactly_chunked(h11: ModuleType) -> None:
    """No byte may be added or replaced, except by the same letter in the other case."""
    coding = b"chunked"
    for word in (b"%bchunked", b"chunked%b", b"chun%bked"):
        assert accepted_by(lambda made: headers(h11, (b"Transfer-Encoding", made)), word) == b""
    for place, letter in enumerate(coding):
        word = coding[:place] + b"%b" + coding[place + 1 :]
        found = accepted_by(lambda made: headers(h11, (b"Transfer-Encoding", made)), word)
        assert found == only(bytes([letter]) + bytes([letter]).upper())


def read(h11: ModuleType, role: str, wire: bytes) -> Any:
    """Returns the first event that a connection reads from the wire."""
    conn = h11.Connection(getattr(h11, role))
    if role == "CLIENT":
        conn.send(sample(h11, "Request"))
    conn.receive_data(wire)
    event = conn.next_event()
    assert event is not h11.NEED_DATA
    return event


def read_chunk(h11: ModuleType, chunk: bytes) -> Any:
    """Returns the first event of a chunk with a line end in it, so that it is never incomplete."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    conn.next_event()
    conn.receive_data(chunk)
    return conn.next_event()


REST = b" / HTTP/1.1\r\nHost: a\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
HEX = DIGIT + b"abcdefABCDEF"

WIRE: dict[str, tuple[str, bytes, bytes]] = {
    "method, first": ("SERVER", b"%bA" + REST, TCHAR),
    "method, inside": ("SERVER", b"G%bT" + REST, TCHAR),
    "method, last": ("SERVER", b"GE%b" + REST, TCHAR),
    "between method and target": ("SERVER", b"GET%b/ HTTP/1.1\r\nHost: a\r\n\r\n", b" "),
    "target, first": ("SERVER", b"GET %bx HTTP/1.1\r\nHost: a\r\n\r\n", VCHAR),
    "target, inside": ("SERVER", b"GET /%bx HTTP/1.1\r\nHost: a\r\n\r\n", VCHAR),
    "target, last": ("SERVER", b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n", VCHAR),
    "between target and version": ("SERVER", b"GET /%bHTTP/1.1\r\nHost: a\r\n\r\n", b" "),
    "version of a request, name": ("SERVER", b"GET / HTT%b/1.1\r\nHost: a\r\n\r\n", b"P"),
    "version of a request, major": ("SERVER", b"GET / HTTP/%b.1\r\nHost: a\r\n\r\n", DIGIT),
    "version of a request, point": ("SERVER", b"GET / HTTP/1%b1\r\nHost: a\r\n\r\n", b"."),
    "version of a request, minor": ("SERVER", b"GET / HTTP/1.%b\r\nHost: a\r\n\r\n", DIGIT),
    "after the version of a request": ("SERVER", b"GET / HTTP/1.1%b\r\nHost: a\r\n\r\n", b""),
    "version of a response, major": ("CLIENT", b"HTTP/%b.1 200 OK\r\n\r\n", DIGIT),
    "version of a response, minor": ("CLIENT", b"HTTP/1.%b 200 OK\r\n\r\n", DIGIT),
    "between version and status": ("CLIENT", b"HTTP/1.1%b200 OK\r\n\r\n", b" "),
    # No class of responses has 0xx.
    "status, first": ("CLIENT", b"HTTP/1.1 %b00 OK\r\n\r\n", b"123456789"),
    "status, second": ("CLIENT", b"HTTP/1.1 2%b0 OK\r\n\r\n", DIGIT),
    "status, last": ("CLIENT", b"HTTP/1.1 20%b OK\r\n\r\n", DIGIT),
    "after the status": ("CLIENT", b"HTTP/1.1 200%bOK\r\n\r\n", b" "),
    "reason": ("CLIENT", b"HTTP/1.1 200 O%bK\r\n\r\n", VALUE),
    # A blank continues the previous line, and an LF makes the empty line.
    "field name, first": ("SERVER", GET + b"%bx: c\r\n\r\n", TCHAR + BLANK + b"\n"),
    # A colon ends the name, and the rest belongs to the value.
    "field name, inside": ("SERVER", GET + b"a%bb: c\r\n\r\n", TCHAR + b":"),
    "field name, last": ("SERVER", GET + b"a%b: c\r\n\r\n", TCHAR + b":"),
    "field value, first": ("SERVER", GET + b"a: %bx\r\n\r\n", VALUE),
    "field value, inside": ("SERVER", GET + b"a: x%by\r\n\r\n", VALUE),
    # An LF ends the line, and the CRLF after it ends the head.
    "field value, last": ("SERVER", GET + b"a: x%b\r\n\r\n", VALUE + b"\n"),
}


@pytest.mark.parametrize("place", WIRE)
def test_a_received_head_is_checked_as_strictly(h11: ModuleType, place: str) -> None:
    """RFC 9112 sections 2.3, 3, 4, 5: single spaces between the parts of a line, none after it."""
    role, head, allowed = WIRE[place]
    assert accepted_by(lambda made: read(h11, role, made), head) == only(allowed)


@pytest.mark.parametrize(
    ("chunk", "allowed"),
    [
        (b"%b\r\n" + 16 * b"x", HEX),
        (b"%b1\r\n" + 256 * b"x", HEX),
        # A blank may pad the size, and a semicolon begins an extension.
        (b"1%b\r\nx\r\n", HEX + BLANK + b";"),
        (b"1%b;\r\nx\r\n", HEX + b";"),
        (b"1;%b\r\nx\r\n", bytes(set(EVERY) - set(b"\n"))),
        (b"1;a%bb\r\nx\r\n", bytes(set(EVERY) - set(b"\n"))),
        (b"1%b\nx\r\n\r\n", b"\r"),
    ],
)
def test_a_chunk_header_is_a_size_and_an_extension(
    h11: ModuleType, chunk: bytes, allowed: bytes
) -> None:
    """RFC 9112 section 7.1: hexadecimal digits; an extension lasts until the end of its line."""
    assert accepted_by(lambda made: read_chunk(h11, made), chunk) == only(allowed)


@pytest.mark.parametrize(("digits", "fine"), [(1, True), (20, True), (21, False)])
def test_a_size_has_up_to_20_digits(h11: ModuleType, digits: int, fine: bool) -> None:
    """The size of a chunk or of a body; more digits can only be an attack."""
    size = digits * b"1"
    fields = [("Content-Length", size)]
    if fine:
        assert read_chunk(h11, size + b"\r\nx").data == b"x"
        assert headers(h11, *fields) == [(b"content-length", size)]
    else:
        assert refusal(lambda: read_chunk(h11, size + b"\r\nx")).kind == "RemoteProtocolError"
        assert refusal(lambda: headers(h11, *fields)) == local("bad Content-Length")
