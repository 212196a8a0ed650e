"""Every argument of every event in every type, documented or not.

Owns the places of arguments in conversations, each with steps that show its effect, and the types
that a value can have; the programs are the product of both. Callers pass the table of documented
types: a source of programs does not decide it.

Programs cannot express, and so omit, other types of roles, limits and received data, and sending
something other than an event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..program import Drain, EventSpec, Program, Receive, Role, Send, StartNextCycle, Step, Typed

# The documented types of each parameter, by event and name.
Table = Mapping[tuple[str, str], Collection[str]]

_HOST = (b"Host", b"a")
_LENGTH = (b"Content-Length", b"1")
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_CLOSE = (b"Connection", b"close")
_EXPECT = (b"Expect", b"100-continue")
_UPGRADE = (b"Upgrade", b"b")
_PLAIN = (b"X-Y", b"b")

_DATA = Send(EventSpec.of("Data", data=b"a"))
_END = Send(EventSpec("EndOfMessage"))
_NO_CONTENT = Send(EventSpec.of("Response", status_code=204, headers=[]))
_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
# Read differently after HEAD, after CONNECT, and after all other methods.
_ANSWERED: tuple[Step, ...] = (
    Receive(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"),
    Drain(),
    StartNextCycle(),
)


@dataclass(frozen=True)
class _Place:
    """One argument of an event in a conversation: its usual value, and how to replace it.

    ``part`` has the indices of a field, or of its name or value, in the argument ``headers``.
    """

    role: Role
    before: tuple[Step, ...]
    event: EventSpec
    name: str
    after: tuple[Step, ...] = ()
    passthrough: bool = False
    part: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The event and the name of the argument, as in a table."""
        parts = ("headers", "headers.pair", "headers.name", "headers.value")
        at = len(self.part) + (self.part[-1] if len(self.part) == 2 else 0)
        return self.event.type, parts[at] if self.name == "headers" else self.name

    @property
    def value(self) -> Any:
        """The usual value of the argument."""
        value = dict(self.event.arguments)[self.name]
        for at in self.part:
            value = value[at]
        return value

    def with_value(self, value: Any) -> Program:
        """The conversation with another value in this place."""
        arguments = {**dict(self.event.arguments)}
        arguments[self.name] = _put(arguments[self.name], self.part, value)
        return self.with_event(replace(self.event, arguments=tuple(arguments.items())))

    def with_event(self, event: EventSpec) -> Program:
        """The conversation with another event in this place."""
        return Program(self.role, (*self.before, Send(event, self.passthrough), *self.after))


def _put(whole: Any, at: tuple[int, ...], value: Any) -> Any:
    if not at:
        return value
    first, *rest = at
    return (*whole[:first], _put(whole[first], tuple(rest), value), *whole[first + 1 :])


def argument_places() -> Iterator[_Place]:
    """Yields every place of an argument that a program can fill with a value of another type."""
    yield from _requests()
    yield from _responses()
    yield from _interim_responses()
    yield from _bodies()


def _requests() -> Iterator[_Place]:
    after = (_END, *_ANSWERED)
    for method in (b"GET", b"HEAD", b"CONNECT"):
        yield _Place("client", (), _request(method=method), "method", after)
    for target in (b"/", b"*"):
        yield _Place("client", (), _request(target=target), "target", after)
    for version in (b"1.1", b"1.0"):
        yield _Place("client", (), _request(http_version=version), "http_version", after)
    for field in (_HOST, _LENGTH, _CHUNKED, _CLOSE, _UPGRADE, _EXPECT, _PLAIN):
        others = [other for other in (_HOST, _EXPECT) if other != field]
        body = (_DATA,) if field in (_LENGTH, _CHUNKED) else ()
        for event in (_request(headers=[field, *others]), _request(headers=[*others, field])):
            at = dict(event.arguments)["headers"].index(field)
            yield from _in_headers("client", (), event, at, (*body, *after))


def _request(**changes: Any) -> EventSpec:
    usual = {"method": b"GET", "target": b"/", "headers": [_HOST]}
    return EventSpec.of("Request", **{**usual, **changes})


