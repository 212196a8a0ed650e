"""Shapes of calls: orders of calls that a program may have, as data.

Owns the list of shapes: the name of each, a sentence, and its test. Knows nothing of how programs
are drawn. What a program's steps show decides whether it has a shape; the strategies run it on the
reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .call_conditions import (
    Test,
    all_of,
    any_of,
    anything,
    calls_of,
    cycle_after,
    differing_cycles,
    either_order,
    ends,
    gets_input,
    has_a,
    in_order,
    in_state,
    is_refused_a_cycle,
    not_closing,
    of_type,
    passes_through,
    reads,
    reads_an,
    reads_an_error,
    reads_last,
    receives,
    receives_in_a_body,
    reports_a_failed_send,
    sends,
    sends_an,
    sends_empty_data,
    sends_whole,
    starts_next_cycle,
    tries_to_send,
    within_a_cycle,
)
from .program import Again, Call, Change, EventSpec, Program, Read, Role, SingleStep, Typed, step_on
from .projection import projections
from .traces import Trace

_BOTH: tuple[Role, ...] = ("client", "server")
_SERVER: tuple[Role, ...] = ("server",)


@dataclass(frozen=True)
class CallShape:
    """A shape of calls: its name, what it is, its test, and the roles that can have it.

    ``test`` gets all calls of a program and returns whether the shape is among them.
    """

    name: str
    sentence: str
    test: Test
    roles: tuple[Role, ...] = _BOTH


@dataclass(frozen=True)
class ProgramShape:
    """A shape of the steps of a program, whatever they show: its name, what it is, and its test."""

    name: str
    sentence: str
    test: Callable[[Program], bool]
    roles: tuple[Role, ...] = _BOTH


def shapes_of(program: Program, trace: Trace) -> Iterator[CallShape | ProgramShape]:
    """Yields the shapes that a program has, in the order of CALL_SHAPES.

    The calls of a program of several connections are those of its first one.

    Args:
        trace: what the program shows on an implementation.
    """
    first, own_trace = next(projections(program, trace), (program, trace))
    calls = calls_of(first, own_trace)
    for shape in CALL_SHAPES:
        if program.role not in shape.roles:
            continue
        if shape.test(program) if isinstance(shape, ProgramShape) else shape.test(calls):
            yield shape


def _after_message(head: str, form: str, roles: tuple[Role, ...] = _BOTH) -> CallShape:
    described = {
        "no body": "without a body",
        "length": "with a length",
        "chunked": "in chunks",
        "unannounced": "that announces no body",
    }[form]
    name = f"a cycle after a {head.lower()} {described}"
    sentence = f"A {head.lower()} {described}, and a message of the next cycle."
    return CallShape(name, sentence, cycle_after(head, form), roles)


_INTERIM = of_type("InformationalResponse")
_RECEIVES: tuple[CallShape, ...] = (
    CallShape(
        "receives twice before a read",
        "Bytes are received twice with no read between them.",
        in_order(receives, receives, unless=reads),
    ),
    CallShape(
        "receives twice in a body before a read",
        "Bytes are received twice with no read between them, in the middle of a message.",
        in_order(receives_in_a_body, receives_in_a_body, unless=reads),
    ),
    CallShape(
        "receives three times before a read",
        "Bytes are received three times with no read between them.",
        in_order(receives, receives, receives, unless=reads),
    ),
    CallShape(
        "receives while paused",
        "Bytes are received after PAUSED, before the next cycle.",
        in_order(reads_last("PAUSED"), receives, unless=starts_next_cycle),
    ),
    CallShape(
        "receives and ends before a read",
        "The end of input follows received bytes with no read between them.",
        in_order(receives, ends, unless=reads),
    ),
    CallShape("ends twice", "The end of input is received twice.", in_order(ends, ends)),
    CallShape(
        "receives after the end",
        "Bytes are received after the end of input.",
        in_order(ends, receives),
    ),
)
_READS: tuple[CallShape, ...] = (
    CallShape(
        "reads again after NEED_DATA",
        "A read ends with NEED_DATA, and another one follows without new input.",
        in_order(reads_last("NEED_DATA"), reads, unless=gets_input),
    ),
    CallShape(
        "reads again after PAUSED",
        "A read ends with PAUSED, and another one follows without new input or a new cycle.",
        in_order(reads_last("PAUSED"), reads, unless=any_of(gets_input, starts_next_cycle)),
    ),
    CallShape(
        "reads again after an error",
        "A read raises an exception, and another one follows.",
        in_order(reads_an_error, reads),
    ),
    CallShape(
        "reads again after EndOfMessage",
        "A single read returns EndOfMessage, and another one follows without new input.",
        in_order(reads_last("EndOfMessage"), reads, unless=gets_input),
    ),
    CallShape(
        "reads again after ConnectionClosed",
        "A read ends with ConnectionClosed, and another one follows.",
        in_order(reads_last("ConnectionClosed"), reads),
    ),
    CallShape(
        "reads at the start of a cycle",
        "A read follows start_next_cycle without new input.",
        in_order(starts_next_cycle, reads, unless=gets_input),
    ),
)
_SENDS: tuple[CallShape, ...] = (
    CallShape(
        "sends three times in a row",
        "Three events are sent with no other call between them.",
        in_order(sends, sends, sends, unless=anything),
    ),
    CallShape(
        "sends whole and passed through",
        "One message is sent with both methods, send and send_with_data_passthrough.",
        either_order(sends_whole, passes_through, unless=starts_next_cycle),
    ),
    CallShape(
        "sends, reads and sends",
        "A read comes between two events of the same message.",
        in_order(sends, reads, all_of(sends, in_state(ours="SEND_BODY")), unless=starts_next_cycle),
    ),
    CallShape("sends empty data", "Data without any bytes is sent.", has_a(sends_empty_data)),
    CallShape(
        "sends empty data in a response without a body",
        "Data without any bytes is sent in the response to HEAD, or in one with status 204 or 304.",
        within_a_cycle(of_type("Response", "no body"), of_type("Data", "empty")),
        _SERVER,
    ),
    CallShape(
        "interim response before the final one",
        "An InformationalResponse comes before the Response of the same cycle.",
        within_a_cycle(_INTERIM, of_type("Response")),
    ),
    CallShape(
        "two interim responses",
        "Two InformationalResponses come in the same cycle.",
        within_a_cycle(_INTERIM, _INTERIM),
    ),
    CallShape(
        "response before the end of the request",
        "The Response comes before the end of the request.",
        has_a(
            any_of(
                all_of(sends_an("Response"), in_state(theirs="SEND_BODY")),
                all_of(reads_an("Response"), in_state(ours="SEND_BODY")),
            )
        ),
    ),
    CallShape(
        "sends after the peer's end",
        "A message, or the rest of one, is sent after the end of input.",
        in_order(ends, all_of(sends, not_closing)),
    ),
    CallShape(
        "sends after the peer's error",
        "A message, or the rest of one, is sent while the peer's state is ERROR.",
        has_a(sends, not_closing, in_state(theirs="ERROR")),
    ),
    CallShape(
        "sends after an error",
        "An event is sent while our own state is ERROR.",
        has_a(tries_to_send, in_state(ours="ERROR")),
    ),
    CallShape(
        "calls after send_failed",
        "Any call follows send_failed.",
        in_order(reports_a_failed_send, anything),
    ),
    *(
        CallShape(
            f"closes in {state}",
            f"ConnectionClosed is sent while our state is {state}.",
            has_a(sends_an("ConnectionClosed"), in_state(ours=state)),
        )
        for state in ("IDLE", "DONE", "MUST_CLOSE", "CLOSED")
    ),
)
_CYCLES: tuple[CallShape, ...] = (
    CallShape(
        "two different cycles",
        "Two cycles in a row have requests, or responses, of different forms.",
        differing_cycles(2),
    ),
    CallShape(
        "three different cycles",
        "Three cycles in a row have requests, or responses, of different forms.",
        differing_cycles(3),
    ),
    *(_after_message("Request", form) for form in ("no body", "length", "chunked")),
    *(_after_message("Response", form) for form in ("no body", "length", "chunked")),
    _after_message("Response", "unannounced", _SERVER),
    CallShape(
        "reads a pipelined request",
        "A request that was received during a cycle is read in the next one.",
        in_order(reads_last("PAUSED"), starts_next_cycle, reads_an("Request"), unless=gets_input),
        _SERVER,
    ),
    CallShape(
        "is refused a cycle", "start_next_cycle raises an exception.", has_a(is_refused_a_cycle)
    ),
)


def _before_another(wanted: Callable[[SingleStep], bool]) -> Callable[[Program], bool]:
    """A step of this kind that is not the last one."""
    return lambda program: any(wanted(step_on(step)[1]) for step in program.steps[:-1])


def _by_turns(same_role: bool) -> Callable[[Program], bool]:
    """Steps on the first connection before and after one on another, of the same or other role."""

    def test(program: Program) -> bool:
        used = [step_on(step)[0] for step in program.steps]
        return any(
            number in used[used.index(0) : len(used) - used[::-1].index(0)]
            for number, other in enumerate(program.others, 1)
            if 0 in used and (other.role == program.role) is same_role
        )

    return test


def _passes_by_name(step: SingleStep) -> bool:
    return isinstance(step, Call) and bool(step.keywords)


def _passes_by_position(step: SingleStep) -> bool:
    values = step.arguments if isinstance(step, Call) else ()
    events = (value.content for value in values if isinstance(value, Typed))
    return any(isinstance(each, EventSpec) and "*" in dict(each.arguments) for each in events)


_STYLES: tuple[ProgramShape, ...] = (
    ProgramShape(
        "looks again",
        "Everything that was handed out is looked at again.",
        lambda program: Again() in program.steps[1:],
    ),
    ProgramShape(
        "changes what it handed in",
        "The caller changes buffers that it handed in, and goes on.",
        _before_another(lambda step: step == Change("arguments")),
    ),
    ProgramShape(
        "changes what it was given",
        "The caller changes what it was given, and goes on.",
        _before_another(lambda step: step == Change("results")),
    ),
    ProgramShape(
        "reads properties",
        "A single property is read between two steps.",
        _before_another(lambda step: isinstance(step, Read)),
    ),
    ProgramShape(
        "looks at the end only",
        "The state of the connection is not read before the last step.",
        lambda program: program.look == "last",
    ),
    ProgramShape(
        "passes arguments by name",
        "A method gets its argument by name.",
        lambda program: any(_passes_by_name(step_on(step)[1]) for step in program.steps),
    ),
    ProgramShape(
        "passes data by position",
        "Data gets its bytes by position.",
        lambda program: any(_passes_by_position(step_on(step)[1]) for step in program.steps),
    ),
    ProgramShape(
        "two connections of one role",
        "Another connection of the same role is used between two steps of the first one.",
        _by_turns(same_role=True),
    ),
    ProgramShape(
        "a client and a server",
        "Another connection of the other role is used between two steps of the first one.",
        _by_turns(same_role=False),
    ),
)
# Every shape, in the order in which they are shown.
CALL_SHAPES: tuple[CallShape | ProgramShape, ...] = (
    *_RECEIVES,
    *_READS,
    *_SENDS,
    *_CYCLES,
    *_STYLES,
)
