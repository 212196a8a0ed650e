"""Programs with fewer steps: what may take the place of a program in a reduction.

Owns the candidates that leave out connections and steps, or join them. It must not know which of
them is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .program import EventSpec, On, Program, Receive, Send, Step, Typed, is_tuple, step_on


def later_starts(program: Program) -> Iterator[Program]:
    # The earlier cycles are often not needed at all.
    for start in range(len(program.steps) - 1, 0, -1):
        yield program.with_steps(program.steps[start:])


def fewer_connections(program: Program) -> Iterator[Program]:
    """A single connection of the program; and the program without one of the others."""
    for number, connection in enumerate(program.connections if program.others else ()):
        steps = (step_on(step) for step in program.steps)
        own = tuple(step for on, step in steps if on == number)
        yield replace(program, role=connection.role, limit=connection.limit, steps=own, others=())
    for number in range(1, len(program.others) + 1):
        left = (
            On(step.connection - (step.connection > number), step.step)
            if isinstance(step, On)
            else step
            for step in program.steps
            if step_on(step)[0] != number
        )
        others = (*program.others[: number - 1], *program.others[number:])
        yield replace(program, steps=tuple(left), others=others)
    if program.look != "each":
        yield replace(program, look="each")


def fewer_steps(program: Program) -> Iterator[Program]:
    """The program without some steps that follow each other, and with shorter bodies."""
    for start, end in ranges(len(program.steps)):
        yield replaced(program, start, instead_of=end - start)
    yield from _shorter_sent_bodies(program)


def joined(program: Program) -> Iterator[Program]:
    """Several pieces are received as one; the steps between them follow it."""
    pieces = [at for at, step in enumerate(program.steps) if isinstance(step, Receive)]
    for start, end in (*ranges(len(pieces), 3), *((at, at + 2) for at in range(len(pieces) - 1))):
        first, last = pieces[start], pieces[end - 1]
        together = program.steps[first : last + 1]
        whole = Receive(b"".join(step.data for step in together if isinstance(step, Receive)))
        between = [step for step in together if not isinstance(step, Receive)]
        once = (step for step, _ in itertools.groupby(between))
        yield replaced(program, first, whole, *once, instead_of=last + 1 - first)


def replaced(program: Program, at: int, *steps: Step, instead_of: int = 1) -> Program:
    return program.with_steps((*program.steps[:at], *steps, *program.steps[at + instead_of :]))


def ranges(length: int, min_size: int = 1) -> Iterator[tuple[int, int]]:
    """Ranges to remove: halves first, then ever smaller pieces, the last ones first."""
    size = length
    while size >= min_size:
        for start in range(length - size, -1, -size):
            yield start, start + size
        size //= 2


def _shorter_sent_bodies(program: Program) -> Iterator[Program]:
    """Without a Data, and with a length before it that is smaller by its size."""
    for at, step in enumerate(program.steps):
        if isinstance(step, Send) and step.event.type == "Data":
            value = dict(step.event.arguments).get("data", b"")
            size = _length(value.content if isinstance(value, Typed) else value)
            without = replaced(program, at)
            for before, head in enumerate(program.steps[:at]):
                if isinstance(head, Send):
                    for event in _with_smaller_length(head.event, size):
                        yield replaced(without, before, replace(head, event=event))


def _length(content: Any) -> int:
    """The length of the content of a Data, whatever its type."""
    if isinstance(content, int):
        return content
    return len(content) if isinstance(content, bytes | str) or is_tuple(content) else 0


def _with_smaller_length(event: EventSpec, less: int) -> Iterator[EventSpec]:
    """The event with the number in one of its fields reduced by ``less``."""
    for number, (name, fields) in enumerate(event.arguments):
        for at, field in enumerate(fields if is_tuple(fields) else ()):
            value = field[-1] if is_tuple(field) and field else None
            if isinstance(value, bytes) and value.isdigit() and int(value) >= less:
                smaller = (*field[:-1], b"%d" % (int(value) - less))
                changed = (*fields[:at], smaller, *fields[at + 1 :])
                arguments = list(event.arguments)
                arguments[number] = (name, changed)
                yield replace(event, arguments=tuple(arguments))
