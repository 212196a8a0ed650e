"""Applies symbols to a connection, and observes the results, by the public API; checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from .alphabet import MORE_MAY_FOLLOW, SYMBOLS, Call, Receive, Send
from .machine import Joint, Role

# No symbol causes more events than this; an implementation that never stops is cut off.
MAX_EVENTS = 8


def connection(h11: ModuleType, us: Role) -> Any:
    """A fresh connection of an untyped module."""
    return h11.Connection(getattr(h11, us.upper()))


def joint_state(h11: ModuleType, conn: Any) -> Joint:
    states = conn.states
    return states[h11.CLIENT].__name__, states[h11.SERVER].__name__


def apply(h11: ModuleType, conn: Any, symbol: str) -> Iterator[tuple[str, str]]:
    """Make the symbol's calls one by one, and yield the method and the outcome of each.

    An outcome is the kind of event that came out, the class of what was raised, or "returned".
    Events are always taken until there are no more, after receiving too.
    """
    match SYMBOLS[symbol]:
        case Send(sent):
            event = sent.event(h11)
            yield "send", _outcome(lambda: conn.send(event))
        case Receive(wire):
            yield "receive_data", _outcome(lambda: conn.receive_data(wire))
            yield from _take_events(conn)
        case Call("next_event"):
            yield from _take_events(conn)
        case Call(method):
            yield method, _outcome(getattr(conn, method))


def _take_events(conn: Any) -> Iterator[tuple[str, str]]:
    for _ in range(MAX_EVENTS):
        outcome = _outcome(conn.next_event)
        yield "next_event", outcome
        if outcome not in MORE_MAY_FOLLOW:
            return


def converse(h11: ModuleType, us: Role, *symbols: str) -> Joint:
    """The joint state after these symbols."""
    conn = connection(h11, us)
    for symbol in symbols:
        _ = list(apply(h11, conn, symbol))
    return joint_state(h11, conn)


def _outcome(call: Callable[[], Any]) -> str:
    try:
        result = call()
    except Exception as error:
        return type(error).__name__
    return "returned" if result is None or isinstance(result, bytes) else type(result).__name__
