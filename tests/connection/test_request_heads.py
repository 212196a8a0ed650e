"""Request heads as a server reads them: line ends, the request line, Host."""

import string

import pytest
from conversations_helper import GET, H11, names, receive, request, server, states, their_fault

HOST = b"Host: a\r\n\r\n"
TCHAR = b"!#$%&'*+-.^_`|~" + (string.digits + string.ascii_letters).encode()


@pytest.mark.parametrize("head_end", [b"\n\n", b"\n\r\n", b"\r\n\n", b"\r\n\r\n"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_lines_end_with_lf_and_an_optional_cr(h11: H11, line_end: bytes, head_end: bytes) -> None:
    """Each line may use either."""
    wire = b"GET / HTTP/1.1" + line_end + b"Host: a" + head_end
    assert receive(h11.Connection(h11.SERVER), wire)[:1] == [request(h11)]


@pytest.mark.parametrize(
    ("wire", "line"),
    [
        (b"GET / HTTP/1.1\r\r\n" + HOST, b"GET / HTTP/1.1\r"),
        (b"GET / HTTP/1.1\rHost: a\r\n\r\n", b"GET / HTTP/1.1\rHost: a"),
        (b"GET /\r HTTP/1.1\r\n" + HOST, b"GET /\r HTTP/1.1"),
    ],
)
def test_a_lone_cr_is_part_of_the_request_line(h11: H11, wire: bytes, line: bytes) -> None:
    """It does not end the line, and is not allowed inside it."""
    with their_fault(h11, f"illegal request line: {bytearray(line)!r}"):
        server(h11, wire)


def test_a_lone_cr_does_not_end_the_head(h11: H11) -> None:
    """CR CR is not an empty line: the head is incomplete, or has an illegal line."""
    assert receive(h11.Connection(h11.SERVER), b"GET / HTTP/1.1\rHost: a\r\r") == [h11.NEED_DATA]
    with their_fault(h11, f"illegal header line: {bytearray(bytes([13]))!r}"):
        server(h11, GET[:-2] + b"\r\r\n\r\n")


@pytest.mark.parametrize("empty_line", [b"\r\n", b"\n"])
def test_an_empty_line_before_the_request_is_rejected(h11: H11, empty_line: bytes) -> None:
    """RFC 9112 section 2.2 says to ignore it. It is consumed; the request after it stays."""
    conn = h11.Connection(h11.SERVER)
    with their_fault(h11, "no request line received"):
        receive(conn, empty_line + GET)
    assert conn.trailing_data == (GET, False)


def test_an_empty_line_in_two_pieces_gets_another_error(h11: H11) -> None:
    """CR alone is rejected before its LF can make an empty line."""
    conn = h11.Connection(h11.SERVER)
    with their_fault(h11, "illegal request line"):
        receive(conn, b"\r", b"\n" + GET)
    assert conn.trailing_data == (b"\r", False)


def test_an_illegal_first_byte_is_rejected_at_once(h11: H11) -> None:
    """Control characters and blanks, as in a TLS handshake, need no complete head."""
    for first in set(range(0x21)) - {0x0A}:
        conn, data = h11.Connection(h11.SERVER), bytes([first, 3, 1])
        with their_fault(h11, "illegal request line"):
            receive(conn, data)
        assert conn.trailing_data == (data, False)
        assert states(conn) == "ERROR/IDLE"


def test_other_illegal_bytes_are_rejected_with_the_head(h11: H11) -> None:
    """Any other byte that cannot begin a method is found when the head is complete."""
    for first in range(0x21, 0x100):
        conn = h11.Connection(h11.SERVER)
        assert receive(conn, bytes([first])) == [h11.NEED_DATA]
        if first in TCHAR:
            assert (
                names(receive(conn, b" / HTTP/1.1\r\n" + HOST)) == "Request EndOfMessage NEED_DATA"
            )
        else:
            with their_fault(h11, "illegal request line: bytearray("):
                receive(conn, b" / HTTP/1.1\r\n" + HOST)


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1 ",
        b"GET / HTTP/1.1\t",
        b"GET  / HTTP/1.1",
        b"GET /  HTTP/1.1",
        b"GET\t/\tHTTP/1.1",
        b"GET / http/1.1",
        b"GET / Http/1.1",
        b"GET / HTTP/1",
        b"GET / HTTP/1.",
        b"GET / HTTP/.1",
        b"GET / HTTP/11.1",
        b"GET / HTTP/1.11",
        b"GET / HTTP/a.b",
        b"GET / HTTP/1,1",
        b"GET / HTTP 1.1",
        b"GET / HTTPS/1.1",
        b"GET /",
        b"GET",
        b"GET / ",
        b"GET HTTP/1.1",
        b"GET /a b HTTP/1.1",
        b"GET /\x7f HTTP/1.1",
        b"GET /\x80 HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GE(T / HTTP/1.1",
        b"G\xe9T / HTTP/1.1",
        b"GET / HTTP/1.\xb2",
    ],
)
def test_a_request_line_has_exactly_three_parts(h11: H11, line: bytes) -> None:
    """Method, target and version with single spaces; the error shows the line."""
    conn = h11.Connection(h11.SERVER)
    with their_fault(h11, f"illegal request line: {bytearray(line)!r}"):
        receive(conn, line + b"\r\n" + HOST + b"more")
    assert conn.trailing_data == (b"more", False)


