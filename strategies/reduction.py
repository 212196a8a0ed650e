"""Test-case reduction: from a program that shows something to a minimal one that still does.

Owns the simplifications and their order. Does not know what a program is to show: it asks a
predicate. It works on programs rather than on the choices that drew them, so that programs
of every source become equally small, and it is deterministic.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

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
    SendFailed,
    Step,
    Typed,
    is_tuple,
    step_on,
)
from .projection import BUFFERS, plain_step
from .simplicity import OPENINGS, is_simpler

# A request that ends the connection and a response without a body, without a field for it.
_OLD_REQUEST = b"0 0 HTTP/0.0\r\n\r\n"
_NO_CONTENT = EventSpec.of("Response", status_code=204, headers=[])
_LONG_RUN = re.compile(rb"(?s)(.{1,6}?)\1{20,}")
# Longer pieces are shortened before their single bytes are tried.
_FEW_BYTES, _FEW_PIECES = 300, 40
# After a failure, more failures are likely: batches grow, up to this factor.
_MAX_BATCHES = 8
# Sizes of chunks and bodies that are worth reducing.
_NUMBER = re.compile(rb"\b[0-9A-Fa-f]{1,2}\b")


def reduce(program: Program, shows: Callable[[Program], bool]) -> Program:
    """Returns a program that shows the same, and that no single simplification makes simpler.

    Args:
        program: one for which ``shows`` is true.
        shows: whether a program still shows it; called some hundred times.
    """

    def first(some: Sequence[Program]) -> int | None:
        return next((at for at, candidate in enumerate(some) if shows(candidate)), None)

    return reduce_in_batches(program, first, batch=1)


def reduce_in_batches(
    program: Program, first: Callable[[Sequence[Program]], int | None], *, batch: int
) -> Program:
    """As ``reduce``, where testing many programs at once costs little more than testing one.

    Args:
        first: returns the index of the first of some programs that shows it, or None.
        batch: how many programs to test at once, initially.
    """
    search = _Search(first, batch)
    before: Program | None = None
    while program != before:
        before = program
        for candidates in _CANDIDATES:
            program = search.descend(program, candidates)
    return program


class _Search:
    """Tests candidates in batches that grow while they fail, and none of them twice."""

    def __init__(self, first: Callable[[Sequence[Program]], int | None], batch: int) -> None:
        self._first = first
        self._batch = batch
        self._failed: set[Program] = set()

    def descend(
        self, program: Program, candidates: Callable[[Program], Iterator[Program]]
    ) -> Program:
        """Takes the first simpler candidate that satisfies the predicate, and continues after it.

        The kinds of candidates before it have failed, and most would fail again, so they are tried
        again only at the end.
        """
        start = 0
        while True:
            tried, size = start, self._batch
            left = itertools.islice(_simpler(program, candidates), start, None)
            while some := list(itertools.islice(left, size)):
                at = self._first_of(some)
                if at is not None:
                    program, start = some[at], tried + at
                    break
                tried += len(some)
                size = min(2 * size, _MAX_BATCHES * self._batch)
            else:
                if start == 0:
                    return program
                start = 0

    def _first_of(self, some: list[Program]) -> int | None:
        new = [(at, program) for at, program in enumerate(some) if program not in self._failed]
        found = self._first([program for _, program in new]) if new else None
        self._failed.update(program for _, program in new[:found])
        return None if found is None else new[found][0]


def _simpler(
    program: Program, candidates: Callable[[Program], Iterator[Program]]
) -> Iterator[Program]:
    return (candidate for candidate in candidates(program) if is_simpler(candidate, program))


def _later_starts(program: Program) -> Iterator[Program]:
    # The earlier cycles are often not needed at all.
    for start in range(len(program.steps) - 1, 0, -1):
        yield program.with_steps(program.steps[start:])


def _fewer_connections(program: Program) -> Iterator[Program]:
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


def _fewer_steps(program: Program) -> Iterator[Program]:
    for start, end in _ranges(len(program.steps)):
        yield _replaced(program, start, instead_of=end - start)
    # A head of another version than ours changes the states, and fails by itself.
    for at, (sent, failed) in enumerate(itertools.pairwise(program.steps)):
        if isinstance(sent, Send) and isinstance(failed, SendFailed):
            arguments = {**dict(sent.event.arguments), "http_version": b""}
            event = EventSpec.of(sent.event.type, **arguments)
            yield _replaced(program, at, replace(sent, event=event), instead_of=2)
    yield from _shorter_sent_bodies(program)


def _ranges(length: int, min_size: int = 1) -> Iterator[tuple[int, int]]:
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
            without = _replaced(program, at)
            for before, head in enumerate(program.steps[:at]):
                if isinstance(head, Send):
                    for event in _with_smaller_length(head.event, size):
                        yield _replaced(without, before, replace(head, event=event))


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


def _joined(program: Program) -> Iterator[Program]:
    """Several pieces are received as one; the steps between them follow it."""
    pieces = [at for at, step in enumerate(program.steps) if isinstance(step, Receive)]
    for start, end in (*_ranges(len(pieces), 3), *((at, at + 2) for at in range(len(pieces) - 1))):
        first, last = pieces[start], pieces[end - 1]
        together = program.steps[first : last + 1]
        whole = Receive(b"".join(step.data for step in together if isinstance(step, Receive)))
        between = [step for step in together if not isinstance(step, Receive)]
        once = (step for step, _ in itertools.groupby(between))
        yield _replaced(program, first, whole, *once, instead_of=last + 1 - first)


def _simpler_limit(program: Program) -> Iterator[Program]:
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
        for limit in (0, program.limit // 2, program.limit - 1):
            if 0 <= limit < program.limit:
                yield from _received_less(replace(program, limit=limit), program.limit - limit)


def _received_less(program: Program, size: int) -> Iterator[Program]:
    """Yields programs that receive ``size`` bytes less in one segment, to match a smaller limit."""
    yield program
    for at, step in enumerate(program.steps):
        if isinstance(step, Receive) and len(step.data) > size:
            yield _replaced(program, at, Receive(step.data[size:]))


def _simpler_steps(program: Program) -> Iterator[Program]:
    for at, step in enumerate(program.steps):
        for simpler in _simpler_step(step):
            yield _replaced(program, at, simpler)


def _replaced(program: Program, at: int, *steps: Step, instead_of: int = 1) -> Program:
    return program.with_steps((*program.steps[:at], *steps, *program.steps[at + instead_of :]))


def _simpler_step(step: Step) -> Iterator[Step]:
    if isinstance(step, Receive):
        yield ReceiveEOF()
        yield from map(Receive, filter(None, _simpler_received(step.data)))
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
        for data in _simpler_received(str(value.content).encode("latin-1")):
            yield Typed(value.kind, data.decode("latin-1"))


def _simpler_received(data: bytes) -> Iterator[bytes]:
    yield _OLD_REQUEST
    lines = data.splitlines(keepends=True)[1:]
    for opening in OPENINGS:
        yield opening + b"".join(line for line in lines if not line.startswith(b"Host:"))
    yield from _simpler_bytes(data)


def _simpler_bytes(data: bytes) -> Iterator[bytes]:
    yield from (b"\r\n", b"a", b"0", b" ")
    lines = data.splitlines(keepends=True)
    for many in (2, 1) if len(lines) <= _FEW_PIECES else ():
        for at in range(1, len(lines) - many + 1):
            yield b"".join(lines[:at] + lines[at + many :])
    min_size = 1 if len(data) <= _FEW_BYTES else len(data) // _FEW_PIECES
    for start, end in _ranges(len(data), min_size):
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
    if event.type == "Response":
        yield _NO_CONTENT
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
        for start, end in _ranges(len(value)):
            yield value[:start] + value[end:]
        for at, item in enumerate(value):
            for simpler in _simpler_value(item):
                yield (*value[:at], simpler, *value[at + 1 :])
    elif type(value) is int:
        yield from (200, 100, 0)


_CANDIDATES = (
    _later_starts,
    _fewer_connections,
    _joined,
    _fewer_steps,
    _simpler_limit,
    _simpler_steps,
)
