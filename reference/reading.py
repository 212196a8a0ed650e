"""From received bytes to events: heads, and bodies in each framing.

Owns the syntax of messages as they are read. The state machine decides what may come now; the
caller picks the reader. A reader returns an event, or None when it needs more data. It raises
LocalProtocolError, which the connection, knowing whose bytes they are, turns around.
"""

from collections.abc import Callable

from .buffer import ReceiveBuffer
from .errors import LocalProtocolError
from .events import (
    Data,
    EndOfMessage,
    Event,
    InformationalResponse,
    Request,
    Response,
    build,
    check_host,
    check_status,
)
from .framing import Framing
from .grammar import parse_chunk_header, parse_request_line, parse_status_line
from .headers import read_fields
from .sentinels import CLIENT, IDLE, SEND_RESPONSE, SERVER
from .states import Name


def _take_head(buffer: ReceiveBuffer, kind: str) -> tuple[bytes, bytes] | None:
    """Returns the start line and the field lines of the next head."""
    lines = buffer.take_lines()
    if lines is None:
        # TLS or another binary protocol on the wrong port: there is no use in waiting for its end.
        if buffer.data and buffer.data[0] < 0x21:
            raise LocalProtocolError("illegal request line")
        return None
    if not lines:
        raise LocalProtocolError(f"no {kind} line received")
    start_line, _, field_lines = lines.partition(b"\n")
    return start_line.removesuffix(b"\r"), field_lines


def read_request(buffer: ReceiveBuffer) -> Request | None:
    """Reads the head of a request (RFC 9112 section 3)."""
    head = _take_head(buffer, "request")
    if head is None:
        return None
    start_line, field_lines = head
    match = parse_request_line(start_line)
    if match is None:
        raise LocalProtocolError(f"illegal request line: {bytearray(start_line)!r}")
    method, target, version = match.groups()
    headers = read_fields(field_lines)
    check_host(headers, version)
    return build(Request, method=method, headers=headers, target=target, http_version=version)


def read_response(buffer: ReceiveBuffer) -> InformationalResponse | Response | None:
    """Reads the head of an interim or final response (RFC 9112 section 4)."""
    head = _take_head(buffer, "response")
    if head is None:
        return None
    start_line, field_lines = head
    match = parse_status_line(start_line)
    if match is None:
        raise LocalProtocolError(f"illegal status line: {bytearray(start_line)!r}")
    version, digits, reason = match.groups(b"")
    status_code = int(digits)
    headers = read_fields(field_lines)
    cls: type[InformationalResponse | Response]
    cls = InformationalResponse if status_code < 200 else Response
    check_status(cls, status_code)
    return build(cls, headers=headers, http_version=version, reason=reason, status_code=status_code)


def read_nothing(buffer: ReceiveBuffer) -> None:
    """Reads where only the end of the connection may come."""
    if buffer.data:
        raise LocalProtocolError("Got data when expecting EOF")


# In every other state in which something is read, nothing but the end may come.
HEAD_READERS: dict[tuple[Name, Name], Callable[[ReceiveBuffer], Event | None]] = {
    (CLIENT, IDLE): read_request,
    (SERVER, IDLE): read_response,
    (SERVER, SEND_RESPONSE): read_response,
}


# A body reader has ``read`` for the next part of the body, or its end, and ``read_eof`` for what
# the end of the connection means to it.


class LengthReader:
    """A body of a known length, in as few parts as the buffer allows."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._remaining = length

    def read(self, buffer: ReceiveBuffer) -> Event | None:
        if self._remaining == 0:
            return EndOfMessage()
        if not buffer.data:
            return None
        data = buffer.take(self._remaining)
        self._remaining -= len(data)
        return build(Data, data=data, chunk_start=False, chunk_end=False)

    def read_eof(self) -> Event:
        raise LocalProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {self._length - self._remaining} bytes, expected {self._length})"
        )


class ChunkedReader:
    """The chunked transfer coding (RFC 9112 section 7.1)."""

    def __init__(self) -> None:
        self._in_chunk = 0
        self._starting = False
        self._footer = b""
        self._in_trailers = False

    def read(self, buffer: ReceiveBuffer) -> Event | None:
        if self._footer and not self._read_footer(buffer):
            return None
        if not self._in_chunk and not self._in_trailers and not self._read_chunk_header(buffer):
            return None
        if self._in_trailers:
            lines = buffer.take_lines()
            return None if lines is None else EndOfMessage(headers=read_fields(lines))
        if not buffer.data:
            return None
        data = buffer.take(self._in_chunk)
        self._in_chunk -= len(data)
        starting, self._starting = self._starting, False
        ending = self._in_chunk == 0
        if ending:
            self._footer = b"\r\n"
        return build(Data, data=data, chunk_start=starting, chunk_end=ending)

    def _read_chunk_header(self, buffer: ReceiveBuffer) -> bool:
        line = buffer.take_line()
        if line is None:
            return False
        match = parse_chunk_header(line)
        if match is None:
            raise LocalProtocolError(f"illegal chunk header: {line!r}")
        self._in_chunk = int(match[1], 16)
        self._in_trailers = self._in_chunk == 0
        self._starting = True
        return True

    def _read_footer(self, buffer: ReceiveBuffer) -> bool:
        """Whether the CR LF after a chunk is complete; a byte of another kind is not waited out."""
        received = buffer.take(len(self._footer))
        if not self._footer.startswith(received):
            raise LocalProtocolError(
                f"malformed chunk footer: {received!r} (expected {self._footer!r})"
            )
        self._footer = self._footer[len(received) :]
        return not self._footer

    def read_eof(self) -> Event:
        raise LocalProtocolError(
            "peer closed connection without sending complete message body (incomplete chunked read)"
        )


class UntilCloseReader:
    """A body that ends with the connection; truncation goes unnoticed (RFC 9112 section 8)."""

    def read(self, buffer: ReceiveBuffer) -> Event | None:
        if not buffer.data:
            return None
        return build(Data, data=buffer.take_all(), chunk_start=False, chunk_end=False)

    def read_eof(self) -> Event:
        return EndOfMessage()


BodyReader = LengthReader | ChunkedReader | UntilCloseReader


def body_reader(framing: Framing | int) -> BodyReader:
    """Returns a new reader for a body in this framing."""
    if isinstance(framing, int):
        return LengthReader(framing)
    return ChunkedReader() if framing is Framing.CHUNKED else UntilCloseReader()
