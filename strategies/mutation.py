"""Mutations: a program with one change, in its received bytes or in its steps.

Owns the kinds of changes, which can all be enumerated. A mutation costs only the time to run it;
drawing a program with something wrong in it costs a hundred times as much. Knows nothing of how
programs are drawn or run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .program import (
    PLAIN,
    Drain,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
)
from .variant import place, received

# What is inserted before a byte, and how many bytes from there on it replaces.
EDITS = (
    *(
        (b"", 1),
        (b"", 2),
        (b"XX", 2),
        (b"a", 1),
        (b" ", 1),
        (b"\n", 1),
        (b"\r\n ", 0),
        (b"\r\n", 0),
    ),
    *((byte, 0) for byte in (b"\n", b"\r", b" ", b"\t", b"\x00", b"\xff", b"\x0b")),
    *((byte, 0) for byte in (b"0", b"1", b"a", b"+", b",", b";", b":")),
)
# Unexpected steps that are inserted between two others; None omits a step.
UNEXPECTED: tuple[tuple[Step, ...] | None, ...] = (
    None,
    (NextEvent(),),
    (StartNextCycle(),),
    (SendFailed(),),
    (ReceiveEOF(), Drain()),
    *((Send(event),) for event in PLAIN),
)
# Prime, so that the selections of small and large programs do not repeat in step.
_LEAP = 7919


def mutations(
    program: Program, *, max_count: int | None = None, turn: int = 0
) -> Iterator[Program]:
    """Yields programs that differ from this one in one place.

    One of EDITS is made at a received byte, a step is omitted, or one of UNEXPECTED precedes it.

    Args:
        max_count: the maximum number; they are then an even selection of all mutations.
        turn: which selection.
    """
    edits = received(program) * len(EDITS)
    total = edits + len(program.steps) * len(UNEXPECTED)
    count = total if max_count is None else min(max_count, total)
    for number in range(count):
        at = (turn * _LEAP + number * total // count) % total
        yield _edited(program, at) if at < edits else _interrupted(program, at - edits)


def _edited(program: Program, number: int) -> Program:
    position, edit = divmod(number, len(EDITS))
    at, inside = place(program, position)
    step = program.steps[at]
    assert isinstance(step, Receive)
    extra, less = EDITS[edit]
    data = step.data[:inside] + extra + step.data[inside + less :]
    steps = [Receive(data)] if data else []
    return program.with_steps((*program.steps[:at], *steps, *program.steps[at + 1 :]))


def _interrupted(program: Program, number: int) -> Program:
    at, which = divmod(number, len(UNEXPECTED))
    extra = UNEXPECTED[which]
    before, after = program.steps[:at], program.steps[at:]
    return replace(
        program, steps=(*before, *after[1:]) if extra is None else (*before, *extra, *after)
    )
