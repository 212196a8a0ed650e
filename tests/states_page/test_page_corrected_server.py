"""The corrected sample SMP3 of the audit, run from the document in complete conversations."""

from typing import Any

import pytest
from states_page_audit import H11, corrected_sample
from states_page_drive import CONNECT, EOF, GET, GET_10, GET_CLOSE, POST_HEAD, UPGRADE
from states_page_sockets import Cut, ScriptedSocket, bytewise, whole

CHUNKED = (
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
)
EXPECT = POST_HEAD[:-2] + b"expect: 100-continue\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n"
GZIP = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n"
ENDLESS_HEAD = [b"GET / HTTP/1.1\r\nhost: a\r\nx: ", *[b"y" * 4096] * 4]


def answered(text: bytes, *fields: bytes, status: int = 200) -> bytes:
    """The expected response; a 100 or an error has no text."""
    length = b"content-length: %d\r\n" % len(text)
    return b"HTTP/1.1 %d \r\n%s%s\r\n%s" % (status, length, b"".join(fields), text)


def refusal(status: int) -> bytes:
    """The response of the sample to an error of the client."""
    return answered(b"", b"connection: close\r\n", status=status)


OK_GET = answered(b"GET:")
OK_POST = answered(b"POST:hello")
CLOSING = b"Connection: close\r\n"
CONTINUE = b"HTTP/1.1 100 \r\n\r\n"

CONVERSATIONS: dict[str, tuple[list[bytes], bytes]] = {
    "nothing": ([EOF], b""),
    "one request": ([GET, EOF], OK_GET),
    "keep-alive": ([GET, POST_HEAD + b"hello", GET, EOF], OK_GET + OK_POST + OK_GET),
    "pipelined": ([GET + POST_HEAD + b"hello" + GET, EOF], OK_GET + OK_POST + OK_GET),
    "pipelined, the last one cut": ([GET + GET[:9], GET[9:], EOF], OK_GET * 2),
    "half-closed after the requests": ([GET + GET, EOF], OK_GET * 2),
    "body in pieces": ([POST_HEAD, b"he", b"llo", EOF], OK_POST),
    "chunked": ([CHUNKED + GET, EOF], OK_POST + OK_GET),
    "HEAD": ([HEAD + GET, EOF], answered(b"HEAD:")[: -len(b"HEAD:")] + OK_GET),
    "Connection: close": ([GET_CLOSE], answered(b"GET:", CLOSING)),
    "Connection: close, and more": ([GET_CLOSE + GET], answered(b"GET:", CLOSING)),
    "close in the second": ([GET, GET_CLOSE], OK_GET + answered(b"GET:", CLOSING)),
    "HTTP/1.0": ([GET_10], answered(b"GET:", CLOSING)),
    "waits for 100 Continue": ([EXPECT, b"hello", EOF], CONTINUE + OK_POST),
    "upgrade declined": ([UPGRADE + GET, EOF], OK_GET * 2),
    "not HTTP": ([b"\x16\x03\x01"], refusal(400)),
    "no Host": ([b"GET / HTTP/1.1\r\n\r\n"], refusal(400)),
    "unknown transfer coding": ([GZIP], refusal(501)),
    "a head without end": (ENDLESS_HEAD, refusal(431)),
    "malformed second request": ([GET + b"\x00"], OK_GET + refusal(400)),
    "malformed chunk": ([CHUNKED[:-8] + b"no size"], refusal(400)),
    "end-of-file in the head": ([GET[:20], EOF], refusal(400)),
    "end-of-file in the body": ([POST_HEAD + b"he", EOF], refusal(400)),
    "end-of-file in the second head": ([GET + GET[:20], EOF], OK_GET + refusal(400)),
}


def echo(h11: H11) -> Any:
    """An application that responds with the method and the body, and to HEAD without a body."""

    def answer(request: Any, body: bytes) -> tuple[Any, bytes]:
        text = bytes(request.method) + b":" + body
        head = h11.Response(status_code=200, headers=[("content-length", str(len(text)))])
        return head, b"" if request.method == b"HEAD" else text

    return answer


@pytest.mark.parametrize("name", CONVERSATIONS)
@pytest.mark.parametrize("cut", [whole, bytewise])
def test_smp3_serves_the_conversation(h11: H11, name: str, cut: Cut) -> None:
    """Every request and every error gets its response, and the socket is closed at the end."""
    pieces, expected = CONVERSATIONS[name]
    sock = ScriptedSocket(*cut(*pieces))
    corrected_sample("SMP3", h11)["handle_connection"](sock, echo(h11))
    assert sock.sent == expected
    assert sock.closed


def test_smp3_ends_when_the_application_switches_protocols(h11: H11) -> None:
    """A 2xx to CONNECT is sent without a body, and the bytes after it are not read as HTTP."""
    sock = ScriptedSocket(CONNECT + GET)

    def accept(_request: Any, _body: bytes) -> tuple[Any, bytes]:
        return h11.Response(status_code=200, headers=[]), b""

    corrected_sample("SMP3", h11)["handle_connection"](sock, accept)
    assert sock.sent == b"HTTP/1.1 200 \r\n\r\n"
    assert sock.closed


def test_smp3_closes_when_the_application_breaks_the_protocol(h11: H11) -> None:
    """A response longer than declared is an error of the application, which is raised."""
    sock = ScriptedSocket(GET)

    def overlong(_request: Any, _body: bytes) -> tuple[Any, bytes]:
        return h11.Response(status_code=200, headers=[("content-length", "1")]), b"hello"

    with pytest.raises(h11.LocalProtocolError):
        corrected_sample("SMP3", h11)["handle_connection"](sock, overlong)
    assert sock.closed
