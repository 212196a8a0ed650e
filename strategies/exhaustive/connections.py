"""Connections of one process, which take turns and must know nothing of each other.

Owns which conversations are combined, and how their steps take turns. What one connection keeps in
a place that the other uses as well shows here only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product, zip_longest

from ..program import (
    Again,
    Connection,
    Drain,
    On,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    SingleStep,
    Step,
    step_on,
)
from .aliasing import passed_through
from .sequences import turns
from .states import state_prefixes

PAIRS: tuple[tuple[Role, Role], ...] = (
    ("server", "server"),
    ("client", "client"),
    ("server", "client"),
)
# Buffer limits of the two connections; one message is longer than the smaller limit.
LIMITS = (None, 40)
_LONG: dict[Role, bytes] = {
    "server": b"GET / HTTP/1.1\r\nHost: a\r\nA: %b" % (b"a" * 40),
    "client": b"HTTP/1.1 200 \r\nA: %b" % (b"a" * 40),
}
# How many connections are open at once, and what each has received of a head and of a body. In all
# this is more than a MiB, but less than the buffer limit of any of them.
MANY = 80
_WAITING: dict[Role, tuple[bytes, ...]] = {
    "server": (
        b"GET / HTTP/1.1\r\nHost: a\r\nA: %b" % (b"a" * 15_000),
        b"P / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n%b" % (b"a" * 15_000),
    ),
    "client": (
        b"HTTP/1.1 200 \r\nA: %b" % (b"a" * 15_000),
        b"HTTP/1.1 200 \r\nContent-Length: 99999\r\n\r\n%b" % (b"a" * 15_000),
    ),
}
# How many conversations lie between two that are combined.
_DISTANCE = 7
# One prefix of this number is used.
_EVERY = 3


def _steps(program: Program) -> tuple[SingleStep, ...]:
    return tuple(step_on(step)[1] for step in program.steps)


def by_turns() -> Iterator[Program]:
    """Yields two conversations whose steps take turns, in each pair of roles.

    Each conversation is combined with another one, and every second, with all data passed through,
    with itself. What was handed out is looked at again in the first case.
    """
    for first, second in PAIRS:
        others = [*turns(second)]
        for number, program in enumerate(turns(first)):
            other = others[(number + _DISTANCE) % len(others)]
            mixed = _alternating(first, second, program.steps, _steps(other))
            yield mixed.with_steps((*mixed.steps, Again()))
            if number % 2 == 0:
                own = _steps(others[number % len(others)])
                both = (tuple(map(passed_through, steps)) for steps in (program.steps, own))
                yield _alternating(first, second, *both)


def _alternating(first: Role, second: Role, one: Iterable[Step], other: Iterable[Step]) -> Program:
    pairs = zip_longest(one, (On(1, step) for step in other if not isinstance(step, On)))
    steps = (step for step in chain.from_iterable(pairs) if step is not None)
    return Program(first, tuple(steps), others=(Connection(second),))


def inside() -> Iterator[Program]:
    """Yields a whole conversation after each step of another one, in each pair of roles."""
    for first, second in PAIRS:
        others = [*turns(second)]
        for number, program in enumerate(turns(first)):
            other = others[(number + _DISTANCE) % len(others)]
            meanwhile: tuple[Step, ...] = tuple(On(1, step) for step in _steps(other))
            at = 1 + number % (len(program.steps) - 1)
            steps = (*program.steps[:at], *meanwhile, *program.steps[at:], Again())
            yield Program(first, steps, others=(Connection(second),))


def next_to_states() -> Iterator[Program]:
    """Yields a whole conversation while another connection is in each of many states."""
    for first, second in PAIRS:
        others = [*turns(second)]
        for number, prefix in enumerate(state_prefixes(first)[::_EVERY]):
            other = others[number % len(others)]
            meanwhile: tuple[Step, ...] = tuple(On(1, step) for step in _steps(other))
            goes_on: tuple[Step, ...] = (Drain(), ReceiveEOF(), Drain())
            yield Program(first, (*prefix, *meanwhile, *goes_on), others=(Connection(second),))


def limits() -> Iterator[Program]:
    """Yields connections with different buffer limits, which receive more than the smaller one."""
    for roles, (limit, other) in product(PAIRS, product(LIMITS, repeat=2)):
        for turn in ((0, 1), (1, 0)):
            steps: list[Step] = []
            for number in turn:
                taken: tuple[SingleStep, ...] = (Receive(_LONG[roles[number]]), Drain())
                steps += (On(number, step) if number else step for step in taken)
            yield Program(roles[0], tuple(steps), limit, (Connection(roles[1], other),))


def many() -> Iterator[Program]:
    """Yields connections that are all open at once, in the middle of a head or of a body.

    The last bytes of each are read after all have received theirs.
    """
    for role, received in _WAITING.items():
        for data in received:
            steps: list[Step] = []
            for step in (Receive(data), Drain(), Receive(b"a"), Drain()):
                steps += (On(number, step) if number else step for number in range(MANY))
            yield Program(role, tuple(steps), others=(Connection(role),) * (MANY - 1))


def independent() -> Iterator[Program]:
    """Yields all programs with several connections."""
    yield from by_turns()
    yield from inside()
    yield from next_to_states()
    yield from limits()
    yield from many()
