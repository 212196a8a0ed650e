"""Minimised programs for faults in reading heads."""

from h11spec.strategies.program import Drain, NextEvent, Receive, ReceiveEOF

from .conversing import (
    CYCLE,
    END,
    POSTED,
    REQUESTED,
    REQUESTING,
    SECOND,
    SECOND_REQUESTED,
    SERVED,
    USUAL,
    Minimal,
    client,
    receive,
    response,
    server,
    short_request,
)

HEADS: Minimal = {
    "takes_a_sign": (
        server(
            receive(b"POST / HTTP/1.1\nHost: a\nX: y\nContent-Length: +3\n\n", b"abc"),
            Drain(),
            *SERVED[5:],
        ),
        server(receive(POSTED + b"Content-Length: +5\n\nhello"), Drain()),
    ),
    "takes_the_first_length": (
        server(
            *SECOND,
            receive(
                b"POST /a HTTP/1.1\n" + USUAL + b"Content-Length: 5\nContent-Length: 6\n\n",
                b"hello!",
            ),
            Drain(),
        ),
        server(receive(POSTED + b"Content-Length: 5\nContent-Length: 0\n\nhello"), Drain()),
    ),
    "prefers_the_length": (
        server(
            *SECOND,
            receive(
                b"POST /a HTTP/1.1\n"
                + USUAL
                + b"Content-Length: 4\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n"
            ),
            Drain(),
            NextEvent(),
        ),
        server(
            receive(POSTED + b"Content-Length: 5\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n"),
            Drain(),
        ),
    ),
    "wrong_hint": (
        server(
            *SECOND, receive(b"GET / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\n"), NextEvent()
        ),
        server(receive(POSTED + b"Transfer-Encoding: gzip\n\n"), NextEvent()),
    ),
    "takes_two_hosts": (
        server(*SECOND, receive(b"GET /a HTTP/1.1\n" + USUAL + b"Host: example.com\n\n"), Drain()),
        server(receive(b"GET / HTTP/1.1\nHost: example.com\nHost: example.com\n\n"), Drain()),
    ),
    "joins_folded_lines": (
        server(*SECOND, receive(b"GET /a HTTP/1.1\n" + USUAL + b"X: one\n two\nY: z\n\n"), Drain()),
        server(receive(b"GET / HTTP/1.1\nHost: example.com\n value\n\n"), Drain()),
    ),
    "loses_a_line_end": (
        server(*SECOND, Receive(b"GET / HTTP/1.1\r"), Receive(b"\n"), Drain()),
        server(Receive(b"\n")),
    ),
    "blames_us": (
        client(*REQUESTED, receive(b"HTTP/1.1 2x0 OK\nA: b\n\n"), Drain(), NextEvent()),
        client(short_request(), END, ReceiveEOF(), Drain()),
    ),
    "other_words": (
        server(
            *SECOND, receive(b"GET /a b HTTP/1.1\nHost: example.org\n\n"), Drain(), response(), END
        ),
        server(receive(b"GET / HTTP/1.1\n\n"), Drain()),
    ),
    "generous_limit": (
        server(Receive(b"GET /" + b"a" * 11), Drain(), Receive(b"b"), Drain(), limit=16),
        server(Receive(b"G"), Drain(), limit=0),
    ),
    "strict_limit": (
        server(Receive(b"GET /" + b"a" * 11), Drain(), Receive(b"b"), Drain(), limit=16),
        server(Drain(), limit=0),
    ),
    "takes_the_end_for_length": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            Receive(b"HTTP/1.1 200 OK\r\nServer"),
            Drain(),
            ReceiveEOF(),
            Drain(),
            NextEvent(),
        ),
        client(short_request(), END, receive(b"HTTP/1.1 200 OK\n"), ReceiveEOF(), Drain()),
    ),
    "keeps_old_peers": (
        server(
            *SECOND,
            receive(b"GET /old HTTP/1.0\nHost: example.org\nUser-Agent: me\n\n"),
            Drain(),
            response(),
            END,
            CYCLE,
        ),
        server(receive(b"GET / HTTP/1.0\nHost: example.com\n\n"), Drain()),
    ),
    "overlooks_close": (
        client(
            *SECOND_REQUESTED,
            *REQUESTING,
            receive(
                b"HTTP/1.1 200 OK\nServer: x\nConnection: close, te\nContent-Length: 2\n\n", b"ok"
            ),
            Drain(),
        ),
        client(short_request(), END, receive(b"HTTP/1.1 200 OK\nConnection: CLOSE\n\n"), Drain()),
    ),
    "waits_for_old_clients": (
        server(
            *SECOND,
            receive(
                b"POST /old HTTP/1.0\n" + USUAL + b"Expect: 100-continue\nContent-Length: 3\n\n",
                b"abc",
            ),
            NextEvent(),
            Drain(),
        ),
        server(
            receive(b"GET / HTTP/1.0\nHost: example.com\nExpect: 100-continue\n\n"), NextEvent()
        ),
    ),
}