@pytest.mark.parametrize(
    "target",
    [b"*", b"/", b"?", b"//", b"/a?b=c#d", b"http://a/", b"a:1", b"!", b"~", b'/"<>{}\\^`'],
)
def test_any_visible_ascii_is_a_target(h11: H11, target: bytes) -> None:
    """Its form is not checked."""
    head = server_head(h11, b"GET " + target + b" HTTP/1.1\r\n" + HOST)
    assert head == (b"GET", target, b"1.1")


@pytest.mark.parametrize("method", [b"GET", b"get", b"M-SEARCH", b"!#$%&'*+-.^_`|~0aZ", b"X" * 99])
def test_any_token_is_a_method(h11: H11, method: bytes) -> None:
    """In any case and of any length."""
    head = server_head(h11, method + b" / HTTP/1.1\r\n" + HOST)
    assert head == (method, b"/", b"1.1")


@pytest.mark.parametrize("version", [b"0.9", b"1.0", b"1.1", b"1.2", b"2.0", b"9.9"])
def test_any_pair_of_digits_is_a_version(h11: H11, version: bytes) -> None:
    """No version is too old or too new to be read."""
    head = server_head(h11, b"GET / HTTP/" + version + b"\r\n" + HOST)
    assert head == (b"GET", b"/", version)


def server_head(h11: H11, wire: bytes) -> tuple[bytes, bytes, bytes]:
    conn = h11.Connection(h11.SERVER)
    head = receive(conn, wire)[0]
    assert conn.their_http_version == head.http_version
    return head.method, head.target, head.http_version


def test_the_http_2_preface_is_read_as_a_request(h11: H11) -> None:
    """The bytes after it wait for the next cycle."""
    conn = h11.Connection(h11.SERVER)
    events = receive(conn, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert names(events) == "Request EndOfMessage PAUSED"
    assert (events[0].method, events[0].http_version) == (b"PRI", b"2.0")
    assert conn.trailing_data == (b"SM\r\n\r\n", False)


@pytest.mark.parametrize("version", [b"0.9", b"1.0", b"1.2", b"2.0"])
def test_host_is_mandatory_in_1_1_only(h11: H11, version: bytes) -> None:
    """Other versions, even newer ones, do without it, as in the constructor of Request."""
    assert receive(h11.Connection(h11.SERVER), b"GET / HTTP/" + version + b"\r\n\r\n")
    with their_fault(h11, "Missing mandatory Host: header"):
        server(h11, b"GET / HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize("version", [b"1.0", b"1.1", b"1.2"])
@pytest.mark.parametrize("second", [b"host: b", b"Host: a"])
def test_a_second_host_is_rejected(h11: H11, version: bytes, second: bytes) -> None:
    """In any version, even if both are equal."""
    with their_fault(h11, "Found multiple Host: headers"):
        server(h11, b"GET / HTTP/" + version + b"\r\nHost: a\r\n" + second + b"\r\n\r\n")


@pytest.mark.parametrize("value", [b"", b"a:1", b"a b", b"\xff", b"/"])
def test_the_value_of_host_is_not_checked(h11: H11, value: bytes) -> None:
    """It may even be empty."""
    head = receive(h11.Connection(h11.SERVER), b"GET / HTTP/1.1\r\nHost: " + value + b"\r\n\r\n")[0]
    assert list(head.headers) == [(b"host", value)]
