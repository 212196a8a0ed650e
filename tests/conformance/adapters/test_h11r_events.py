"""The adapter for h11r: each event in both directions, without anything added."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("h11r", reason="there is no h11r for this platform")

import h11r

from h11spec.conformance.adapters import h11r as adapter
from h11spec.strategies import events
from h11spec.strategies.interpreter import Opaque, decode
from h11spec.strategies.program import EventSpec

HOST = (b"Host", b"a")
CHUNKED = (b"Transfer-Encoding", b"chunked")
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def server(request: bytes = GET) -> adapter.Connection:
    """A server that has received a whole request."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(request)
    read(connection)
    return connection


def client(*fields: tuple[bytes, bytes]) -> adapter.Connection:
    """A client that has sent the head of a request."""
    connection = adapter.Connection(adapter.CLIENT)
    connection.send(adapter.Request(method=b"GET", target=b"/", headers=[HOST, *fields]))
    return connection


def read(connection: adapter.Connection) -> list[Any]:
    """All events that can be read."""
    found: list[Any] = []
    while not found or isinstance(found[-1], adapter.Event):
        found.append(connection.next_event())
        if found[-1] == adapter.ConnectionClosed():
            break
    return found


def test_a_request_is_sent() -> None:
    """Method, target, fields and version are those of the event."""
    request = adapter.Request(method=b"PUT", target=b"/x", headers=[HOST, (b"x-Y", b"z")])
    sent = adapter.Connection(adapter.CLIENT).send(request)
    assert sent == b"PUT /x HTTP/1.1\r\nHost: a\r\nx-Y: z\r\n\r\n"
    older = adapter.Request(method="GET", target="/", headers=[], http_version=b"1.0")
    assert adapter.Connection(adapter.CLIENT).send(older) == b"GET / HTTP/1.0\r\n\r\n"


def test_responses_are_sent() -> None:
    """First an interim one, then a final one; code, reason and fields are those of the events."""
    connection = server()
    interim = adapter.InformationalResponse(status_code=103, headers=[(b"A", b"b")], reason=b"So")
    assert connection.send(interim) == b"HTTP/1.1 103 So\r\nA: b\r\n\r\n"
    final = adapter.Response(status_code=204, headers=[(b"C", b"d")], reason="Well")
    assert connection.send(final) == b"HTTP/1.1 204 Well\r\nC: d\r\n\r\n"


def test_a_body_and_its_trailers_are_sent() -> None:
    """Data, then the end with its own fields."""
    connection = client(CHUNKED)
    assert connection.send(adapter.Data(b"abc")) == b"3\r\nabc\r\n"
    end = adapter.EndOfMessage(headers=[(b"Check", b"1")])
    assert connection.send(end) == b"0\r\nCheck: 1\r\n\r\n"


def test_sending_the_end_returns_none() -> None:
    """As in h11: None means that the transport is to be closed."""
    connection = adapter.Connection(adapter.CLIENT)
    assert connection.send(adapter.ConnectionClosed()) is None
    assert connection.send_with_data_passthrough(adapter.ConnectionClosed()) is None
    assert connection.our_state is adapter.CLOSED


def test_a_request_is_received() -> None:
    """All its fields, their names in lower case and as received."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(b"PUT /x HTTP/1.0\r\nx-Y: z\r\n\r\n")
    request, end, rest = read(connection)
    assert request == adapter.Request(
        method=b"PUT", target=b"/x", headers=[(b"x-y", b"z")], http_version=b"1.0"
    )
    assert request.headers.raw_items() == [(b"x-Y", b"z")]
    assert end == adapter.EndOfMessage(headers=[])
    assert rest is adapter.NEED_DATA


def test_responses_are_received() -> None:
    """An interim one is of another class than a final one."""
    connection = client()
    connection.receive_data(b"HTTP/1.1 103 So\r\nA: b\r\n\r\nHTTP/1.0 404 \r\n\r\n")
    interim, final, rest = read(connection)
    assert interim == adapter.InformationalResponse(
        status_code=103, reason=b"So", headers=[(b"a", b"b")]
    )
    assert final == adapter.Response(status_code=404, headers=[], http_version=b"1.0")
    assert rest is adapter.NEED_DATA


def test_a_body_and_its_trailers_are_received() -> None:
    """The marks where a chunk starts and ends are those of h11r."""
    connection = client()
    connection.receive_data(b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
    assert read(connection)[1:] == [adapter.Data(b"ab", chunk_start=True), adapter.NEED_DATA]
    connection.receive_data(b"c\r\n0\r\nCheck: 1\r\n\r\n")
    last, end = read(connection)[:2]
    assert last == adapter.Data(b"c", chunk_end=True)
    assert end.headers.raw_items() == [(b"Check", b"1")]


def test_the_end_and_a_pause_are_received() -> None:
    """ConnectionClosed is an event; PAUSED is the constant."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(b"")
    assert read(connection) == [adapter.ConnectionClosed()]
    paused = adapter.Connection(adapter.SERVER)
    paused.receive_data(GET + b"GET")
    assert read(paused)[-1] is adapter.PAUSED


