"""Programs with other values: what may take the place of a program in a reduction.

Owns the candidates that have usual values, smaller limits and fewer bytes. It must not know which
of them is taken.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .edits import Edit, Span, edited
from .fewer_steps import ranges, replaced
from .program import (
    Call,
    Drain,
    EventSpec,
    NextEvent,
    On,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SingleStep,
    Step,
    Typed,
    is_tuple,
    step_on,
)
from .projection import BUFFERS, plain_step
from .usual_events import usual_events
from .usual_messages import oddities

_LONG_RUN = re.compile(rb"(?s)(.{1,6}?)\1{20,}")
# Longer pieces are shortened before their single bytes are tried.
_FEW_BYTES, _FEW_PIECES = 300, 40
# Sizes of chunks and bodies that are worth reducing.
_NUMBER = re.compile(rb"\b[0-9A-Fa-f]{1,2}\b")
# This many unusual parts of what is received are made usual one by one.
_FEW_PARTS = 60


def usual_values(program: Program) -> Iterator[Program]:
    """The program with usual parts of messages: first with many of them, then with single ones."""
    for number in range(len(program.connections)):
        yield from _usual_received(program, number)
    for at, step in enumerate(program.steps):
        on, single = step_on(step)
        if isinstance(single, Send):
            for event in usual_events(single.event):
                usual = replace(single, event=event)
                yield replaced(program, at, On(on, usual) if on else usual)


def _usual_received(program: Program, number: int) -> Iterator[Program]:
    """The program with usual parts in what one connection receives."""
    pieces: list[tuple[int, bytes]] = []
    for at, step in enumerate(program.steps):
        on, single = step_on(step)
        plain = plain_step(single) if isinstance(single, Call) else single
        if on == number and isinstance(plain, Receive):
            pieces.append((at, plain.data))
    if not pieces:
        return
    data = b"".join(piece for _, piece in pieces)
    requests = program.connections[number].role == "server"
    found = oddities(data, requests=requests)[:_FEW_PARTS]
    odd = [each.edits[0] for each in found if each.weight and each.edits]
    for start, end in ranges(len(odd), 2):
        yield _with_edits(program, number, pieces, odd[start:end])
    for each in found:
        for edit in each.edits:
            yield _with_edits(program, number, pieces, [edit])


def moved_cuts(program: Program) -> Iterator[Program]:
    """The program with what one piece begins with at the end of the one before it, or reversed."""
    at_pieces = [at for at, step in enumerate(program.steps) if isinstance(step, Receive)]
    for one, other in itertools.pairwise(at_pieces):
        first, second = program.steps[one], program.steps[other]
        assert isinstance(first, Receive)
        assert isinstance(second, Receive)
        data = first.data + second.data
        line = first.data.rfind(b"\n") + 1
        for end in dict.fromkeys((line, line + 1, len(first.data) - 1)):
            if 0 < end < len(first.data):
                moved = replaced(program, one, Receive(data[:end]))
                yield replaced(moved, other, Receive(data[end:]))


def _with_edits(
    program: Program, number: int, pieces: Sequence[tuple[int, bytes]], edits: Sequence[Edit]
) -> Program:
    """The program that receives its bytes with edits, cut where they were cut before."""
    data, spans = edited(b"".join(piece for _, piece in pieces), edits)
    cuts = list(itertools.accumulate(len(piece) for _, piece in pieces))
    ends = [_moved(cut, spans) for cut in cuts[:-1]] + [len(data)]
    new: dict[int, bytes] = {}
    start = 0
    for (at, _), end in zip(pieces, ends, strict=True):
        new[at] = data[start:end]
        start = max(start, end)
    steps: list[Step] = []
    for at, step in enumerate(program.steps):
        if at not in new:
            steps.append(step)
        elif new[at]:  # receiving nothing is the end of input
            single = _receiving(step_on(step)[1], new[at])
            steps.append(On(number, single) if number else single)
    return program.with_steps(tuple(steps))


def _receiving(step: SingleStep, data: bytes) -> SingleStep:
    """A step that receives these bytes, in a buffer of the same type as before."""
    if not isinstance(step, Call):
        return Receive(data)

    def changed(value: Any) -> Any:
        return Typed(value.kind, data.decode("latin-1")) if isinstance(value, Typed) else data

    arguments = tuple(map(changed, step.arguments))
    keywords = tuple((name, changed(value)) for name, value in step.keywords)
    return Call(step.method, arguments, keywords)


def _moved(cut: int, spans: Sequence[Span]) -> int:
    """Where a cut is after edits; in a part that was replaced, as far from its begin as before."""
    moved = cut
    for start, end, new in spans:
        if end <= cut:
            moved += len(new) - (end - start)
        elif start < cut:
            moved -= max(cut - start - len(new), 0)
    return moved


def simpler_limits(program: Program) -> Iterator[Program]:
    # What exceeds the default limit can be shorter, and easier to read, with a smaller one.
    for limit in (0, 16):
        steps = tuple(
            Receive(_LONG_RUN.sub(lambda run: run[0][: limit + 1], step.data))  # noqa: B023 (called at once)
            if isinstance(step, Receive)
            else step
            for step in program.steps
        )
        yield replace(program, steps=steps, limit=limit)
    if program.limit is not None:
        yield replace(program, limit=None)
        without = (step for step in program.steps if not isinstance(step, Receive))
        yield replace(program, limit=0, steps=tuple(without))
        for limit in (0, program.limit // 2, program.limit - 1):
            if 0 <= limit < program.limit:
                yield from _received_less(replace(program, limit=limit), program.limit - limit)


def _received_less(program: Program, size: int) -> Iterator[Program]:
    """Yields programs that receive ``size`` bytes less in one segment, to match a smaller limit."""
    yield program
    for at, step in enumerate(program.steps):
        if isinstance(step, Receive) and len(step.data) > size:
            yield replaced(program, at, Receive(step.data[size:]))


def simpler_steps(program: Program) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for simpler in _simpler_step(step):
            yield replaced(program, at, simpler)


def _simpler_step(step: Step) -> Iterator[Step]:
    if isinstance(step, Receive):
        yield ReceiveEOF()
        yield from map(Receive, filter(None, _simpler_bytes(step.data)))
    elif isinstance(step, Drain):
        yield NextEvent()
    elif isinstance(step, Send):
        if step.passthrough:
            yield replace(step, passthrough=False)
        for event in _simpler_event(step.event):
            yield replace(step, event=event)
    elif isinstance(step, On):
        yield step.step
        for simpler in _simpler_step(step.step):
            if not isinstance(simpler, On):
                yield On(step.connection, simpler)
    elif isinstance(step, Call):
        plain = plain_step(step)
        if plain is not None:
            yield plain
        for at, value in enumerate(step.arguments):
            for simpler in _simpler_argument(value):
                arguments = (*step.arguments[:at], simpler, *step.arguments[at + 1 :])
                yield replace(step, arguments=arguments)
        for at, (name, value) in enumerate(step.keywords):
            yield Call(step.method, (*step.arguments, value))
            for simpler in _simpler_argument(value):
                keywords = (*step.keywords[:at], (name, simpler), *step.keywords[at + 1 :])
                yield replace(step, keywords=keywords)


def _simpler_argument(value: Any) -> Iterator[Any]:
    if isinstance(value, Typed) and isinstance(value.content, EventSpec):
        for event in _simpler_event(value.content):
            yield Typed(value.kind, event)
        return
    yield from _simpler_value(value)
    if isinstance(value, Typed) and value.kind in BUFFERS:
        for data in _simpler_bytes(str(value.content).encode("latin-1")):
            yield Typed(value.kind, data.decode("latin-1"))


def _simpler_bytes(data: bytes) -> Iterator[bytes]:
    yield from (b"\r\n", b"a", b"0", b" ")
    lines = data.splitlines(keepends=True)
    for many in (2, 1) if len(lines) <= _FEW_PIECES else ():
        for at in range(1, len(lines) - many + 1):
            yield b"".join(lines[:at] + lines[at + many :])
    min_size = 1 if len(data) <= _FEW_BYTES else len(data) // _FEW_PIECES
    for start, end in ranges(len(data), min_size):
        yield data[:start] + data[end:]
    yield from _shorter_bodies(data)
    for at in range(len(data) if len(data) <= _FEW_BYTES else 0):
        for simple in (b"\r\n", b"a", b"0", b" "):
            yield data[:at] + simple + data[at + 1 :]


def _shorter_bodies(data: bytes) -> Iterator[bytes]:
    """A smaller size or length, and a shorter body with it: neither would work alone."""
    for number in itertools.islice(_NUMBER.finditer(data), _FEW_PIECES):
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
            yield replace(event, arguments=(*arguments[:at], (name, simpler), *arguments[at + 1 :]))


def _simpler_value(value: Any) -> Iterator[Any]:
    if isinstance(value, bytes):
        yield from (b"", b"a", b"0", b"GET", b"/", b"200")
        yield from _simpler_bytes(value)
    elif isinstance(value, Typed) and isinstance(value.content, str) and value.kind != "api":
        yield value.content.encode("latin-1", "replace")
    elif is_tuple(value):
        for start, end in ranges(len(value)):
            yield value[:start] + value[end:]
        for at, item in enumerate(value):
            for simpler in _simpler_value(item):
                yield (*value[:at], simpler, *value[at + 1 :])
    elif type(value) is int:
        yield from (200, 100, 0)
