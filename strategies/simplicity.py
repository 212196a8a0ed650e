"""The order of simplicity: which of two programs is easier to read.

Owns the measure: usual values wherever any value does, then few steps, then few bytes. It must not
know which values are usual, nor how a program is made simpler.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .program import (
    Call,
    Drain,
    EventSpec,
    On,
    Program,
    Receive,
    Role,
    Send,
    Step,
    Typed,
    is_tuple,
    step_on,
)
from .projection import plain_step
from .usual_events import event_weight
from .usual_messages import weight

# Of two programs with equally many unusual values and steps, the one that has less to read is
# simpler: punctuation costs a little more than plain characters, and unprintable bytes a lot.
_PLAIN, _PUNCTUATION, _STRANGE = 10, 11, 15
_SIZES = bytes(
    (_PLAIN if chr(byte).isalnum() else _PUNCTUATION) if 32 <= byte < 127 else _STRANGE
    for byte in range(256)
)
# An event with named arguments is more to read than the same message as bytes.
_NAMED = 60
# How unusual a program is, its steps, the amount to read, its text.
Cost = tuple[int, int, int, str]
# Of a step: what is unusual about it itself, and the connection that receives which bytes.
_Parts = tuple[int, int, bytes]
# What is unusual about a program beside its messages.
_CONNECTION, _LIMIT, _LOOK, _PASSTHROUGH, _CALL, _ARGUMENT = 3, 1, 1, 1, 1, 1


def is_simpler(one: Program, other: Program) -> bool:
    """Whether one program costs less than another."""
    costs = oddity(one), oddity(other)
    if costs[0] != costs[1]:
        return costs[0] < costs[1]
    return is_smaller(one, other)


def simpler_ones(candidates: Iterable[Program], program: Program) -> Iterator[Program]:
    """Yields the candidates that are simpler than a program."""
    # Most candidates have most of the steps, which still exist.
    parts = {id(step): _parts(step) for step in program.steps}
    known = _oddity(program, parts)
    for candidate in candidates:
        cost = _oddity(candidate, parts)
        if cost < known or (cost == known and is_smaller(candidate, program)):
            yield candidate


def is_smaller(one: Program, other: Program) -> bool:
    """Whether one program has fewer steps than another, or less to read in equally many."""
    if len(one.steps) != len(other.steps):
        return len(one.steps) < len(other.steps)
    costs = _size_of(one), _size_of(other)
    return costs[0] < costs[1] or (costs[0] == costs[1] and _text(one) < _text(other))


def cost(program: Program) -> Cost:
    """Returns the measure, by which programs are ordered."""
    return oddity(program), *size(program)


def size(program: Program) -> tuple[int, int, str]:
    """Returns the measure without unusual values: the steps, the amount to read, the text."""
    return len(program.steps), _size_of(program), _text(program)


def oddity(program: Program) -> int:
    """Returns the weight of what is unusual about a program, 0 if everything is usual."""
    return _oddity(program, {})


def _oddity(program: Program, known: Mapping[int, _Parts]) -> int:
    """The same, where the parts of some steps are known by their ids."""
    total = _CONNECTION * len(program.others) + _LOOK * (program.look != "each")
    total += _LIMIT * (program.limit is not None)
    total += _LIMIT * sum(each.limit is not None for each in program.others)
    received: dict[int, list[bytes]] = defaultdict(list)
    for step in program.steps:
        cost, on, data = known.get(id(step)) or _parts(step)
        total += cost
        if data:
            received[on].append(data)
    return total + sum(
        weight(b"".join(pieces), requests=_role(program, on) == "server")
        for on, pieces in received.items()
    )


def _parts(step: Step) -> _Parts:
    on, single = step_on(step)
    total = 0
    if isinstance(single, Call):
        total += _CALL + _ARGUMENT * _odd_arguments(single)
        single = plain_step(single) or single
    if isinstance(single, Receive):
        return total, on, single.data
    if isinstance(single, Send):
        total += event_weight(single.event) + _PASSTHROUGH * single.passthrough
    return total, on, b""


def _role(program: Program, on: int) -> Role:
    return program.others[on - 1].role if on else program.role


def _odd_arguments(call: Call) -> int:
    values = [*call.arguments, *(value for _, value in call.keywords)]
    return len(call.keywords) + sum(not isinstance(value, bytes) for value in values)


def _size_of(program: Program) -> int:
    total = sum(map(_size, program.steps)) + (program.look != "each")
    limits = (each.limit for each in program.connections)
    total += sum(20 + limit for limit in limits if limit is not None)
    return total + 100 * len(program.others)


def _text(program: Program) -> str:
    """The tie-breaker, which is slow to make."""
    return str([step.to_json() for step in program.steps])


def _size(step: Step) -> int:
    if isinstance(step, Receive):
        return _bytes_size(step.data)
    if isinstance(step, Send):
        return _event_size(step.event) + step.passthrough
    if isinstance(step, On):
        return 5 + _size(step.step)
    if isinstance(step, Call):
        values = [*step.arguments, *(value for _, value in step.keywords)]
        return 30 + sum(map(_value_size, values)) + len(step.keywords)
    return 2 if isinstance(step, Drain) else 1


def _event_size(event: EventSpec) -> int:
    return sum(_NAMED + _value_size(value) for _, value in event.arguments)


def _bytes_size(data: bytes) -> int:
    return sum(data.translate(_SIZES))


def _value_size(value: Any) -> int:
    if isinstance(value, bytes):
        return _bytes_size(value)
    if is_tuple(value):
        return 10 + sum(_value_size(item) for item in value)
    if isinstance(value, Typed):
        if isinstance(value.content, EventSpec):
            return 5 + _event_size(value.content)
        return 5 + _value_size(str(value.content).encode("utf-8", "surrogatepass"))
    return 10 + len(str(value))
