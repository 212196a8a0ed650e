"""Arguments of other types than events and bytes, or too many, for every method in many states.

Owns the arguments. What a method raises, and which state follows, shows what an implementation
takes an argument for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from ..interpreter import METHODS
from ..program import Call, Drain, EventSpec, Program, Receive, Role, Send, Step, Typed
from .states import state_prefixes

_ROLES: tuple[Role, ...] = ("server", "client")
# Prefixes that differ only in what is pending or unread matter little here.
_EVERY = 4


def prefixes(role: Role) -> tuple[tuple[Step, ...], ...]:
    """Returns every fourth of the prefixes into each state."""
    return state_prefixes(role)[::_EVERY]


# Anything but an event.
NO_EVENTS: tuple[Any, ...] = (
    Typed("text", "text"),
    b"bytes",
    None,
    0,
    (),
    Typed("opaque", 3),
    *(Typed("api", name) for name in ("NEED_DATA", "PAUSED", "Data", "EndOfMessage", "IDLE")),
)
# Anything but a buffer of bytes.
NO_BYTES: tuple[Any, ...] = (
    Typed("text", "GET"),
    Typed("text", ""),
    None,
    0,
    5,
    True,
    (),
    (71, 69),
    Typed("opaque", 3),
    Typed("api", "NEED_DATA"),
    Typed("event", EventSpec.of("Data", data=b"a")),
)
_TAKES_ONE = ("receive_data", "send", "send_with_data_passthrough")


def no_events() -> Iterator[Program]:
    """Yields each argument other than an event, for both methods that send, in many states."""
    for role in _ROLES:
        for prefix, value in product(prefixes(role), NO_EVENTS):
            for method in ("send", "send_with_data_passthrough"):
                yield Program(role, (*prefix, Call(method, (value,)), Drain()))


def no_bytes() -> Iterator[Program]:
    """Yields each argument other than a buffer of bytes, in many states."""
    for role in _ROLES:
        for prefix, value in product(prefixes(role), NO_BYTES):
            yield Program(role, (*prefix, Call("receive_data", (value,)), Drain()))


# Anything but bytes or ASCII text.
NO_TEXT: tuple[Any, ...] = (
    0,
    3,
    True,
    None,
    (),
    (b"a",),
    Typed("opaque", 2),
    Typed("text", "\u0101"),
)
_NAMES: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = (
    ("Request", (("method", b"P"), ("target", b"/"), ("headers", ((b"Host", b"a"),)))),
    ("Response", (("status_code", 200), ("headers", ()))),
    ("InformationalResponse", (("status_code", 103), ("headers", ()))),
    ("EndOfMessage", (("headers", ()),)),
)


def events_with(value: Any) -> Iterator[tuple[str, EventSpec]]:
    """Yields events with a value in each place for bytes, and the sender of the event."""
    for name, arguments in _NAMES:
        sender = "client" if name == "Request" else "server"
        for at, (key, usual) in enumerate(arguments):
            if key == "headers":
                places: list[Any] = [
                    *((*usual, field) for field in ((b"X", value), (value, b"y"))),
                    (*usual, (b"Content-Length", value)),
                    (*usual, (b"Transfer-Encoding", value)),
                    (*usual, (b"Connection", value)),
                ]
            else:
                places = [] if key == "status_code" else [value]
            for place in places:
                changed = (*arguments[:at], (key, place), *arguments[at + 1 :])
                yield sender, EventSpec(name, changed)


def no_text() -> Iterator[Program]:
    """Yields events with anything but bytes or text as method, target, or part of a field."""
    request = (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain())
    answer = Send(EventSpec.of("Response", status_code=200, headers=()))
    end = Send(EventSpec("EndOfMessage"))
    for value in NO_TEXT:
        for sender, event in events_with(value):
            if sender == "client":
                yield Program("client", (Send(event), end))
            elif event.type == "EndOfMessage":
                yield Program("server", (*request, answer, Send(event)))
            else:
                yield Program("server", (*request, Send(event), end))


def wrong_numbers() -> Iterator[Program]:
    """Yields each method with one argument too few and too many, and an unknown one."""
    for role in _ROLES:
        for prefix, method in product(prefixes(role), METHODS):
            one = (Typed("event", EventSpec("EndOfMessage")),)
            for call in (
                Call(method, one * (0 if method in _TAKES_ONE else 1)),
                Call(method, one * 2),
                Call(method, keywords=(("unknown", b""),)),
            ):
                yield Program(role, (*prefix, call, Drain()))
