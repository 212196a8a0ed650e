"""Conditions of the calls of a program, of which the shapes of calls are made.

Owns the calls, each a step with what it showed, and what can be asked of one call, of calls in
their order, and of whole cycles. It must not know which shapes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .program import (
    Drain,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
    Typed,
    is_object,
)
from .traces import Observation, walk

_NO_BODY_STATUSES = (204, 304)


@dataclass(frozen=True)
class Call:
    """One step of a program, with what was observed before and after it.

    ``ours`` and ``theirs`` are the states of the two sides before the step.
    """

    step: Step
    after: Observation
    ours: str
    theirs: str

    @property
    def succeeded(self) -> bool:
        """Whether no exception came out of the step."""
        return "raised" not in self.after.form

    @property
    def event_types(self) -> list[str]:
        """The types of the events that were read, or of the one event that was sent."""
        if isinstance(self.step, Send):
            return [self.step.event.type] if self.succeeded else []
        return [event["type"] for event in self.after.events]


Calls = Sequence[Call]
Condition = Callable[[Call], bool]
# A condition of all calls of a program.
Test = Callable[[Calls], bool]
# The heads that a cycle received or sent, and the empty data that it sent, in order: the type of
# the event, and the form of the message.
Cycle = list[tuple[str, str]]
CycleItem = Callable[[tuple[str, str]], bool]


def calls_of(program: Program, observations: Iterable[Observation]) -> Calls:
    """Returns the observed steps of a program as calls.

    Args:
        observations: what the steps showed, in order; steps after the last one are left out.
    """
    our_side = 0 if program.role == "client" else 1
    return [
        Call(step, after, before.states[our_side], before.states[1 - our_side])
        for step, before, after in walk(program, observations)
    ]


# Conditions of a single call.


def receives(call: Call) -> bool:
    """Bytes are received."""
    return isinstance(call.step, Receive)


def receives_in_a_body(call: Call) -> bool:
    """Bytes are received after the head of a message that has not ended."""
    return isinstance(call.step, Receive) and call.theirs == "SEND_BODY"


def ends(call: Call) -> bool:
    """The end of input is received."""
    return isinstance(call.step, ReceiveEOF)


def gets_input(call: Call) -> bool:
    """Bytes are received, or the end of input."""
    return isinstance(call.step, Receive | ReceiveEOF)


def reads(call: Call) -> bool:
    """Events are read, one or all."""
    return isinstance(call.step, NextEvent | Drain)


def reads_last(event_type: str) -> Condition:
    """A read that ends with an event of this type, or with this sentinel."""
    return lambda call: reads(call) and call.succeeded and call.event_types[-1] == event_type


def reads_an(event_type: str) -> Condition:
    """A read that returns an event of this type, among others."""
    return lambda call: reads(call) and event_type in call.event_types


def reads_an_error(call: Call) -> bool:
    """A read raises an exception."""
    return reads(call) and not call.succeeded


def sends(call: Call) -> bool:
    """A send that succeeds."""
    return isinstance(call.step, Send) and call.succeeded


def sends_an(event_type: str) -> Condition:
    """A send of this event that succeeds."""
    return lambda call: sends(call) and call.event_types == [event_type]


def sends_whole(call: Call) -> bool:
    """A send with ``send`` succeeds."""
    return isinstance(call.step, Send) and sends(call) and not call.step.passthrough


def passes_through(call: Call) -> bool:
    """A send with ``send_with_data_passthrough`` succeeds."""
    return isinstance(call.step, Send) and sends(call) and call.step.passthrough


def sends_empty_data(call: Call) -> bool:
    """A send of Data without any bytes succeeds."""
    if not (isinstance(call.step, Send) and sends_an("Data")(call)):
        return False
    data = dict(call.step.event.arguments).get("data")
    # Other types are accepted, too, such as None.
    return data == b"" or (isinstance(data, Typed) and data.content in ("", 0))


def starts_next_cycle(call: Call) -> bool:
    """The next cycle is started."""
    return isinstance(call.step, StartNextCycle) and call.succeeded


def is_refused_a_cycle(call: Call) -> bool:
    """``start_next_cycle`` raises an exception."""
    return isinstance(call.step, StartNextCycle) and not call.succeeded


def not_closing(call: Call) -> bool:
    """Anything but a send of ConnectionClosed that succeeds."""
    return call.event_types != ["ConnectionClosed"]


def tries_to_send(call: Call) -> bool:
    """A send, whether it succeeds or not."""
    return isinstance(call.step, Send)


def reports_a_failed_send(call: Call) -> bool:
    """``send_failed`` is called."""
    return isinstance(call.step, SendFailed)


def anything(call: Call) -> bool:
    """Any call."""
    return True


def nothing(call: Call) -> bool:
    """No call."""
    return False


def all_of(*conditions: Condition) -> Condition:
    """A call that meets every condition."""
    return lambda call: all(condition(call) for condition in conditions)


def any_of(*conditions: Condition) -> Condition:
    """A call that meets one of the conditions."""
    return lambda call: any(condition(call) for condition in conditions)


def in_state(*, ours: str = "", theirs: str = "") -> Condition:
    """A call in these states; without one, in any."""
    return lambda call: ours in ("", call.ours) and theirs in ("", call.theirs)


# Conditions of calls in their order.


def in_order(*conditions: Condition, unless: Condition = nothing) -> Test:
    """Calls that meet the conditions one after the other, with no ``unless`` between them."""

    def test(calls: Calls) -> bool:
        met = 0
        for call in calls:
            if conditions[met](call):
                met += 1
                if met == len(conditions):
                    return True
            elif unless(call):
                met = int(conditions[0](call))
        return False

    return test


def either_order(first: Condition, second: Condition, *, unless: Condition) -> Test:
    """Calls that meet both conditions in either order, with no ``unless`` between them."""
    tests = (in_order(first, second, unless=unless), in_order(second, first, unless=unless))
    return lambda calls: any(test(calls) for test in tests)


def has_a(*conditions: Condition) -> Test:
    """A call that meets all of the conditions."""
    return in_order(all_of(*conditions))


# Conditions of cycles.


def message_form(head: Json) -> str:
    """Returns the form of a message: HEAD, CONNECT, or what its head announces of its body.

    Args:
        head: a Request or Response, in the JSON form of a program's events or of observations.
    """
    if head["type"] == "Request":
        method = _content(head["method"])
        if method in ("HEAD", "CONNECT"):
            return str(method)
    elif _content(head["status_code"]) in _NO_BODY_STATUSES:
        return "no body"
    fields = map(_content, _content(head["headers"]))
    names = {_content(field[0]).lower() for field in fields}
    if "transfer-encoding" in names:
        return "chunked"
    if "content-length" in names:
        return "length"
    return "no body" if head["type"] == "Request" else "unannounced"


def _content(value: Any) -> Any:
    """The content of an argument, which may be typed: ``{"text": "GET"}`` stands for a str."""
    return next(iter(value.values())) if is_object(value) else value


def cycles(calls: Calls) -> list[Cycle]:
    """Returns what was received and sent in each cycle."""
    found: list[Cycle] = [[]]
    for call in calls:
        if starts_next_cycle(call):
            found.append([])
        cycle = found[-1]
        for event in _events(call):
            if event["type"] == "Response" and ("Request", "HEAD") in cycle:
                cycle.append(("Response", "no body"))
            elif event["type"] in ("Request", "Response"):
                cycle.append((event["type"], message_form(event)))
            elif event["type"] == "InformationalResponse":
                cycle.append((event["type"], ""))
        if sends_empty_data(call):
            cycle.append(("Data", "empty"))
    return found


def _events(call: Call) -> list[Json]:
    """The events that a call received or sent."""
    if isinstance(call.step, Send):
        return [call.step.event.to_json()] if call.succeeded else []
    return call.after.events


def within_a_cycle(*conditions: CycleItem) -> Test:
    """What meets the conditions, in this order, in one cycle."""

    def test(calls: Calls) -> bool:
        for cycle in cycles(calls):
            items = iter(cycle)
            if all(any(condition(item) for item in items) for condition in conditions):
                return True
        return False

    return test


def of_type(event_type: str, form: str = "") -> CycleItem:
    """A head of this type, or ``Data``, and of this form, if one is given."""
    return lambda item: item[0] == event_type and form in ("", item[1])


def differing_cycles(number: int) -> Test:
    """This many cycles in a row, each with a message of another form than in the one before."""

    def test(calls: Calls) -> bool:
        in_a_row = 1
        for before, after in pairwise(map(_forms, cycles(calls))):
            differs = any(before[head] != after[head] for head in before.keys() & after.keys())
            in_a_row = in_a_row + 1 if differs else 1
            if in_a_row == number:
                return True
        return False

    return test


def _forms(cycle: Cycle) -> dict[str, str]:
    return {head: form for head, form in cycle if head in ("Request", "Response")}


def cycle_after(head: str, form: str) -> Test:
    """A message of this form, and in the next cycle another message."""
    return lambda calls: any(
        (head, form) in before and after for before, after in pairwise(cycles(calls))
    )
