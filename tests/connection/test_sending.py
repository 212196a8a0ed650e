"""Sending: the result of send, and which events are refused."""

from typing import Any

import pytest
from conversations_helper import (
    CHUNKED,
    CONNECT,
    EOF,
    FIVE,
    GET,
    GET_10,
    GET_CLOSE,
    H11,
    NO_BODY,
    POST_5,
    UPGRADE,
    client,
    end,
    interim,
    our_fault,
    request,
    response,
    send,
    server,
    states,
    waiting_client,
)


class Placeholder:
    """Stands for data that the caller sends itself, such as a file: only its length is known."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size


def test_a_request_is_sent_as_given(h11: H11) -> None:
    """Request line, fields in their order and case, an empty line; nothing is added."""
    conn = h11.Connection(h11.CLIENT)
    asked = request(h11, "GET", ("X-One", "1"), ("x-TWO", ""), ("X-one", "3"), target="/a?b")
    assert conn.send(asked) == (
        b"GET /a?b HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-TWO: \r\nX-one: 3\r\n\r\n"
    )
    assert conn.send(h11.EndOfMessage()) == b""


def test_host_is_sent_first(h11: H11) -> None:
    """Host is moved to the front in its own case; the others keep their order."""
    fields = [("A", "1"), ("HOST", "a"), ("B", "2")]
    head = send(client(h11), h11.Request(method="GET", target="/", headers=fields))
    assert head == b"GET / HTTP/1.1\r\nHOST: a\r\nA: 1\r\nB: 2\r\n\r\n"


def test_host_fields_of_a_response_are_sent_first(h11: H11) -> None:
    """A response may have any number of Host fields; all of them are moved."""
    head = send(server(h11, GET), response(h11, 204, ("A", "1"), ("Host", "b"), ("host", "c")))
    assert head == b"HTTP/1.1 204 \r\nHost: b\r\nhost: c\r\nA: 1\r\n\r\n"


@pytest.mark.parametrize("event", ["Request", "InformationalResponse", "Response", "Data"])
def test_send_returns_bytes(h11: H11, event: str) -> None:
    """Even if the data has another type."""
    events = {
        "Request": (client(h11), request(h11)),
        "InformationalResponse": (server(h11, GET), interim(h11)),
        "Response": (server(h11, GET), response(h11)),
        "Data": (client(h11, request(h11, "POST", FIVE)), h11.Data(bytearray(b"hello"))),
    }
    conn, sendable = events[event]
    assert type(conn.send(sendable)) is bytes


def test_closing_returns_none(h11: H11) -> None:
    """There are no bytes for ConnectionClosed, not even an empty string, in either way to send."""
    assert h11.Connection(h11.CLIENT).send(h11.ConnectionClosed()) is None
    passthrough = h11.Connection(h11.CLIENT).send_with_data_passthrough
    assert passthrough(h11.ConnectionClosed()) is None


def test_a_head_is_passed_through_line_by_line(h11: H11) -> None:
    """A list with an element for each line, the empty one as well."""
    conn = h11.Connection(h11.CLIENT)
    lines = conn.send_with_data_passthrough(request(h11, "POST", FIVE))
    assert lines == [b"POST / HTTP/1.1\r\n", b"Host: a\r\n", b"Content-Length: 5\r\n", b"\r\n"]


def test_a_chunk_is_passed_through_in_three_parts(h11: H11) -> None:
    """Size line, the very data, line end; nothing for no data; the end in a part for each line."""
    passthrough = client(h11, request(h11, "POST", CHUNKED)).send_with_data_passthrough
    data = bytearray(b"hello")
    size, passed, line_end = passthrough(h11.Data(data=data))
    assert (size, line_end) == (b"5\r\n", b"\r\n")
    assert passed is data
    assert passthrough(h11.Data(data=b"")) == []
    assert passthrough(end(h11, ("a", "b"))) == [b"0\r\n", b"a: b\r\n", b"\r\n"]


def test_passthrough_returns_only_the_data_of_known_length(h11: H11) -> None:
    """One part for data, the empty one too, and none for the end."""
    passthrough = client(h11, request(h11, "POST", FIVE)).send_with_data_passthrough
    data = memoryview(b"hello")
    (passed,) = passthrough(h11.Data(data=data))
    assert passed is data
    assert passthrough(h11.Data(data=b"")) == [b""]
    assert passthrough(h11.EndOfMessage()) == []


def test_passthrough_returns_only_the_data_until_close(h11: H11) -> None:
    """Checked for a body that ends with the connection."""
    conn = server(h11, GET_10)
    send(conn, response(h11))
    data = b"hello"
    (passed,) = conn.send_with_data_passthrough(h11.Data(data=data))
    assert passed is data
    assert conn.send_with_data_passthrough(h11.EndOfMessage()) == []


@pytest.mark.parametrize("framing", [FIVE, CHUNKED])
def test_passthrough_accepts_any_object_with_a_length(h11: H11, framing: tuple[str, str]) -> None:
    """Only the length counts."""
    conn = client(h11, request(h11, "POST", framing))
    placeholder = Placeholder(5)
    parts = conn.send_with_data_passthrough(h11.Data(data=placeholder))
    assert [part for part in parts if not isinstance(part, bytes)] == [placeholder]
    assert b"".join(part for part in parts if isinstance(part, bytes)) in (b"", b"5\r\n\r\n")
    conn.send(h11.EndOfMessage())


@pytest.mark.parametrize("framing", [FIVE, CHUNKED])
@pytest.mark.parametrize(
    "data", ["hello", [1, 2, 3, 4, 5], Placeholder(5)], ids=["str", "list", ""]
)
def test_data_of_another_type_fails_too_late(
    h11: H11, framing: tuple[str, str], data: object
) -> None:
    """send counts it, but cannot join it: a TypeError, and our side is *not* in ERROR.

    h11's documentation promises that a failed send ends in ERROR; here it does not.
    """
    conn = client(h11, request(h11, "POST", framing))
    with pytest.raises(TypeError, match="expected a bytes-like object"):
        conn.send(h11.Data(data=data))
    assert states(conn) == "SEND_BODY/SEND_RESPONSE"
    conn.send(h11.EndOfMessage())
    assert states(conn) == "DONE/SEND_RESPONSE"


@pytest.mark.parametrize("framing", [FIVE, CHUNKED])
def test_data_without_a_length_is_an_error(h11: H11, framing: tuple[str, str]) -> None:
    """An int has no length: a TypeError, and our side is in ERROR."""
    conn = client(h11, request(h11, "POST", framing))
    with pytest.raises(TypeError, match="has no len"):
        conn.send(h11.Data(data=5))
    assert states(conn) == "ERROR/SEND_RESPONSE"


def test_none_is_empty_data_in_chunks(h11: H11) -> None:
    """In the chunked coding any false value counts as no data."""
    conn = client(h11, request(h11, "POST", CHUNKED))
    assert conn.send(h11.Data(data=None)) == b""
    assert conn.our_state is h11.SEND_BODY


def test_the_length_of_a_memoryview_is_its_number_of_items(h11: H11) -> None:
    """Five items of two bytes count as five bytes, and ten bytes are sent."""
    wide = memoryview(b"0123456789").cast("H")
    assert send(client(h11, request(h11, "POST", FIVE)), h11.Data(data=wide), end(h11)) == (
        b"0123456789"
    )
    assert send(client(h11, request(h11, "POST", CHUNKED)), h11.Data(data=wide)) == (
        b"5\r\n0123456789\r\n"
    )


@pytest.mark.parametrize("version", [b"1.0", b"1.2", b"2.0", b"0.9", b"", b"1.1\r\n"])
def test_only_version_1_1_is_sent(h11: H11, version: bytes) -> None:
    """The request is refused, but its method has already changed the peer's state."""
    conn = h11.Connection(h11.CLIENT)
    with our_fault(h11, "I only send HTTP/1.1"):
        conn.send(request(h11, http_version=version))
    assert states(conn) == "ERROR/SEND_RESPONSE"


