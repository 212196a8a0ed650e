"""Expect: 100-continue: which peer waits, and until when."""

from typing import Any

import pytest
from conversations_helper import (
    CHUNKED,
    FIVE,
    GET,
    H11,
    NO_BODY,
    OK_5,
    POST_5,
    POST_CHUNKED,
    Field,
    client,
    end,
    interim,
    receive,
    request,
    response,
    send,
    server,
)

EXPECT: Field = ("Expect", "100-continue")


def expecting(head: bytes, value: bytes = b"100-continue") -> bytes:
    return head[:-2] + b"Expect: " + value + b"\r\n\r\n"


def waits(conn: Any) -> tuple[bool, bool]:
    """Whether the client waits, and whether the peer does."""
    return conn.client_is_waiting_for_100_continue, conn.they_are_waiting_for_100_continue


@pytest.mark.parametrize(
    "value",
    [b"100-continue", b"100-Continue", b"x, 100-CONTINUE", b"100-continue,", b"a,100-continue ,b"],
)
def test_a_client_announces_that_it_waits(h11: H11, value: bytes) -> None:
    """The token may be in any case, and among others; only the server sees that its peer waits."""
    assert waits(server(h11, expecting(POST_5, value))) == (True, True)
    asked = client(h11, request(h11, "POST", FIVE, ("Expect", value.decode().strip())))
    assert waits(asked) == (True, False)


@pytest.mark.parametrize("value", [b"", b"100", b"continue", b"100-continued", b"100-continue;q=1"])
def test_other_expectations_do_not_wait(h11: H11, value: bytes) -> None:
    """Only the exact token does."""
    assert waits(server(h11, expecting(POST_5, value))) == (False, False)
    assert waits(server(h11, POST_5)) == (False, False)


def test_the_token_may_be_in_any_expect_field(h11: H11) -> None:
    """All Expect fields form one list."""
    assert waits(server(h11, expecting(expecting(POST_5, b"x"), b"100-continue"))) == (True, True)


@pytest.mark.parametrize(("version", "waiting"), [(b"0.9", False), (b"1.0", False), (b"1.2", True)])
def test_http_1_0_clients_do_not_wait(h11: H11, version: bytes, waiting: bool) -> None:
    """Their Expect is ignored; clients of later versions wait."""
    head = expecting(POST_5).replace(b"1.1", version)
    assert waits(server(h11, head)) == (waiting, waiting)


@pytest.mark.parametrize("status", [100, 102, 103])
def test_any_interim_response_ends_the_wait(h11: H11, status: int) -> None:
    """Whether sent or received."""
    conn = server(h11, expecting(POST_5))
    send(conn, interim(h11, status))
    assert waits(conn) == (False, False)
    asked = client(h11, request(h11, "POST", FIVE, EXPECT))
    receive(asked, f"HTTP/1.1 {status} x\r\n\r\n".encode())
    assert waits(asked) == (False, False)


@pytest.mark.parametrize("status", [200, 417, 500])
def test_any_final_response_ends_the_wait(h11: H11, status: int) -> None:
    """No 100 can follow it, though the body may."""
    conn = server(h11, expecting(POST_5))
    send(conn, response(h11, status, NO_BODY))
    assert waits(conn) == (False, False)
    asked = client(h11, request(h11, "POST", FIVE, EXPECT))
    receive(asked, OK_5.replace(b"200", f"{status}".encode()))
    assert waits(asked) == (False, False)


@pytest.mark.parametrize("content", [b"", b"h"])
def test_data_from_the_client_ends_the_wait(h11: H11, content: bytes) -> None:
    """Even if it is empty."""
    asked = client(h11, request(h11, "POST", CHUNKED, EXPECT))
    send(asked, h11.Data(content))
    assert waits(asked) == (False, False)


def test_received_data_ends_the_wait(h11: H11) -> None:
    """When it is read, not when it is received."""
    conn = server(h11, expecting(POST_5))
    conn.receive_data(b"h")
    assert waits(conn) == (True, True)
    conn.next_event()
    assert waits(conn) == (False, False)


def test_the_end_of_the_request_ends_the_wait(h11: H11) -> None:
    """A request without a body waits, too, until its EndOfMessage."""
    for head, rest in ((expecting(GET), b""), (expecting(POST_CHUNKED), b"0\r\n\r\n")):
        conn = h11.Connection(h11.SERVER)
        conn.receive_data(head + rest)
        conn.next_event()
        assert waits(conn) == (True, True)
        assert conn.next_event() == end(h11)
        assert waits(conn) == (False, False)
    asked = client(h11, request(h11, "GET", EXPECT))
    assert waits(asked) == (True, False)
    send(asked, end(h11))
    assert waits(asked) == (False, False)


def test_data_from_the_server_does_not_end_a_wait(h11: H11) -> None:
    """The response head ends it, not the data; the next request waits again."""
    conn = server(h11, expecting(POST_5))
    send(conn, response(h11, 200, FIVE), h11.Data(b"hello"), end(h11))
    receive(conn, b"hello")
    conn.start_next_cycle()
    assert waits(conn) == (False, False)
    receive(conn, expecting(POST_5))
    assert waits(conn) == (True, True)


def test_an_exchange_with_100_continue(h11: H11) -> None:
    """The client asks and waits, the server sends 100, the client sends its body."""
    asked, conn = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
    receive(conn, send(asked, request(h11, "POST", FIVE, EXPECT)))
    assert (waits(asked), waits(conn)) == ((True, False), (True, True))
    assert receive(asked, send(conn, interim(h11, 100))) == [interim(h11, 100), h11.NEED_DATA]
    events = receive(conn, send(asked, h11.Data(b"hello"), end(h11)))
    assert events == [h11.Data(b"hello"), end(h11), h11.NEED_DATA]
    answer = receive(asked, send(conn, response(h11, 200, FIVE), h11.Data(b"world"), end(h11)))
    assert answer[1:] == [h11.Data(b"world"), end(h11), h11.NEED_DATA]
    assert waits(asked) == waits(conn) == (False, False)
