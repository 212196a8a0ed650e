"""A program as a script that needs nothing but the implementation.

Owns the translation from steps to lines of Python. Knows nothing of why the program is of interest.
"""

from __future__ import annotations

from typing import Any

from ..strategies.programs import (
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
)
from ..strategies.traces import Trace

# What an observation calls it, and how a script gets to see it.
_LOOK = {
    "client": "conn.states",
    "server": "conn.states",
    "trailing": "conn.trailing_data",
    "version": "conn.their_http_version",
    "client_waits": "conn.client_is_waiting_for_100_continue",
    "they_wait": "conn.they_are_waiting_for_100_continue",
}


def script(program: Program, trace: Trace, *, module: str, look_at: str = "") -> list[str]:
    """Returns the lines of a script that runs ``program`` and prints what its last step shows.

    Args:
        program: cut after the step of interest.
        trace: of the implementation that the script is for; how often a drain asks, and which steps
            raise, is written down from it.
        module: the name that the implementation is imported by.
        look_at: the field of the connection that is of interest; "" for the outcome of the step.
    """
    limit = "" if program.limit is None else f", {program.limit}"
    lines = [
        f"import {module} as h11" if module != "h11" else "import h11",
        f"conn = h11.Connection(h11.{program.role.upper()}{limit})",
    ]
    last = len(program.steps) - 1
    for at, step in enumerate(program.steps[:last]):
        calls = len(trace[at].events) if trace[at].raised is None else len(trace[at].events) + 1
        raised = trace[at].raised
        lines += _calls(step, calls)
        if raised is not None:
            lines[-1:] = ["try:", f"    {lines[-1]}", f"except {_caught(raised.exception)}: pass"]
    calls = max(1, len(trace[last].events) + (trace[last].raised is not None))
    shown = _calls(program.steps[last], calls)
    if look_at in _LOOK:
        raised = trace[last].raised
        lines += shown
        if raised is not None:
            lines[-1:] = ["try:", f"    {lines[-1]}", f"except {_caught(raised.exception)}: pass"]
        return [*lines, f"print({_LOOK[look_at]})"]
    return [*lines, *(f"print({call})" for call in shown)]


def _caught(exception: str) -> str:
    return f"h11.{exception}" if exception.endswith("ProtocolError") else exception


def _calls(step: Step, times: int) -> list[str]:
    if isinstance(step, Receive):
        return [f"conn.receive_data({step.data!r})"]
    if isinstance(step, ReceiveEOF):
        return ['conn.receive_data(b"")']
    if isinstance(step, (NextEvent, Drain)):
        return ["conn.next_event()"] * times
    if isinstance(step, Send):
        method = "send_with_data_passthrough" if step.passthrough else "send"
        return [f"conn.{method}({event_expression(step.event)})"]
    return ["conn.send_failed()" if isinstance(step, SendFailed) else "conn.start_next_cycle()"]


def event_expression(event: EventSpec) -> str:
    """Returns the Python expression that constructs the event."""
    arguments = (f"{name}={_expression(value)}" for name, value in event.arguments)
    return f"h11.{event.type}({', '.join(arguments)})"


def _expression(value: Any, *, outermost: bool = True) -> str:
    if isinstance(value, tuple):
        items = [_expression(item, outermost=False) for item in value]  # pyright: ignore
        if outermost:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    if isinstance(value, Typed):
        return str(_TYPED[value.kind](value.content))
    return repr(value)


def _of_bytes(name: str) -> Any:
    return lambda content: f"{name}({content.encode('latin-1')!r})"


_TYPED: dict[str, Any] = {
    "text": repr,
    "bytearray": _of_bytes("bytearray"),
    "memoryview": _of_bytes("memoryview"),
    "tuple": lambda content: f"tuple({_expression(content)})",
    "iterator": lambda content: f"iter({_expression(content)})",
    "opaque": lambda length: f"range({length})",
}
