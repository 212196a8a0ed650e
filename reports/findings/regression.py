"""A finding as a regression test, which fails until the implementation is repaired.

Owns the assertion: that the implementation does what the expected side did, in what differs only.
The test needs only the implementation. It must not know how a test is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...strategies.program import (
    Again,
    Json,
    Program,
    Read,
    Send,
    SingleStep,
    is_list,
    is_object,
    step_on,
)
from ...strategies.traces import Observation, Trace
from .difference import Difference
from .divergence import event_field
from .expressions import event_expression
from .script import (
    ATTRIBUTE_EXPRESSIONS,
    Setup,
    attribute_expression,
    exception_expression,
    send_call,
    step_calls,
)

_INDENT = "    "
_SENTINELS = ("NEED_DATA", "PAUSED")


class _NoExpressionError(Exception):
    """A value that no expression stands for."""


def regression(
    name: str,
    docstring: str,
    program: Program,
    difference: Difference,
    expected: Trace,
    actual: Trace,
) -> list[str]:
    """Returns the lines of a test function that asserts the expected side of a difference.

    The list is empty if the expected value cannot be written as an expression.

    Args:
        name: the name of the function without ``test_``.
        docstring: the docstring of the function.
        program: ends with the step that differs.
    """
    step = len(program.steps) - 1
    setup = Setup(program, expected, actual, copies=True)
    try:
        if difference.field in ATTRIBUTE_EXPRESSIONS:
            on, _ = step_on(program.steps[step])
            body = [*setup.lines(step + 1), _attribute_assertion(difference, on)]
        else:
            if isinstance(step_on(program.steps[step])[1], Again):
                last = iter((f"assert {setup.looks} == copies",))
            else:
                last = _assert_last_step(program, difference, expected[step])
            body = [*setup.lines(step), *last]
    except _NoExpressionError:
        return []
    docstring = docstring.replace("\\", "\\\\").replace('"""', "'''")
    return [
        f"def test_{name}():",
        f'{_INDENT}"""{docstring}"""',
        *(_INDENT + line for line in body),
    ]


def _assert_last_step(
    program: Program, difference: Difference, expected: Observation
) -> Iterator[str]:
    on, step = step_on(program.steps[-1])
    raised = expected.raised
    at = difference.at
    if expected.events:
        [next_event] = step_calls(program.steps[-1], 1)
        yield from [next_event] * min(at, len(expected.events))
        if at < len(expected.events):
            yield f"event = {next_event}"
            yield from _event(expected.events[at], difference)
            return
    calls = step_calls(program.steps[-1], 1)
    if not calls:  # the caller's own step, such as a change of what it holds
        raise _NoExpressionError
    [call] = calls
    if difference.field == "by" and isinstance(step, Send):
        made = event_expression(step.event)
        if raised is not None and raised.by == "constructor":
            call = made
        else:
            yield f"event = {made}"
            call = send_call(step, "event", on)
    if raised is None:
        yield f"assert {call} == {_returned(step, expected.form.get('returned'))}"
    else:
        yield from _raises(call, expected.form["raised"], difference)


def _raises(call: str, raised: Json, difference: Difference) -> Iterator[str]:
    exception = exception_expression(raised["class"])
    yield from ("try:", f"{_INDENT}{call}", f"except {exception} as error:")
    if difference.field == "text":
        yield f"{_INDENT}assert str(error) == {raised['text']!r}"
    elif "hint" in raised:
        yield f"{_INDENT}assert error.error_status_hint == {raised['hint']!r}"
    else:
        yield f"{_INDENT}pass"
    yield from ("else:", f'{_INDENT}raise AssertionError("nothing is raised")')


def _event(event: Json, difference: Difference) -> Iterator[str]:
    name = event["type"]
    if name in _SENTINELS:
        yield f"assert event is h11.{name}"
        return
    yield f"assert type(event) is h11.{name}"
    field = difference.field
    value = event_field(event, field)
    if difference.aspect not in ("event", "type") or field == "outcome":
        return
    expressions = {"headers": "list(event.headers)", "raw_headers": "event.headers.raw_items()"}
    expression = expressions.get(field, f"event.{field}")
    if difference.aspect == "type":
        yield f"assert type({expression}) is {_type(value)}"
    else:
        yield f"assert {expression} == {_value(value)}"


def _returned(step: SingleStep, value: Any) -> str:
    if isinstance(step, Read) and step.name == "states" and is_list(value):
        return f"{{{', '.join(f'{_value(role)}: {_value(state)}' for role, state in value)}}}"
    return _value(value, tuple if isinstance(step, Read) else list)


def _attribute_assertion(difference: Difference, on: int) -> str:
    expression = attribute_expression(difference.field, on)
    if difference.field == "blind":
        return expression
    if difference.field in ("client", "server"):
        return f"assert {expression}[h11.{difference.field.upper()}] is h11.{difference.expected}"
    return f"assert {expression} == {_value(difference.expected, outermost=tuple)}"


def _type(value: Any) -> str:
    if is_object(value):
        [kind] = value
        return {"text": "str"}.get(kind, kind)
    return "bytes" if isinstance(value, str) else type(value).__name__


def _value(value: Any, outermost: type = list) -> str:
    """An observed value as an expression; lists within lists stand for tuples."""
    if isinstance(value, str):
        return repr(value.encode("latin-1"))
    if is_list(value):
        items = [_value(item, tuple) for item in value]
        if outermost is list:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    if is_object(value):
        [(kind, content)] = value.items()
        if kind == "text":
            return repr(content)
        if kind == "api":
            return f"h11.{content}"
        if kind not in ("bytearray", "memoryview", "passed"):
            raise _NoExpressionError
        return _value(content)
    return repr(value)
