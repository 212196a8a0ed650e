"""Styles of calling: the same conversation with other calls, or together with another connection.

Owns the forms of a step that real programs use, and how a whole program is written in each style,
which takes version 2 of programs. Knows nothing of how
programs are drawn, nor of what a style is to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, cycle, zip_longest
from typing import Any

from .interpreter import PROPERTIES
from .prefixes import ALL_CYCLES
from .program import (
    Again,
    Call,
    Change,
    Connection,
    EventSpec,
    On,
    Program,
    Read,
    Receive,
    Role,
    Send,
    Step,
    Typed,
    is_tuple,
    step_on,
)

Style = Callable[[Program], Program]
# A form changes one step of a conversation.
Form = Callable[[Step], Iterable[Step]]


def by_name(step: Step) -> Iterator[Step]:
    """Yields a step that passes its argument by name."""
    if isinstance(step, Send):
        yield Call("send", keywords=(("event", _event(step)),))
    elif isinstance(step, Receive):
        yield Call("receive_data", keywords=(("data", step.data),))
    else:
        yield step


def by_position(step: Step) -> Iterator[Step]:
    """Yields a step that gives its bytes to Data by position, and has the data passed through."""
    if not isinstance(step, Send):
        yield step
        return
    event = step.event
    if event.type == "Data":
        event = EventSpec("Data", (("*", (event.arguments[0][1],)),))
    yield Call("send_with_data_passthrough", (_event(step, event),))


def _event(step: Send, event: EventSpec | None = None) -> Typed:
    return Typed("event", step.event if event is None else event)


def with_changed_argument(step: Step, kind: str) -> Iterator[Step]:
    """Yields a step with its buffers in this type, and a change of them; other steps unchanged."""
    if isinstance(step, Receive):
        yield Call("receive_data", (Typed(kind, step.data.decode("latin-1")),))
        yield Change("arguments")
    elif isinstance(step, Send):
        arguments = ((name, _buffer(value, kind)) for name, value in step.event.arguments)
        event = EventSpec(step.event.type, tuple(arguments))
        yield Call("send", (Typed("event", event),))
        yield Change("arguments")
    else:
        yield step


def _buffer(value: Any, kind: str) -> Any:
    """Returns an argument with all its bytes in buffers of this type, also those of its fields."""
    if is_tuple(value):
        return tuple(_buffer(part, kind) for part in value)
    return Typed(kind, value.decode("latin-1")) if isinstance(value, bytes) else value


def plain(program: Program) -> Program:
    """Returns the program as it is."""
    return program


def looking_again(program: Program) -> Program:
    """Returns the program with another look at everything that was handed out, at its end."""
    return program.with_steps((*program.steps, Again()))


def _in_form(form: Form, program: Program) -> Program:
    return program.with_steps(tuple(each for step in program.steps for each in form(step)))


def _changing_arguments(kind: str, program: Program) -> Program:
    """The caller hands in buffers of this type, and changes each of them afterwards."""
    return looking_again(_in_form(lambda step: with_changed_argument(step, kind), program))


def _changing_results(program: Program) -> Program:
    """The caller changes what it was given, after each step."""
    return looking_again(_in_form(lambda step: (step, Change("results")), program))


def _reading_properties(program: Program) -> Program:
    """One property after the other is read between the steps, and the state at the end only."""
    names = cycle(PROPERTIES)
    steps: Iterator[Step] = chain.from_iterable((Read(next(names)), step) for step in program.steps)
    return replace(program, steps=tuple(steps), look="last")


def _with_itself(program: Program) -> Program:
    """A second connection takes the same steps, one step later."""
    return _by_turns(program, Connection(program.role, program.limit), (None, *program.steps))


def _with_another(other_role: bool, program: Program) -> Program:
    """A second connection of either role goes through complete cycles for as many steps."""
    role: Role = "client" if (program.role == "server") is other_role else "server"
    return _by_turns(program, Connection(role), ALL_CYCLES[role][: len(program.steps)])


def _by_turns(program: Program, other: Connection, steps: tuple[Step | None, ...]) -> Program:
    others = (None if step is None else On(1, step_on(step)[1]) for step in steps)
    turns = chain.from_iterable(zip_longest(program.steps, others))
    taken = tuple(step for step in turns if step is not None)
    return replace(program, steps=(*taken, Again()), others=(other,))


# Every style but the plain one.
STYLES: tuple[Style, ...] = (
    looking_again,
    partial(_changing_arguments, "bytearray"),
    partial(_changing_arguments, "memoryview_of_bytearray"),
    _changing_results,
    _reading_properties,
    partial(_in_form, by_name),
    partial(_in_form, by_position),
    _with_itself,
    partial(_with_another, False),
    partial(_with_another, True),
)
