"""A program as a script that needs only the implementation.

Owns the translation of steps into lines of Python. It must not know why a program is of interest.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from ...strategies.program import (
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

# The attributes of an observation, as expressions over the connection.
ATTRIBUTE_EXPRESSIONS = {
    "client": "conn.states",
    "server": "conn.states",
    "trailing": "conn.trailing_data",
    "version": "conn.their_http_version",
    "client_waits": "conn.client_is_waiting_for_100_continue",
    "they_wait": "conn.they_are_waiting_for_100_continue",
}


def script(program: Program, trace: Trace, field: str) -> list[str]:
    """Returns lines that run ``program`` on the ``h11`` that was imported, and print what differs.

    Args:
        program: ends with the step of interest.
        trace: of the implementation that the script is for; it says how often a drain calls
            ``next_event()``, and which steps raise.
        field: the field that differs; unless it is an attribute of the connection, the outcome of
            the last step is printed.
    """
    last = len(program.steps) - 1
    if field in ATTRIBUTE_EXPRESSIONS:
        return [
            *setup_lines(program, trace, until=last + 1),
            f"print({ATTRIBUTE_EXPRESSIONS[field]})",
        ]
    step = program.steps[last]
    if field == "by" and isinstance(step, Send):
        # The question is which of the two calls raises.
        made = f"event = {event_expression(step.event)}"
        return [
            *setup_lines(program, trace, until=last),
            made,
            f"print({send_call(step, 'event')})",
        ]
    calls = _calls_in(step, trace[last])
    return [*setup_lines(program, trace, until=last), *(f"print({call})" for call in calls)]


def setup_lines(program: Program, trace: Trace, *, until: int) -> list[str]:
    """Returns lines that create the connection and take the steps before ``until``.

    Args:
        trace: says how often a drain calls ``next_event()``, and which steps raise.
    """
    limit = "" if program.limit is None else f", {program.limit}"
    lines = [f"conn = h11.Connection(h11.{program.role.upper()}{limit})"]
    for at, step in enumerate(program.steps[:until]):
        raised = trace[at].raised
        lines += catching(_calls_in(step, trace[at]), None if raised is None else raised.exception)
    return lines


def catching(calls: Sequence[str], exception: str | None) -> list[str]:
    """Returns the calls, with the last one in a ``try`` if it raises an exception of this name."""
    if exception is None:
        return list(calls)
    *before, last = calls
    return [*before, "try:", f"    {last}", f"except {exception_expression(exception)}: pass"]


def _calls_in(step: Step, observed: Observation) -> list[str]:
    return step_calls(step, max(1, len(observed.events) + (observed.raised is not None)))


def exception_expression(exception: str) -> str:
    """Returns the expression after ``except`` that catches a class of this name."""
    if exception in ("LocalProtocolError", "RemoteProtocolError"):
        return f"h11.{exception}"
    return exception if hasattr(builtins, exception) else "Exception"


def step_calls(step: Step, times: int) -> list[str]:
    """Returns the calls that a step makes; a drain makes as many as ``times``."""
    if isinstance(step, Receive):
        return [f"conn.receive_data({step.data!r})"]
    if isinstance(step, ReceiveEOF):
        return ['conn.receive_data(b"")']
    if isinstance(step, (NextEvent, Drain)):
        return ["conn.next_event()"] * times
    if isinstance(step, Send):
        return [send_call(step, event_expression(step.event))]
    return ["conn.send_failed()" if isinstance(step, SendFailed) else "conn.start_next_cycle()"]


def send_call(step: Send, event: str) -> str:
    """Returns the call that sends the value of the expression ``event``."""
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
