"""Strategies for messages as a peer puts them on the wire.

Owns the bytes of heads, bodies and their corruptions, together with what the sender meant. Knows
nothing of the connection that receives them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st

from .fields import Field, combinations, field_lists, framing_fields

METHODS = [
    b"GET",
    b"POST",
    b"HEAD",
    b"CONNECT",
    b"CONNECT",
    b"PUT",
    b"OPTIONS",
    b"get",
    b"head",
    b"M-X!",
]
TARGETS = [b"/", b"*", b"/a?b=c#d", b"example.org:443", b"http://example.org/", b"//", b"?"]
VERSIONS = [b"1.1"] * 8 + [*[b"1.0"] * 4, b"0.9", b"1.2", b"2.0"]
# The number of times that a code is listed is its weight.
STATUSES = [
    *[200] * 6, 204, 204, 304, 304, 404, 404, 205, 206, 299, 300, 301, 401, 408, 413, 431, 500, 999,
]  # fmt: skip
# More than the default buffer limit of 16 KiB.
OVERLONG = 17000
INTERIM_STATUSES = [100, 100, 101, 101, 102, 103, 199]
REASONS = [b"", b"OK", b"Not  Found ", b"\xe9\x01"]


@dataclass(frozen=True)
class WireMessage:
    """A message in bytes, and what its sender meant by them.

    ``body`` is what a recipient gets when it reads ``coded`` by ``framing`` ("none", "length",
    "chunked" or "close"); ``corruption`` is the name of the change that was made to the bytes.
    """

    start_line: bytes
    fields: tuple[Field, ...]
    framing: str = "none"
    coded: bytes = b""
    body: bytes = b""
    corruption: str = ""
    corrupted: bytes | None = None

    @property
    def data(self) -> bytes:
        """The bytes on the wire."""
        if self.corrupted is not None:
            return self.corrupted
        lines = [self.start_line, *(b"%s: %s" % field for field in self.fields), b"", self.coded]
        return b"\r\n".join(lines)


@cache
def methods() -> st.SearchStrategy[bytes]:
    """Methods that are tokens: common ones, those that change the framing, and unknown ones.

    Cannot produce an invalid one: ``corrupted`` requests and ``events.requests`` can.
    """
    return st.sampled_from(METHODS)


@cache
def targets() -> st.SearchStrategy[bytes]:
    """Request targets in all four forms of RFC 9112 section 3.2, and odd ones that h11 accepts.

    Cannot produce one with a blank or a control character.
    """
    return st.sampled_from(TARGETS)


@cache
def versions() -> st.SearchStrategy[bytes]:
    """Versions, without ``HTTP/``: mostly 1.1, then 1.0, and others.

    Cannot produce anything but a digit, a dot and a digit.
    """
    return st.sampled_from(VERSIONS)


_CONTENTS = st.binary(max_size=12)
_CHUNKS = st.lists(st.binary(min_size=1, max_size=20), max_size=3)
_SIZE_FORMS = st.sampled_from([b"%x", b"%X", b"%02x", b"%x;a=b", b"%x;", b"%x "])
_LAST_SIZES = st.sampled_from([b"0", b"0", b"000", b"0;x"])
_NO_FIELDS: list[Field] = []


@cache
def trailers() -> st.SearchStrategy[list[Field]]:
    """Trailer fields: none, or up to two legal ones, some of which have a meaning only in a head.

    Cannot produce fields that frame a body: ``fields.framing_fields`` can.
    """
    return st.just(_NO_FIELDS) | field_lists(max_size=2)


_TRAILERS = trailers()


@cache
@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Bodies in the chunked coding, coded and decoded: sizes in either case or padded with zeros,
    extensions, and trailers. Cannot produce an invalid one: ``corrupted`` can.
    """
    coded, body = b"", b""
    for data in draw(_CHUNKS):
        form = draw(_SIZE_FORMS)
        coded += form % len(data) + b"\r\n" + data + b"\r\n"
        body += data
    last = draw(_LAST_SIZES)
    lines = b"".join(b"%s: %s\r\n" % field for field in draw(_TRAILERS))
    return coded + last + b"\r\n" + lines + b"\r\n", body


@dataclass(frozen=True)
class Body:
    """A body on the wire (``coded``), the body that a recipient gets, and the field that announces
    it, if any; ``framing`` is "none", "length", "chunked" or "close".
    """

    framing: str
    announced: tuple[Field, ...]
    coded: bytes
    body: bytes


_FRAMINGS = ("none", "length", "chunked", "close")


@cache
@st.composite
def bodies(draw: st.DrawFn, *, framings: Sequence[str] = _FRAMINGS) -> Body:
    """Bodies in every framing, or in the given ones; a framing that is given twice is drawn twice
    as often. Cannot produce a body of another length than announced: ``corrupted`` can.

    Args:
        framings: some of "none", "length", "chunked", "close".
    """
    framing = draw(st.sampled_from(framings))
    if framing == "chunked":
        return Body(framing, ((b"Transfer-Encoding", b"chunked"),), *draw(chunked_bodies()))
    body = b"" if framing == "none" else draw(_CONTENTS)
    length = ((b"Content-Length", b"%d" % len(body)),) if framing == "length" else ()
    return Body(framing, length, body, body)


