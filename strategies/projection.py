"""What a program of several connections is for each of them: a program of version 1.

Owns the translation of calls into the steps that they stand for, and what is left out: steps that
have no effect on the connection. It must not know why a single connection is of interest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .program import (
    Again,
    Call,
    Change,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    SingleStep,
    StartNextCycle,
    Typed,
    step_on,
)
from .traces import Trace

_WITHOUT_ARGUMENTS: dict[str, SingleStep] = {
    "next_event": NextEvent(),
    "send_failed": SendFailed(),
    "start_next_cycle": StartNextCycle(),
}
# The parameter of each other method.
_PARAMETERS = {"receive_data": "data", "send": "event", "send_with_data_passthrough": "event"}
BUFFERS = ("bytearray", "memoryview", "memoryview_of_bytearray")


def plain_step(call: Call) -> SingleStep | None:
    """Returns the step of version 1 that makes the same call, or None if there is none.

    The types of buffers are not told apart, nor are arguments by position and by name.
    """
    names = [name for name, _ in call.keywords]
    arguments = [*call.arguments, *(value for _, value in call.keywords)]
    if not arguments:
        return _WITHOUT_ARGUMENTS.get(call.method)
    parameter = _PARAMETERS.get(call.method)
    if parameter is None or len(arguments) > 1 or names not in ([], [parameter]):
        return None
    [value] = arguments
    if call.method == "receive_data":
        data = _bytes(value)
        if data is None:
            return None
        return Receive(data) if data else ReceiveEOF()
    if isinstance(value, Typed) and value.kind == "event":
        spec: EventSpec = value.content
        if all(name != "*" for name, _ in spec.arguments):
            return Send(spec, passthrough=call.method == "send_with_data_passthrough")
        if spec.type == "Data" and len(spec.arguments) == 1 and len(spec.arguments[0][1]) == 1:
            return Send(EventSpec.of("Data", data=spec.arguments[0][1][0]))
    return None


def _bytes(value: Any) -> bytes | None:
    if isinstance(value, Typed) and value.kind in BUFFERS:
        return str(value.content).encode("latin-1")
    return value if isinstance(value, bytes) else None


def projections(program: Program, trace: Trace) -> Iterator[tuple[Program, Trace]]:
    """Yields a program of version 1 for each connection, with its part of the trace.

    A program of version 1 is yielded as it is. Reads, and what a caller does with the objects that
    it holds, are left out. The part ends before a call that version 1 cannot express.
    """
    if program.version == 1:
        yield program, trace
        return
    for number, connection in enumerate(program.connections):
        steps: list[SingleStep] = []
        observed: list[Json] = []
        for step, form in zip(program.steps, trace.form, strict=False):
            on, single = step_on(step)
            if on != number or isinstance(single, (Read, Again, Change)):
                continue
            plain = plain_step(single) if isinstance(single, Call) else single
            if plain is None or "client" not in form:
                break
            steps.append(plain)
            observed.append(form)
        if steps:
            yield Program(connection.role, tuple(steps), connection.limit), Trace(observed)
