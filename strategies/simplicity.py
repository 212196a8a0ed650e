"""The order of simplicity: which of two programs is easier to read.

Owns the measure. It must not know how a program is made simpler.
"""

from __future__ import annotations

from typing import Any

from .program import Call, Drain, EventSpec, On, Program, Receive, Send, Step, Typed, is_tuple

# What is easy to read costs least: plain characters, and messages with the usual opening. Nothing
# in a program should be odd merely to save a byte. Punctuation costs a little more, and unprintable
# bytes a lot.
_PLAIN, _PUNCTUATION, _STRANGE = 10, 11, 15
_SIZES = bytes(
    (_PLAIN if chr(byte).isalnum() else _PUNCTUATION) if 32 <= byte < 127 else _STRANGE
    for byte in range(256)
)
OPENINGS = (b"GET / HTTP/1.1\r\nHost: a\r\n", b"HTTP/1.1 200 \r\n")
_OPENING = 40


def is_simpler(one: Program, other: Program) -> bool:
    """Whether one program costs less than another."""
    if len(one.steps) != len(other.steps):
        return len(one.steps) < len(other.steps)
    costs = _measure(one), _measure(other)
    return costs[0] < costs[1] or (costs[0] == costs[1] and _text(one) < _text(other))


def cost(program: Program) -> tuple[int, int, str]:
    """Returns the measure of simplicity: the number of steps, the amount to read, the text."""
    return *_measure(program), _text(program)


def _measure(program: Program) -> tuple[int, int]:
    size = sum(map(_size, program.steps)) + (program.look != "each")
    limits = (each.limit for each in program.connections)
    size += sum(20 + limit for limit in limits if limit is not None)
    return len(program.steps), size + 100 * len(program.others)


def _text(program: Program) -> str:
    """The tie-breaker, which is slow to make."""
    return str([step.to_json() for step in program.steps])


def _size(step: Step) -> int:
    if isinstance(step, Receive):
        return _received_size(step.data)
    if isinstance(step, Send):
        return _event_size(step.event) + step.passthrough
    if isinstance(step, On):
        return 5 + _size(step.step)
    if isinstance(step, Call):
        values = [*step.arguments, *(value for _, value in step.keywords)]
        return 30 + sum(map(_value_size, values)) + len(step.keywords)
    return 2 if isinstance(step, Drain) else 1


def _event_size(event: EventSpec) -> int:
    return sum(20 + _value_size(value) for _, value in event.arguments)


def _received_size(data: bytes) -> int:
    opening = next(filter(data.startswith, OPENINGS), b"")
    text = data[len(opening) :].replace(b"\r\n", b"a").replace(b": ", b":")
    return _bytes_size(text) + (_OPENING if opening else 0)


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
