"""Minimised programs for faults in reading bodies."""

from h11spec.strategies.programs import Drain, NextEvent, Receive, ReceiveEOF

from .conversing import (
    ASKING,
    CHUNKED,
    CYCLE,
    END,
    SECOND,
    SECOND_ASKED,
    Minimal,
    ask,
    client,
    hear,
    request,
    server,
)

BODIES: Minimal = {
    "trips": (
        server(hear(CHUNKED + b"3\nabc\n5 5\nhello\n0\n\n"), Drain(), NextEvent()),
        server(hear(b"GET / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n\n"), Drain()),
    ),
    "no_extensions": (
        server(*SECOND, hear(CHUNKED + b"3\nabc\n5;name=value\nhello\n0\n\n"), Drain()),
        server(hear(b"GET / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1;\n\n"), Drain()),
    ),
    "repeats_chunk_start": (
        server(*SECOND, hear(CHUNKED + b"5\n", b"he"), Drain(), hear(b"llo\n0\n\n"), Drain()),
        server(
            hear(b"GET / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\n\n"),
            Drain(),
            Receive(b"0"),
            Drain(),
        ),
    ),
    "never_starts_a_chunk": (
        client(
            *SECOND_ASKED,
            *ASKING,
            hear(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nServer: x\n\n5\nhello\n0\n\n"),
            Drain(),
        ),
        client(ask(), END, hear(b"HTTP/1.1 200 \nTransfer-Encoding: chunked\n\n1\n\n"), Drain()),
    ),
    "ends_every_piece": (
        client(
            *SECOND_ASKED,
            *ASKING,
            hear(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n", b"hello"),
            Drain(),
            Receive(b" world."),
            Drain(),
        ),
        client(ask(), END, hear(b"HTTP/1.1 200 \n\n0"), Drain()),
    ),
    "drops_trailers": (
        client(
            *ASKING,
            hear(
                b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
                b"5\nhello\n0\nTrailing: a b\nMore: c\n\n"
            ),
            Drain(),
        ),
        client(
            ask(), END, hear(b"HTTP/1.1 200 \nTransfer-Encoding: chunked\n\n0\n0:\n\n"), Drain()
        ),
    ),
    "reads_on_after_204": (
        client(
            *SECOND_ASKED, *ASKING, hear(b"HTTP/1.1 204 No Content\nServer: x\n\n"), Drain(), CYCLE
        ),
        client(ask(), END, hear(b"HTTP/0.0 204\n\n"), Drain()),
    ),
    "reads_on_after_head": (
        client(
            *SECOND_ASKED,
            request(b"HEAD"),
            END,
            hear(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n"),
            Drain(),
            CYCLE,
        ),
        client(ask(b"HEAD"), END, hear(b"HTTP/1.1 200 \n\n"), Drain()),
    ),
    "takes_a_part_for_all": (
        client(
            *SECOND_ASKED,
            *ASKING,
            hear(b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 12\n\n", b"hello"),
            Drain(),
            ReceiveEOF(),
            Drain(),
        ),
        client(
            ask(),
            END,
            hear(b"HTTP/1.1 200 \nContent-Length: 1\n\n"),
            NextEvent(),
            ReceiveEOF(),
            Drain(),
        ),
    ),
}
