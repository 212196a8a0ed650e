"""A lenient reading of received or sent bytes: where heads, chunks and trailers are, however bad.

Owns the splitting of bytes into messages, and which heads can be read in more than one way. It must
not know what any implementation makes of the bytes: malformed ones are the reason to read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...strategies.program import Role

_SIZE = re.compile(rb"[ \t]*[+-]?(?:0[xX])?([0-9a-fA-F_]*)")
_DIGITS = re.compile(rb"[0-9]+")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BLANKS_AND_CONTROLS = re.compile(rb"[\t\v\f\r\0]")
_HTTP_1_1 = re.compile(rb"HTTP/1\.1\b")
_MAX_LENGTH_DIGITS = 20
# The parts of a request line.
_PARTS = 3


@dataclass
class WireMessage:
    """A message as bytes: the lines of its head, and what follows in its body.

    ``chunk_headers`` are the lines with the sizes of its chunks, ``bad_footer`` is what stands in
    the place of the CRLF after a chunk; ``trailers`` are the lines after the last chunk. ``body``
    is the number of bytes of content that arrived. ``has_whole_head`` says whether the empty line
    arrived that ends the head.
    """

    lines: list[bytes]
    chunk_headers: list[bytes] = field(default_factory=list[bytes])
    bad_footer: bytes | None = None
    trailers: list[bytes] = field(default_factory=list[bytes])
    body: int = 0
    has_whole_head: bool = True

    @property
    def start_line(self) -> bytes:
        """The first line of the head."""
        return self.lines[0] if self.lines else b""

    @cached_property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """The field lines of the head: names in lower case and without blanks, and values."""
        return list(split_fields(self.lines[1:]))

    def values(self, name: bytes) -> list[bytes]:
        """Returns the values of all field lines of this name."""
        return [value for each, value in self.fields if each == name]

    @property
    def chunk_sizes(self) -> list[int]:
        """The sizes of the chunks."""
        return [chunk_size(line) for line in self.chunk_headers]


def split_fields(lines: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yields the name and the value of each field line; of a line without a colon, the name."""
    for line in lines:
        name, _, value = line.partition(b":")
        yield name.strip(b" \t").lower(), value.strip(b" \t\r\n")


def chunk_size(line: bytes) -> int:
    """Returns the size in the header of a chunk, or 0 if it has none."""
    match = _SIZE.match(line)
    digits = match.group(1).replace(b"_", b"") if match else b""
    return int(digits, 16) if digits else 0


def split_messages(content: bytes, role: Role, methods: Sequence[str] = ()) -> list[WireMessage]:
    """Returns the messages in the bytes, the last of which may be incomplete.

    Args:
        content: all bytes that one role received or, in the other direction, sent.
        role: the role that sent them: requests of a client, or responses of a server.
        methods: those of the requests that the responses answer.
    """
    messages: list[WireMessage] = []
    at, answered = 0, 0
    while at < len(content):
        lines, at = _take_lines(content, at)
        whole = re.search(rb"\n\r*\n\Z", content[:at]) is not None
        message = WireMessage(lines, has_whole_head=whole)
        messages.append(message)
        method = methods[answered] if answered < len(methods) else ""
        answered += not _is_interim(message, role)
        at = _take_body(message, content, at, role, method)
    return messages


def _take_lines(content: bytes, at: int) -> tuple[list[bytes], int]:
    """The lines from here to the next empty line, and the place after that."""
    lines: list[bytes] = []
    while at < len(content):
        end = content.find(b"\n", at)
        line = content[at:] if end < 0 else content[at:end]
        at = len(content) if end < 0 else end + 1
        line = line.removesuffix(b"\r")
        if not line and lines:
            break
        if line:
            lines.append(line)
    return lines, at


def _is_interim(message: WireMessage, role: Role) -> bool:
    return role == "server" and _status(message)[:1] == b"1"


def _status(message: WireMessage) -> bytes:
    return [*message.start_line.split(b" ", 2), b"", b""][1]


def _take_body(message: WireMessage, content: bytes, at: int, role: Role, method: str) -> int:
    """Reads the body, and returns the place after it."""
    if role == "server":
        status = _status(message)
        if method == "HEAD" or status[:1] == b"1" or status in (b"204", b"304"):
            return at
        if method == "CONNECT" and status[:1] == b"2":
            return len(content)
    if any(b"chunked" in value.lower() for value in message.values(b"transfer-encoding")):
        return _take_chunks(message, content, at)
    for value in message.values(b"content-length"):
        digits = _DIGITS.search(value)
        length = int(digits.group()[:_MAX_LENGTH_DIGITS]) if digits else 0
        end = min(at + length, len(content))
        message.body = end - at
        return end
    if role == "client":
        return at
    message.body = len(content) - at
    return len(content)


def _take_chunks(message: WireMessage, content: bytes, at: int) -> int:
    while at < len(content):
        end = content.find(b"\n", at)
        line = content[at:] if end < 0 else content[at:end]
        message.chunk_headers.append(line)
        size = chunk_size(line)
        if end < 0:
            return len(content)
        at = end + 1
        if size == 0:
            message.trailers, at = _take_trailers(content, at)
            return at
        message.body += min(size, len(content) - at)
        at = min(at + size, len(content))
        if not b"\r\n".startswith(content[at : at + 2]):
            message.bad_footer = content[at : at + 2]
            return len(content)
        at += 2
    return at


def _take_trailers(content: bytes, at: int) -> tuple[list[bytes], int]:
    for ending in (b"\r\n", b"\n"):
        if content.startswith(ending, at):
            return [], at + len(ending)
    return _take_lines(content, at)


def is_ambiguous_framing(message: WireMessage) -> bool:
    """Whether two recipients could take different lengths from the framing fields of a head."""
    lengths, codings = message.values(b"content-length"), message.values(b"transfer-encoding")
    if codings:
        old = _HTTP_1_1.search(message.start_line) is None
        return [each.lower() for each in codings] != [b"chunked"] or bool(lengths) or old
    numbers = {item.strip() for value in lengths for item in value.split(b",")}
    return len(numbers) > 1 or not all(
        _DIGITS.fullmatch(number) and len(number) <= _MAX_LENGTH_DIGITS for number in numbers
    )


def has_ambiguous_lines(message: WireMessage) -> bool:
    """Whether two recipients could divide a head into different lines, names or values.

    RFC 9112 §2.2, §5.1 and §5.2 name these: a bare CR, NUL, white space before a colon or at the
    begin of a line, and a line without a field name.
    """
    start, *lines = message.lines or [b""]
    return re.search(rb"[\r\0]", start) is not None or any(map(is_ambiguous_line, lines))


def is_ambiguous_request_line(line: bytes) -> bool:
    """Whether two recipients could divide a request line into different parts (RFC 9112 §3)."""
    parts = line.split(b" ")
    return bool(_BLANKS_AND_CONTROLS.search(line)) or len(parts) != _PARTS or b"" in parts


def is_ambiguous_line(line: bytes) -> bool:
    """Whether two recipients could take a line for different fields, or one for none."""
    name, colon, _ = line.partition(b":")
    return not colon or _TOKEN.fullmatch(name) is None or re.search(rb"[\r\0]", line) is not None
