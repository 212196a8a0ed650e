"""The workloads of the benchmarks: conversations, and a table of them.

Before the timing, a workload prepares a *job*: a conversation with its inputs bound, which can be
run on any namespace with h11's names. Nothing here measures or favours an implementation: both get
the same calls, which are those that uvicorn (server side) and httpcore (client side) make.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from types import ModuleType
from typing import Any

from h11spec.benchmarks import messages
from h11spec.benchmarks.messages import Fields

# The events, states and connections of two implementations have no common type, only the same
# names, so everything from a namespace is Any.
Keep = Callable[[Any], object]
"""Gets every event and every byte string an implementation produced, in order."""

Job = Callable[[ModuleType, Keep], int]
"""Runs one conversation on a namespace and returns the number of things kept."""

Reply = tuple[Fields, bytes]
Exchange = tuple[bytes, Reply]
Call = tuple[bytes, bytes, Fields, Sequence[bytes]]
Upload = tuple[bytes, Fields, Sequence[bytes], Fields]


@dataclass(frozen=True)
class Workload:
    """A workload for an implementation; `size` is the number of `unit`s in a round."""

    name: str
    unit: str
    size: int
    prepare: Callable[[Random, int], Job]
    """Draws the inputs for `size` units."""
    about: str


# Conversations


def _read(api: ModuleType, connection: Any, keep: Keep) -> int:
    """Takes events until more data is needed, and reads the fields of each head.

    A server reads the fields as uvicorn does, and a client as httpcore does, so that an
    implementation gains nothing by deferring work until a result is used.
    """
    next_event = connection.next_event
    need_data, paused = api.NEED_DATA, api.PAUSED
    request, response = api.Request, api.Response
    events = 0
    while True:
        event = next_event()
        if event is need_data or event is paused:
            return events
        events += 1
        keep(event)
        if type(event) is request:
            keep(list(event.headers))
        elif type(event) is response:
            keep(event.headers.raw_items())


def _states(connection: Any, keep: Keep) -> None:
    keep(connection.our_state)
    keep(connection.their_state)


def _answer(api: ModuleType, connection: Any, reply: Reply, keep: Keep) -> int:
    fields, body = reply
    send = connection.send
    keep(send(api.Response(status_code=200, headers=fields, reason=b"OK")))
    keep(send(api.Data(data=body)))
    keep(send(api.EndOfMessage()))
    connection.start_next_cycle()
    return 3


def receive_request(segments: Sequence[bytes], api: ModuleType, keep: Keep) -> int:
    """A server reads one request that arrives in these segments."""
    connection = api.Connection(api.SERVER)
    done = 0
    for segment in segments:
        connection.receive_data(segment)
        done += _read(api, connection, keep)
    _states(connection, keep)
    return done


def serve(exchanges: Sequence[Exchange], api: ModuleType, keep: Keep) -> int:
    """A server answers request after request on one connection."""
    connection = api.Connection(api.SERVER)
    done = 0
    for request, reply in exchanges:
        connection.receive_data(request)
        done += _read(api, connection, keep)
        done += _answer(api, connection, reply, keep)
    _states(connection, keep)
    return done


def serve_pipelined(wire: bytes, replies: Sequence[Reply], api: ModuleType, keep: Keep) -> int:
    """A server gets all requests at once and answers one after the other."""
    connection = api.Connection(api.SERVER)
    connection.receive_data(wire)
    done = 0
    for reply in replies:
        done += _read(api, connection, keep)
        done += _answer(api, connection, reply, keep)
    _states(connection, keep)
    return done


def fetch(calls: Sequence[Call], api: ModuleType, keep: Keep) -> int:
    """A client sends request after request on one connection and reads each answer."""
    connection = api.Connection(api.CLIENT)
    done = 0
    for method, target, fields, answer in calls:
        keep(connection.send(api.Request(method=method, target=target, headers=fields)))
        keep(connection.send(api.EndOfMessage()))
        done += 2
        for segment in answer:
            connection.receive_data(segment)
            done += _read(api, connection, keep)
        connection.start_next_cycle()
    _states(connection, keep)
    return done


def upload(uploads: Sequence[Upload], api: ModuleType, keep: Keep) -> int:
    """A client sends chunked requests to a server of the same implementation, which answers."""
    client, server = api.Connection(api.CLIENT), api.Connection(api.SERVER)
    done = 0
    for target, fields, pieces, reply_fields in uploads:
        head = client.send(api.Request(method=b"POST", target=target, headers=fields))
        keep(head)
        server.receive_data(head)
        done += _read(api, server, keep)
        for piece in pieces:
            chunk = client.send(api.Data(data=piece))
            keep(chunk)
            server.receive_data(chunk)
            done += _read(api, server, keep)
        end = client.send(api.EndOfMessage())
        keep(end)
        server.receive_data(end)
        done += _read(api, server, keep)
        reply = server.send(api.Response(status_code=204, headers=reply_fields))
        keep(reply)
        keep(server.send(api.EndOfMessage()))
        client.receive_data(reply)
        done += _read(api, client, keep)
        client.start_next_cycle()
        server.start_next_cycle()
    _states(client, keep)
    _states(server, keep)
    return done


def send_request(target: bytes, fields: Fields, api: ModuleType, keep: Keep) -> int:
    """A client sends one request without a body."""
    connection = api.Connection(api.CLIENT)
    keep(connection.send(api.Request(method=b"GET", target=target, headers=fields)))
    keep(connection.send(api.EndOfMessage()))
    _states(connection, keep)
    return 2


# Their inputs


def _reply(rng: Random) -> Reply:
    body = rng.randbytes(rng.randint(200, 2000))
    return messages.server_fields(rng, body), body


def _get(rng: Random, fields: Fields) -> bytes:
    return messages.head(b"GET %s HTTP/1.1" % messages.target(rng), fields)


def server_cycles(rng: Random, cycles: int) -> Job:
    exchanges = [(_get(rng, messages.browser_fields(rng)), _reply(rng)) for _ in range(cycles)]
    return partial(serve, exchanges)


def client_cycles(rng: Random, cycles: int) -> Job:
    calls: list[Call] = []
    for _ in range(cycles):
        body = rng.randbytes(rng.randint(500, 20_000))
        answer = messages.head(b"HTTP/1.1 200 OK", messages.proxied_fields(rng, body)) + body
        segments = messages.segments(answer, messages.SEGMENT)
        calls.append((b"GET", messages.target(rng), messages.httpx_fields(rng), segments))
    return partial(fetch, calls)


def chunked_uploads(rng: Random, cycles: int) -> Job:
    uploads: list[Upload] = []
    for _ in range(cycles):
        pieces = [rng.randbytes(rng.randint(1, 8192)) for _ in range(rng.randint(12, 20))]
        fields = [*messages.httpx_fields(rng), (b"Transfer-Encoding", b"chunked")]
        uploads.append((messages.target(rng), fields, pieces, messages.server_fields(rng, b"")[:3]))
    return partial(upload, uploads)


def tiny_chunks(rng: Random, chunks: int) -> Job:
    pieces = [rng.randbytes(rng.randint(1, 3)) for _ in range(chunks)]
    fields = [*messages.httpx_fields(rng), (b"Transfer-Encoding", b"chunked")]
    head = messages.head(b"PUT %s HTTP/1.1" % messages.target(rng), fields)
    wire = head + messages.chunked(pieces)
    return partial(receive_request, messages.segments(wire, messages.SEGMENT))


def body_in_bytes(rng: Random, size: int) -> Job:
    head, body = _put(rng, size)
    return partial(receive_request, [head, *messages.segments(body, 1)])


def body_in_segments(rng: Random, size: int) -> Job:
    head, body = _put(rng, size)
    return partial(receive_request, messages.segments(head + body, messages.SEGMENT))


def _put(rng: Random, size: int) -> tuple[bytes, bytes]:
    fields = [*messages.httpx_fields(rng), (b"Content-Length", b"%d" % size)]
    return messages.head(b"PUT %s HTTP/1.1" % messages.target(rng), fields), rng.randbytes(size)


def wide_head(rng: Random, fields: int) -> Job:
    return partial(receive_request, [_get(rng, messages.many_fields(rng, fields))])


def wide_head_sent(rng: Random, fields: int) -> Job:
    return partial(send_request, messages.target(rng), messages.many_fields(rng, fields))


def long_field(rng: Random, size: int) -> Job:
    fields = [(b"Host", b"example.com"), (b"Cookie", messages.word(rng, size, size))]
    return partial(receive_request, [_get(rng, fields)])


def head_in_bytes(rng: Random, size: int) -> Job:
    """A head in lines of 40 bytes each, so that `size` is the number of bytes."""
    fields: Fields = [(b"Host", messages.word(rng, 32, 32))]
    for _ in range(size // 40 - 2):
        fields.append((b"X-" + messages.word(rng, 10, 10), messages.word(rng, 24, 24)))
    return partial(receive_request, messages.segments(_get(rng, fields), 1))


def pipelined(rng: Random, requests: int) -> Job:
    wires = [_get(rng, messages.httpx_fields(rng)) for _ in range(requests)]
    return partial(serve_pipelined, b"".join(wires), [_reply(rng) for _ in range(requests)])


# The tables

WORKLOADS = (
    Workload(
        "server-get",
        "cycle",
        60,
        server_cycles,
        "server: a browser's GET of 12 fields, answered with 5 fields and a body",
    ),
    Workload(
        "client-cycle",
        "cycle",
        60,
        client_cycles,
        "client: an httpx GET of 6 fields, answered with 9 fields and a body",
    ),
    Workload(
        "chunked-upload",
        "upload",
        10,
        chunked_uploads,
        "both: 12 to 20 chunks of up to 8 KiB sent and received, answered 204",
    ),
    Workload(
        "tiny-chunks",
        "chunk",
        10_000,
        tiny_chunks,
        "server: one request in 10,000 chunks of 1 to 3 bytes, in 64 KiB segments",
    ),
    Workload(
        "body-byte-by-byte",
        "byte",
        4096,
        body_in_bytes,
        "server: a Content-Length body of 4 KiB, one byte a segment",
    ),
    Workload(
        "head-1000-fields",
        "field",
        1000,
        wide_head,
        "server: one head of 1,000 fields in one segment",
    ),
    Workload(
        "pipelined-100",
        "request",
        100,
        pipelined,
        "server: 100 requests in one segment, answered in turn",
    ),
)
"""The workloads whose ratio counts."""

DIMENSIONS = (
    Workload("field-value", "byte", 65_536, long_field, "one field value, in one segment"),
    Workload("fields-received", "field", 250, wide_head, "fields of a head, in one segment"),
    Workload("fields-sent", "field", 250, wide_head_sent, "fields of a head that is sent"),
    Workload(
        "body", "byte", 2_097_152, body_in_segments, "a Content-Length body, 64 KiB a segment"
    ),
    Workload("chunks", "chunk", 250, tiny_chunks, "chunks of 1 to 3 bytes, in 64 KiB segments"),
    Workload("body-segments", "segment", 1000, body_in_bytes, "a body, one byte a segment"),
    Workload("head-segments", "segment", 2000, head_in_bytes, "a head, one byte a segment"),
    Workload("pipelined", "request", 20, pipelined, "requests in one segment, answered in turn"),
    Workload("cycles", "cycle", 20, server_cycles, "cycles on one server connection"),
)
"""The dimensions in which cost must grow no faster than size; `size` is where doubling starts."""
