"""Strategies for the specs of events to send, both valid and nearly valid.

Owns the arguments of the events. Does not know in which states an event may be sent.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from .fields import Field, combinations, field_lists, framing_fields, hostile_fields
from .interpreter import decode
from .messages import INTERIM_STATUSES, METHODS, REASONS, STATUSES, TARGETS
from .program import EventSpec, Typed

CLOSED = EventSpec("ConnectionClosed")


def construct(implementation: Any, event: EventSpec) -> Any:
    """Returns the event that a spec describes, made by an implementation's own constructor.

    Args:
        implementation: a module that has the h11 API.

    Raises what the constructor raises.
    """
    form = event.to_json()
    arguments = {name: decode(value) for name, value in form.items() if name != "type"}
    return getattr(implementation, event.type)(**arguments)


_TEN = st.integers(0, 9)


def _as_text(value: bytes) -> Typed:
    """The value as str: h11's documentation allows str as well as bytes."""
    return Typed("text", value.decode("ascii"))


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


_KINDS = ["bytes", "bytes", "bytearray", "memoryview"]
_CONTENTS = combinations(["", "a", "abc", "abcde", "abcdefghijk"], _KINDS)
# Most are legal, so that most programs continue.
_REQUEST_LINES = combinations(
    [*[*map(_as_text, METHODS), *METHODS] * 2, b"A B", b""],
    [*[*TARGETS, *map(_as_text, TARGETS)] * 2, b"a b", b"", b"/\xe9"],
)
_VERSIONS = st.sampled_from([b"1.1"] * 15 + [b"1.0"])
_STATUS_LINES = combinations([*STATUSES, 100, 1000], [*REASONS, Typed("text", "OK")])
_INTERIM_LINES = combinations([*INTERIM_STATUSES, 200, 99], [*REASONS, Typed("text", "OK")])
_HOSTS = [[(b"Host", b"a")]] * 9 + [[]]
_LENGTHS = [None, None, 0, 1, 3, 5]
_REQUEST_FRAMINGS = combinations(_HOSTS, _LENGTHS, [False, False, True])
_RESPONSE_FRAMINGS = combinations(_LENGTHS, [False, True])


@cache
@st.composite
def requests(draw: st.DrawFn) -> EventSpec:
    """Requests with any method and framing.

    Most are valid; some have an invalid field, method or target, no Host, or the version 1.0, which
    h11 does not send.
    """
    method, target = draw(_REQUEST_LINES)
    version = draw(_VERSIONS)
    host, length, chunked = draw(_REQUEST_FRAMINGS)
    return EventSpec.of(
        "Request",
        method=method,
        target=target,
        headers=_fields(draw, [*host, *_framing(length, chunked)]),
        **({} if version == b"1.1" else {"http_version": version}),
    )


@cache
@st.composite
def responses(draw: st.DrawFn) -> EventSpec:
    """Final responses with any status and framing; some have an invalid field or status."""
    status, reason = draw(_STATUS_LINES)
    headers = _fields(draw, _framing(*draw(_RESPONSE_FRAMINGS)))
    return EventSpec.of("Response", status_code=status, headers=headers, reason=reason)


@cache
@st.composite
def interim_responses(draw: st.DrawFn) -> EventSpec:
    """Informational responses; some have an invalid field or status."""
    status, reason = draw(_INTERIM_LINES)
    headers = _fields(draw, [])
    return EventSpec.of("InformationalResponse", status_code=status, headers=headers, reason=reason)


_ACCEPTING = combinations([101, 101, 200, 200, 299, 426], [b"", b"OK"])


@cache
@st.composite
def acceptances(draw: st.DrawFn) -> EventSpec:
    """Responses to a request that proposes a switch of protocols; most accept it."""
    status, reason = draw(_ACCEPTING)
    kind = "InformationalResponse" if status == 101 else "Response"
    headers = draw(field_lists(max_size=2))
    return EventSpec.of(kind, status_code=status, headers=headers, reason=reason)


@cache
@st.composite
def data(draw: st.DrawFn) -> EventSpec:
    """Data of up to eleven bytes, in any bytes-like type; as a chunk size, eleven is ``b``."""
    content, kind = draw(_CONTENTS)
    value = content.encode() if kind == "bytes" else Typed(kind, content)
    return EventSpec.of("Data", data=value)


@cache
@st.composite
def ends(draw: st.DrawFn) -> EventSpec:
    """EndOfMessage, sometimes with trailers."""
    if draw(_TEN) > 6:
        return EventSpec.of("EndOfMessage", headers=_fields(draw, []))
    return EventSpec("EndOfMessage")


@cache
def any_events() -> st.SearchStrategy[EventSpec]:
    """Events of every type that can be sent."""
    return st.one_of(st.just(CLOSED), ends(), data(), requests(), responses(), interim_responses())
