"""What two ways to say the same must have in common, on one and the same implementation.

Owns the other ways, and what may differ between them. Knows nothing of the reference: a mistake
that both make still shows, if it is not made both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from ...strategies.programs import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
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

# Which of several chunks a piece of a body is of depends on the cuts, and so does what is asked.
_CUT = ("chunk_start", "chunk_end")
_NAMES = re.compile(rb"(?m)^[A-Za-z-]+(?=:)")
_OWN = ("connection", "transfer-encoding", "content-length", "host")


def _summary(program: Program, trace: Trace) -> Json:
    """What a conversation comes to, however it was cut: events, errors, and where it ends."""
    conversation = Conversation(program, trace)
    errors: dict[str, list[Any]] = {}
    for observation in trace:
        error = observation.raised
        if error is not None:
            # A call that failed goes on to fail, as often as it is tried.
            errors.setdefault(error.by, [error.family, error.hint])
    return {
        "events": [
            {key: value for key, value in event.items() if key not in _CUT}
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


def whole(program: Program, trace: Trace) -> Program | None:
    """Returns the program with what is received in one piece where it comes in several."""
    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Receive):
            read = [at for at in range(len(steps)) if isinstance(steps[at], Receive)]
            last = read[-1] if read else None
            if last is not None and all(isinstance(s, Drain) for s in steps[last + 1 :]):
                before = steps[last]
                assert isinstance(before, Receive)
                steps[last:] = [Receive(before.data + step.data)]
                continue
        steps.append(Drain() if isinstance(step, NextEvent) else step)
    joined = program.with_steps(tuple(steps))
    return joined if joined != program else None


def other_case(program: Program, trace: Trace) -> Program | None:
    """Returns the program with the field names that are received in the other case."""
    steps = [
        Receive(_NAMES.sub(lambda name: name[0].swapcase(), step.data))
        if isinstance(step, Receive)
        else step
        for step in program.steps
    ]
    return program.with_steps(tuple(steps))


def one_by_one(program: Program, trace: Trace) -> Program | None:
    """Returns the program with the second request received when it can be answered."""
    first = program.steps[0] if program.steps else None
    if not isinstance(first, Receive) or program.steps[1:-1] != _BETWEEN:
        return None
    cut = first.data.find(_SECOND)
    if cut < 1:
        return None
    rest = (*program.steps[1:-1], Receive(first.data[cut:]), program.steps[-1])
    return program.with_steps((Receive(first.data[:cut]), *rest))


_SECOND = b"NEXT "
_REQUESTS = tuple(
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
_BETWEEN = (Drain(), *_ANSWER, StartNextCycle())


def pipelined() -> Iterator[Program]:
    """Gives out pairs of requests that are received at once, with an answer to the first."""
    for first in _REQUESTS:
        for second in (*_REQUESTS, b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n"):
            data = first + _SECOND + second.partition(b" ")[2]
            yield Program("server", (Receive(data), *_BETWEEN, Drain()))


def listening(program: Program, trace: Trace) -> Program | None:
    """Returns what the peer does who hears all that was sent, or None if anything was refused."""
    said = [step.event.type for step in program.steps if isinstance(step, Send)]
    if (
        any("raised" in form for form in trace.form)
        or max(map(said.count, ("Request", "Response"))) > 1
    ):
        return None
    sent = Conversation(program, trace).sent.encode("latin-1")
    if not sent:
        return None
    hearing: tuple[Step, ...] = (Receive(sent), Drain())
    if program.role == "client":
        return Program("server", hearing)
    heard = [event for seen in trace for event in seen.events if event["type"] == "Request"]
    if len(heard) != 1:
        return None
    request = heard[0]
    headers = [("host", "a")]
    headers += ((name, value) for name, value in _fields(request) if name not in _OWN[1:])
    asked = EventSpec.of(
        "Request",
        method=request["method"].encode("latin-1"),
        target=request["target"].encode("latin-1"),
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    )
    role: Role = "client"
    return Program(role, (Send(asked), Send(EventSpec("EndOfMessage")), *hearing))


def _fields(event: Json) -> list[tuple[str, str]]:
    headers = event.get("headers")
    return [(name, value) for name, value in headers] if is_list(headers) else []


def heard_as_said(
    program: Program, trace: Trace, other: Program, other_trace: Trace
) -> Iterator[Violation]:
    """What was sent is what the peer hears, but for what is only said to frame it."""
    said = [step.event for step in program.steps if isinstance(step, Send)]
    heard = Conversation(other, other_trace).heard
    wanted = _merged(_said(event) for event in said)
    got = _merged(_heard(event) for event in heard)
    if got and wanted and wanted[-1][0] != "EndOfMessage" == got[-1][0]:
        got = got[:-1]  # it is heard as soon as nothing more can come
    if wanted != got:
        through = any(re.search(r"[\0\r\n\v\f]", str(_text(event, "reason"))) for event in said)
        yield Violation(
            len(trace) - 1,
            "bytes",
            "what was said is heard",
            f"said {wanted}, and heard {got}",
            "others",
            exception="lines injected through reason" if through else "",
        )


def _text(event: EventSpec, name: str) -> Any:
    value = dict(event.arguments).get(name, b"")
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _said(event: EventSpec) -> list[Any] | None:
    fields = dict(event.arguments).get("headers") or ()
    return _essence(
        event.type,
        _text(event, "method") or _text(event, "status_code"),
        _text(event, "target") or _text(event, "reason"),
        [(pair[0].decode("latin-1").lower(), pair[1].decode("latin-1")) for pair in fields],
        _text(event, "data"),
    )


def _heard(event: Json) -> list[Any] | None:
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
    """What of an event must get through; None for one that nobody hears."""
    if kind == "ConnectionClosed" or (kind == "Data" and not data):
        return None
    kept = [pair for pair in fields if pair[0] not in _OWN]
    return [kind, what, more, kept, data]


def _merged(events: Iterable[list[Any] | None]) -> list[list[Any]]:
    merged: list[list[Any]] = []
    for event in filter(None, events):
        if event[0] == "Data" and merged and merged[-1][0] == "Data":
            merged[-1] = [*event[:-1], merged[-1][-1] + event[-1]]
        else:
            merged.append(event)
    return merged


def however_cut(lockstep: Lockstep) -> MetamorphicOracle:
    """Examines by comparison with the same bytes in one piece."""
    return MetamorphicOracle(lockstep, whole, partial(_same, "in one piece"))


def in_either_case(lockstep: Lockstep) -> MetamorphicOracle:
    """Examines by comparison with the field names in the other case."""
    relation = partial(_same_but_raw, "in the other case")
    return MetamorphicOracle(lockstep, other_case, relation)


def one_after_the_other(lockstep: Lockstep) -> MetamorphicOracle:
    """Examines by comparison with the same requests, each received when its turn comes."""
    relation = partial(_same, "one by one")
    return MetamorphicOracle(lockstep, one_by_one, relation)


def round_trip(lockstep: Lockstep) -> MetamorphicOracle:
    """Examines by having the peer, of the same implementation, hear what was sent."""
    return MetamorphicOracle(lockstep, listening, heard_as_said)


def _same_but_raw(
    how: str, program: Program, trace: Trace, other: Program, other_trace: Trace
) -> Iterator[Violation]:
    """The spelling of a name differs where it is kept: for those who ask for it, and unread."""
    spelt = [_without_spelling(each) for each in (trace, other_trace)]
    yield from _same(how, program, spelt[0], other, spelt[1])


def _without_spelling(trace: Trace) -> Trace:
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
