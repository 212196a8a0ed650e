"""Minimised programs for faults in sending."""

from h11spec.strategies.program import Drain, NextEvent, Receive, SendFailed, Typed

from .conversing import (
    CLOSE,
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
    send,
    server,
    short_request,
    short_response,
)

SENDING: Minimal = {
    "lower_case_host": (client(*SECOND_REQUESTED, *EXCHANGED), client(short_request())),
    "leaves_host_in_place": (
        client(
            *SECOND_REQUESTED,
            send(
                "Request",
                method=b"GET",
                target=b"/a",
                headers=[(b"Accept", b"*/*"), (b"Host", b"example.org"), (b"User-Agent", b"me")],
            ),
            END,
        ),
        client(
            send(
                "Request",
                method=b"GET",
                target=b"/",
                headers=[(b"Name", b"value"), (b"Host", b"example.com")],
            )
        ),
    ),
    "lenient_target": (
        client(
            send(
                "Request",
                method=b"GET",
                target=Typed("text", "/a b"),
                headers=[(b"Host", b"a"), (b"A", b"b")],
            ),
            END,
        ),
        client(short_request(b"GET", b" /")),
    ),
    "copies_data": (
        client(*SECOND_REQUESTED, *EXCHANGED),
        client(
            short_request(b"POST", b"/", (b"Content-Length", b"5")),
            send("Data", data=b"hello", passthrough=True),
        ),
    ),
    "gives_bytearrays": (
        server(*SERVED, SendFailed()),
        server(SHORT_GET, Drain(), short_response()),
    ),
    "ends_with_empty_data": (
        server(*SECOND, GET, Drain(), response(), data(b"hello"), data(b""), END),
        server(SHORT_GET, Drain(), short_response(), data(b"")),
    ),
    "upper_case_sizes": (
        server(
            *SECOND,
            GET,
            Drain(),
            response((b"Transfer-Encoding", b"chunked")),
            data(b"hello world."),
            END,
        ),
        server(SHORT_GET, Drain(), short_response(), data(b"hellohello")),
    ),
    "chunks_for_old_clients": (
        server(
            receive(b"GET /old HTTP/1.0\nHost: example.org\n\n"),
            Drain(),
            response(),
            data(b"abc"),
            END,
        ),
        server(receive(b"GET / HTTP/1.0\nHost: example.com\n\n"), Drain(), short_response()),
    ),
    "never_says_close": (
        server(
            *SECOND,
            receive(b"GET /last HTTP/1.1\nHost: example.org\nConnection: close\n\n"),
            Drain(),
            response((b"Content-Length", b"2")),
            data(b"ok"),
            END,
        ),
        server(receive(b"GET / HTTP/1.0\nHost: example.com\n\n"), Drain(), short_response()),
    ),
    "drops_sent_trailers": (
        server(
            *SECOND,
            GET,
            Drain(),
            response((b"Content-Length", b"2")),
            data(b"ok"),
            send("EndOfMessage", headers=[(b"Digest", b"x")]),
        ),
        server(
            SHORT_GET,
            Drain(),
            send("Response", status_code=204, headers=[]),
            send("EndOfMessage", headers=[(b"Name", b"value")]),
        ),
    ),
    "ends_too_early": (
        client(
            *SECOND_REQUESTED,
            request(b"POST", (b"Content-Length", b"5")),
            data(b"hell"),
            END,
            receive(b"HTTP/1.1 200 OK\n\n"),
        ),
        client(short_request(b"POST", b"/", (b"Content-Length", b"5")), END),
    ),
    "sends_too_much": (
        server(
            *SECOND,
            GET,
            Drain(),
            response((b"Content-Length", b"5")),
            data(b"hello"),
            data(b"!"),
            END,
        ),
        server(SHORT_GET, Drain(), send("Response", status_code=204, headers=[]), data(b"hello")),
    ),
    "waits_on": (
        server(
            *SECOND,
            receive(b"PUT /a HTTP/1.1\n" + USUAL + b"Expect: 100-continue\nContent-Length: 3\n\n"),
            Drain(),
            send(
                "InformationalResponse",
                status_code=100,
                reason=b"Go on",
                headers=[(b"Server", b"x")],
            ),
            Receive(b"abc"),
            Drain(),
        ),
        server(
            receive(b"GET / HTTP/1.1\nHost: example.com\nExpect: 100-continue\n\n"),
            NextEvent(),
            send("InformationalResponse", status_code=100, headers=[]),
        ),
    ),
    "closes_with_nothing": (
        server(
            *SECOND,
            receive(b"GET /last HTTP/1.1\nHost: example.org\nConnection: close\n\n"),
            Drain(),
            response(),
            data(b"ok"),
            END,
            CLOSE,
        ),
        server(
            receive(b"GET / HTTP/1.0\nHost: example.com\n\n"), Drain(), short_response(), END, CLOSE
        ),
    ),
}
