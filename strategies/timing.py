"""Measures the processor time that the calls of a program take on one implementation.

Owns what is timed: only the calls, neither making their arguments nor observing their results. It
must not know what a cost means: its source is shipped to the interpreter of the implementation
under test, so it uses only the standard library of Python 3.8.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Everything comes from an implementation whose types are under test.

from __future__ import annotations

import gc
import time
from typing import Any, Callable

_METHODS = {"next": "next_event", "fail": "send_failed", "cycle": "start_next_cycle"}


def cost(
    interpreter: Any, h11: Any, program: dict[str, Any], *, repeats: int = 3
) -> dict[str, int]:
    """Returns the shortest processor time that the calls of ``program`` took, and their number.

    Args:
        interpreter: the step interpreter's module.
        h11: the implementation's namespace.
        program: the program in its JSON form.
        repeats: how often it is run.

    The time is in nanoseconds. A call that raises ends the program.
    """
    taken, calls = zip(*(_timed(interpreter, h11, program) for _ in range(repeats)))
    return {"nanoseconds": min(taken), "calls": calls[0]}


def _timed(interpreter: Any, h11: Any, program: dict[str, Any]) -> tuple[int, int]:
    session = interpreter.Session(h11, program["role"], program.get("limit"))
    calls = [_call(interpreter, h11, session, step) for step in program["steps"]]
    # A garbage collection that is due for earlier work must not count.
    gc.collect()
    gc.disable()
    done = 0
    started = time.process_time_ns()
    try:
        for call in calls:
            call()
            done += 1
    except interpreter.CAUGHT:
        pass
    finally:
        taken = time.process_time_ns() - started
        gc.enable()
    return taken, done


def _call(interpreter: Any, h11: Any, session: Any, step: dict[str, Any]) -> Callable[[], Any]:
    """Returns a function that takes the step without observing it; arguments are made now."""
    connection, kind = session.connection, step["do"]
    if kind == "send":
        event = session.make(step["event"])
        name = "send_with_data_passthrough" if step.get("passthrough") else "send"
        return lambda: getattr(connection, name)(event)
    if kind in ("receive", "eof"):
        data = interpreter.decode(step.get("data", ""))
        return lambda: connection.receive_data(data)
    if kind == "drain":
        return lambda: _drain(connection, h11, interpreter.MAX_DRAINED)
    return lambda: getattr(connection, _METHODS[kind])()


def _drain(connection: Any, h11: Any, max_events: int) -> None:
    need_data, paused, closed = h11.NEED_DATA, h11.PAUSED, h11.ConnectionClosed
    for _ in range(max_events):
        event = connection.next_event()
        if event is need_data or event is paused or type(event) is closed:
            break
