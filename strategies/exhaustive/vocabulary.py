"""Names, methods and whole start lines that an implementation might know, and treat differently.

Owns the lists of them. Most mean nothing to h11, which passes them on or refuses them like any
other: an implementation with a table of known fields, with a special case for a browser or for
another protocol shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Send, StartNextCycle, Step

_END = Send(EventSpec("EndOfMessage"))
_GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_ASKED: tuple[Step, ...] = (_GET, _END)
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_EMPTY = (b"Content-Length", b"0")
_NO_CONTENT: tuple[Step, ...] = (
    Send(EventSpec.of("Response", status_code=204, headers=[])),
    _END,
    StartNextCycle(),
)
_CHUNKED_POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

# Names of fields, from RFC 9110, 9111, 9112, their extensions, and common practice.
NAMES = (
    *(b"Accept", b"Accept-Charset", b"Accept-Encoding", b"Accept-Language", b"Accept-Ranges"),
    *(b"Access-Control-Allow-Origin", b"Age", b"Allow", b"Alt-Svc", b"Authentication-Info"),
    *(b"Authorization", b"Cache-Control", b"Close", b"Connection", b"Content-Disposition"),
    *(b"Content-Encoding", b"Content-Language", b"Content-Length", b"Content-Location"),
    *(b"Content-MD5", b"Content-Range", b"Content-Security-Policy", b"Content-Transfer-Encoding"),
    *(b"Content-Type", b"Cookie", b"Cookie2", b"DNT", b"Date", b"ETag", b"Early-Data", b"Expect"),
    *(b"Expires", b"Forwarded", b"From", b"HTTP2-Settings", b"Host", b"If-Match", b"If-None-Match"),
    *(b"If-Modified-Since", b"If-Range", b"If-Unmodified-Since", b"Keep-Alive", b"Last-Modified"),
    *(b"Link", b"Location", b"MIME-Version", b"Max-Forwards", b"Origin", b"Pragma", b"Priority"),
    *(b"Proxy", b"Proxy-Authenticate", b"Proxy-Authentication-Info", b"Proxy-Authorization"),
    *(b"Proxy-Connection", b"Range", b"Referer", b"Retry-After", b"Sec-WebSocket-Accept"),
    *(b"Sec-WebSocket-Extensions", b"Sec-WebSocket-Key", b"Sec-WebSocket-Protocol"),
    *(b"Sec-WebSocket-Version", b"Server", b"Set-Cookie", b"Set-Cookie2", b"Status"),
    *(b"Strict-Transport-Security", b"TE", b"Trailer", b"Transfer-Encoding", b"Upgrade"),
    *(b"Upgrade-Insecure-Requests", b"User-Agent", b"Vary", b"Via", b"WWW-Authenticate"),
    *(b"Warning", b"X-Content-Type-Options", b"X-Forwarded-For", b"X-Forwarded-Host"),
    *(b"X-Forwarded-Proto", b"X-Frame-Options", b"X-HTTP-Method-Override", b"X-Real-IP"),
    *(b"X-Request-ID", b"X-Requested-With"),
)
# Methods, from RFC 9110, RFC 5789, WebDAV and its extensions, and caches.
METHODS = (
    *(b"ACL", b"BIND", b"CHECKOUT", b"CONNECT", b"COPY", b"DELETE", b"GET", b"HEAD", b"LABEL"),
    *(b"LINK", b"LOCK", b"M-SEARCH", b"MERGE", b"MKCALENDAR", b"MKCOL", b"MOVE", b"NOTIFY"),
    *(b"OPTIONS", b"PATCH", b"POST", b"PRI", b"PROPFIND", b"PROPPATCH", b"PURGE", b"PUT", b"QUERY"),
    *(b"REBIND", b"REPORT", b"SEARCH", b"SOURCE", b"SUBSCRIBE", b"TRACE", b"UNBIND", b"UNLINK"),
    *(b"UNLOCK", b"UNSUBSCRIBE"),
)
# Start lines have three parts, here of this protocol in other versions, and of other protocols.
FIRST = (
    *(b"GET", b"get", b"PRI", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1", b"HTTP/2.0", b"HTTP/2", b"HTTP"),
    *(b"HTTPS/1.1", b"ICY", b"RTSP/1.0", b"SIP/2.0", b"SSH-2.0-a", b"PROXY", b"\x16\x03\x01"),
)
# The second and the third part, as in a request line and as in a status line.
IN_REQUESTS = (
    (b"/", b"*", b"http://a/", b"200", b""),
    (
        *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1", b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/2"),
        *(b"http/1.1", b"HTTPS/1.1", b"RTSP/1.0", b"SIP/2.0", b"ICY", b"OK", b"Not Found", b""),
    ),
)
IN_RESPONSES = (
    (b"200", b"/", b"99", b"099", b"2000", b"20", b"2e2", b""),
    (b"OK", b"Not Found", b"HTTP/1.1", b""),
)


def names() -> Iterator[Program]:
    """Yields each name and each method, received and sent.

    Names come twice in a head and in trailers, and once in each message before others without it.
    """
    for name in NAMES:
        lines = b"%b: a\r\n%b: b\r\n" % (name, name)
        fields = [(name, b"a"), (name, b"b")]
        # Further fields with these names would be about something else.
        host = [] if name == b"Host" else [(b"Host", b"a")]
        start = b"GET / HTTP/1.1\r\n" + b"".join(b"%b: %b\r\n" % each for each in host)
        yield Program("server", (Receive(start + lines + b"\r\n"), Drain()))
        answer = b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"
        yield Program("client", (*_ASKED, Receive(answer), Drain(), ReceiveEOF(), Drain()))
        trailers = b"1\r\na\r\n0\r\n" + lines + b"\r\n"
        yield Program("server", (Receive(_CHUNKED_POST), Receive(trailers), Drain()))
        request = EventSpec.of("Request", method=b"GET", target=b"/", headers=[*host, *fields])
        yield Program("client", (Send(request), _END))
        response = EventSpec.of("Response", status_code=200, headers=fields)
        yield Program("server", (Send(response), _END))
        chunked = EventSpec.of("Response", status_code=200, headers=[_CHUNKED])
        end = EventSpec.of("EndOfMessage", headers=fields)
        yield Program("server", (Receive(start + b"\r\n"), Drain(), Send(chunked), Send(end)))
        yield from _before_others(name)
    for method in METHODS:
        line = method + b" / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nab"
        get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        yield Program("server", (Receive(line), Drain()))
        yield Program("server", (Receive(line[:-1] + get), Drain(), *_NO_CONTENT, Drain()))
        headers = [(b"Host", b"a"), (b"Content-Length", b"1")]
        request = EventSpec.of("Request", method=method, target=b"/", headers=headers)
        body = Send(EventSpec.of("Data", data=b"a"))
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"
        yield Program("client", (Send(request), body, _END, Receive(answer), Drain()))


def _before_others(name: bytes) -> Iterator[Program]:
    """An exchange with the name in each message, an interim one too, and one without it."""
    field = (name, b"a")
    line = b"%b: a\r\n" % name
    host = b"" if name == b"Host" else b"Host: a\r\n"
    interim = Send(EventSpec.of("InformationalResponse", status_code=103, headers=[field]))
    plain = Send(EventSpec.of("Response", status_code=200, headers=[_EMPTY]))
    marked = Send(EventSpec.of("Response", status_code=404, headers=[field, _EMPTY]))
    server: list[Step] = []
    for more, responses in ((line, (interim, plain)), (b"", (marked,)), (b"", (plain,))):
        head = b"GET / HTTP/1.1\r\n%b%b\r\n" % (host if more else b"Host: a\r\n", more)
        server += (Receive(head), Drain(), *responses, _END, StartNextCycle())
    yield Program("server", tuple(server))
    client: list[Step] = []
    final = b"HTTP/1.1 404 \r\n%bContent-Length: 0\r\n\r\n"
    for answer in (b"HTTP/1.1 103 \r\n%b\r\n" % line + final % b"", final % line, final % b""):
        client += (*_ASKED, Receive(answer), Drain(), StartNextCycle())
    yield Program("client", tuple(client))


def starts() -> Iterator[Program]:
    """Yields start lines of three parts, received by a server and by a client."""
    fields = b"\r\nHost: a\r\nContent-Length: 1\r\n\r\nab"
    for parts in product(FIRST, *IN_REQUESTS):
        yield Program("server", (Receive(b" ".join(parts) + fields), Drain()))
    for parts in product(FIRST, *IN_RESPONSES):
        yield Program("client", (*_ASKED, Receive(b" ".join(parts) + fields), Drain()))
