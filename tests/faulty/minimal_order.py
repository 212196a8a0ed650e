"""Minimised programs for faults in the order of events, and in states."""

from h11spec.strategies.program import Drain, NextEvent, Receive, ReceiveEOF, SendFailed

from .conversing import (
    CLOSE,
    CYCLE,
    END,
    EXCHANGED,
    GET,
    SECOND,
    SECOND_REQUESTED,
    SERVED,
    SHORT_GET,
    USUAL,
    Minimal,
    client,
    data,
    receive,
    request,
    response,
    server,
    short_request,
    short_response,
)

ORDER: Minimal = {
    "no_connection": (
        client(NextEvent(), Drain(), SendFailed(), limit=12),
        client(NextEvent(), limit=0),
    ),
    "forgets_failure": (client(*SECOND_REQUESTED, SendFailed(), NextEvent()), client(SendFailed())),
    "fails_alone": (
        server(*SECOND, GET, Drain(), response(), data(b"ok"), SendFailed(), NextEvent()),
        server(SHORT_GET, Drain(), short_response(), SendFailed()),
    ),
    "closes_after_failure": (
        client(*SECOND_REQUESTED, request(b"GET"), SendFailed(), Drain(), CLOSE),
        client(short_request(), SendFailed(), CLOSE),
    ),
    "errs_once": (
        server(
            *SECOND,
            receive(b"GET /a b HTTP/1.1\nHost: example.org\n\n"),
            Drain(),
            response(),
            END,
            NextEvent(),
            Drain(),
        ),
        server(receive(b"GET / HTTP/1.1\n\n"), NextEvent(), short_response(), END, NextEvent()),
    ),
    "forgets_the_end": (
        server(*SECOND, GET, Drain(), ReceiveEOF(), NextEvent()),
        server(SHORT_GET, Drain(), ReceiveEOF()),
    ),
    "closes_once": (
        server(*SECOND, ReceiveEOF(), Drain(), NextEvent(), Drain()),
        server(ReceiveEOF(), NextEvent(), NextEvent()),
    ),
    "hears_after_the_end": (
        client(*EXCHANGED, ReceiveEOF(), NextEvent(), receive(b"HTTP/1.1 200 OK\n"), NextEvent()),
        client(ReceiveEOF(), NextEvent(), receive(b"HTTP/1.1 200 OK\n\n")),
    ),
    "never_pauses": (
        server(GET, Drain(), GET, Drain(), *SERVED[5:]),
        server(SHORT_GET, Drain(), SHORT_GET, Drain()),
    ),
    "stays_paused": (
        server(GET, GET, Drain(), response(), data(b"ok"), END, CYCLE, NextEvent(), NextEvent()),
        server(
            receive(b"GET / HTTP/1.1\nHost: example.com\n\nGET / HTTP/1.1\nHost: example.com\n\n"),
            Drain(),
            short_response(),
            END,
            CYCLE,
            NextEvent(),
        ),
    ),
    "drops_leftovers": (
        server(GET, GET, Drain(), response(), data(b"ok"), END, CYCLE, Drain()),
        server(
            receive(b"GET / HTTP/1.1\nHost: example.com\n\nGET / HTTP/1.1\nHost: example.com\n\n"),
            Drain(),
            short_response(),
            END,
            CYCLE,
        ),
    ),
    "forgets_the_version": (
        server(*SECOND, GET, Drain()),
        server(SHORT_GET, Drain(), short_response(), END, CYCLE),
    ),
    "cycles_early": (
        server(*SECOND, GET, Drain(), response(), data(b"ok"), CYCLE, END),
        server(SHORT_GET, Drain(), short_response(), CYCLE),
    ),
    "keeps_the_method": (
        server(
            receive(b"HEAD /a HTTP/1.1\nHost: example.org\n\n"),
            Drain(),
            response((b"Content-Length", b"5")),
            END,
            CYCLE,
            response((b"Content-Length", b"2")),
            data(b"ok"),
            END,
        ),
        server(
            receive(b"HEAD / HTTP/1.1\nHost: example.com\n\n"),
            Drain(),
            short_response(),
            END,
            CYCLE,
            short_response(),
            data(b"hello"),
        ),
    ),
    "hurries_a_switch": (
        server(
            *SECOND,
            receive(
                b"GET /a HTTP/1.1\n" + USUAL + b"Connection: upgrade\nUpgrade: a/1\n\n", b"more"
            ),
            Drain(),
            response(),
            END,
        ),
        server(receive(b"CONNECT example.com:443 HTTP/1.1\nHost: example.com\n\n"), Drain()),
    ),
    "takes_101_for_interim": (
        client(
            request(b"GET", (b"Upgrade", b"a/1"), (b"Connection", b"upgrade")),
            END,
            receive(b"HTTP/1.1 101 OK\nServer: x\nUpgrade: a/1\n\n", b"abc"),
            Drain(),
            NextEvent(),
        ),
        client(
            short_request(b"GET", b"/", (b"Upgrade", b"websocket")),
            END,
            receive(b"HTTP/1.1 101 Switching Protocols\n\n"),
            Drain(),
        ),
    ),
    "connects_on_200_alone": (
        client(
            *SECOND_REQUESTED,
            request(b"CONNECT"),
            END,
            receive(b"HTTP/1.1 204 OK\nServer: x\n\n"),
            Drain(),
            Receive(b"abc"),
            Drain(),
        ),
        client(
            short_request(b"CONNECT", b"example.com:443"),
            END,
            receive(b"HTTP/1.1 204 No Content\n\n"),
            Drain(),
        ),
    ),
}
