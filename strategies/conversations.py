"""The strategy for whole programs, drawn with the reference as a model of the connection.

Owns which step comes next: it knows the states that the steps so far have led to, and chooses
legal, nearly legal and illegal ones on purpose. What the single messages and events look like is
drawn elsewhere.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from hypothesis import strategies as st

from .. import reference
from . import events, messages
from .fields import combinations
from .interpreter import Session
from .messages import WireMessage
from .programs import (
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

# None is the default of the implementation; the others are around the size of a small head.
LIMITS: list[int | None] = [None] * 8 + [0, 1, 16, 40, 80]

# What to do next, by our own state; how often a word stands there is its weight. "hear" is what the
# peer says next, as its state demands; "say" is an event that our state allows.
_ANY_TIME = ["hear", "hear", "next", "drain", "eof", "fail", "cycle", "say anything", "close"]
_MOVES: dict[str, list[str]] = {
    "IDLE": [],  # by role, below
    "SEND_RESPONSE": ["say"] * 12,
    "SEND_BODY": ["say"] * 14,
    "DONE": ["cycle"] * 8,
    "MUST_CLOSE": ["close"] * 4,
    "CLOSED": [],
    "ERROR": [],
    "MIGHT_SWITCH_PROTOCOL": ["hear"] * 12,
    "SWITCHED_PROTOCOL": [],
}
_BARE_STEPS: dict[str, Step] = {
    "next": NextEvent(),
    "drain": Drain(),
    "eof": ReceiveEOF(),
    "fail": SendFailed(),
    "cycle": StartNextCycle(),
    "close": Send(events.CLOSED),
}
_OPENING: dict[str, list[str]] = {"client": ["say"] * 12, "server": ["hear"] * 14 + ["say"]}
_WAITING = ["hear"] * 8


@cache
def _moves(role: Role, our_state: str, waiting: bool) -> st.SearchStrategy[str]:
    moves = _OPENING[role] if our_state == "IDLE" else _MOVES[our_state]
    return st.sampled_from(["stop", *_ANY_TIME, *moves, *(_WAITING if waiting else [])])


_LIMITS = st.sampled_from(LIMITS)
_ROLES: st.SearchStrategy[Role] = st.sampled_from(("client", "server"))
_BOOLEANS = st.booleans()
# Whether all is heard at once, and how it is read.
_HEARING = combinations([True, False], [Drain(), Drain(), Drain(), NextEvent()])


@cache
def _heard(wanted: str) -> st.SearchStrategy[WireMessage]:
    """What a peer says: two times in three what it means, else that with something wrong."""
    if wanted == "request":
        said = messages.requests()
    elif wanted == "tunnel":
        return st.builds(WireMessage, st.binary(max_size=4), st.just(()))
    else:
        final = messages.responses(has_body=wanted == "response")
        said = st.one_of(final, final, messages.interim_responses())
    return st.one_of(said, said, messages.corrupted(said))


@cache
def _said(wanted: str) -> st.SearchStrategy[EventSpec]:
    """Events that our side may send."""
    if wanted == "body":
        return st.one_of(events.ends(), events.ends(), events.data())
    if wanted == "request":
        return events.requests()
    return st.one_of(events.responses(), events.responses(), events.interim_responses())


class _Conversation:
    """The program drawn so far, the model it was run on, and what the peer has yet to send."""

    def __init__(self, draw: st.DrawFn, role: Role, limit: int | None) -> None:
        self._draw = draw
        self.role = role
        self.steps: list[Step] = []
        self.unsent = b""
        self._model = Session(reference, role, limit)
        self._method: bytes | None = None
        self._due = 0

    @property
    def our_state(self) -> str:
        return str(self._model.connection.our_state)

    @property
    def their_state(self) -> str:
        return str(self._model.connection.their_state)

    def take(self, step: Step) -> None:
        observation = self._model.step(step_to_json(step))
        self.steps.append(step)
        for event in cast("list[dict[str, Any]]", observation.get("events", [])):
            if event["type"] == "Request":
                self._method = event["method"].encode("latin-1")

    def moves(self) -> st.SearchStrategy[str]:
        """The moves to draw from, "stop" among them."""
        ours, theirs = self.our_state, self.their_state
        waiting = ours in ("DONE", "MUST_CLOSE", "CLOSED") and theirs in (
            "SEND_BODY",
            "SEND_RESPONSE",
        )
        return _moves(self.role, ours, waiting or bool(self.unsent))

    def move(self, move: str) -> None:
        """Makes a move, which is one to three steps."""
        if move == "hear":
            self._hear()
        elif move == "say":
            self._say(self._legal_event())
        elif move == "say anything":
            self._say(self._draw(events.any_events()))
        else:
            self.take(_BARE_STEPS[move])

    def _hear(self) -> None:
        if not self.unsent:
            self.unsent = self._draw(_heard(self._due_from_peer())).data
        size = len(self.unsent)
        whole, reading = self._draw(_HEARING)
        if size > 1 and not whole:
            size = 1 + messages.position(self._draw, min(size - 1, 200))
        data, self.unsent = self.unsent[:size], self.unsent[size:]
        if data:
            self.take(Receive(data))
        self.take(reading)

    def _due_from_peer(self) -> str:
        if self.their_state == "SWITCHED_PROTOCOL":
            return "tunnel"
        if self.role == "server":
            return "request"
        return "response without body" if self._method == b"HEAD" else "response"

    def _legal_event(self) -> EventSpec:
        if self.our_state != "SEND_BODY":
            return self._draw(_said("request" if self.role == "client" else "response"))
        if self._due:
            content, self._due = b"a" * self._due, 0
            return EventSpec.of("Data", data=content)
        return self._draw(_said("body"))

    def _say(self, event: EventSpec) -> None:
        before = self.our_state
        self.take(Send(event, passthrough=self._draw(_BOOLEANS)))
        arguments = dict(event.arguments)
        if event.type == "Request":
            method = arguments["method"]
            self._method = method if isinstance(method, bytes) else str(method.content).encode()
        if event.type in ("Request", "Response") and self.our_state == "SEND_BODY" != before:
            self._due = self._announced(arguments["headers"])

    def _announced(self, headers: Any) -> int:
        """The length that a head just sent has announced, so that a body of it may follow."""
        for name, value in headers:
            if name == b"Content-Length" and value.isdigit():
                return min(int(value), 20)
        return 0


@cache
@st.composite
def programs(draw: st.DrawFn, *, role: Role | None = None, max_moves: int = 16) -> Program:
    """Whole programs for one connection, of either role or the one given.

    They reach deep states on purpose: complete cycles and what follows them, pipelined and
    half-read messages, EOF anywhere, switched protocols, small buffer limits. All arguments are of
    documented types; their values are legal, nearly legal or hostile. Cannot produce arguments of
    undocumented types, or steps that depend on what the implementation under test answers.

    Args:
        role: the role that the connection plays; None draws one.
        max_moves: how many moves are made at most; a move is one to three steps.
    """
    chosen = draw(_ROLES) if role is None else role
    limit = draw(_LIMITS)
    conversation = _Conversation(draw, chosen, limit)
    for _ in range(max_moves):
        move = draw(conversation.moves())
        if move == "stop":
            break
        conversation.move(move)
    return Program(chosen, tuple(conversation.steps), limit)
