"""The end of input: when it is the end of a message, of the connection, or a fault."""

import pytest
from conversations_helper import (
    EOF,
    FIVE,
    GET,
    H11,
    NO_BODY,
    OK_5,
    OK_CHUNKED,
    OK_EMPTY,
    OK_UNFRAMED,
    POST_5,
    POST_CHUNKED,
    asking,
    client,
    end,
    hear,
    names,
    read,
    request,
    response,
    say,
    server,
    states,
    their_fault,
)

UNEXPECTED = "peer unexpectedly closed connection"
INCOMPLETE = "peer closed connection without sending complete message body "


def test_an_idle_peer_may_close(h11: H11) -> None:
    """On either side; it is told again and again, and the other side cannot begin any more."""
    for role in (h11.SERVER, h11.CLIENT):
        conn = h11.Connection(role)
        conn.receive_data(EOF)
        for _ in range(3):
            assert conn.next_event() == h11.ConnectionClosed()
            assert (conn.their_state, conn.our_state) == (h11.CLOSED, h11.MUST_CLOSE)


def test_a_client_may_close_behind_its_request(h11: H11) -> None:
    """Half closed: it is answered all the same, and then there is nothing left but closing."""
    conn = h11.Connection(h11.SERVER)
    assert names(hear(conn, GET)) == "Request EndOfMessage NEED_DATA"
    assert hear(conn, EOF) == hear(conn, EOF) == [h11.ConnectionClosed()]
    assert states(conn) == "CLOSED/SEND_RESPONSE"
    say(conn, response(h11, 200, FIVE), h11.Data(b"hello"), end(h11))
    assert states(conn) == "CLOSED/MUST_CLOSE"
    say(conn, h11.ConnectionClosed())
    assert states(conn) == "CLOSED/CLOSED"


def test_a_client_may_close_behind_its_body(h11: H11) -> None:
    """After a body of either framing, in the same breath."""
    for wire in (POST_5 + b"hello", POST_CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"):
        conn = h11.Connection(h11.SERVER)
        conn.receive_data(wire)
        assert names(hear(conn, EOF)) == "Request Data EndOfMessage ConnectionClosed"


def test_a_server_may_close_behind_its_response(h11: H11) -> None:
    """Then the client has to close too."""
    conn = asking(h11)
    conn.receive_data(OK_EMPTY)
    assert names(hear(conn, EOF)) == "Response EndOfMessage ConnectionClosed"
    assert states(conn) == "MUST_CLOSE/CLOSED"


@pytest.mark.parametrize("cut", range(1, len(GET)))
def test_half_a_request_is_a_fault(h11: H11, cut: int) -> None:
    """Wherever it breaks off."""
    conn = server(h11, GET[:cut])
    with their_fault(h11, UNEXPECTED):
        hear(conn, EOF)
    assert states(conn) == "ERROR/IDLE"


@pytest.mark.parametrize("cut", [1, 10, len(OK_5) - 1])
def test_half_a_response_is_a_fault(h11: H11, cut: int) -> None:
    """As half a request is; it stays in the buffer."""
    conn = asking(h11)
    hear(conn, OK_5[:cut])
    with their_fault(h11, UNEXPECTED):
        hear(conn, EOF)
    assert conn.trailing_data == (OK_5[:cut], True)


@pytest.mark.parametrize("received", [b"", b"h", b"hell"])
def test_half_a_body_is_a_fault(h11: H11, received: bytes) -> None:
    """Both numbers are told, for requests and responses."""
    text = f"{INCOMPLETE}(received {len(received)} bytes, expected 5)"
    for conn, head in ((h11.Connection(h11.SERVER), POST_5), (asking(h11), OK_5)):
        heard = hear(conn, head + received)
        assert heard[-1] is h11.NEED_DATA
        with their_fault(h11, text):
            hear(conn, EOF)
        assert conn.their_state is h11.ERROR


@pytest.mark.parametrize(
    "received",
    [b"", b"5\r\n", b"5\r\nhe", b"5\r\nhello", b"5\r\nhello\r", b"5\r\nhello\r\n", b"0\r\n"],
)
def test_half_a_chunked_body_is_a_fault(h11: H11, received: bytes) -> None:
    """Where nothing is left in the buffer, the coding is named."""
    for conn, head in ((h11.Connection(h11.SERVER), POST_CHUNKED), (asking(h11), OK_CHUNKED)):
        hear(conn, head + received)
        with their_fault(h11, f"{INCOMPLETE}(incomplete chunked read)"):
            hear(conn, EOF)


@pytest.mark.parametrize("received", [b"5", b"5\r", b"5;a", b"0", b"0\r\na: b\r\n", b"0\r\n\r"])
def test_half_a_line_of_a_chunked_body_is_a_fault(h11: H11, received: bytes) -> None:
    """A size or a trailer that breaks off is called what half a head is called."""
    with their_fault(h11, UNEXPECTED):
        hear(server(h11, POST_CHUNKED), received, EOF)


def test_a_body_until_close_is_never_half(h11: H11) -> None:
    """Nobody can tell that it was cut off."""
    conn = asking(h11)
    heard = hear(conn, OK_UNFRAMED + b"hel", EOF)
    assert names(heard) == "Response Data EndOfMessage ConnectionClosed"


def test_a_client_that_waits_is_let_down(h11: H11) -> None:
    """Closing is nothing that a server may do that owes a response, also after an interim one."""
    text = "can't handle event type ConnectionClosed when role=SERVER and state=SEND_RESPONSE"
    sending = client(h11, request(h11, "POST", FIVE), h11.Data(b"he"))
    patient = asking(h11)
    hear(patient, b"HTTP/1.1 100 x\r\n\r\n")
    for conn, after in (
        (asking(h11), "MUST_CLOSE/ERROR"),
        (patient, "MUST_CLOSE/ERROR"),
        (sending, "SEND_BODY/ERROR"),
    ):
        with their_fault(h11, text):
            hear(conn, EOF)
        assert states(conn) == after


def test_the_end_comes_after_what_was_said_before_it(h11: H11) -> None:
    """Requests in the buffer are read first, each in its cycle."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET * 2)
    assert names(hear(conn, EOF)) == "Request EndOfMessage PAUSED"
    assert conn.trailing_data == (GET, True)
    say(conn, response(h11, 200, NO_BODY), end(h11))
    assert conn.next_event() is h11.PAUSED
    conn.start_next_cycle()
    assert names(read(conn)) == "Request EndOfMessage ConnectionClosed"
    assert states(conn) == "CLOSED/SEND_RESPONSE"


def test_the_end_of_a_finished_exchange_is_told(h11: H11) -> None:
    """Both DONE, and either peer closes: the other has to."""
    served = server(h11, GET)
    say(served, response(h11, 200, NO_BODY), end(h11))
    answered = asking(h11)
    hear(answered, OK_EMPTY)
    for conn in (served, answered):
        assert states(conn) == "DONE/DONE"
        assert hear(conn, EOF) == [h11.ConnectionClosed()]
        assert (conn.our_state, conn.their_state) == (h11.MUST_CLOSE, h11.CLOSED)


def test_the_end_between_two_cycles_is_told_in_the_next(h11: H11) -> None:
    """If nobody looked before."""
    conn = server(h11, GET)
    say(conn, response(h11, 200, NO_BODY), end(h11))
    conn.receive_data(EOF)
    conn.start_next_cycle()
    assert conn.next_event() == h11.ConnectionClosed()
    assert states(conn) == "CLOSED/MUST_CLOSE"
