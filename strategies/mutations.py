"""A conversation that goes wrong in one place: other bytes, or another step.

Owns the ways for it to go wrong, all of which can be enumerated. A mutation costs as much as it
takes to run, where a program with something wrong in it costs a hundred times that to be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .programs import (
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
from .variants import place, received

# What is put in front of a byte, and how many bytes from there on it takes the place of.
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
# What is done between two steps that nobody expected there; None leaves a step out.
UNEXPECTED: tuple[tuple[Step, ...] | None, ...] = (
    None,
    (NextEvent(),),
    (StartNextCycle(),),
    (SendFailed(),),
    (ReceiveEOF(), Drain()),
    *((Send(event),) for event in PLAIN),
)
# Prime, so that the turns of a small program and of a large one do not go in step.
_LEAP = 7919


def mutations(program: Program, *, most: int | None = None, turn: int = 0) -> Iterator[Program]:
    """Gives out programs that differ from this one in one place.

    A received byte meets one of EDITS; or a step is left out, or one of UNEXPECTED put before it.

    Args:
        most: how many to give out; they are then an even choice of all of them.
        turn: which choice.
    """
    spoilt = received(program) * len(EDITS)
    total = spoilt + len(program.steps) * len(UNEXPECTED)
    count = total if most is None else min(most, total)
    for number in range(count):
        at = (turn * _LEAP + number * total // count) % total
        yield _spoilt(program, at) if at < spoilt else _disturbed(program, at - spoilt)


def _spoilt(program: Program, number: int) -> Program:
    position, edit = divmod(number, len(EDITS))
    at, inside = place(program, position)
    step = program.steps[at]
    assert isinstance(step, Receive)
    extra, less = EDITS[edit]
    data = step.data[:inside] + extra + step.data[inside + less :]
    steps = [Receive(data)] if data else []
    return program.with_steps((*program.steps[:at], *steps, *program.steps[at + 1 :]))


def _disturbed(program: Program, number: int) -> Program:
    at, which = divmod(number, len(UNEXPECTED))
    extra = UNEXPECTED[which]
    before, after = program.steps[:at], program.steps[at:]
    return replace(
        program, steps=(*before, *after[1:]) if extra is None else (*before, *extra, *after)
    )
