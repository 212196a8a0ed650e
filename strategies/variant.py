"""Variants of a program: other segments, another buffer limit, an earlier end of input.

Owns the kinds of variants. Drawing a program takes a hundred times as long as running it, so each
drawn program is run in many variants. Knows nothing of how programs are drawn or run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise

from .program import Drain, NextEvent, Program, Receive, ReceiveEOF, Step

# Byte by byte, a step becomes two for each byte.
_MAX_SINGLE_BYTES = 120
# A line end becomes two steps as well, each of which shows what was not read yet. The contents of a
# large body have thousands.
_MAX_LINE_ENDS = 500


def cut(data: bytes, positions: Iterable[int]) -> list[bytes]:
    """Returns ``data`` in segments, cut at ``positions``; none of them is empty."""
    edges = sorted({0, len(data), *(at for at in positions if 0 < at < len(data))})
    return [data[start:end] for start, end in pairwise(edges)]


def byte_by_byte(program: Program) -> Program:
    """Returns the same conversation with each byte received on its own, and read before the next.

    ``next_event`` steps become drains: how many calls it takes depends on the cuts.
    """
    return program.with_steps(tuple(_single_bytes(drained(program).steps)))


def _single_bytes(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Receive):
            for byte in step.data:
                yield Receive(bytes([byte]))
                yield Drain()
        else:
            yield step


def drained(program: Program) -> Program:
    """Returns the same conversation with a drain in the place of each ``next_event`` step."""
    return program.with_steps(
        tuple(Drain() if isinstance(step, NextEvent) else step for step in program.steps)
    )


def received(program: Program) -> int:
    """Returns how many bytes the program receives."""
    return sum(len(step.data) for step in program.steps if isinstance(step, Receive))


def variants(program: Program, *, max_count: int | None = None, turn: int = 0) -> Iterator[Program]:
    """Yields the program itself, and then others that receive the same bytes.

    They are: each byte on its own, unless there are many; a cut at every CR and every LF, of which
    500 at most; every cut in two; the end of input at every position; and limits around the number
    of received bytes.
    Each is a program of its own: a finding is minimised from the variant that showed it.

    Args:
        max_count: the maximum number; single cuts, ends and limits are then an even selection.
        turn: which selection; successive turns select others, until all were selected.
    """
    size = received(program)
    first = [program]
    if 0 < size <= _MAX_SINGLE_BYTES:
        first.append(byte_by_byte(program))
    at_line_ends = _at_line_ends(program)
    if at_line_ends != program:
        first.append(at_line_ends)
    yield from first[:max_count]
    others = 2 * size
    left = others if max_count is None else max(max_count - len(first) - 1, 0)
    if max_count is None:
        yield from _limited(program, size)
    elif len(first) < max_count:
        yield from islice(_limited(program, size), turn % 3, turn % 3 + 1)
    if left:
        stride = max(-(-others // left), 1)
        for number in range(turn % stride, others, stride):
            at, ends = divmod(number, 2)
            yield ended(program, at) if ends else cut_at(program, at)


def _at_line_ends(program: Program) -> Program:
    steps: list[Step] = []
    left = _MAX_LINE_ENDS
    for step in program.steps:
        if isinstance(step, Receive):
            ends = (at + 1 for at, byte in enumerate(step.data) if byte in b"\r\n")
            pieces = cut(step.data, islice(ends, left))
            left -= len(pieces) - 1
            steps += _pieces(pieces)
        else:
            steps.append(step)
    return program.with_steps(tuple(steps))


def _pieces(pieces: list[bytes]) -> list[Step]:
    """Segments as steps, with a drain between them."""
    steps: list[Step] = []
    for piece in pieces:
        steps += [Receive(piece), Drain()]
    return steps[:-1]


def cut_at(program: Program, position: int) -> Program:
    """Returns the program with one more cut, after the received byte at this position."""
    at, inside = place(program, position)
    step = program.steps[at]
    assert isinstance(step, Receive)
    steps = _pieces(cut(step.data, [inside + 1]))
    return program.with_steps((*program.steps[:at], *steps, *program.steps[at + 1 :]))


def ended(program: Program, position: int) -> Program:
    """Returns the program with the end of input at this position of its received bytes."""
    at, inside = place(program, position)
    step = program.steps[at]
    assert isinstance(step, Receive)
    some: list[Step] = [Receive(step.data[:inside]), Drain()] if inside else []
    return program.with_steps((*program.steps[:at], *some, ReceiveEOF(), Drain()))


def place(program: Program, position: int) -> tuple[int, int]:
    """Returns the index of the step that receives the byte at this position, and the byte's offset.

    The position counts all bytes that the program receives. Raises IndexError after the last one.
    """
    for at, step in enumerate(program.steps):
        if isinstance(step, Receive):
            if position < len(step.data):
                return at, position
            position -= len(step.data)
    raise IndexError(position)


def _limited(program: Program, size: int) -> Iterator[Program]:
    for limit in sorted({0, size // 2, size - 1} - {program.limit}) if size else ():
        yield replace(program, limit=limit)
