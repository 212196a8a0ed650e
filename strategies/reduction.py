"""From a program that shows something to a minimal one that still shows it.

Owns what "simpler" means, and the ways to get there. Knows nothing of what is being shown: it asks.
It works on programs, not on the choices that drew them, so that programs from every source end up
equally small, and it never depends on chance.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from .programs import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    Send,
    Step,
    Typed,
    is_tuple,
    step_to_json,
)

# What a reader takes in at a glance costs least: a plain character, or a message that begins as
# most do. A program is to show what is odd about it, and not to be odd for the sake of a byte.
# Punctuation costs a little more, and what cannot be printed a lot.
_PLAIN, _PUNCTUATION, _STRANGE = 10, 1, 5
_PUNCTUATION_BYTES = bytes(byte for byte in range(32, 127) if not chr(byte).isalnum())
_STRANGE_BYTES = bytes(byte for byte in range(256) if not 32 <= byte < 127)
_OPENINGS = (b"GET / HTTP/1.1\r\nHost: a\r\n", b"HTTP/1.1 200 \r\n")
_OPENING = 40
_LONG_RUN = re.compile(rb"(?s)(.{1,6}?)\1{20,}")
# Longer pieces are cut down before single bytes of them are looked at.
_FEW_BYTES = 300
# Sizes of chunks, and of bodies that are small enough to be worth it.
_NUMBER = re.compile(rb"\b[0-9A-Fa-f]{1,2}\b")


def reduce(program: Program, shows: Callable[[Program], bool]) -> Program:
    """Returns a program that shows the same and cannot be made simpler in any one way known here.

    Args:
        program: one for which ``shows`` is true.
        shows: whether a program still shows what is looked for; it is asked some hundred times.
    """
    return reduce_in_batches(program, lambda some: 0 if shows(some[0]) else None, batch=1)


def reduce_in_batches(
    program: Program, first: Callable[[Sequence[Program]], int | None], *, batch: int
) -> Program:
    """Does the same where asking about many programs costs little more than asking about one.

    Args:
        first: returns the index of the first of some programs that shows it, None if none does.
        batch: how many programs to ask about at once, at most.
    """
    simplest = program
    progress = True
    while progress:
        progress = False
        for candidates in (_fewer_steps, _joined, _simpler_limit, _simpler_steps):
            found = _descend(simplest, candidates, first, batch)
            progress = progress or found != simplest
            simplest = found
    return simplest


def _descend(
    program: Program,
    candidates: Callable[[Program], Iterator[Program]],
    first: Callable[[Sequence[Program]], int | None],
    batch: int,
) -> Program:
    """Takes the first simpler candidate that shows it, and goes on behind it.

    What was tried before it has failed, and mostly would again: it is tried once more at the end,
    when nothing behind it is left.
    """
    start = 0
    while True:
        tried = start
        untried = itertools.islice(_simpler(program, candidates), start, None)
        for some in iter(lambda: list(itertools.islice(untried, batch)), []):  # noqa: B023
            at = first(some)
            if at is not None:
                program, start = some[at], tried + at
                break
            tried += len(some)
        else:
            if start == 0:
                return program
            start = 0


def _simpler(
    program: Program, candidates: Callable[[Program], Iterator[Program]]
) -> Iterator[Program]:
    limit = cost(program)
    return (candidate for candidate in candidates(program) if cost(candidate) < limit)


def cost(program: Program) -> tuple[int, int, str]:
    """Returns the measure of simplicity: how many steps, how much there is to read, the text."""
    forms = [step_to_json(step) for step in program.steps]
    size = sum(_size(step) for step in program.steps)
    return (
        len(program.steps),
        size + (0 if program.limit is None else 20 + program.limit),
        str(forms),
    )


def _size(step: Step) -> int:
    if isinstance(step, Receive):
        return _bytes_size(step.data)
    if isinstance(step, Send):
        arguments = sum(20 + _value_size(value) for _, value in step.event.arguments)
        return arguments + (1 if step.passthrough else 0)
    return 2 if isinstance(step, Drain) else 1


def _bytes_size(data: bytes) -> int:
    for opening in _OPENINGS:
        if data.startswith(opening):
            return _OPENING + _bytes_size(data[len(opening) :])
    text = data.replace(b"\r\n", b"a").replace(b": ", b"a")
    punctuation = len(text) - len(text.translate(None, _PUNCTUATION_BYTES))
    strange = len(text) - len(text.translate(None, _STRANGE_BYTES))
    return _PLAIN * len(text) + _PUNCTUATION * punctuation + _STRANGE * strange


def _value_size(value: Any) -> int:
    if isinstance(value, bytes):
        return _bytes_size(value)
    if is_tuple(value):
        return 10 + sum(_value_size(item) for item in value)
    if isinstance(value, Typed):
        return 5 + _value_size(str(value.content).encode())
    return 10 + len(str(value))


def _fewer_steps(program: Program) -> Iterator[Program]:
    for start, end in _ranges(len(program.steps)):
        yield replace(program, steps=program.steps[:start] + program.steps[end:])


def _ranges(length: int) -> Iterator[tuple[int, int]]:
    """Ranges to take out: halves first, then ever smaller pieces, the last ones first."""
    size = length
    while size:
        for start in range(length - size, -1, -size):
            yield start, start + size
        size //= 2


def _joined(program: Program) -> Iterator[Program]:
    """What was received in two pieces is received in one; what was read between is read after."""
    steps = program.steps
    pieces = [at for at, step in enumerate(steps) if isinstance(step, Receive)]
    for first, second in pairwise(pieces):
        one, two = steps[first], steps[second]
        assert isinstance(one, Receive)
        assert isinstance(two, Receive)
        whole = Receive(one.data + two.data)
        between = steps[first + 1 : second]
        yield replace(program, steps=(*steps[:first], whole, *between, *steps[second + 1 :]))


def _simpler_limit(program: Program) -> Iterator[Program]:
    # What is too long for the default limit is shorter, and easier to read, with another one.
    for limit in (0, 16):
        steps = tuple(
            Receive(_LONG_RUN.sub(lambda run: run[0][: limit + 1], step.data))  # noqa: B023
            if isinstance(step, Receive)
            else step
            for step in program.steps
        )
        yield replace(program, steps=steps, limit=limit)
    if program.limit is not None:
        yield replace(program, limit=None)
        for limit in (0, program.limit // 2, program.limit - 1):
            if 0 <= limit < program.limit:
                yield replace(program, limit=limit)


def _simpler_steps(program: Program) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for simpler in _simpler_step(step):
            yield replace(program, steps=(*program.steps[:at], simpler, *program.steps[at + 1 :]))


def _simpler_step(step: Step) -> Iterator[Step]:
    if isinstance(step, Receive):
        for data in _simpler_bytes(step.data):
            if data:
                yield Receive(data)
    elif isinstance(step, Drain):
        yield NextEvent()
    elif isinstance(step, Send):
        if step.passthrough:
            yield replace(step, passthrough=False)
        for event in _simpler_event(step.event):
            yield replace(step, event=event)


def _simpler_bytes(data: bytes) -> Iterator[bytes]:
    lines = data.splitlines(keepends=True)
    for opening in _OPENINGS:
        yield opening + b"".join(line for line in lines[1:] if not line.startswith(b"Host:"))
    for start, end in _ranges(len(data)):
        yield data[:start] + data[end:]
    yield from _shorter_bodies(data)
    for at in range(len(data) if len(data) <= _FEW_BYTES else 0):
        for simple in (b"\r\n", b"a", b"0", b" "):
            yield data[:at] + simple + data[at + 1 :]


def _shorter_bodies(data: bytes) -> Iterator[bytes]:
    """A size or length made smaller, and the body with it: neither would go alone."""
    for number in _NUMBER.finditer(data):
        size = int(number[0], 16)
        for smaller in {1, size // 2, size - 1}:
            for end in (b"\r\n", b"\r\n\r\n"):
                body = data.find(end, number.end()) + len(end)
                if 0 <= smaller < size and body >= number.end():
                    before, rest = data[: number.start()], data[number.end() : body]
                    yield before + b"%x" % smaller + rest + data[body + size - smaller :]


def _simpler_event(event: EventSpec) -> Iterator[EventSpec]:
    arguments = event.arguments
    for at, (name, value) in enumerate(arguments):
        yield replace(event, arguments=arguments[:at] + arguments[at + 1 :])
        for simpler in _simpler_value(value):
            changed = (*arguments[:at], (name, simpler), *arguments[at + 1 :])
            yield replace(event, arguments=changed)


def _simpler_value(value: Any) -> Iterator[Any]:
    if isinstance(value, bytes):
        yield from (b"", b"a", b"0", b"GET", b"/", b"200")
        yield from _simpler_bytes(value)
    elif isinstance(value, Typed):
        if isinstance(value.content, str):
            yield value.content.encode("latin-1", "replace")
    elif is_tuple(value):
        for start, end in _ranges(len(value)):
            yield value[:start] + value[end:]
        for at, item in enumerate(value):
            for simpler in _simpler_value(item):
                yield (*value[:at], simpler, *value[at + 1 :])
    elif type(value) is int:
        yield from (200, 100, 0)