def test_received_fields_are_sent_in_their_original_case() -> None:
    """A proxy must not change the case of names."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(b"GET / HTTP/1.1\r\nhOST: a\r\nx-Y: z\r\n\r\n")
    request = connection.next_event()
    assert isinstance(request, adapter.Request)
    passed_on = adapter.Connection(adapter.CLIENT).send(request)
    assert passed_on == b"GET / HTTP/1.1\r\nhOST: a\r\nx-Y: z\r\n\r\n"


@pytest.mark.parametrize(
    ("make", "framing"),
    [
        (lambda: client(CHUNKED), [b"3\r\n", b"\r\n"]),
        (lambda: client((b"Content-Length", b"3")), []),
    ],
    ids=["chunked", "by length"],
)
@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), memoryview(b"abc"), Opaque(3)])
def test_data_is_passed_through_as_the_same_object(
    make: Callable[[], adapter.Connection], framing: list[bytes], data: Any
) -> None:
    """Even if it has only a length, which h11 and h11r take from different attributes."""
    parts = make().send_with_data_passthrough(adapter.Data(data))
    assert parts is not None
    assert sum(part is data for part in parts) == 1
    assert [part for part in parts if part is not data] == framing


def test_data_of_wide_items_is_counted_in_bytes_as_h11r_counts_them() -> None:
    """The adapter does not measure what h11r can measure itself."""
    wide = memoryview(b"abcd").cast("H")
    parts = client(CHUNKED).send_with_data_passthrough(adapter.Data(wide))
    assert parts == [b"4\r\n", wide, b"\r\n"]


def test_a_head_is_split_after_each_line() -> None:
    """The parts are those of h11, and their concatenation is what ``send`` returns."""
    request = adapter.Request(method=b"GET", target=b"/", headers=[HOST, CHUNKED])
    connection = adapter.Connection(adapter.CLIENT)
    assert connection.send_with_data_passthrough(request) == [
        b"GET / HTTP/1.1\r\n",
        b"Host: a\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n",
    ]
    end = adapter.EndOfMessage(headers=[(b"A", b"b")])
    assert connection.send_with_data_passthrough(end) == [b"0\r\n", b"A: b\r\n", b"\r\n"]


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """What a call returned, or the name and text of what it raised."""
    try:
        return ("returned", call())
    except Exception as error:
        return (type(error).__name__, str(error))


@given(st.one_of(events.requests(), events.requests(), events.data(), events.ends()))
def test_what_a_client_sends_is_what_h11r_makes_of_the_arguments(spec: EventSpec) -> None:
    """Valid or not, the adapter adds nothing and swallows nothing."""
    arguments = {name: value for name, value in spec.to_json().items() if name != "type"}
    given_to_adapter = {name: decode(value) for name, value in arguments.items()}
    given_to_h11r = {name: decode(value) for name, value in arguments.items()}
    if "headers" in given_to_h11r and spec.type == "EndOfMessage":
        given_to_h11r["trailers"] = given_to_h11r.pop("headers")
    connection = client(CHUNKED) if spec.type != "Request" else adapter.Connection(adapter.CLIENT)
    theirs = h11r.Connection(h11r.Role.CLIENT)
    if spec.type != "Request":
        theirs.send_request(b"GET", b"/", [HOST, CHUNKED])
    direct: dict[str, Callable[..., bytes]] = {
        "Request": theirs.send_request,
        "Data": theirs.send_data,
        "EndOfMessage": theirs.end_of_message,
    }
    made: Any = getattr(adapter, spec.type)(**given_to_adapter)
    assert outcome(lambda: connection.send(made)) == outcome(
        lambda: direct[spec.type](**given_to_h11r)
    )