@pytest.mark.parametrize("kind", ["InformationalResponse", "Response"])
def test_responses_are_only_sent_with_version_1_1(h11: H11, kind: str) -> None:
    """Even to a client that uses the older version itself."""
    conn = server(h11, GET_10)
    status = 100 if kind == "InformationalResponse" else 200
    answer = getattr(h11, kind)(status_code=status, headers=[], http_version=b"1.0")
    with our_fault(h11, "I only send HTTP/1.1"):
        conn.send(answer)
    assert states(conn) == "MUST_CLOSE/ERROR"


@pytest.mark.parametrize("thing", [None, b"GET / HTTP/1.1\r\n\r\n", "x", 5, object(), []])
def test_only_events_can_be_sent(h11: H11, thing: object) -> None:
    """Another object is a protocol error that names its type, and our side is in ERROR."""
    conn = h11.Connection(h11.CLIENT)
    kind = type(thing).__name__
    with our_fault(h11, f"can't handle event type {kind} when role=CLIENT and state=IDLE"):
        conn.send(thing)
    assert states(conn) == "ERROR/IDLE"


def test_neither_an_event_class_nor_a_sentinel_can_be_sent(h11: H11) -> None:
    """PAUSED and NEED_DATA, which next_event returns in place of events, are not events."""
    for thing, kind in ((h11.ConnectionClosed, "ABCMeta"), (h11.PAUSED, "PAUSED")):
        conn = h11.Connection(h11.CLIENT)
        with our_fault(h11, f"can't handle event type {kind} when role=CLIENT"):
            conn.send(thing)


