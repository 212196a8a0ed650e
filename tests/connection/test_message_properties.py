"""Whole messages: nothing is lost, nothing is added, and the segmentation does not matter.

Owns the properties that relate sent to received messages, on one implementation and between the
two.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import h11
from conversations_helper import EOF, GET, GET_10, H11, body, name, names, receive, request, send
from hypothesis import given, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.strategies import fields, messages
from h11spec.strategies.fields import Field
from h11spec.strategies.segmentation import segmentations
from h11spec.strategies.variant import cut

# The default deadline fails now and then on a busy machine, which says nothing about h11.
thorough = settings(max_examples=100)

BOTH = (h11, reference)
# A server rewrites these fields when it sends them.
REWRITTEN = {b"content-length", b"transfer-encoding", b"connection"}
REQUEST_LINE, STATUS_LINE = b"POST / HTTP/1.1\r\nHost: a\r\n", b"HTTP/1.1 200 OK\r\n"
FRAMINGS = ("length", "chunked", "close")

_roles = st.sampled_from(("server", "client"))


def listener(h11: H11, role: str, *limit: float) -> Any:
    """A server, or a client that has sent a request."""
    conn = h11.Connection(h11.SERVER if role == "server" else h11.CLIENT, *limit)
    if role == "client":
        send(conn, request(h11), h11.EndOfMessage())
    return conn


class Framed(NamedTuple):
    """A message to ``role``, its body, and whether closing the connection ends it."""

    role: str
    wire: bytes
    body: bytes
    ends_with_connection: bool = False


@st.composite
def framed(draw: st.DrawFn) -> Framed:
    """Messages of each framing, to either role. Cannot produce an incomplete one."""
    role = draw(_roles)
    framing = draw(st.sampled_from(FRAMINGS if role == "client" else FRAMINGS[:2]))
    start = STATUS_LINE if role == "client" else REQUEST_LINE
    if framing == "chunked":
        coded, content = draw(messages.chunked_bodies())
        return Framed(role, start + b"Transfer-Encoding: chunked\r\n\r\n" + coded, content)
    content = draw(st.binary(max_size=30))
    length = b"Content-Length: %d\r\n" % len(content) if framing == "length" else b""
    return Framed(role, start + length + b"\r\n" + content, content, framing == "close")


@thorough
@given(st.data(), framed(), st.binary(max_size=6))
def test_a_body_arrives_complete(data: st.DataObject, message: Framed, surplus: bytes) -> None:
    """In any segmentation, the Data add up to the body, and bytes after it stay in the buffer."""
    surplus = b"" if message.ends_with_connection else surplus
    segments = data.draw(segmentations(message.wire + surplus))
    for module in BOTH:
        conn = listener(module, message.role)
        events = receive(conn, *segments)
        if message.ends_with_connection:
            events += receive(conn, EOF)
        assert body(events) == message.body
        assert names(events).count("EndOfMessage") == 1
        assert conn.trailing_data == (surplus, message.ends_with_connection)
        assert events[-1] == (
            module.ConnectionClosed()
            if message.ends_with_connection
            else (module.PAUSED if surplus else module.NEED_DATA)
        )


@thorough
@given(st.data(), framed())
def test_a_body_arrives_in_order(data: st.DataObject, message: Framed) -> None:
    """After each segment, the Data so far are a prefix of the body, and none is empty."""
    segments = data.draw(segmentations(message.wire))
    for module in BOTH:
        conn, so_far = listener(module, message.role), b""
        for segment in segments:
            events = receive(conn, segment)
            so_far += body(events)
            assert message.body.startswith(so_far)
            assert all(event.data for event in events if name(event) == "Data")


class Outcome(NamedTuple):
    """All events, adjacent Data joined, the hint of an error, and the final states."""

    events: list[Any]
    hint: int | None
    states: Any


def outcome(h11: H11, role: str, segments: list[bytes]) -> Outcome:
    # No limit: whether a message exceeds it depends on the segmentation, by design.
    conn = listener(h11, role, float("inf"))
    events: list[Any] = []
    try:
        for segment in (*segments, EOF):
            conn.receive_data(segment)
            while (event := conn.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if name(event) != "Data":
                    events.append(event)
                elif events and isinstance(events[-1], bytes):
                    events[-1] += event.data
                else:
                    events.append(bytes(event.data))
                if name(event) == "ConnectionClosed":
                    break
    except h11.RemoteProtocolError as error:
        return Outcome(events, error.error_status_hint, conn.states)
    return Outcome(events, None, conn.states)


_messages_to = {
    "server": messages.requests(),
    "client": st.one_of(messages.responses(), messages.interim_responses()),
}


@thorough
@given(st.data(), _roles)
def test_the_segmentation_does_not_matter(data: st.DataObject, role: str) -> None:
    """Valid or corrupted, whole, in segments or byte by byte: the same events are read.

    Except for the text of an error, which may be found earlier, and for the chunk marks.
    """
    said = _messages_to[role] | messages.corrupted(_messages_to[role])
    wire = b"".join(message.data for message in data.draw(st.lists(said, max_size=2)))
    segments = data.draw(segmentations(wire))
    # Thousands of single bytes take too long, and show no more than the first few hundred.
    single_bytes = cut(wire, range(min(len(wire), 400)))
    for module in BOTH:
        whole = outcome(module, role, cut(wire, ()))
        assert outcome(module, role, segments) == whole
        assert outcome(module, role, single_bytes) == whole


def sendable(field: Field) -> Field:
    """A reader strips blanks around a value, so that a sender may not add them."""
    return field[0], field[1].strip(b" \t")


_fields = st.lists(fields.fields().map(sendable), max_size=4)
_no_hosts = _fields.map(lambda drawn: [field for field in drawn if field[0].lower() != b"host"])
_contents = st.lists(st.binary(max_size=12), max_size=4)


def received(sent: list[Field]) -> list[Field]:
    """The fields as a reader reports them: names in lower case, and Host first."""
    lower = [(key.lower(), value) for key, value in sent]
    return sorted(lower, key=lambda field: field[0] != b"host")


def from_both(speak: Callable[[H11], bytes]) -> bytes:
    """The bytes on the wire, which both implementations send alike."""
    wire = speak(reference)
    assert wire == speak(h11)
    return wire


@thorough
@given(st.data(), _no_hosts, _contents, st.none() | _no_hosts)
def test_a_server_reads_what_a_client_sends(
    data: st.DataObject, drawn: list[Field], contents: list[bytes], trailers: list[Field] | None
) -> None:
    """Head, body and trailers arrive as they were sent, from and to either implementation.

    Without trailers (not even empty ones) the body has a known length.
    """
    length = (b"Content-Length", b"%d" % len(b"".join(contents)))
    framing = length if trailers is None else (b"Transfer-Encoding", b"chunked")
    sent = [*drawn, framing, (b"Host", b"a")]
    method = data.draw(st.sampled_from(messages.METHODS))
    target = data.draw(st.sampled_from(messages.TARGETS))
    wire = from_both(
        lambda module: send(
            module.Connection(module.CLIENT),
            module.Request(method=method, target=target, headers=sent),
            *map(module.Data, contents),
            module.EndOfMessage(headers=trailers),
        )
    )
    segments = data.draw(segmentations(wire))
    for module in BOTH:
        head, *events, end, _ = receive(module.Connection(module.SERVER), *segments)
        assert head == module.Request(method=method, target=target, headers=received(sent))
        assert sorted(head.headers.raw_items()) == sorted(sent)
        assert body(events) == b"".join(contents)
        assert end == module.EndOfMessage(headers=trailers)


@thorough
@given(st.data(), _fields, _contents, st.sampled_from(["length", "chunked", "1.0"]))
def test_a_client_reads_what_a_server_sends(
    data: st.DataObject, drawn: list[Field], contents: list[bytes], framing: str
) -> None:
    """As for requests, in any framing that the server chose; only framing fields may change."""
    length = [(b"Content-Length", b"%d" % len(b"".join(contents)))] if framing == "length" else []
    status = data.draw(st.sampled_from([200, 205, 299, 404, 999]))
    reason = data.draw(st.sampled_from(messages.REASONS))

    def speak(module: H11) -> bytes:
        conn = module.Connection(module.SERVER)
        receive(conn, GET_10 if framing == "1.0" else GET)
        head = module.Response(status_code=status, reason=reason, headers=[*drawn, *length])
        return send(conn, head, *map(module.Data, contents), module.EndOfMessage())

    segments = data.draw(segmentations(from_both(speak)))
    for module in BOTH:
        conn = listener(module, "client")
        head, *events = [*receive(conn, *segments), *receive(conn, EOF)]
        assert (head.status_code, head.reason) == (status, reason)
        kept = [field for field in head.headers if field[0] not in REWRITTEN]
        assert kept == [field for field in received(drawn) if field[0] not in REWRITTEN]
        assert body(events) == b"".join(contents)
        assert names(events).count("EndOfMessage") == 1
        assert events[-1] == module.ConnectionClosed()


@thorough
@given(st.data(), st.lists(st.sampled_from([100, 102, 103, 199]), min_size=1, max_size=3), _fields)
def test_interim_responses_arrive_unchanged(
    data: st.DataObject, statuses: list[int], drawn: list[Field]
) -> None:
    """All of them, except that Host comes first."""

    def said(module: H11, sent: list[Field]) -> list[Any]:
        made = module.InformationalResponse
        return [made(status_code=status, headers=sent) for status in statuses]

    def speak(module: H11) -> bytes:
        conn = module.Connection(module.SERVER)
        receive(conn, GET)
        return send(conn, *said(module, drawn))

    segments = data.draw(segmentations(from_both(speak)))
    for module in BOTH:
        events = receive(listener(module, "client"), *segments)
        assert events == [*said(module, received(drawn)), module.NEED_DATA]
