"""A program as a script that needs only the implementation.

Owns the translation of steps into lines of Python. It must not know why a program is of interest.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...strategies.json_text import json_text_of_any
from ...strategies.program import (
    Again,
    Call,
    Change,
    Drain,
    EventSpec,
    NextEvent,
    On,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    SingleStep,
    Step,
    Typed,
    is_object,
    is_tuple,
    step_on,
)
from ...strategies.traces import Observation, Trace
from .expressions import event_expression, expression

# The attributes of an observation, as expressions over the connection.
ATTRIBUTE_EXPRESSIONS = {
    "client": "conn.states",
    "server": "conn.states",
    "trailing": "conn.trailing_data",
    "version": "conn.their_http_version",
    "client_waits": "conn.client_is_waiting_for_100_continue",
    "they_wait": "conn.they_are_waiting_for_100_continue",
    # Reading one of them raises.
    "blind": "[conn.states[h11.CLIENT], conn.states[h11.SERVER], conn.trailing_data,"
    " conn.their_http_version, conn.client_is_waiting_for_100_continue,"
    " conn.they_are_waiting_for_100_continue]",
}


# A change of what was handed out, as its caller is free to make it.
_CHANGE_RESULTS = (
    "for result in results:",
    '    data = getattr(result, "data", result)',
    "    if isinstance(data, (bytearray, memoryview)) and not memoryview(data).readonly:",
    '        data[:] = b"#" * len(data)',
    "    elif isinstance(data, (list, dict)):",
    "        data.clear()",
    '    elif hasattr(result, "headers"):',
    "        result.headers.raw_items().clear()",
)
# Only what has fields must look as before: of these, the caller has changed a copy.
_LEAVE_OUT_COPIES = 'copies = [c for r, c in zip(results, copies) if hasattr(r, "headers")]'
_LEAVE_OUT_RESULTS = 'results = [r for r in results if hasattr(r, "headers")]'
# How a result looks, where repr() does not say it.
_LOOK = (
    "def look(result):",
    '    data = getattr(result, "data", result)',
    "    if isinstance(data, memoryview):",
    "        return data.tobytes()",
    '    fields = result.headers.raw_items() if hasattr(result, "headers") else ""',
    '    return f"{result!r} {fields}"',
)
_NOT_IN_REPR = ("raw_headers", "memoryview")
_CHANGES = {
    "array": ("{0}[:] = __import__('array').array('B', b\"#\" * len({0}))",),
    # An implementation that has a view of a bytearray prevents that it gets longer.
    "bytearray": (
        "try:",
        '    {0}[:] = b"#" * (2 * len({0}))',
        "except BufferError:",
        '    {0}[:] = b"#" * len({0})',
    ),
    "memoryview_of_bytearray": ('{0}[:] = b"#" * len({0})',),
}


def script(program: Program, trace: Trace, field: str) -> list[str]:
    """Returns lines that run ``program`` on the ``h11`` that was imported, and print what differs.

    Args:
        program: ends with the step of interest.
        trace: of the implementation that the script is for; it says how often a drain calls
            ``next_event()``, which steps raise, and what changed after it was handed out.
        field: the field that differs; unless it is an attribute of the connection, the outcome of
            the last step is printed.
    """
    last = len(program.steps) - 1
    on, step = step_on(program.steps[last])
    setup = Setup(program, trace)
    if field in ATTRIBUTE_EXPRESSIONS:
        return [*setup.lines(last + 1), f"print({attribute_expression(field, on)})"]
    if isinstance(step, Again):
        return [*setup.lines(last), f"print({setup.shown_results})"]
    if field == "by" and isinstance(step, Send):
        # The question is which of the two calls raises.
        made = f"event = {event_expression(step.event)}"
        return [*setup.lines(last), made, f"print({send_call(step, 'event', on)})"]
    calls = _calls_in(program.steps[last], trace[last])
    return [*setup.lines(last), *(f"print({call})" for call in calls)]


def attribute_expression(field: str, on: int) -> str:
    """Returns the expression for an attribute of the connection with the index ``on``."""
    return ATTRIBUTE_EXPRESSIONS[field].replace("conn.", f"{_connection(on)}.")


def _connection(on: int) -> str:
    return f"conn{on}" if on else "conn"


class Setup:
    """The lines that create the connections and take the first steps of a program.

    Args:
        trace: says how often a drain calls ``next_event()``, and which steps raise.
        other: the trace of the other side, which also says what changed after it was handed out.
        copies: whether to note how each result looks when it is handed out, in ``copies``.
    """

    def __init__(
        self, program: Program, trace: Trace, other: Trace | None = None, *, copies: bool = False
    ) -> None:
        self._program = program
        self._trace = trace
        self._copies = copies
        traces = [trace] if other is None else [trace, other]
        self._kept = _changed_results(program, *traces)
        self._kept_events, self._kept_arguments = _changed_arguments(program, *traces)
        self._look = "look" if _repr_is_not_enough(program, *traces) else "repr"
        self._looks_again = Again() in _single_steps(program)
        self._has_results = self._looks_again or Change("results") in _single_steps(program)
        self._changes_arguments = Change("arguments") in _single_steps(program)
        # The names of arguments that can be changed in place, with how that is done.
        self._arguments: dict[str, list[str]] = {}

    @property
    def shown_results(self) -> str:
        """The expression for all results that were kept, as they look now."""
        return "results" if self._look == "repr" else self.looks

    @property
    def looks(self) -> str:
        """The expression for how each result that was kept looks now, as ``copies`` has it."""
        return f"[{self._look}(result) for result in results]"

    def lines(self, until: int) -> list[str]:
        """Returns the lines up to the step with the index ``until``."""
        lines: list[str] = [*_LOOK] if self._look == "look" else []
        lines.append(self._opening(0))
        if self._has_results:
            lines += ["results = []", *(["copies = []"] if self._copies else [])]
        opened = {0}
        # The step after these opens its connection as well.
        for at, step in enumerate(self._program.steps[: until + 1]):
            on, _ = step_on(step)
            if on not in opened:
                opened.add(on)
                lines.append(self._opening(on))
            if at < until:
                lines += self._step(at, step)
        return lines

    def _opening(self, on: int) -> str:
        connection = self._program.connections[on]
        limit = "" if connection.limit is None else f", {connection.limit}"
        return f"{_connection(on)} = h11.Connection(h11.{connection.role.upper()}{limit})"

    def _step(self, at: int, step: Step) -> list[str]:
        lines = self._lines_of(at, step)
        if at in self._kept and self._program.look == "each":
            lines.append(self._keeping(f"{_connection(step_on(step)[0])}.states"))
        return lines

    def _lines_of(self, at: int, step: Step) -> list[str]:
        _, single = step_on(step)
        if isinstance(single, Again):
            return []
        if isinstance(single, Change):
            if single.what == "results":
                return [*_CHANGE_RESULTS, *self._leaving_out()]
            return [line for lines in self._arguments.values() for line in lines]
        named: list[str] = []
        if self._changes_arguments or at in self._kept_arguments:
            step, named = self._with_names(step, at)
        if at in self._kept_arguments:
            named += [self._keeping(line.partition(" = ")[0]) for line in named]
        if at in self._kept_events:
            step, event = _with_event_name(step, f"event{at}")
            if event is not None:
                named.append(f"event{at} = {event_expression(event)}")
                named.append(self._keeping(f"event{at}"))
        raised = self._trace[at].raised
        calls = _calls_in(step, self._trace[at])
        if at in self._kept:
            calls = [*map(self._keeping, calls)]
        exception = None if raised is None else raised.exception
        handler = self._keeping("error") if at in self._kept else "pass"
        return [*named, *catching(calls, exception, handler)]

    def _leaving_out(self) -> list[str]:
        """The lines that leave out what the caller has changed, if it looks at the rest again."""
        if not self._looks_again:
            return []
        return [*([_LEAVE_OUT_COPIES] if self._copies else []), _LEAVE_OUT_RESULTS]

    def _keeping(self, call: str) -> str:
        kept = f"results.append({call})"
        return f"{kept}; copies.append({self._look}(results[-1]))" if self._copies else kept

    def _with_names(self, step: Step, at: int) -> tuple[Step, list[str]]:
        """Gives a name to each argument of the step that can be changed in place."""
        lines: list[str] = []

        def named(value: Any) -> Any:
            if isinstance(value, Typed) and isinstance(value.content, EventSpec):
                return replace(value, content=named(value.content))
            if isinstance(value, EventSpec):
                arguments = tuple(
                    (key, tuple(map(named, each)) if key == "*" else named(each))
                    for key, each in value.arguments
                )
                return replace(value, arguments=arguments)
            if not is_tuple(value) and not (isinstance(value, Typed) and value.kind in _CHANGES):
                return value
            name = f"argument{at}{'abcdef'[len(lines)]}"
            lines.append(f"{name} = {expression(value)}")
            self._arguments[name] = (
                [line.format(name) for line in _CHANGES[value.kind]]
                if isinstance(value, Typed)
                else [f"{name}.clear()"]
            )
            return Typed("name", name)

        on, single = step_on(step)
        if isinstance(single, Send):
            single = replace(single, event=named(single.event))
        elif isinstance(single, Call):
            single = replace(
                single,
                arguments=tuple(map(named, single.arguments)),
                keywords=tuple((key, named(value)) for key, value in single.keywords),
            )
        return (On(on, single) if on else single), lines


def _single_steps(program: Program) -> list[SingleStep]:
    return [step_on(step)[1] for step in program.steps]


def _changed_results(program: Program, *traces: Trace) -> set[int]:
    """The steps whose results are needed later: the caller changes them, or they have changed."""
    kept: set[int] = set()
    for at, step in enumerate(_single_steps(program)):
        if step == Change("results"):
            kept.update(range(at))
        if isinstance(step, Again):
            for changed in _changes_at(at, traces):
                kept.update(number for number, _, _, *argument in changed if not argument)
    return kept


def _changed_arguments(program: Program, *traces: Trace) -> tuple[set[int], set[int]]:
    """The steps of which the caller's event has changed, and those of which an argument has."""
    events: set[int] = set()
    others: set[int] = set()
    for at, step in enumerate(_single_steps(program)):
        if isinstance(step, Again):
            for changed in _changes_at(at, traces):
                for number, before, _, *argument in changed:
                    if argument:
                        (events if is_object(before) and "type" in before else others).add(number)
    return events, others


