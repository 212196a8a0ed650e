"""Arguments of other types than events and bytes, or too many, for every method in many states.

Owns the arguments. What a method raises, and which state follows, shows what an implementation
takes an argument for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from ..interpreter import METHODS
from ..program import Call, Drain, EventSpec, Program, Role, Step, Typed
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
