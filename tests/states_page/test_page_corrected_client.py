"""The corrected samples SMP1 and SMP2 of the audit, run from the document."""

from typing import Any

import pytest
from states_page_audit import H11, corrected_sample
from states_page_drive import EOF, OK, OK_CLOSE, OK_HEAD, asked, client, joint, receive, response
from states_page_sockets import Cut, ScriptedSocket, bytewise, whole

ASKED = b"GET / HTTP/1.1\r\nhost: example.com\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: t\r\n\r\n"
)
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope"
UNTIL_EOF = b"HTTP/1.0 200 OK\r\n\r\nall of it"

REUSABLE = {
    "with a body": (OK, (200, b"hi")),
    "without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
    "chunked, with trailers": (CHUNKED, (200, b"abcde")),
    "after interim responses": (b"HTTP/1.1 103 \r\n\r\nHTTP/1.1 100 \r\n\r\n" + OK, (200, b"hi")),
}
SPENT = {
    "Connection: close": ([OK_CLOSE], (200, b"hi")),
    "Connection: close, and closed": ([OK_CLOSE, EOF], (200, b"hi")),
    "HTTP/1.0 with a length": ([OK.replace(b"/1.1", b"/1.0")], (200, b"hi")),
    "a body until end-of-file": ([UNTIL_EOF, EOF], (200, b"all of it")),
}
BROKEN = {
    "end-of-file before the response": [EOF],
    "end-of-file in the head": [OK_HEAD[:-1], EOF],
    "end-of-file in the body": [OK[:-1], EOF],
    "end-of-file in a chunk": [CHUNKED[:-30], EOF],
    "not HTTP": [b"\x16\x03\x01"],
    "a malformed status line": [b"HTTP/1.1 OK\r\n\r\n"],
    "conflicting lengths": [b"HTTP/1.1 200 \r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
}


@pytest.mark.parametrize("name", REUSABLE)
@pytest.mark.parametrize("cut", [whole, bytewise])
def test_smp1_reuses_a_connection(h11: H11, cut: Cut, name: str) -> None:
    """Two fetches use one connection, however the first response ends."""
    wire, expected = REUSABLE[name]
    conn, sock = client(h11), ScriptedSocket(*cut(wire, NOT_FOUND))
    fetch = corrected_sample("SMP1", h11)["fetch"]
    assert fetch(conn, sock, "/") == expected
    assert joint(conn) == "IDLE/IDLE"
    assert fetch(conn, sock, "/") == (404, b"nope")
    assert sock.sent == ASKED * 2
    assert not sock.closed


@pytest.mark.parametrize("name", SPENT)
@pytest.mark.parametrize("cut", [whole, bytewise])
def test_smp1_closes_a_connection_that_must_close(h11: H11, cut: Cut, name: str) -> None:
    """The response is returned, and then the socket is closed."""
    pieces, expected = SPENT[name]
    conn, sock = client(h11), ScriptedSocket(*cut(*pieces))
    assert corrected_sample("SMP1", h11)["fetch"](conn, sock, "/") == expected
    assert sock.closed
    assert conn.our_state is h11.MUST_CLOSE


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("cut", [whole, bytewise])
def test_smp1_reports_a_broken_response_and_closes(h11: H11, cut: Cut, name: str) -> None:
    """A malformed or incomplete response is the server's error, and the socket is closed."""
    conn, sock = client(h11), ScriptedSocket(*cut(*BROKEN[name]))
    fetch = corrected_sample("SMP1", h11)["fetch"]
    with pytest.raises(h11.RemoteProtocolError):
        fetch(conn, sock, "/")
    assert sock.closed
    assert joint(conn) == "MUST_CLOSE/ERROR"


def test_smp1_does_not_take_surplus_bytes_for_the_next_response(h11: H11) -> None:
    """If one read has two responses to one request, the second is not kept for the next request."""
    conn, sock = client(h11), ScriptedSocket(OK + NOT_FOUND)
    assert corrected_sample("SMP1", h11)["fetch"](conn, sock, "/") == (200, b"hi")
    assert sock.closed
    assert joint(conn) == "DONE/DONE"


def test_smp1_prints_its_states(h11: H11, capsys: pytest.CaptureFixture[str]) -> None:
    """As the comments of the sample say."""
    corrected_sample("SMP1", h11)["fetch"](client(h11), ScriptedSocket(OK), "/")
    assert capsys.readouterr().out.splitlines() == [
        "before: IDLE",
        "request sent: SEND_BODY",
        "request complete: DONE",
        "Response: SEND_BODY",
        "Data: SEND_BODY",
        "response complete: DONE",
        "new cycle: IDLE",
    ]


def test_smp2_runs_as_printed(h11: H11, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own assertions hold, and it tells invalid events from those in the wrong state."""
    corrected_sample("SMP2", h11)
    invalid, out_of_place = capsys.readouterr().out.splitlines()
    assert invalid.startswith("invalid: ")
    assert invalid.endswith("; still IDLE")
    assert out_of_place.startswith("out of place: ")
    assert out_of_place.endswith("; now ERROR")


def test_smp2_sends_events_that_the_state_allows(h11: H11) -> None:
    """It returns their bytes."""
    attempt: Any = corrected_sample("SMP2", h11)["attempt"]
    conn = client(h11)

    def ask() -> Any:
        return h11.Request(method="GET", target="/", headers=[("host", "example.com")])

    assert attempt(conn, ask) == ASKED
    assert attempt(conn, h11.EndOfMessage) == b""
    assert joint(conn) == "DONE/SEND_RESPONSE"


def test_smp2_can_still_read_the_response(h11: H11) -> None:
    """After an event in the wrong state the current response is read to its end."""
    attempt: Any = corrected_sample("SMP2", h11)["attempt"]
    conn = asked(h11)
    assert attempt(conn, lambda: h11.Data(data=b"late")) is None
    assert joint(conn) == "ERROR/SEND_RESPONSE"
    assert receive(conn, OK) == ["Response", "Data", "EndOfMessage", "NEED_DATA"]
    assert attempt(conn, lambda: response(h11)) is None
    assert joint(conn) == "ERROR/MUST_CLOSE"


def test_smp2_does_not_catch_mistakes_of_the_program(h11: H11) -> None:
    """A missing argument is not a protocol error, and does not change the connection."""
    conn = client(h11)
    attempt: Any = corrected_sample("SMP2", h11)["attempt"]
    with pytest.raises(TypeError):
        attempt(conn, lambda: h11.Response(status_code=200))
    assert joint(conn) == "IDLE/IDLE"