def _framed(
    draw: st.DrawFn, start_line: bytes, first: list[Field], bodies: st.SearchStrategy[Body]
) -> WireMessage:
    """A message with one of the bodies; the field that announces the body follows other fields."""
    fields = [*first, *draw(field_lists())]
    body = draw(bodies)
    fields += body.announced
    return WireMessage(start_line, tuple(fields), body.framing, body.coded, body.body)


_REQUEST_LINES = combinations(METHODS, TARGETS, VERSIONS)
_STATUS_LINES = combinations(VERSIONS, STATUSES, REASONS)
_INTERIM_LINES = combinations(VERSIONS, INTERIM_STATUSES)
_REQUEST_BODIES = bodies(framings=("none", "length", "chunked", "chunked"))
_RESPONSE_BODIES = bodies(framings=("length", "length", "chunked", "chunked", "close", "none"))


@cache
@st.composite
def requests(draw: st.DrawFn) -> WireMessage:
    """Requests that a server accepts: any method and version, no body, or one in either framing.

    Cannot produce an invalid one, except by drawing a second Host: ``corrupted`` can.
    """
    start_line = b"%s %s HTTP/%s" % draw(_REQUEST_LINES)
    return _framed(draw, start_line, [(b"Host", b"a")], _REQUEST_BODIES)


@cache
@st.composite
def responses(draw: st.DrawFn, *, has_body: bool = True) -> WireMessage:
    """Final responses in every framing, with bodies if ``has_body``.

    Where the status (204, 304) or the request (HEAD) allows no body, the drawn one is the beginning
    of the next message.
    """
    start_line = b"HTTP/%s %d %s" % draw(_STATUS_LINES)
    message = _framed(draw, start_line, [], _RESPONSE_BODIES)
    return message if has_body else replace(message, coded=b"", body=b"")


@cache
@st.composite
def interim_responses(draw: st.DrawFn) -> WireMessage:
    """Responses 1xx, with fields and without a body."""
    start_line = b"HTTP/%s %d" % draw(_INTERIM_LINES)
    return WireMessage(start_line, tuple(draw(field_lists(max_size=2))))


_ACCEPTING_LINES = combinations([b"1.1"], [101, 101, 200, 200, 299, 426], [b"", b"OK"])


@cache
@st.composite
def acceptances(draw: st.DrawFn) -> WireMessage:
    """Responses to a request that proposes another protocol: most accept it, without a body.

    The proposal decides which of them accept it: 101 accepts Upgrade, 2xx accepts CONNECT.
    """
    start_line = b"HTTP/%s %d %s" % draw(_ACCEPTING_LINES)
    return WireMessage(start_line, tuple(draw(field_lists(max_size=2))))


Corruption = Callable[[st.DrawFn, bytes], bytes]

# A position is a large number modulo the size: otherwise each draw would have to make a strategy
# for its size. Shrinks towards the beginning.
_POSITIONS = st.integers(0, 2**16 - 1)
_SURPLUS = st.binary(min_size=1, max_size=6)
_OTHER_BYTES = st.binary(max_size=1)
_EMPTY_LINES = st.sampled_from([b"\r\n", b"\n", b"\r"])
_CONTROLS = st.sampled_from([b"\x00", b"\x01", b"\x0b", b"\x0c", b"\x1b", b"\x7f"])
_FILLERS = st.sampled_from([b"a", b"1", b" ", b"b: c\r\n"])
_BAD_SIZES = st.sampled_from(
    [b"g", b"0x1", b" 1", b"1 ;a", b"-1", b"", b"1\n", b"123456789012345678901", b"1_0"]
)
_BAD_FOOTERS = st.sampled_from([b"XX", b"\r\r", b"X\n", b"  ", b"\n", b"\r", b""])


def position(draw: st.DrawFn, size: int) -> int:
    """Draws one of ``size`` positions."""
    return draw(_POSITIONS) % size


def _insert(data: bytes, at: int, extra: bytes) -> bytes:
    return data[:at] + extra + data[at:]


def _replace_line_end(by: bytes) -> Corruption:
    def corrupt(draw: st.DrawFn, data: bytes) -> bytes:
        ends = [at for at in range(len(data)) if data.startswith(b"\r\n", at)]
        at = ends[position(draw, len(ends))]
        return data[:at] + by + data[at + 2 :]

    return corrupt


def _replace_first(old: bytes, new: bytes) -> Corruption:
    return lambda draw, data: data.replace(old, new, 1)


def _extra_field(draw: st.DrawFn, data: bytes) -> bytes:
    at = data.find(b"\r\n") + 2
    return _insert(data, at, b"%s: %s\r\n" % draw(framing_fields()))


def _fields_before_others(*lines: bytes) -> Corruption:
    return _replace_first(b"\r\n", b"\r\n" + b"".join(line + b"\r\n" for line in lines))


