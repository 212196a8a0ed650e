"""Metamorphic relations: two programs with the same meaning, and what their traces must share.

Owns how each program is transformed, and what may differ. Both programs run on the same
implementation. It must not know the reference: a mistake that the target shares with it is still
found, unless both programs meet it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from ...strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    StartNextCycle,
    Step,
    is_list,
)
from ...strategies.traces import Trace
from ..oracles.lockstep import Lockstep
from ..oracles.properties import MetamorphicOracle, Violation
from ..requirements.conditions import Conversation

# Which Data events start or end a chunk depends on the segmentation.
_SEGMENTATION_FIELDS = ("chunk_start", "chunk_end")
_NAMES = re.compile(rb"(?m)^[A-Za-z-]+(?=:)")
# Fields that an implementation may add or change.
_OWN = ("connection", "transfer-encoding", "content-length", "host")


def _summary(program: Program, trace: Trace) -> Json:
    """What a conversation shows in any segmentation: events, errors, and the final states."""
    conversation = Conversation(program, trace)
    errors: dict[str, list[Any]] = {}
    for observation in trace:
        error = observation.raised
        if error is not None:
            # A failed call keeps failing, and how often it is tried depends on the segmentation.
            errors.setdefault(error.by, [error.family, error.hint])
    return {
        "events": [
            {key: value for key, value in event.items() if key not in _SEGMENTATION_FIELDS}
            for event in conversation.heard
        ],
        "errors": errors,
        "sent": conversation.sent,
        "states": [conversation.last.get("client"), conversation.last.get("server")],
        "trailing": None if errors else conversation.last.get("trailing"),
    }


_ASPECTS = {"events": "event", "errors": "error", "sent": "bytes", "states": "state"}


def _same(
    how: str, program: Program, trace: Trace, other: Program, other_trace: Trace
) -> Iterator[Violation]:
    one, two = _summary(program, trace), _summary(other, other_trace)
    for name in one:
        if one[name] != two[name]:
            aspect = _ASPECTS.get(name, "attribute")
            got = f"{one[name]}, and {how} {two[name]}"
            yield Violation(len(trace) - 1, aspect, f"the same {name} as {how}", got, "others")
            return


def unsegmented(program: Program, trace: Trace) -> Program | None:
    """Returns the program with consecutive segments joined; None if there are none to join.

    Segments are consecutive if only drains are between them. There is no such program if events are
    read one at a time, or if nothing is read after the last segment: which events have been read
    at the end would depend on the segmentation. Nor is there one if bytes follow the end of input,
    or if there are several connections.
    """
    if program.others or any(isinstance(step, NextEvent) for step in program.steps):
        return None
    for step, following in pairwise((*program.steps, None)):
        if isinstance(step, Receive) and not isinstance(following, (Receive, ReceiveEOF, Drain)):
            return None
    receiving = [step for step in program.steps if isinstance(step, (Receive, ReceiveEOF))]
    if any(isinstance(step, ReceiveEOF) for step in receiving[:-1]):
        return None
    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Receive):
            receives = [at for at in range(len(steps)) if isinstance(steps[at], Receive)]
            last = receives[-1] if receives else None
            if last is not None and all(isinstance(s, Drain) for s in steps[last + 1 :]):
                before = steps[last]
                assert isinstance(before, Receive)
                steps[last:] = [Receive(before.data + step.data)]
                continue
        steps.append(step)
    joined = program.with_steps(tuple(steps))
    return joined if joined != program else None


def other_case(program: Program, trace: Trace) -> Program | None:
    """Returns the program with the case of all received field names swapped."""
    steps = [
        Receive(_NAMES.sub(lambda name: name[0].swapcase(), step.data))
        if isinstance(step, Receive)
        else step
        for step in program.steps
    ]
    return program.with_steps(tuple(steps))


def one_by_one(program: Program, trace: Trace) -> Program | None:
    """Returns the program with the second request received after the first is answered.

    None for a program that is not one of ``pipelined``.
    """
    first = program.steps[0] if program.steps else None
    if not isinstance(first, Receive) or program.steps[1:-1] != _EXCHANGE:
        return None
    cut = first.data.find(_SECOND)
    if cut < 1:
        return None
    rest = (*program.steps[1:-1], Receive(first.data[cut:]), program.steps[-1])
    return program.with_steps((Receive(first.data[:cut]), *rest))


_SECOND = b"NEXT "
REQUESTS = tuple(
    b"%b / HTTP/%b\r\nHost: a\r\n%b\r\n%b" % (method, version, fields, body)
    for method, version in ((b"GET", b"1.1"), (b"HEAD", b"1.1"), (b"GET", b"1.0"))
    for fields, body in (
        (b"", b""),
        (b"Connection: close\r\n", b""),
        (b"Content-Length: 2\r\n", b"ab"),
        (b"Transfer-Encoding: chunked\r\n", b"1\r\na\r\n0\r\nX: y\r\n\r\n"),
        (b"Expect: 100-continue\r\nContent-Length: 1\r\n", b"a"),
    )
)
_ANSWER: tuple[Step, ...] = (
    Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")])),
    Send(EventSpec("EndOfMessage")),
)
_EXCHANGE = (Drain(), *_ANSWER, StartNextCycle())


def pipelined() -> Iterator[Program]:
    """Yields pairs of requests that are received at once, with a response to the first."""
    for first in REQUESTS:
        for second in (*REQUESTS, b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n"):
            data = first + _SECOND + second.partition(b" ")[2]
            yield Program("server", (Receive(data), *_EXCHANGE, Drain()))


def peer(program: Program, trace: Trace) -> Program | None:
    """Returns the program of a peer that receives what was sent; None if a step was refused."""
    types = [step.event.type for step in program.steps if isinstance(step, Send)]
    if (
        any("raised" in form for form in trace.form)
        or max(map(types.count, ("Request", "Response"))) > 1
    ):
        return None
    sent = Conversation(program, trace).sent.encode("latin-1")
    if not sent:
        return None
    receiving: tuple[Step, ...] = (Receive(sent), Drain())
    if program.role == "client":
        return Program("server", receiving)
    requests = [event for seen in trace for event in seen.events if event["type"] == "Request"]
    if len(requests) != 1:
        return None
    [request] = requests
    headers = [("host", "a")]
    headers += ((name, value) for name, value in _fields(request) if name not in _OWN[1:])
    answered = EventSpec.of(
        "Request",
        method=request["method"].encode("latin-1"),
        target=request["target"].encode("latin-1"),
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    )
    role: Role = "client"
    return Program(role, (Send(answered), Send(EventSpec("EndOfMessage")), *receiving))


def _fields(event: Json) -> list[tuple[str, str]]:
    headers = event.get("headers")
    return [(name, value) for name, value in headers] if is_list(headers) else []


def received_as_sent(
    program: Program, trace: Trace, other: Program, other_trace: Trace
) -> Iterator[Violation]:
    """The peer receives what was sent, apart from framing fields."""
    sent = [step.event for step in program.steps if isinstance(step, Send)]
    received = Conversation(other, other_trace).heard
    wanted = _merged(_sent(event) for event in sent)
    got = _merged(_received(event) for event in received)
    if got and wanted and wanted[-1][0] != "EndOfMessage" == got[-1][0]:
        got = got[:-1]  # returned as soon as the message can have no more data
    if wanted != got:
        injected = any(re.search(r"[\0\r\n\v\f]", str(_text(event, "reason"))) for event in sent)
        yield Violation(
            len(trace) - 1,
            "bytes",
            "what was said is heard",
            f"said {wanted}, and heard {got}",
            "others",
            exception="lines injected through reason" if injected else "",
        )


def _text(event: EventSpec, name: str) -> Any:
    value = dict(event.arguments).get(name, b"")
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _sent(event: EventSpec) -> list[Any] | None:
    fields = dict(event.arguments).get("headers") or ()
    return _essence(
        event.type,
        _text(event, "method") or _text(event, "status_code"),
        _text(event, "target") or _text(event, "reason"),
        [(pair[0].decode("latin-1").lower(), pair[1].decode("latin-1")) for pair in fields],
        _text(event, "data"),
    )


def _received(event: Json) -> list[Any] | None:
    return _essence(
        event["type"],
        event.get("method", event.get("status_code", "")),
        event.get("target", event.get("reason", "")),
        _fields(event),
        event.get("data", ""),
    )


def _essence(
    kind: str, what: Any, more: Any, fields: list[tuple[str, str]], data: Any
) -> list[Any] | None:
    """The part of an event that the peer must receive; None if it receives no event."""
    if kind == "ConnectionClosed" or (kind == "Data" and not data):
        return None
    others = [pair for pair in fields if pair[0] not in _OWN]
    return [kind, what, more, others, data]


def _merged(events: Iterable[list[Any] | None]) -> list[list[Any]]:
    merged: list[list[Any]] = []
    for event in filter(None, events):
        if event[0] == "Data" and merged and merged[-1][0] == "Data":
            merged[-1] = [*event[:-1], merged[-1][-1] + event[-1]]
        else:
            merged.append(event)
    return merged


def same_in_one_piece(lockstep: Lockstep) -> MetamorphicOracle:
    """Returns the oracle that compares with the same bytes in one piece."""
    return MetamorphicOracle(lockstep, unsegmented, partial(_same, "in one piece"))


def same_in_other_case(lockstep: Lockstep) -> MetamorphicOracle:
    """Returns the oracle that compares with the field names in the other case."""
    relation = partial(_same_except_raw, "in the other case")
    return MetamorphicOracle(lockstep, other_case, relation)


def same_one_by_one(lockstep: Lockstep) -> MetamorphicOracle:
    """Returns the oracle that compares with the same requests received one by one."""
    relation = partial(_same, "one by one")
    return MetamorphicOracle(lockstep, one_by_one, relation)


def round_trip(lockstep: Lockstep) -> MetamorphicOracle:
    """Returns the oracle that lets a peer, of the same implementation, receive what was sent."""
    return MetamorphicOracle(lockstep, peer, received_as_sent)


def _same_except_raw(
    how: str, program: Program, trace: Trace, other: Program, other_trace: Trace
) -> Iterator[Violation]:
    """Names keep their case in raw_headers and in unread bytes, where they may differ."""
    traces = [_without_raw_names(each) for each in (trace, other_trace)]
    yield from _same(how, program, traces[0], other, traces[1])


def _without_raw_names(trace: Trace) -> Trace:
    return Trace(
        [
            {
                **{name: value for name, value in form.items() if name != "trailing"},
                "events": [
                    {name: value for name, value in event.items() if name != "raw_headers"}
                    for event in form.get("events", ())
                ],
            }
            for form in trace.form
        ]
    )
