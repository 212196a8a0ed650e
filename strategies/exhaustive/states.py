"""Each kind of step, legal or not, after a prefix into each state that a connection can be in.

Owns the steps, and the search for the prefixes: it tries all actions on the reference until no new
state comes. Two states are the same when the roles' states, what is pending, the framing of bodies
and whether bytes are unread are the same. The search takes a second, so the actions of each prefix
are stored in a file, which is used only while this module and the reference are unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ... import reference
from .. import internals
from ..fingerprint import source_fingerprint
from ..interpreter import Session
from ..program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
)

FILE = Path(__file__).with_name("state_prefixes.json")
_Action = tuple[Step, ...]
# The actions of a prefix, by their indices.
_Prefix = tuple[int, ...]

_HOST = (b"Host", b"a")
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_ONE = (b"Content-Length", b"1")
_CLOSE = (b"Connection", b"close")
_UPGRADE = (b"Upgrade", b"b")
_EXPECT = (b"Expect", b"100-continue")


def _request(method: bytes, *fields: tuple[bytes, bytes]) -> Step:
    headers = [_HOST, *fields]
    return Send(EventSpec.of("Request", method=method, target=b"a", headers=headers))


def _respond(status: int, *fields: tuple[bytes, bytes]) -> Step:
    event = "InformationalResponse" if status < 200 else "Response"
    return Send(EventSpec.of(event, status_code=status, headers=fields))


_END = Send(EventSpec("EndOfMessage"))
_DATA = Send(EventSpec.of("Data", data=b"a"))
_EITHER_ROLE: tuple[_Action, ...] = (
    (ReceiveEOF(), Drain()),
    (SendFailed(),),
    (StartNextCycle(), Drain()),
    (_END,),
    (_DATA,),
    (Send(EventSpec("ConnectionClosed")),),
)


def _receive(*messages: bytes) -> tuple[_Action, ...]:
    return tuple((Receive(message), Drain()) for message in messages)


# What leads from one state to others.
_ACTIONS: dict[Role, tuple[_Action, ...]] = {
    "server": (
        *_EITHER_ROLE,
        *_receive(
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
        (_respond(200),),
        (_respond(200, _ONE),),
        (_respond(200, _CLOSE),),
        (_respond(204),),
        (_respond(100),),
        (_respond(101),),
    ),
    "client": (
        *_EITHER_ROLE,
        *_receive(
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
        (_request(b"GET"),),
        (_request(b"HEAD"),),
        (_request(b"GET", _CLOSE),),
        (_request(b"P", _ONE),),
        (_request(b"P", _CHUNKED, _EXPECT),),
        (_request(b"CONNECT"),),
        (_request(b"P", _UPGRADE, _ONE),),
    ),
}
# What is tried in each state: these and others, which lead to no new state.
TRIED_ACTIONS: dict[Role, tuple[_Action, ...]] = {
    role: (
        *actions,
        *(
            (step,)
            for step in (
                NextEvent(),
                Send(EventSpec.of("Data", data=b"")),
                Send(EventSpec.of("Data", data=b"ab"), passthrough=True),
                Send(EventSpec.of("EndOfMessage", headers=[(b"x", b"y")])),
                _respond(200, _ONE, _CHUNKED),
                _respond(404, (b"Connection", b"Keep-Alive, X, B, Y, A, Z")),
                _respond(103),
                _request(b"GET"),
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
    for role, actions in _ACTIONS.items()
}


def _state_key(connection: Any) -> Hashable:
    """What makes two states different: a framing counts while there is a body to come."""
    states, body_reader, body_writer, _ = internals.internals(connection)
    reading = connection.their_state is reference.SEND_BODY
    writing = connection.our_state is reference.SEND_BODY
    return (
        *states.current.values(),
        states.keep_alive,
        frozenset(states.proposals),
        type(body_reader) if reading else None,
        type(body_writer) if writing else None,
        bool(connection.trailing_data[0]),
        connection.trailing_data[1],
    )


def _found(role: Role) -> Iterator[_Prefix]:
    """Finds the shortest prefix into each state, the nearest states first."""
    actions = _ACTIONS[role]
    known = {_state_key(Session(reference, role).connection)}
    waiting: list[_Prefix] = [()]
    for prefix in waiting:
        yield prefix
        for number in range(len(actions)):
            longer = (*prefix, number)
            session = Session(reference, role)
            for step in _steps(actions, longer):
                session.step(step.to_json())
            after = _state_key(session.connection)
            if after not in known:
                known.add(after)
                waiting.append(longer)


def _steps(actions: tuple[_Action, ...], prefix: _Prefix) -> tuple[Step, ...]:
    return tuple(step for number in prefix for step in actions[number])


def content() -> bytes:
    """Returns what the file should hold."""
    prefixes: Json = {role: [*_found(role)] for role in _ACTIONS}
    form = {"fingerprint": _fingerprint(), **prefixes}
    return json.dumps(form, separators=(",", ":")).encode() + b"\n"


def _fingerprint() -> str:
    return source_fingerprint(Path(__file__), Path(internals.__file__)).hex()


@cache
def state_prefixes(role: Role) -> tuple[tuple[Step, ...], ...]:
    """Returns the shortest prefix into each state of a role, the nearest states first."""
    stored: Json = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    current = stored.get("fingerprint") == _fingerprint()
    prefixes: Iterable[_Prefix] = stored[role] if current else _found(role)
    return tuple(_steps(_ACTIONS[role], prefix) for prefix in prefixes)


def every_step() -> Iterator[Program]:
    """Yields each kind of step in each state, as either role."""
    for role in _ACTIONS:
        for prefix in state_prefixes(role):
            for steps in TRIED_ACTIONS[role]:
                yield Program(role, (*prefix, *steps))
