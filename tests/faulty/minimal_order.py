"""Minimised programs for faults in the order of events, and in states."""

from h11spec.strategies.programs import Drain, NextEvent, Receive, ReceiveEOF, SendFailed

from .conversing import (
    ANSWERED,
    CLOSE,
    CYCLE,
    END,
    GET,
    SECOND,
    SECOND_ASKED,
    SERVED,
    SHORT_GET,
    USUAL,
    Minimal,
    answer,
    ask,
    client,
    data,
    hear,
    request,
    response,
    send,
    server,
)

ORDER: Minimal = {
    "no_connection": (
        client(NextEvent(), Drain(), SendFailed(), limit=12),
        client(NextEvent(), limit=0),
    ),
    "forgets_failure": (client(*SECOND_ASKED, SendFailed(), NextEvent()), client(SendFailed())),
    "fails_alone": (
        server(*SECOND, GET, Drain(), response(), data(b"ok"), SendFailed(), NextEvent()),
        server(SHORT_GET, Drain(), answer(), SendFailed()),
    ),
    "closes_after_failure": (
        client(*SECOND_ASKED, request(b"GET"), SendFailed(), Drain(), CLOSE),
        client(send("Request", method=b"0", target=b"0", headers=[], http_version=b""), CLOSE),
    ),
    "errs_once": (
        server(
            *SECOND,
            hear(b"GET /a b HTTP/1.1\nHost: example.org\n\n"),
            Drain(),
            response(),
            END,
            NextEvent(),
            Drain(),
        ),
        server(Receive(b"\r\n"), NextEvent(), answer(), END, NextEvent()),
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
        client(*ANSWERED, ReceiveEOF(), NextEvent(), hear(b"HTTP/1.1 200 OK\n"), NextEvent()),
        client(ReceiveEOF(), NextEvent(), Receive(b"0")),
    ),
    "never_pauses": (
        server(GET, Drain(), GET, Drain(), *SERVED[5:]),
        server(SHORT_GET, Drain(), Receive(b"0"), Drain()),
    ),
    "stays_paused": (
        server(GET, GET, Drain(), response(), data(b"ok"), END, CYCLE, NextEvent(), NextEvent()),
        server(
            hear(b"GET / HTTP/1.1\nHost: a\n\n0 0 HTTP/0.0\n\n"),
            Drain(),
            answer(),
            END,
            CYCLE,
            NextEvent(),
        ),
    ),
    "drops_leftovers": (
        server(GET, GET, Drain(), response(), data(b"ok"), END, CYCLE, Drain()),
        server(hear(b"GET / HTTP/1.1\nHost: a\n\n\n"), Drain(), answer(), END, CYCLE),
    ),
    "forgets_the_version": (
        server(*SECOND, GET, Drain()),
        server(SHORT_GET, Drain(), answer(), END, CYCLE),
    ),
    "cycles_early": (
        server(*SECOND, GET, Drain(), response(), data(b"ok"), CYCLE, END),
        server(SHORT_GET, Drain(), answer(), CYCLE),
    ),
    "keeps_the_method": (
        server(
            hear(b"HEAD /a HTTP/1.1\nHost: example.org\n\n"),
            Drain(),
            response((b"Content-Length", b"5")),
            END,
            CYCLE,
            response((b"Content-Length", b"2")),
            data(b"ok"),
            END,
        ),
        server(
            hear(b"HEAD 0 HTTP/1.1\nHost: \n\n"),
            Drain(),
            answer(),
            END,
            CYCLE,
            answer(),
            data(b"0"),
        ),
    ),
    "hurries_a_switch": (
        server(
            *SECOND,
            hear(b"GET /a HTTP/1.1\n" + USUAL + b"Connection: upgrade\nUpgrade: a/1\n\n", b"more"),
            Drain(),
            response(),
            END,
        ),
        server(hear(b"GET / HTTP/1.1\nHost: a\nUpgrade: 0\n\n"), Drain()),
    ),
    "takes_101_for_interim": (
        client(
            request(b"GET", (b"Upgrade", b"a/1"), (b"Connection", b"upgrade")),
            END,
            hear(b"HTTP/1.1 101 OK\nServer: x\nUpgrade: a/1\n\n", b"abc"),
            Drain(),
            NextEvent(),
        ),
        client(ask(b"0", b"0", (b"Upgrade", b"0")), END, hear(b"HTTP/0.0 101\n\n"), Drain()),
    ),
    "connects_on_200_alone": (
        client(
            *SECOND_ASKED,
            request(b"CONNECT"),
            END,
            hear(b"HTTP/1.1 204 OK\nServer: x\n\n"),
            Drain(),
            Receive(b"abc"),
            Drain(),
        ),
        client(ask(b"CONNECT"), END, hear(b"HTTP/0.0 204\n\n"), Drain()),
    ),
}
