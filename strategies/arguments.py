"""Strategies for the types that arguments of events come in.

Owns the types that a value may have, and the values that h11's documentation does not allow. These
are two strategies, because only the first one tests conformance. Does not know what the values
mean.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from .program import EventSpec, Typed, is_tuple

# h11's documentation: bytes-like objects, or str of ASCII characters, wherever bytes are expected.
_BYTES_TYPES = st.sampled_from(["bytes", "bytes", "text", "bytearray", "memoryview"])
# And any iterable of pairs for headers.
_HEADERS_TYPES = st.sampled_from(["list", "list", "tuple", "iterator"])
_UNDOCUMENTED: list[Any] = [
    None,
    True,
    0,
    3,
    1.5,
    Typed("text", "\xe9"),
    Typed("opaque", 3),
    (b"a", b"b"),
    (),
    b"200",
    Typed("text", "200"),
    ((b"a",),),
    ((b"a", None),),
    (b"ab", b"cd"),
]
_ODD_VALUES = st.sampled_from(_UNDOCUMENTED)
_POSITIONS = st.integers(0, 2**16 - 1)


@cache
@st.composite
def retyped(draw: st.DrawFn, events: st.SearchStrategy[EventSpec]) -> EventSpec:
    """One of ``events`` with its arguments in other documented types.

    Bytes become bytes, bytearray, memoryview or, where they are ASCII, str; headers become a list,
    tuple or iterator of pairs. The values stay the same. Cannot change the type of ``Data.data``,
    which ``events.data`` draws in all types, or of a status code.
    """
    event = draw(events)
    return EventSpec(
        event.type, tuple((name, _retyped(draw, name, value)) for name, value in event.arguments)
    )


def _retyped(draw: st.DrawFn, name: str, value: Any) -> Any:
    if name == "headers" and is_tuple(value):
        pairs = tuple(tuple(_as_type(draw, part) for part in pair) for pair in value)
        kind = draw(_HEADERS_TYPES)
        return pairs if kind == "list" else Typed(kind, pairs)
    return value if name == "data" else _as_type(draw, value)


def _as_type(draw: st.DrawFn, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    kind = draw(_BYTES_TYPES)
    if kind == "bytes" or (kind == "text" and not value.isascii()):
        return value
    return Typed(kind, value.decode("latin-1"))


@cache
@st.composite
def mistyped(draw: st.DrawFn, events: st.SearchStrategy[EventSpec]) -> EventSpec:
    """One of ``events`` with one argument of an undocumented type or shape.

    A difference that this causes is reported, and fails only a strict run. Events without arguments
    stay as they are. Cannot omit or add an argument.
    """
    event = draw(events)
    if not event.arguments:
        return event
    at = draw(_POSITIONS) % len(event.arguments)
    arguments = list(event.arguments)
    arguments[at] = (arguments[at][0], draw(_ODD_VALUES))
    return EventSpec(event.type, tuple(arguments))
