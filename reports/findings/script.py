"""A program as a script that needs nothing but the implementation.

Owns the translation from steps to lines of Python. Knows nothing of why the program is of interest.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from ...strategies.programs import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    Step,
    Typed,
    is_tuple,
)
from ...strategies.traces import Observation, Trace

# What an observation calls it, and how a script gets to see it.
LOOK = {
    "client": "conn.states",
    "server": "conn.states",
    "trailing": "conn.trailing_data",
    "version": "conn.their_http_version",
    "client_waits": "conn.client_is_waiting_for_100_continue",
    "they_wait": "conn.they_are_waiting_for_100_continue",
}


def script(program: Program, trace: Trace, field: str) -> list[str]:
    """Returns lines that run ``program`` on what was imported as ``h11``, and print what it shows.

    Args:
        program: cut after the step of interest.
        trace: of the implementation that the script is for; how often a drain asks, and which steps
            raise, is written down from it.
        field: what is of interest: a field of the connection, or anything else for the outcome.
    """
    last = len(program.steps) - 1
    if field in LOOK:
        return [*lines_of(program, trace, until=last + 1), f"print({LOOK[field]})"]
    step = program.steps[last]
    if field == "by" and isinstance(step, Send):
        # Which of the two raises is what is of interest.
        made = f"event = {event_expression(step.event)}"
        return [*lines_of(program, trace, until=last), made, f"print({sending(step, 'event')})"]
    calls = _calls_in(step, trace[last])
    return [*lines_of(program, trace, until=last), *(f"print({call})" for call in calls)]


def lines_of(program: Program, trace: Trace, *, until: int) -> list[str]:
    """Returns lines that make the connection and take the steps before ``until``, printing nothing.

    Args:
        trace: says how often a drain asks, and which steps raise.
    """
    limit = "" if program.limit is None else f", {program.limit}"
    lines = [f"conn = h11.Connection(h11.{program.role.upper()}{limit})"]
    for at, step in enumerate(program.steps[:until]):
        raised = trace[at].raised
        lines += quietly(_calls_in(step, trace[at]), None if raised is None else raised.exception)
    return lines


def quietly(calls: Sequence[str], exception: str | None) -> list[str]:
    """Returns the calls, the last of them in a ``try`` where it raises what has this name."""
    if exception is None:
        return list(calls)
    *before, last = calls
    return [*before, "try:", f"    {last}", f"except {caught(exception)}: pass"]


def _calls_in(step: Step, observed: Observation) -> list[str]:
    return step_calls(step, max(1, len(observed.events) + (observed.raised is not None)))


def caught(exception: str) -> str:
    """Returns what stands behind ``except`` to catch an exception whose class has this name."""
    if exception in ("LocalProtocolError", "RemoteProtocolError"):
        return f"h11.{exception}"
    return exception if hasattr(builtins, exception) else "Exception"


def step_calls(step: Step, times: int) -> list[str]:
    """Returns the calls that a step stands for; a drain stands for so many as ``times``."""
    if isinstance(step, Receive):
        return [f"conn.receive_data({step.data!r})"]
    if isinstance(step, ReceiveEOF):
        return ['conn.receive_data(b"")']
    if isinstance(step, (NextEvent, Drain)):
        return ["conn.next_event()"] * times
    if isinstance(step, Send):
        return [sending(step, event_expression(step.event))]
    return ["conn.send_failed()" if isinstance(step, SendFailed) else "conn.start_next_cycle()"]


def sending(step: Send, event: str) -> str:
    """Returns the call that sends what the expression ``event`` stands for."""
    return f"conn.send{'_with_data_passthrough' if step.passthrough else ''}({event})"


def event_expression(event: EventSpec) -> str:
    """Returns the Python expression that constructs the event."""
    arguments = (f"{name}={_expression(value)}" for name, value in event.arguments)
    return f"h11.{event.type}({', '.join(arguments)})"


def _expression(value: Any, *, outermost: bool = True) -> str:
    if is_tuple(value):
        items = [_expression(item, outermost=False) for item in value]
        if outermost:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    if isinstance(value, Typed):
        return _TYPED[value.kind](value.content)
    return repr(value)


def _of_bytes(kind: str) -> Callable[[Any], str]:
    return lambda content: f"{kind}({str(content).encode('latin-1')!r})"


_TYPED: dict[str, Callable[[Any], str]] = {
    "text": repr,
    "bytearray": _of_bytes("bytearray"),
    "memoryview": _of_bytes("memoryview"),
    "tuple": lambda content: f"tuple({_expression(content)})",
    "iterator": lambda content: f"iter({_expression(content)})",
    "opaque": lambda length: f"range({length})",
    "array": lambda content: f"__import__('array').array('B', {content.encode('latin-1')!r})",
    "bytes_subclass": lambda text: f"type('Own', (bytes,), {{}})({text.encode('latin-1')!r})",
    "text_subclass": lambda text: f"type('Own', (str,), {{}})({text!r})",
    "int_subclass": lambda number: f"type('Own', (int,), {{}})({number})",
    "convertible": lambda text: (
        f"type('Own', (), {{'__bytes__': lambda _: {text.encode('latin-1')!r}}})()"
    ),
}