def _in_headers(
    role: Role, before: tuple[Step, ...], event: EventSpec, at: int, after: tuple[Step, ...]
) -> Iterator[_Place]:
    """The headers as a whole, one of the pairs in them, and both of its parts."""
    for part in ((), (at,), (at, 0), (at, 1)):
        yield _Place(role, before, event, "headers", after, part=part)


def _responses() -> Iterator[_Place]:
    after = (_DATA, _END, StartNextCycle())
    for request in (
        *(_GET, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n"),
        b"GET / HTTP/1.0\r\n\r\n",
    ):
        received = (Receive(request), Drain())
        for code in (200, 204, 304, 404):
            event = EventSpec.of("Response", status_code=code, headers=[_PLAIN])
            yield _Place("server", received, event, "status_code", after)
        for field in (_LENGTH, _CHUNKED, _CLOSE, _PLAIN):
            event = EventSpec.of("Response", status_code=200, headers=[_PLAIN, field])
            yield from _in_headers("server", received, event, 1, after)
    received = (Receive(_GET), Drain())
    for name, value in (("reason", b"OK"), ("http_version", b"1.1"), ("http_version", b"1.0")):
        event = EventSpec.of("Response", status_code=200, headers=[_LENGTH], **{name: value})
        yield _Place("server", received, event, name, after)


def _interim_responses() -> Iterator[_Place]:
    asks = b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nUpgrade: b\r\n\r\n"
    received = (Receive(asks), Drain())
    after = (_NO_CONTENT, _END, Drain())
    usual = {"status_code": 100, "headers": [_PLAIN], "http_version": b"1.1", "reason": b"Go on"}
    for name in ("status_code", "http_version", "reason"):
        event = EventSpec.of("InformationalResponse", **usual)
        yield _Place("server", received, event, name, after)
    event = EventSpec.of("InformationalResponse", **{**usual, "status_code": 101})
    yield _Place("server", received, event, "status_code", after)
    for field in (_LENGTH, _CHUNKED, _CLOSE, _UPGRADE):
        event = EventSpec.of("InformationalResponse", status_code=103, headers=[_PLAIN, field])
        yield from _in_headers("server", received, event, 1, after)


def _bodies() -> Iterator[_Place]:
    counted, chunked = ((Send(_request(headers=[_HOST, field])),) for field in (_LENGTH, _CHUNKED))
    response = Send(EventSpec.of("Response", status_code=200, headers=[]))
    begun: tuple[tuple[Role, tuple[Step, ...]], ...] = (
        ("client", counted),
        ("client", chunked),
        ("server", (Receive(_GET), Drain(), response)),
        ("server", (Receive(b"GET / HTTP/1.0\r\n\r\n"), Drain(), response)),
    )
    for role, before in begun:
        for passthrough in (False, True):
            data = EventSpec.of("Data", data=b"a", chunk_start=True, chunk_end=False)
            for name, _ in data.arguments:
                yield _Place(role, before, data, name, (_END,), passthrough)
        end = EventSpec.of("EndOfMessage", headers=[_PLAIN, (b"A", b"b")])
        after = _ANSWERED if role == "client" else (StartNextCycle(),)
        yield from _in_headers(role, (*before, _DATA), end, 0, after)
        empty = EventSpec.of("EndOfMessage", headers=[])
        yield _Place(role, (*before, _DATA), empty, "headers", after)


def documented(table: Table) -> Iterator[Program]:
    """Yields each argument in each of its documented types, in each of its places.

    Args:
        table: the types of each parameter, named as the kinds of the interpreter or as in
            Python; an "object" has only a length.
    """
    return _once(
        place.with_value(value)
        for place in argument_places()
        for word, value in _typed_values(place)
        if word in table[place.key] and (word != "object" or place.passthrough)
    )


def undocumented(table: Table) -> Iterator[Program]:
    """Yields each argument in all other types and shapes, omitted, and beside another one.

    Places with the same value are tried once: most of these programs end at the constructor.
    """
    places = {(place.role, place.key, str(place.value)): place for place in argument_places()}
    return _once(
        program for place in places.values() for program in _misused(place, table[place.key])
    )


def _misused(place: _Place, documented: Collection[str]) -> Iterator[Program]:
    for word, value in (*_typed_values(place), *_ODD):
        if word not in documented or (word == "object" and not place.passthrough):
            yield place.with_value(value)
    if place.name == "headers":
        yield from map(place.with_value, _SHAPES)
    arguments = place.event.arguments
    if place.name not in _OPTIONAL and place.event.type != "EndOfMessage":
        left = tuple(argument for argument in arguments if argument[0] != place.name)
        yield place.with_event(replace(place.event, arguments=left))
    given = dict(arguments)
    for name in _NAMES:
        if name not in given:
            event = replace(place.event, arguments=(*arguments, (name, b"a")))
            yield place.with_event(event)
    yield place.with_event(EventSpec("ConnectionClosed", arguments))


def _once(programs: Iterable[Program]) -> Iterator[Program]:
    """Each program once, compared by its JSON form: 1 equals True."""
    seen: set[str] = set()
    for program in programs:
        form = str(program.to_json())
        if form not in seen:
            seen.add(form)
            yield program


def _typed_values(place: _Place) -> Iterator[tuple[str, Any]]:
    """The value of the place in each type that programs can express, with the name of the type."""
    value = place.value
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        yield "bytes", value
        for word in ("text", "bytearray", "memoryview", "array", "bytes_subclass"):
            yield word, Typed(word, text)
        yield "text_subclass", Typed("text_subclass", text)
        yield "convertible", Typed("convertible", text)
        yield "object", Typed("opaque", len(value))
        yield "list", tuple(value)
    elif isinstance(value, bool):
        yield from (("bool", True), ("bool", False))
    elif isinstance(value, int):
        yield "int", value
        yield "int_subclass", Typed("int_subclass", value)
        yield "float", float(value)
        yield "bytes", b"%d" % value
        yield "text", Typed("text", str(value))
    else:
        # Inside a list, a tuple stands for a tuple; a list cannot be expressed there.
        yield ("tuple" if place.part else "list"), value
        yield "iterator", Typed("iterator", value)
        yield "tuple", Typed("tuple", value)


# Values whose type is odd, or which are odd themselves (without a name of a type).
_ODD: tuple[tuple[str, Any], ...] = (
    ("None", None),
    *(("bool", True), ("bool", False)),
    *(("int", 0), ("int", 3), ("int", -1), ("int", 10**30), ("float", 1.5)),
    *(("int_subclass", Typed("int_subclass", 0)), ("int_subclass", Typed("int_subclass", 200))),
    *(("object", Typed("opaque", 0)), ("object", Typed("opaque", 3))),
    *(
        ("bytes", b""),
        ("bytes", b"200"),
        ("text", Typed("text", "")),
        ("text", Typed("text", "200")),
    ),
    *(("", Typed("text", "\xe9")), ("", Typed("text", "\u20ac")), ("", Typed("text", "\ud800"))),
    *(("bytearray", Typed("bytearray", "")), ("memoryview", Typed("memoryview", ""))),
    *(("list", ()), ("list", (1, 2)), ("list", (b"a", b"b")), ("list", ((b"a", b"b"),))),
    *(("tuple", Typed("tuple", ())), ("tuple", Typed("tuple", (b"a", b"b")))),
    *(("iterator", Typed("iterator", ())), ("iterator", Typed("iterator", (1, 2)))),
)
# Values of another shape than a list of pairs.
_SHAPES: tuple[Any, ...] = (
    *((b"a",), (b"a", b"b", b"c"), (b"ab", b"cd"), ((b"a",),), ((b"a", b"b", b"c"),), ((),)),
    *(((b"a", None),), ((None, b"a"),), ((b"a", 1),), (((b"a", b"b"), b"c"),), (None,), (1,)),
    *((Typed("text", "ab"),), (Typed("text", "abc"),), Typed("text", "ab"), (((b"a",), b"b"),)),
    *(Typed("iterator", (b"ab",)), Typed("tuple", ((b"a",),)), Typed("tuple", (None,))),
)
# Arguments that may be omitted, as may the only one of EndOfMessage.
_OPTIONAL = ("http_version", "reason", "chunk_start", "chunk_end")
# Arguments of other events, and an unknown one.
_NAMES = ("method", "target", "headers", "http_version", "status_code", "reason", "data", "unknown")