def test_an_event_of_a_subclass_cannot_be_sent(h11: H11) -> None:
    """An event is recognised by its exact class."""
    base: Any = h11.Request

    class Question(base):  # type: ignore[misc]  # a class of an untyped module
        pass

    asked = Question(method="GET", target="/", headers=[("Host", "a")])
    with our_fault(h11, "can't handle event type Question when role=CLIENT and state=IDLE"):
        client(h11, asked)


def test_nothing_can_be_sent_after_an_error(h11: H11) -> None:
    """Each further send raises the same error, with either method of sending."""
    conn = client(h11)
    conn.send_failed()
    for event in (request(h11), h11.Data(b""), end(h11), h11.ConnectionClosed(), None):
        for method in (conn.send, conn.send_with_data_passthrough):
            with our_fault(h11, "Can't send data when our state is ERROR"):
                method(event)


def test_send_failed_leads_to_error_from_any_state(h11: H11) -> None:
    """It returns None, at any time and any number of times."""
    switched = server(h11, UPGRADE)
    send(switched, interim(h11, 101))
    answered = server(h11, GET)
    send(answered, response(h11, 200, NO_BODY), end(h11))
    for conn, after in (
        (client(h11), "ERROR/IDLE"),
        (client(h11, request(h11)), "ERROR/SEND_RESPONSE"),
        (waiting_client(h11, "CONNECT"), "ERROR/SEND_RESPONSE"),
        (server(h11, POST_5), "SEND_BODY/ERROR"),
        (server(h11, GET), "MUST_CLOSE/ERROR"),
        (answered, "MUST_CLOSE/ERROR"),
        (server(h11, GET, EOF), "CLOSED/ERROR"),
        (switched, "SWITCHED_PROTOCOL/ERROR"),
    ):
        for _ in range(2):
            assert conn.send_failed() is None
            assert states(conn) == after


@pytest.mark.parametrize("passthrough", [False, True])
def test_closing_is_allowed_when_nothing_is_owed(h11: H11, passthrough: bool) -> None:
    """In IDLE, DONE, MUST_CLOSE, and repeatedly in CLOSED."""
    idle = h11.Connection(h11.SERVER)
    done, must_close = server(h11, GET), server(h11, GET_CLOSE)
    for conn in (done, must_close):
        send(conn, response(h11, 200, NO_BODY), end(h11))
    assert (states(done), states(must_close)) == ("DONE/DONE", "MUST_CLOSE/MUST_CLOSE")
    for conn in (idle, done, must_close):
        method = conn.send_with_data_passthrough if passthrough else conn.send
        for _ in range(3):
            assert method(h11.ConnectionClosed()) is None
            assert conn.our_state is h11.CLOSED


def test_closing_is_refused_while_something_is_owed(h11: H11) -> None:
    """In SEND_BODY, in SEND_RESPONSE, and around a switch of protocols."""
    switched = server(h11, CONNECT)
    send(switched, response(h11))
    for conn, state in (
        (client(h11, request(h11)), "SEND_BODY"),
        (server(h11, GET), "SEND_RESPONSE"),
        (waiting_client(h11, "CONNECT"), "MIGHT_SWITCH_PROTOCOL"),
        (switched, "SWITCHED_PROTOCOL"),
    ):
        role = conn.our_role
        text = f"can't handle event type ConnectionClosed when role={role} and state={state}"
        with our_fault(h11, text):
            conn.send(h11.ConnectionClosed())
        assert conn.our_state is h11.ERROR
