"""What is unusual about an event that is sent, and how it can be made usual.

Owns the parts of an event; ``usual_values`` has the values. It must not know programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from . import usual_values as usual
from .program import EventSpec, Typed, is_tuple

_HOST = (b"Host", usual.HOST)
_FIELD = (usual.NAME, usual.VALUE)
USUAL_EVENTS = {
    "Request": EventSpec.of("Request", method=b"GET", target=b"/", headers=[_HOST]),
    "Response": EventSpec.of("Response", status_code=200, headers=[]),
    "InformationalResponse": EventSpec.of("InformationalResponse", status_code=100, headers=[]),
    "Data": EventSpec.of("Data", data=usual.BODY),
}
_MISSING, _SUPERFLUOUS, _TYPED, _ODD = 2, 1, 1, 3


def event_weight(event: EventSpec) -> int:
    """Returns how unusual an event is; 0 stands for a usual one."""
    given = dict(event.arguments)
    expected = USUAL_EVENTS.get(event.type, EventSpec(event.type))
    missing = sum(name not in given for name, _ in expected.arguments)
    return _MISSING * missing + sum(
        _argument_weight(event, name, value) for name, value in event.arguments
    )


def usual_events(event: EventSpec) -> Iterator[EventSpec]:
    """Yields events that are more usual: a usual one first, and then with one usual part."""
    expected = USUAL_EVENTS.get(event.type, EventSpec(event.type))
    yield expected
    if event.type == "Response":
        yield EventSpec.of("Response", status_code=204, headers=[])
    for name, value in expected.arguments:
        if name not in dict(event.arguments):
            yield replace(event, arguments=(*event.arguments, (name, value)))
    for at, (name, value) in enumerate(event.arguments):
        for each in _usual_arguments(event, name, value):
            arguments = (*event.arguments[:at], (name, each), *event.arguments[at + 1 :])
            yield replace(event, arguments=arguments)


def _argument_weight(event: EventSpec, name: str, value: Any) -> int:
    if name == "headers":
        return _headers_weight(event, value)
    text, typed = _text(value)
    if name == "status_code":
        usual_status = 100 if event.type == "InformationalResponse" else 200
        return typed + usual.status_weight(_bytes(text), usual_status)
    if not isinstance(text, bytes):
        return typed + _ODD
    if name == "method":
        return typed + usual.method_weight(text, framed=_framed(event))
    if name == "target":
        method = _text(dict(event.arguments).get("method"))[0]
        return typed + usual.target_weight(text, method)
    if name == "http_version":
        return typed + _SUPERFLUOUS + usual.version_weight(b"HTTP/" + text)
    if name == "reason":
        return typed + usual.text_weight(text, _reason(event))
    if name == "data":
        return typed + usual.whole_body_weight(text)
    return typed + _ODD


def _headers_weight(event: EventSpec, value: Any) -> int:
    """Each field that could be left out counts, and so does a missing Host."""
    if not is_tuple(value):
        return _ODD
    is_request = event.type == "Request"
    has_host = False
    total = 0
    for pair in value:
        if is_request and not has_host and _is_host(pair):
            has_host = True
            total += _pair_weight(pair) + (pair is not value[0])
        else:
            total += 1 + _pair_weight(pair)
    return total + (is_request and not has_host)


def _is_host(pair: Any) -> bool:
    return is_tuple(pair) and bool(pair) and _bytes(_text(pair[0])[0]).lower() == b"host"


def _pair_weight(pair: Any) -> int:
    if not is_tuple(pair) or len(pair) != len(_FIELD):
        return _ODD
    (name, one), (value, other) = map(_text, pair)
    if not isinstance(name, bytes) or not isinstance(value, bytes):
        return one + other + _ODD
    return one + other + usual.name_weight(name) + usual.value_weight(name, value)


def _usual_arguments(event: EventSpec, name: str, value: Any) -> Iterator[Any]:
    """Values that are more usual for an argument."""
    if name == "headers":
        yield from _usual_headers(event, value)
        return
    text, typed = _text(value)
    if typed and isinstance(text, bytes):
        yield text
    text = _bytes(text)
    if name == "method":
        yield from usual.methods(text, framed=_framed(event))
    elif name == "target":
        yield from usual.targets(text, _bytes(_text(dict(event.arguments).get("method"))[0]))
    elif name == "status_code":
        yield from usual.statuses(100 if event.type == "InformationalResponse" else 200)
    elif name == "reason":
        yield from usual.near(text, _reason(event))
    elif name == "data":
        yield usual.BODY
        yield usual.body(len(text))
    elif name == "http_version":
        yield from (each.removeprefix(b"HTTP/") for each in usual.versions(b"HTTP/" + text))


def _usual_headers(event: EventSpec, value: Any) -> Iterator[Any]:
    pairs = value if is_tuple(value) else ()
    if not is_tuple(value):
        yield ()
    if event.type == "Request" and not any(map(_is_host, pairs)):
        yield (_HOST, *pairs)
    for at, pair in enumerate(pairs):
        before, after = pairs[:at], pairs[at + 1 :]
        if not is_tuple(pair) or len(pair) != len(_FIELD):
            yield (*before, _FIELD, *after)
            continue
        if _is_host(pair):
            yield (*before, _HOST, *after)
            yield (pair, *before, *after)
        name, content = (_bytes(_text(part)[0]) for part in pair)
        yield (*before, (name, content), *after)
        for each in usual.names(name):
            yield (*before, (each, content), *after)
            # A name that is not known goes with another usual value.
            yield (*before, (each, usual.VALUE), *after)
        for each in usual.values(name, content):
            yield (*before, (name, each), *after)


def _framed(event: EventSpec) -> bool:
    headers = dict(event.arguments).get("headers")
    pairs = headers if is_tuple(headers) else ()
    return usual.has_framing(_bytes(_text(pair[0])[0]) for pair in pairs if is_tuple(pair) and pair)


def _reason(event: EventSpec) -> bytes:
    code = dict(event.arguments).get("status_code")
    return usual.reason_of(code) if isinstance(code, int) else b"OK"


def _text(value: Any) -> tuple[Any, int]:
    """The content of an argument, with what its type weighs; text is taken for its bytes."""
    if isinstance(value, Typed) and isinstance(value.content, str) and value.kind != "api":
        return value.content.encode("latin-1", "replace"), _TYPED
    if isinstance(value, Typed):
        return value.content, _TYPED
    return value, 0


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return str(value).encode("latin-1", "replace") if isinstance(value, (str, int)) else b""
