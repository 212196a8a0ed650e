"""From events to their bytes: heads, and bodies in each framing.

Owns the syntax of messages as they are written. The state machine decides whether an event may be
sent now, ``connection`` which fields a response gets. A writer returns the parts of what goes
on the wire, one for each line, so that the data of a body passes through as the object it is.
"""

from typing import Any

from .errors import LocalProtocolError
from .events import Data, EndOfMessage, Request
from .framing import Framing
from .headers import Headers

Parts = list[Any]


def _field_lines(headers: Headers) -> Parts:
    lines = [b"%s: %s\r\n" % item for item in headers.raw_items()]
    # RFC 9110 section 7.2: a client ought to send Host first.
    lines.sort(key=lambda line: line[:5].lower() != b"host:")
    lines.append(b"\r\n")
    return lines


def write_head(head: Any) -> Parts:
    """Writes the head of a message (RFC 9112 sections 3 to 5).

    Raises LocalProtocolError unless it is of the one version that we speak.
    """
    if head.http_version != b"1.1":
        raise LocalProtocolError("I only send HTTP/1.1")
    if isinstance(head, Request):
        start_line = b"%s %s HTTP/1.1\r\n" % (head.method, head.target)
    else:
        # The space before the reason phrase stays when there is none, as the grammar wants it.
        start_line = b"HTTP/1.1 %d %s\r\n" % (head.status_code, head.reason)
    return [start_line, *_field_lines(head.headers)]


# A body writer has ``write_data`` for a part of the body, and ``write_end`` for its end.


class LengthWriter:
    """A body of the length that was announced, neither more nor less (RFC 9110 section 8.6)."""

    def __init__(self, length: int) -> None:
        self._remaining = length

    def write_data(self, event: Data) -> Parts:
        self._remaining -= len(event.data)
        if self._remaining < 0:
            raise LocalProtocolError("Too much data for declared Content-Length")
        return [event.data]

    def write_end(self, event: EndOfMessage) -> Parts:
        if self._remaining != 0:
            raise LocalProtocolError("Too little data for declared Content-Length")
        if event.headers:
            raise LocalProtocolError("Content-Length and trailers don't mix")
        return []


class ChunkedWriter:
    """The chunked transfer coding (RFC 9112 section 7.1), one chunk for each Data."""

    def write_data(self, event: Data) -> Parts:
        # A chunk of size zero would end the body.
        if not event.data:
            return []
        return [b"%x\r\n" % len(event.data), event.data, b"\r\n"]

    def write_end(self, event: EndOfMessage) -> Parts:
        return [b"0\r\n", *_field_lines(event.headers)]


class UntilCloseWriter:
    """A body that ends with the connection, for a client that knows no chunks."""

    def write_data(self, event: Data) -> Parts:
        return [event.data]

    def write_end(self, event: EndOfMessage) -> Parts:
        if event.headers:
            raise LocalProtocolError("can't send trailers to HTTP/1.0 client")
        return []


BodyWriter = LengthWriter | ChunkedWriter | UntilCloseWriter


def body_writer(framing: Framing | int) -> BodyWriter:
    """Returns a new writer for a body in this framing."""
    if isinstance(framing, int):
        return LengthWriter(framing)
    return ChunkedWriter() if framing is Framing.CHUNKED else UntilCloseWriter()
