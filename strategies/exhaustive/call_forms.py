"""The forms in which programs call, and the properties that they read between calls.

Owns the forms that real programs use: arguments by name or by position, an empty Data where there
is no body, data that is always passed through, ConnectionClosed at the end, properties before each
event. Elsewhere every call has one form, and every property is read after each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from ..call_styles import Form, by_name, by_position
from ..interpreter import PROPERTIES
from ..program import (
    Call,
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
    Typed,
)
from .sequences import turns
from .states import state_prefixes

_ROLES: tuple[Role, ...] = ("server", "client")
_EMPTY = Send(EventSpec.of("Data", data=b""))
_CLOSED = Send(EventSpec("ConnectionClosed"))
_REFUSAL = (
    Send(EventSpec.of("Response", status_code=400, headers=[(b"Connection", b"close")])),
    Send(EventSpec.of("Data", data=b"a")),
    Send(EventSpec("EndOfMessage")),
)


def with_empty_data(step: Step) -> Iterator[Step]:
    """Yields a step after an empty Data, if it ends a message."""
    if isinstance(step, Send) and step.event.type == "EndOfMessage":
        yield _EMPTY
    yield step


def asking_before_reading(step: Step) -> Iterator[Step]:
    """Yields a step with what servers read before and after each event, several times."""
    if isinstance(step, Drain):
        for _ in range(4):
            yield Read("they_are_waiting_for_100_continue")
            yield NextEvent()
            yield Read("their_state")
            yield Read("trailing_data")
    else:
        yield step


def reading_before_receiving(step: Step) -> Iterator[Step]:
    """Yields a step after reads that give nothing yet, as clients make them."""
    if isinstance(step, Receive):
        yield NextEvent()
        yield Read("their_state")
        yield NextEvent()
    yield step


def reading_at_once(step: Step) -> Iterator[Step]:
    """Yields a step with a read after it, where a program begins the next cycle without data."""
    yield step
    if isinstance(step, StartNextCycle):
        yield NextEvent()
        yield Read("our_state")


def ending_with_other_buffers(step: Step) -> Iterator[Step]:
    """Yields a step with the end of input written as an empty buffer of another type."""
    if isinstance(step, ReceiveEOF):
        yield Call("receive_data", (Typed("bytearray", ""),))
        yield Call("receive_data", (Typed("memoryview", ""),))
    else:
        yield step


FORMS: tuple[Form, ...] = (
    by_name,
    by_position,
    with_empty_data,
    asking_before_reading,
    reading_before_receiving,
    reading_at_once,
    ending_with_other_buffers,
)
# How programs end: what they send at last, whatever the state is.
ENDS: tuple[tuple[Step, ...], ...] = (
    (_CLOSED, Drain(), _CLOSED, ReceiveEOF(), Drain(), _CLOSED),
    (SendFailed(), Drain(), SendFailed(), StartNextCycle(), _CLOSED),
    (ReceiveEOF(), Drain(), *_REFUSAL, StartNextCycle(), _CLOSED),
    (_EMPTY, *_REFUSAL, _CLOSED, Drain()),
)


def forms() -> Iterator[Program]:
    """Yields each conversation in each form."""
    for role, form in product(_ROLES, FORMS):
        for program in turns(role):
            yield program.with_steps(tuple(each for step in program.steps for each in form(step)))


def ends() -> Iterator[Program]:
    """Yields each way in which programs end a connection, in each state."""
    for role in _ROLES:
        for prefix, end in product(state_prefixes(role), ENDS):
            yield Program(role, (*prefix, *end))


def properties() -> Iterator[Program]:
    """Yields conversations in which one property, or none, is read between any two calls.

    Each is read twice in a row. Nothing else of the connection is looked at before the end.
    """
    for role in _ROLES:
        for program in turns(role):
            yield replace(program, look="last")
        for name, program in product(PROPERTIES, [*turns(role)][::4]):
            read = Read(name)
            steps = (each for step in program.steps for each in (step, read, read))
            yield replace(program, steps=(read, *steps), look="last")
