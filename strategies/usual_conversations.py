"""The usual conversations of each role, to try before a program is made usual part by part.

Owns which conversations are usual. Programs that show the same in such a conversation are reduced
to the same program, whatever they were. It must not know what a program is to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from operator import itemgetter

from . import usual_values as usual
from .program import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
    step_on,
)
from .simplicity import Cost, cost
from .usual_events import USUAL_EVENTS

_END = Send(EventSpec("EndOfMessage"))
_CLOSE = Send(EventSpec("ConnectionClosed"))
_DATA = Send(USUAL_EVENTS["Data"])
_CYCLE = StartNextCycle()
_LENGTH = (b"Content-Length", b"%d" % len(usual.BODY))
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_CLOSING = (b"Connection", b"close")
_UPGRADE = (b"Upgrade", b"websocket")
_EXPECT = (b"Expect", b"100-continue")
_CHUNKS = usual.CHUNK + usual.LAST_CHUNK
# The request that is refused for the least that is unusual about it: it has no Host.
_REFUSED = Receive(usual.REQUEST_LINE + b"\r\n\r\n")
_Field = tuple[bytes, bytes]


def usual_conversations(program: Program) -> Iterator[Program]:
    """Yields usual conversations that are simpler than a program, the simplest first.

    They are in its role, and end with the same kind of step.
    """
    if program.others or not program.steps:
        return
    known, kind = cost(program), _kind(program.steps[-1])
    for each_cost, each in _of_role(program.role):
        if each_cost >= known:
            break
        if _kind(each.steps[-1]) == kind:
            yield each


def _kind(step: Step) -> tuple[type, str]:
    single = step_on(step)[1]
    return type(single), single.event.type if isinstance(single, Send) else ""


@cache
def _of_role(role: Role) -> tuple[tuple[Cost, Program], ...]:
    """All beginnings of the usual conversations with their costs, each once, the simplest first."""
    whole = _served() if role == "server" else _requested()
    some = {steps[:end]: None for steps in whole for end in range(1, len(steps) + 1)}
    programs = [Program(role, steps) for steps in some]
    return tuple(sorted(((cost(each), each) for each in programs), key=itemgetter(0)))


def _request(
    *fields: _Field, body: bytes = b"", method: bytes = b"", version: bytes = usual.VERSION
) -> Receive:
    method = method or usual.usual_method(framed=usual.has_framing(name for name, _ in fields))
    target = usual.AUTHORITY if method == b"CONNECT" else usual.TARGET
    line = b"%s %s %s\r\n" % (method, target, version)
    return Receive(line + usual.HOST_LINE + _lines(fields) + b"\r\n" + body)


def _response(*fields: _Field, body: bytes = b"", line: bytes = usual.STATUS_LINE) -> Receive:
    return Receive(line + b"\r\n" + _lines(fields) + b"\r\n" + body)


def _lines(fields: tuple[_Field, ...]) -> bytes:
    return b"".join(b"%s: %s\r\n" % each for each in fields)


def _send(event: str, *fields: _Field, method: bytes = b"", status: int = 0) -> Send:
    plain = USUAL_EVENTS[event]
    given = dict(plain.arguments)
    given["headers"] = (*given["headers"], *fields)
    if event == "Request":
        framed = usual.has_framing(name for name, _ in fields)
        given["method"] = method or usual.usual_method(framed=framed)
        if method == b"CONNECT":
            given["target"] = usual.AUTHORITY
    elif status:
        given["status_code"] = status
    return Send(replace(plain, arguments=tuple(given.items())))


def _served() -> Iterator[tuple[Step, ...]]:
    answer = _send("Response")
    rest = (answer, _END, _CYCLE)
    again = (_request(), Drain(), *rest)
    yield (*again, *again)
    yield (_request(), NextEvent(), NextEvent(), NextEvent())
    yield (_request(), Drain(), _send("Response", _LENGTH), _DATA, _END, _CYCLE, NextEvent())
    yield (_request(), Drain(), answer, _DATA, _DATA, _END)
    yield (_request(), Drain(), _send("Response", status=204), _DATA)
    yield (_request(), Drain(), _send("Response", status=204), _END)
    yield (_request(), Drain(), answer, SendFailed(), NextEvent())
    yield (_request(), Drain(), SendFailed(), NextEvent())
    yield (_request(), Drain(), _send("InformationalResponse"), *rest)
    yield (_request(), ReceiveEOF(), Drain(), *rest, NextEvent())
    yield (_request(), Drain(), ReceiveEOF(), *rest, NextEvent())
    yield (ReceiveEOF(), Drain(), Drain(), _CLOSE)
    yield (ReceiveEOF(), NextEvent(), NextEvent())
    pipelined = Receive(usual.REQUEST + usual.REQUEST)
    yield (pipelined, Drain(), *rest, Drain(), *rest)
    yield (pipelined, Drain(), *rest, NextEvent())
    yield (_request(_LENGTH, body=usual.BODY), Drain(), *rest)
    yield (_request(_CHUNKED, body=_CHUNKS), Drain(), *rest)
    yield (_request(_LENGTH, body=usual.BODY), NextEvent(), NextEvent(), NextEvent())
    yield (_request(_CHUNKED, body=_CHUNKS), NextEvent(), NextEvent(), NextEvent())
    yield (_request(_CLOSING), Drain(), *rest, _CLOSE)
    yield (_request(version=usual.OLD_VERSION), Drain(), answer, _DATA, _END, _CYCLE)
    yield (_request(version=usual.OLD_VERSION), Drain(), *rest, _CLOSE)
    yield (_request(method=b"HEAD"), Drain(), *rest)
    yield (_request(method=b"CONNECT"), Drain(), *rest, NextEvent())
    yield (_request(_UPGRADE), Drain(), _send("InformationalResponse", status=101), NextEvent())
    yield (_request(_UPGRADE), Drain(), *rest)
    expecting = _request(_LENGTH, _EXPECT)
    yield (expecting, NextEvent(), _send("InformationalResponse"), Receive(usual.BODY), Drain())
    yield (expecting, NextEvent(), *rest)

    yield (_REFUSED, Drain(), *rest)
    yield (_REFUSED, NextEvent(), *rest)
    yield (_REFUSED, NextEvent(), answer, _END, NextEvent())
    yield (_REFUSED, Drain(), Drain(), _CLOSE)
    yield (_REFUSED, NextEvent(), NextEvent(), Drain())
    yield (_REFUSED, NextEvent(), Drain(), SendFailed())
    yield (_REFUSED, NextEvent(), _CLOSE, Drain())
    yield (SendFailed(), _request(), NextEvent(), Drain(), _CYCLE)


def _requested() -> Iterator[tuple[Step, ...]]:
    asked = (_send("Request"), _END)
    answered = (*asked, _response(), Drain(), ReceiveEOF(), Drain())
    yield answered
    yield (*asked, _response(), NextEvent(), NextEvent())
    whole = _response(_LENGTH, body=usual.BODY)
    yield (*asked, whole, Drain(), _CYCLE, *asked, whole, Drain(), _CYCLE, NextEvent())
    yield (*asked, whole, NextEvent(), NextEvent(), NextEvent(), _CYCLE)
    chunked = _response(_CHUNKED, body=_CHUNKS)
    yield (*asked, chunked, Drain(), _CYCLE)
    yield (*asked, chunked, NextEvent(), NextEvent(), NextEvent(), _CYCLE)
    yield (*asked, ReceiveEOF(), Drain())
    yield (*asked, ReceiveEOF(), NextEvent())
    yield (ReceiveEOF(), NextEvent(), NextEvent(), _CLOSE)
    yield (_send("Request"), SendFailed(), NextEvent(), _CLOSE)
    yield (_CLOSE, Drain())
    yield (_send("Request", _LENGTH), _DATA, _END, whole, Drain(), _CYCLE)
    yield (_send("Request", _LENGTH), _END)
    yield (_send("Request", _CHUNKED), _DATA, _END, whole, Drain(), _CYCLE)
    yield (_send("Request", _LENGTH, _EXPECT), _response(line=b"HTTP/1.1 100 Continue"), Drain())
    yield (_send("Request", _CLOSING), _END, whole, Drain(), _CYCLE, _CLOSE)
    yield (*asked, _response(_CLOSING, _LENGTH, body=usual.BODY), Drain(), _CYCLE)
    yield (_send("Request", method=b"HEAD"), _END, _response(), Drain(), _CYCLE)
    yield (_send("Request", method=b"CONNECT"), _END, _response(), Drain(), _CYCLE, Drain())
    switching = _response(_UPGRADE, line=b"HTTP/1.1 101 Switching Protocols")
    yield (_send("Request", _UPGRADE), _END, switching, Drain(), _CYCLE)
    yield (_send("Request", _UPGRADE), _END, whole, Drain(), _CYCLE)
    yield (*asked, _response(line=b"HTTP/1.1 204 No Content"), Drain(), _CYCLE)
    yield (*asked, _response(line=b"HTTP/1.1 100 Continue"), Drain())
    # Without a request, each response is refused.
    yield (_response(), NextEvent(), _send("Request"), Drain(), _CYCLE)
    yield (_response(), NextEvent(), Drain(), _CLOSE, Drain(), _CYCLE)
    yield (_response(), Drain(), _CLOSE, Drain(), _CYCLE)
    yield (_CLOSE, _response(), NextEvent(), Drain(), _CYCLE)
    yield (SendFailed(), _response(), NextEvent(), Drain(), _CYCLE)
    yield (SendFailed(), ReceiveEOF(), NextEvent(), Drain(), _CYCLE)
    length = _response(_LENGTH)
    yield (_send("Request", method=b"HEAD"), _END, length, Drain(), _CYCLE)
    yield (*asked, length, Drain(), ReceiveEOF(), Drain(), _CYCLE)
    yield (*asked, length, NextEvent(), ReceiveEOF(), Drain(), _CYCLE)
    yield (*asked, Receive(whole.data + usual.RESPONSE), Drain(), _CYCLE)