def _changes_at(at: int, traces: Sequence[Trace]) -> Iterator[list[Any]]:
    """Yields what each trace says that has changed, when the caller looks again."""
    for trace in traces:
        changed = trace[at].returned if at < len(trace) else None
        yield changed or []


def _with_event_name(step: Step, name: str) -> tuple[Step, EventSpec | None]:
    """Returns the step with a name in the place of the event that it sends, and the event."""
    on, single = step_on(step)
    if not isinstance(single, (Send, Call)):
        return step, None
    found: list[EventSpec] = []

    def named(value: Any) -> Any:
        if isinstance(value, Typed) and isinstance(value.content, EventSpec):
            found.append(value.content)
            return Typed("name", name)
        return value

    if isinstance(single, Send):
        found.append(single.event)
        method = "send_with_data_passthrough" if single.passthrough else "send"
        single = Call(method, (Typed("name", name),))
    else:
        single = replace(
            single,
            arguments=tuple(map(named, single.arguments)),
            keywords=tuple((key, named(value)) for key, value in single.keywords),
        )
    return (On(on, single) if on else single), found[0] if found else None


def _repr_is_not_enough(program: Program, *traces: Trace) -> bool:
    """Whether something that was handed out has changed in a way that its repr does not show."""
    found = (
        json_text_of_any(trace[at].returned)
        for at, step in enumerate(_single_steps(program))
        if isinstance(step, Again)
        for trace in traces
        if at < len(trace)
    )
    return any(f'"{word}"' in text for text in found for word in _NOT_IN_REPR)