def _control_byte(draw: st.DrawFn, data: bytes) -> bytes:
    return _insert(data, position(draw, len(data)), draw(_CONTROLS))


def _any_byte(draw: st.DrawFn, data: bytes) -> bytes:
    """A byte removed, inserted or changed."""
    at = position(draw, len(data))
    return data[:at] + draw(_OTHER_BYTES) + data[at + draw(_POSITIONS) % 2 :]


def _overlong(draw: st.DrawFn, data: bytes) -> bytes:
    filler = draw(_FILLERS)
    return _insert(data, position(draw, len(data)), filler * (OVERLONG // len(filler)))


def _chunk_size(draw: st.DrawFn, data: bytes) -> bytes:
    head, blank, body = data.partition(b"\r\n\r\n")
    return head + blank + draw(_BAD_SIZES) + b"\r\n" + body


def _chunk_footer(draw: st.DrawFn, data: bytes) -> bytes:
    """Other bytes after the data of the last chunk; a body without chunks gets one."""
    head, blank, body = data.partition(b"\r\n\r\n")
    before, zero, after = body.rpartition(b"\r\n0")
    if not zero:
        before, after = b"1\r\na", body.removeprefix(b"0")
    return head + blank + before + draw(_BAD_FOOTERS) + b"0" + after


def _truncated(draw: st.DrawFn, data: bytes) -> bytes:
    """A part of the message; the cut is as likely in the body as anywhere."""
    where, in_body = divmod(draw(_POSITIONS), 2)
    head_size = data.find(b"\r\n\r\n") + 4
    if in_body and 4 <= head_size < len(data):
        return data[: head_size + where % (len(data) - head_size)]
    return data[: where % len(data)]


# Only one at a time: two faults in a message would hide each other.
CORRUPTIONS: dict[str, Corruption] = {
    "bare LF": _replace_line_end(b"\n"),
    "bare CR": _replace_line_end(b"\r"),
    "LF for CR LF everywhere": lambda draw, data: data.replace(b"\r\n", b"\n"),
    "CR CR LF": _replace_line_end(b"\r\r\n"),
    "obs-fold": _replace_first(b": ", b":\r\n "),
    "obs-fold before any field": _replace_first(b"\r\n", b"\r\n "),
    "obs-fold after blanks": _replace_line_end(b" \t\r\n\t "),
    "blank before the colon": _replace_first(b":", b" :"),
    "no colon": _replace_first(b":", b""),
    "no name": _replace_first(b"\r\n", b"\r\n: a\r\n"),
    "leading line end": lambda draw, data: draw(_EMPTY_LINES) + data,
    "leading blank": lambda draw, data: b" " + data,
    "two blanks": _replace_first(b" ", b"  "),
    "tab for a blank": _replace_first(b" ", b"\t"),
    "lower-case HTTP": _replace_first(b"HTTP", b"http"),
    "no version": _replace_first(b" HTTP/1.1", b""),
    "no Host": _replace_first(b"Host: a\r\n", b""),
    "another framing field": _extra_field,
    "Content-Length twice": _fields_before_others(b"Content-Length: 3", b"Content-Length: 3"),
    "conflicting Content-Length": _fields_before_others(b"Content-Length: 3", b"Content-Length: 4"),
    "Content-Length with Transfer-Encoding": _fields_before_others(
        b"Content-Length: 3", b"Transfer-Encoding: chunked"
    ),
    "chunk size": _chunk_size,
    "chunk footer": _chunk_footer,
    "any byte": _any_byte,
    "control byte": _control_byte,
    "truncated": _truncated,
    "surplus": lambda draw, data: data + draw(_SURPLUS),
    "another message after it": lambda draw, data: data + data,
    "over-long": _overlong,
}


# Chunks hide faults as well as heads do, but have fewer corruptions of their own.
_OF_CHUNKS = ["chunk size", "chunk footer"]
# These do not always lead to an error at once, or apply in one place only.
_OFTEN = ["truncated"] * 5 + ["leading blank", "leading line end", "obs-fold before any field"] * 2
_OF_ANY = [*(name for name in CORRUPTIONS if name not in _OF_CHUNKS), *_OFTEN]
_CORRUPTION_NAMES = st.sampled_from(_OF_ANY)
_CHUNKED_CORRUPTION_NAMES = st.sampled_from(_OF_ANY + _OF_CHUNKS * 11 + ["truncated"] * 10)


@cache
@st.composite
def corrupted(draw: st.DrawFn, messages: st.SearchStrategy[WireMessage]) -> WireMessage:
    """One of ``messages`` with one of CORRUPTIONS, by name; some do not change some messages.

    A truncated message may be empty; receiving it would then mean the end of input.
    """
    message = draw(messages)
    chunked = message.framing == "chunked"
    name = draw(_CHUNKED_CORRUPTION_NAMES if chunked else _CORRUPTION_NAMES)
    return replace(message, corruption=name, corrupted=CORRUPTIONS[name](draw, message.data))
