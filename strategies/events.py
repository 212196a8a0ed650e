"""Strategies for events to be sent, as specs: valid ones, and nearly valid ones.

Owns the arguments. Whether an event may be sent now is the concern of whoever draws it.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from .fields import Field, field_lists, framing_fields, hostile_fields
from .messages import INTERIM_STATUSES, METHODS, REASONS, STATUSES, TARGETS
from .programs import EventSpec, Typed

CLOSED = EventSpec("ConnectionClosed")

_BOOLEANS = st.booleans()
_TEN = st.integers(0, 9)
_LENGTHS = st.sampled_from([None, None, 0, 1, 3, 5])


def _spelt(draw: st.DrawFn, value: bytes) -> bytes | Typed:
    """The value as bytes or, where that is possible and drawn, as text, which is documented too."""
    if value.isascii() and draw(_BOOLEANS):
        return Typed("text", value.decode("ascii"))
    return value


def _fields(draw: st.DrawFn, first: list[Field]) -> list[Field]:
    fields = [*first, *draw(field_lists(max_size=3))]
    kind = draw(_TEN)
    if kind == 1:
        fields.append(draw(framing_fields()))
    elif kind == 2:
        fields.append(draw(hostile_fields()))
    return fields


def _framing(length: int | None, chunked: bool) -> list[Field]:
    framing: list[Field] = [] if length is None else [(b"Content-Length", b"%d" % length)]
    return [*framing, (b"Transfer-Encoding", b"chunked")] if chunked else framing


_METHODS = st.sampled_from([*METHODS, *METHODS, b"A B", b""])
_TARGETS = st.sampled_from([*TARGETS, *TARGETS, b"a b", b"", b"/\xe9"])
_VERSIONS = st.sampled_from([b"1.1"] * 15 + [b"1.0"])
_REASONS = st.sampled_from(REASONS)
_CONTENTS = st.sampled_from(["", "a", "abc", "abcde"])
_KINDS = st.sampled_from(["bytes", "bytes", "bytearray", "memoryview"])


@cache
@st.composite
def requests(draw: st.DrawFn) -> EventSpec:
    """Requests: any method and framing, most of them valid, some with a field at fault, an illegal
    method or target, no Host, or a version that is not sent.
    """
    host = [(b"Host", b"a")] if draw(_TEN) else []
    fields = _fields(draw, host + _framing(draw(_LENGTHS), draw(_TEN) > 6))
    version = draw(_VERSIONS)
    return EventSpec.of(
        "Request",
        method=_spelt(draw, draw(_METHODS)),
        target=_spelt(draw, draw(_TARGETS)),
        headers=fields,
        **({} if version == b"1.1" else {"http_version": version}),
    )


@st.composite
def _responses(
    draw: st.DrawFn, type: str, statuses: st.SearchStrategy[int], framed: bool
) -> EventSpec:
    framing = _framing(draw(_LENGTHS), draw(_BOOLEANS)) if framed else []
    return EventSpec.of(
        type,
        status_code=draw(statuses),
        headers=_fields(draw, framing),
        reason=_spelt(draw, draw(_REASONS)),
    )


@cache
def responses() -> st.SearchStrategy[EventSpec]:
    """Final responses: any status and framing; some with a field or status at fault."""
    return _responses("Response", st.sampled_from([*STATUSES, 100, 1000]), True)


@cache
def interim_responses() -> st.SearchStrategy[EventSpec]:
    """Informational responses; some with a field or status at fault."""
    statuses = st.sampled_from([*INTERIM_STATUSES, 200, 99])
    return _responses("InformationalResponse", statuses, False)


@cache
@st.composite
def data(draw: st.DrawFn) -> EventSpec:
    """Data of zero to five bytes, in any bytes-like type."""
    content = draw(_CONTENTS)
    kind = draw(_KINDS)
    value = content.encode() if kind == "bytes" else Typed(kind, content)
    return EventSpec.of("Data", data=value)


@cache
@st.composite
def ends(draw: st.DrawFn) -> EventSpec:
    """EndOfMessage, at times with trailers."""
    if draw(_TEN) > 6:
        return EventSpec.of("EndOfMessage", headers=_fields(draw, []))
    return EventSpec("EndOfMessage")


@cache
def any_events() -> st.SearchStrategy[EventSpec]:
    """Any event that has a constructor."""
    return st.one_of(st.just(CLOSED), ends(), data(), requests(), responses(), interim_responses())
