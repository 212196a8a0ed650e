"""The strategy for whole programs, drawn with the reference as a model of the connection.

Owns which step comes next: it knows the states that the steps so far have led to, and chooses
legal, nearly legal and illegal ones on purpose. What the single messages and events look like is
drawn elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from hypothesis import strategies as st

from .. import reference
from . import arguments, events, messages
from .actions import ANY_MOVES, GONE, PARTINGS, REST, SELDOM, SENDING, STOP, TROUBLES, fitting
from .fields import combinations
from .interpreter import Session
from .messages import WireMessage
from .prefixes import BEGINNINGS
from .programs import (
    PLAIN,
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
    is_tuple,
)

# None is the default of the implementation; the others are around the size of a small head.
LIMITS: list[int | None] = [None] * 8 + [0, 1, 16, 40, 80]

# Fewer moves than this are not worth a beginning.
_MANY = 8
_BARE_STEPS: dict[str, Step] = {
    "next": NextEvent(),
    "drain": Drain(),
    "fail": SendFailed(),
    "cycle": StartNextCycle(),
    "close": Send(events.CLOSED),
}
_LIMITS = st.sampled_from(LIMITS)
_ROLES: st.SearchStrategy[Role] = st.sampled_from(("client", "server"))
_BOOLEANS = st.booleans()
_TENTHS = st.integers(0, 9)
# One of each type, with nothing wrong about it but that it may not be due.
_PLAIN_EVENTS = st.sampled_from([*PLAIN])
_READINGS: list[Step] = [Drain(), Drain(), NextEvent()]
_READING = st.sampled_from(_READINGS)
# How much is heard at once, and how it is read; of what is lost, the peer has said only a part.
_HEARING = combinations(["all"] * 6 + ["part"] * 3 + ["lost"] * 2, [Drain()] * 3 + [NextEvent()])


@dataclass(frozen=True)
class Conversation:
    """A program, and the messages that the peer says in it, with their meaning.

    Of the last message, and of one that was too long for the connection, not all may be received.
    """

    program: Program
    messages: tuple[WireMessage, ...]


@cache
def _heard(wanted: str) -> st.SearchStrategy[WireMessage]:
    """What a peer says where this is due."""
    if wanted == "request":
        return messages.requests()
    if wanted == "tunnel":
        return st.builds(WireMessage, st.binary(max_size=4), st.just(()))
    if wanted == "switch":
        return st.one_of(messages.acceptances(), messages.acceptances(), _heard("response"))
    final = messages.responses(has_body=wanted == "response")
    return st.one_of(final, final, final, messages.interim_responses())


@cache
def _corrupted(wanted: str) -> st.SearchStrategy[WireMessage]:
    return messages.corrupted(_heard(wanted))


@cache
def _said(wanted: str) -> st.SearchStrategy[EventSpec]:
    """Events that our side may send."""
    if wanted == "body":
        return st.one_of(events.ends(), events.ends(), events.data())
    if wanted == "request":
        return events.requests()
    if wanted == "switch":
        return st.one_of(events.acceptances(), events.acceptances(), _said("response"))
    return st.one_of(events.responses(), events.responses(), events.interim_responses())


@cache
def _said_or_mistyped(wanted: str) -> st.SearchStrategy[EventSpec]:
    return st.one_of(_said(wanted), arguments.mistyped(_said(wanted)))


@cache
def _any_events(undocumented: bool) -> st.SearchStrategy[EventSpec]:
    if undocumented:
        return arguments.mistyped(events.any_events())
    return st.one_of(events.any_events(), arguments.respelt(events.any_events()))


class _Conversation:
    """The program drawn so far, the model it was run on, and what the peer has yet to send."""

    def __init__(self, draw: st.DrawFn, role: Role, limit: int | None, undocumented: bool) -> None:
        self._draw = draw
        self._undocumented = undocumented
        self._trouble = draw(TROUBLES)
        self.messages: list[WireMessage] = []
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
        observation = self._model.step(step.to_json())
        self.steps.append(step)
        for event in cast("list[dict[str, Any]]", observation.get("events", [])):
            if event["type"] == "Request":
                self._method = event["method"].encode("latin-1")

    def moves(self) -> st.SearchStrategy[str]:
        """The moves to draw from, "stop" among them."""
        if self._troubled():
            return ANY_MOVES
        if self._cut_off():
            return GONE
        if self.unsent and self.their_state in SENDING and self.our_state not in SENDING:
            return REST
        return fitting(self.role, self.our_state, self.their_state)

    def _cut_off(self) -> bool:
        """Whether the peer has said only half of a message, and will say no more."""
        last = self.messages[-1] if self.messages else None
        return last is not None and last.corruption == "truncated" and not self.unsent

    def _troubled(self) -> bool:
        return self._trouble > 0 and self._draw(_TENTHS) < self._trouble

    def move(self, move: str) -> None:
        """Makes a move, which is one to three steps."""
        if move == "hear":
            self._hear()
        elif move == "say":
            self._say(self._legal_event())
        elif move == "say anything":
            self._say(self._draw(_any_events(self._undocumented)))
        elif move == "say plainly":
            self._say(self._draw(_PLAIN_EVENTS))
        elif move == "eof":
            self.take(ReceiveEOF())
            self.take(self._draw(_READING))
        else:
            self.take(_BARE_STEPS[move])

    def _hear(self) -> None:
        if not self.unsent:
            due = self._due_from_peer()
            corrupted = self._trouble > 0 and self._draw(_TENTHS) < 2 * self._trouble + 1
            message = self._draw(_corrupted(due) if corrupted else _heard(due))
            self.messages.append(message)
            self.unsent = message.data
        size = len(self.unsent)
        much, reading = self._draw(_HEARING)
        if size > 1 and much != "all":
            size = 1 + messages.position(self._draw, min(size - 1, 200))
        data, self.unsent = self.unsent[:size], self.unsent[size:]
        if data:
            self.take(Receive(data))
        self.take(reading)
        if much == "lost":
            self.unsent = b""
            self.take(ReceiveEOF())
            self.take(Drain())

    def _due_from_peer(self) -> str:
        if self.their_state == "SWITCHED_PROTOCOL":
            return "tunnel"
        if self.role == "server":
            return "request"
        if self.our_state == "MIGHT_SWITCH_PROTOCOL":
            return "switch"
        return "response without body" if self._method == b"HEAD" else "response"

    def _legal_event(self) -> EventSpec:
        said = _said_or_mistyped if self._undocumented else _said
        if self.our_state != "SEND_BODY":
            if self.role == "client":
                return self._draw(said("request"))
            pending = self.their_state == "MIGHT_SWITCH_PROTOCOL"
            return self._draw(said("switch" if pending else "response"))
        if self._due and not self._troubled():
            content, self._due = b"a" * self._due, 0
            return EventSpec.of("Data", data=content)
        return self._draw(said("body"))

    def _say(self, event: EventSpec) -> None:
        before = self.our_state
        self.take(Send(event, passthrough=self._draw(_BOOLEANS)))
        if before == "SEND_BODY" or self.our_state != "SEND_BODY":
            return
        given = dict(event.arguments)
        if event.type == "Request":
            self._method = _bytes(given["method"])
        self._due = self._announced(given["headers"])

    def _announced(self, headers: Any) -> int:
        """The length that a head just sent has announced, so that a body of it may follow."""
        for name, value in headers if is_tuple(headers) else ():
            if name == b"Content-Length" and isinstance(value, bytes) and value.isdigit():
                return min(int(value), 20)
        return 0


def _bytes(value: Any) -> bytes:
    """The bytes of an argument that was accepted, whatever type they came in."""
    return value if isinstance(value, bytes) else str(value.content).encode("latin-1")


@cache
@st.composite
def conversations(
    draw: st.DrawFn, *, role: Role | None = None, max_moves: int = 16, undocumented: bool = False
) -> Conversation:
    """Programs as ``programs`` draws them, with what the peer means by the bytes it sends.

    Args:
        role: the role that the connection plays; None draws one.
        max_moves: how many moves are made at most, before a last one; a move is one to four steps.
        undocumented: whether events have arguments of types that nobody promises to accept.
    """
    chosen = draw(_ROLES) if role is None else role
    limit = draw(_LIMITS)
    conversation = _Conversation(draw, chosen, limit, undocumented)
    if max_moves >= _MANY:
        for step in draw(BEGINNINGS[chosen]):
            conversation.take(step)
    for _ in range(max_moves):
        move = draw(conversation.moves())
        if move == "stop":
            break
        conversation.move(move)
    move = draw(PARTINGS if max_moves else STOP)
    if move != "stop":
        conversation.move("say plainly" if conversation.our_state in SELDOM else move)
    program = Program(chosen, tuple(conversation.steps), limit)
    return Conversation(program, tuple(conversation.messages))


@cache
def programs(
    *, role: Role | None = None, max_moves: int = 16, undocumented: bool = False
) -> st.SearchStrategy[Program]:
    """Whole programs for one connection, of either role or the one given.

    They reach deep states on purpose: complete cycles and what follows them, pipelined and
    half-read messages, EOF anywhere, switched protocols, small buffer limits; four in ten begin
    with one or two complete cycles, unless they are to be short. Their values are legal, nearly
    legal or hostile; their types are documented, unless others are asked for. Cannot produce steps
    that depend on what the implementation under test answers.

    Shrinks towards fewer moves, and the beginning away last, since it is a single choice: with
    ``max_moves`` below 8 there is none.

    Args:
        role: the role that the connection plays; None draws one.
        max_moves: how many moves are made at most, before a last one; a move is one to four steps.
        undocumented: whether events have arguments of types that nobody promises to accept.
    """
    drawn = conversations(role=role, max_moves=max_moves, undocumented=undocumented)
    return drawn.map(lambda conversation: conversation.program)