def catching(calls: Sequence[str], exception: str | None, handler: str = "pass") -> list[str]:
    """Returns the calls, with the last one in a ``try`` if it raises an exception of this name.

    Args:
        handler: the statement that handles the exception, which it may call ``error``.
    """
    if exception is None:
        return list(calls)
    *before, last = calls
    caught = exception_expression(exception) + (" as error" if "error" in handler else "")
    return [*before, "try:", f"    {last}", f"except {caught}: {handler}"]


def _calls_in(step: Step, observed: Observation) -> list[str]:
    return step_calls(step, max(1, len(observed.events) + (observed.raised is not None)))


def exception_expression(exception: str) -> str:
    """Returns the expression after ``except`` that catches a class of this name."""
    if exception in ("LocalProtocolError", "RemoteProtocolError"):
        return f"h11.{exception}"
    return exception if hasattr(builtins, exception) else "Exception"


def step_calls(step: Step, times: int) -> list[str]:
    """Returns the calls that a step makes; a drain makes as many as ``times``."""
    on, single = step_on(step)
    conn = _connection(on)
    if isinstance(single, Receive):
        return [f"{conn}.receive_data({single.data!r})"]
    if isinstance(single, ReceiveEOF):
        return [f'{conn}.receive_data(b"")']
    if isinstance(single, (NextEvent, Drain)):
        return [f"{conn}.next_event()"] * times
    if isinstance(single, Send):
        return [send_call(single, event_expression(single.event), on)]
    if isinstance(single, Call):
        arguments = [expression(value) for value in single.arguments]
        arguments += (f"{key}={expression(value)}" for key, value in single.keywords)
        return [f"{conn}.{single.method}({', '.join(arguments)})"]
    if isinstance(single, Read):
        return [f"{conn}.{single.name}"]
    if isinstance(single, (Again, Change)):
        return []
    return [f"{conn}.{'send_failed' if isinstance(single, SendFailed) else 'start_next_cycle'}()"]


def send_call(step: Send, event: str, on: int = 0) -> str:
    """Returns the call that sends the value of the expression ``event``."""
    return f"{_connection(on)}.send{'_with_data_passthrough' if step.passthrough else ''}({event})"
