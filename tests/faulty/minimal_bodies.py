"""Minimised programs for faults in reading bodies."""

from h11spec.strategies.program import Drain, NextEvent, Receive, ReceiveEOF

from .conversing import (
    CHUNKED,
    CYCLE,
    END,
    POSTED,
    REQUESTING,
    SECOND,
    SECOND_REQUESTED,
    Minimal,
    client,
    receive,
    request,
    server,
    short_request,
)

BODIES: Minimal = {
    "trips": (
        server(receive(CHUNKED + b"3\nabc\n5 5\nhello\n0\n\n"), Drain(), NextEvent()),
        server(receive(POSTED + b"Transfer-Encoding: chunked\n\n 5\nhello\n0\n\n"), Drain()),
    ),
    "no_extensions": (
        server(*SECOND, receive(CHUNKED + b"3\nabc\n5;name=value\nhello\n0\n\n"), Drain()),
        server(
            receive(POSTED + b"Transfer-Encoding: chunked\n\n5;name=value\nhello\n0\n\n"), Drain()
        ),
    ),
    "repeats_chunk_start": (
        server(*SECOND, receive(CHUNKED + b"5\n", b"he"), Drain(), receive(b"llo\n0\n\n"), Drain()),
        server(
            receive(POSTED + b"Transfer-Encoding: chunked\n\n5\nh"),
            Drain(),
            receive(b"ello\n0\n\n"),
            Drain(),
        ),
    ),
    "never_starts_a_chunk": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            receive(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nServer: x\n\n5\nhello\n0\n\n"),
            Drain(),
        ),
        client(
            short_request(),
            END,
            receive(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n"),
            Drain(),
        ),
    ),
    "ends_every_piece": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            receive(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n", b"hello"),
            Drain(),
            Receive(b" world."),
            Drain(),
        ),
        client(short_request(), END, receive(b"HTTP/1.1 200 OK\n\nhello"), Drain()),
    ),
    "drops_trailers": (
        client(
            *REQUESTING,
            receive(
                b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
                b"5\nhello\n0\nTrailing: a b\nMore: c\n\n"
            ),
            Drain(),
        ),
        client(
            short_request(),
            END,
            receive(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\nName: value\n\n"),
            Drain(),
        ),
    ),
    "reads_on_after_204": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            receive(b"HTTP/1.1 204 No Content\nServer: x\n\n"),
            Drain(),
            CYCLE,
        ),
        client(short_request(), END, receive(b"HTTP/1.1 204 No Content\n\n"), Drain()),
    ),
    "reads_on_after_head": (
        client(
            *SECOND_REQUESTED,
            request(b"HEAD"),
            END,
            receive(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n"),
            Drain(),
            CYCLE,
        ),
        client(short_request(b"HEAD", b"/"), END, receive(b"HTTP/1.1 200 OK\n\n"), Drain()),
    ),
    "takes_a_part_for_all": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            receive(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n", b"hello"),
            Drain(),
            ReceiveEOF(),
            Drain(),
        ),
        client(
            short_request(),
            END,
            receive(b"HTTP/1.1 200 OK\nContent-Length: 5\n\n"),
            NextEvent(),
            ReceiveEOF(),
            Drain(),
        ),
    ),
}
