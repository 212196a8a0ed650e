"""Each kind of step, legal or not, in every situation that a connection can get into.

Owns the steps. The situations are found by trying them all on the reference until nothing new
comes: two are the same when the states are, what is pending, how bodies are framed, and what is
unread. That takes a second, and is done beforehand: the moves that lead into each are kept in a
file, which is void as soon as this module or the reference changes.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# What the reference remembers has no public face.

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ... import reference
from ...reference.states import States
from ..interpreter import Session
from ..programs import (
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
    step_to_json,
)
from ..provenance import made_by

FILE = Path(__file__).with_name("situations.json")
_Move = tuple[Step, ...]
# A way into a situation: the indices of the moves.
_Way = tuple[int, ...]

_HOST = (b"Host", b"a")
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_ONE = (b"Content-Length", b"1")
_CLOSE = (b"Connection", b"close")
_UPGRADE = (b"Upgrade", b"b")
_EXPECT = (b"Expect", b"100-continue")


def _ask(method: bytes, *fields: tuple[bytes, bytes]) -> Step:
    headers = [_HOST, *fields]
    return Send(EventSpec.of("Request", method=method, target=b"a", headers=headers))


def _answer(status: int, *fields: tuple[bytes, bytes]) -> Step:
    event = "InformationalResponse" if status < 200 else "Response"
    return Send(EventSpec.of(event, status_code=status, headers=fields))


_END = Send(EventSpec("EndOfMessage"))
_DATA = Send(EventSpec.of("Data", data=b"a"))
_ALWAYS: tuple[tuple[Step, ...], ...] = (
    (ReceiveEOF(), Drain()),
    (SendFailed(),),
    (StartNextCycle(), Drain()),
    (_END,),
    (_DATA,),
    (Send(EventSpec("ConnectionClosed")),),
)


def _hear(*messages: bytes) -> tuple[tuple[Step, ...], ...]:
    return tuple((Receive(message), Drain()) for message in messages)


# What leads from one situation to others, as a server and as a client.
_MOVES: dict[Role, tuple[tuple[Step, ...], ...]] = {
    "server": (
        *_ALWAYS,
        *_hear(
            b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
            b"HEAD a HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET a HTTP/1.0\r\n\r\n",
            b"GET a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            b"P a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
            b"P a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
            b"\r\n",
            b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
            b"P a HTTP/1.1\r\nHost: a\r\nUpgrade: b\r\nContent-Length: 1\r\n\r\n",
            b"a",
            b"1\r\na\r\n",
            b"0\r\n\r\n",
            b"\x00\r\n\r\n",
        ),
        (_answer(200),),
        (_answer(200, _ONE),),
        (_answer(200, _CLOSE),),
        (_answer(204),),
        (_answer(100),),
        (_answer(101),),
    ),
    "client": (
        *_ALWAYS,
        *_hear(
            b"HTTP/1.1 200 \r\n\r\n",
            b"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n",
            b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 204 \r\n\r\n",
            b"HTTP/1.1 204 \r\nConnection: close\r\n\r\n",
            b"HTTP/1.0 204 \r\n\r\n",
            b"HTTP/1.1 100 \r\n\r\n",
            b"HTTP/1.1 101 \r\n\r\n",
            b"a",
            b"1\r\na\r\n",
            b"0\r\n\r\n",
            b"\x00\r\n\r\n",
        ),
        (_ask(b"GET"),),
        (_ask(b"HEAD"),),
        (_ask(b"GET", _CLOSE),),
        (_ask(b"P", _ONE),),
        (_ask(b"P", _CHUNKED, _EXPECT),),
        (_ask(b"CONNECT"),),
        (_ask(b"P", _UPGRADE, _ONE),),
    ),
}
# What is tried there beside these; it leads nowhere new.
_TRIED: dict[Role, tuple[tuple[Step, ...], ...]] = {
    role: (
        *moves,
        *(
            (step,)
            for step in (
                NextEvent(),
                Send(EventSpec.of("Data", data=b"")),
                Send(EventSpec.of("Data", data=b"ab"), passthrough=True),
                Send(EventSpec.of("EndOfMessage", headers=[(b"x", b"y")])),
                _answer(200, _ONE, _CHUNKED),
                _answer(404, (b"Connection", b"Keep-Alive, X, B, Y, A, Z")),
                _answer(103),
                _ask(b"GET"),
                Send(
                    EventSpec.of(
                        "Request",
                        method=b"CONNECT",
                        target=b"a",
                        headers=[_UPGRADE],
                        http_version=b"1.0",
                    )
                ),
            )
        ),
    )
    for role, moves in _MOVES.items()
}


def _situation(connection: Any) -> Hashable:
    """What makes two situations different: a framing counts while there is a body to come."""
    inside: Any = vars(connection)
    machines: States = inside["_states"]
    reading = connection.their_state is reference.SEND_BODY
    writing = connection.our_state is reference.SEND_BODY
    return (
        *machines.current.values(),
        machines.keep_alive,
        frozenset(machines.proposals),
        type(inside["_body_reader"]) if reading else None,
        type(inside["_body_writer"]) if writing else None,
        bool(connection.trailing_data[0]),
        connection.trailing_data[1],
    )


def _found(role: Role) -> Iterator[_Way]:
    """Finds the shortest way into each situation, the nearest first."""
    moves = _MOVES[role]
    known = {_situation(Session(reference, role).connection)}
    waiting: list[_Way] = [()]
    for way in waiting:
        yield way
        for number in range(len(moves)):
            further = (*way, number)
            session = Session(reference, role)
            for step in _steps(moves, further):
                session.step(step_to_json(step))
            after = _situation(session.connection)
            if after not in known:
                known.add(after)
                waiting.append(further)


def _steps(moves: tuple[_Move, ...], way: _Way) -> _Move:
    return tuple(step for number in way for step in moves[number])


def content() -> bytes:
    """Returns what the file should hold."""
    ways = {role: [*_found(role)] for role in _MOVES}
    return json.dumps({"made_by": _made_by(), **ways}, separators=(",", ":")).encode() + b"\n"


def _made_by() -> str:
    return made_by(Path(__file__)).hex()


@cache
def situations(role: Role) -> tuple[tuple[Step, ...], ...]:
    """Returns the shortest way into each situation of a role, the nearest first."""
    made = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    current = made.get("made_by") == _made_by()
    ways: Any = made[role] if current else _found(role)
    return tuple(_steps(_MOVES[role], way) for way in ways)


def every_step() -> Iterator[Program]:
    """Gives out each kind of step in each situation, as either role."""
    for role in _MOVES:
        for way in situations(role):
            for steps in _TRIED[role]:
                yield Program(role, (*way, *steps))
