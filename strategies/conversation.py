"""The strategy for whole programs, drawn with the reference as a model of the connection.

Owns the choice of the next step: it knows the states that the steps so far have led to, and chooses
legal, nearly legal and illegal ones on purpose. Does not know what single messages and events look
like: other modules draw them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from hypothesis import strategies as st

from .. import reference
from . import arguments, events, messages
from .actions import (
    ANY_ACTIONS,
    CUT_OFF,
    DISORDERS,
    LAST_ACTIONS,
    RARE,
    REST,
    SENDING,
    STOP,
    fitting,
)
from .fields import combinations
from .interpreter import Session
from .messages import WireMessage
from .prefixes import PREFIXES
from .program import (
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

# Shorter conversations get no prefix.
_MIN_ACTIONS_FOR_PREFIX = 8
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
# One event of each type, with nothing wrong in it; it may still not be due.
_PLAIN_EVENTS = st.sampled_from([*PLAIN])
_READINGS: list[Step] = [Drain(), Drain(), NextEvent()]
_READING = st.sampled_from(_READINGS)
# How much of a message arrives at once, and how it is read. "lost": a part, then the peer closes.
_RECEIVING = combinations(["all"] * 6 + ["part"] * 3 + ["lost"] * 2, [Drain()] * 3 + [NextEvent()])


@dataclass(frozen=True)
class Conversation:
    """A program, and the messages that the peer sends in it, with their meaning.

    The last message, and one that is too long for the connection, may be received only in part.
    """

    program: Program
    messages: tuple[WireMessage, ...]


@cache
def _peer_messages(wanted: str) -> st.SearchStrategy[WireMessage]:
    """Messages of the peer, of the wanted kind."""
    if wanted == "request":
        return messages.requests()
    if wanted == "tunnel":
        return st.builds(WireMessage, st.binary(max_size=4), st.just(()))
    if wanted == "switch":
        return st.one_of(messages.acceptances(), messages.acceptances(), _peer_messages("response"))
    final = messages.responses(has_body=wanted == "response")
    return st.one_of(final, final, final, messages.interim_responses())


@cache
def _corrupted(wanted: str) -> st.SearchStrategy[WireMessage]:
    return messages.corrupted(_peer_messages(wanted))


@cache
def _sendable(wanted: str) -> st.SearchStrategy[EventSpec]:
    """Events of the wanted kind that our side may send."""
    if wanted == "body":
        return st.one_of(events.ends(), events.ends(), events.data())
    if wanted == "request":
        return events.requests()
    if wanted == "switch":
        return st.one_of(events.acceptances(), events.acceptances(), _sendable("response"))
    return st.one_of(events.responses(), events.responses(), events.interim_responses())


@cache
def _sendable_or_mistyped(wanted: str) -> st.SearchStrategy[EventSpec]:
    return st.one_of(_sendable(wanted), arguments.mistyped(_sendable(wanted)))


@cache
def _any_events(undocumented: bool) -> st.SearchStrategy[EventSpec]:
    if undocumented:
        return arguments.mistyped(events.any_events())
    return st.one_of(events.any_events(), arguments.retyped(events.any_events()))


class _Conversation:
    """The program drawn so far, the model it was run on, and what the peer has yet to send."""

    def __init__(self, draw: st.DrawFn, role: Role, limit: int | None, undocumented: bool) -> None:
        self._draw = draw
        self._undocumented = undocumented
        self._disorder = draw(DISORDERS)
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

    def actions(self) -> st.SearchStrategy[str]:
        """The actions to draw from, "stop" among them."""
        if self._disordered():
            return ANY_ACTIONS
        if self._cut_off():
            return CUT_OFF
        if self.unsent and self.their_state in SENDING and self.our_state not in SENDING:
            return REST
        return fitting(self.role, self.our_state, self.their_state)

    def _cut_off(self) -> bool:
        """Whether the peer has sent only a part of its message, and will send no more."""
        last = self.messages[-1] if self.messages else None
        return last is not None and last.corruption == "truncated" and not self.unsent

    def _disordered(self) -> bool:
        return self._disorder > 0 and self._draw(_TENTHS) < self._disorder

    def act(self, action: str) -> None:
        """Performs an action, which is one to four steps."""
        if action == "receive":
            self._receive()
        elif action == "send":
            self._send(self._legal_event())
        elif action == "send any":
            self._send(self._draw(_any_events(self._undocumented)))
        elif action == "send plain":
            self._send(self._draw(_PLAIN_EVENTS))
        elif action == "eof":
            self.take(ReceiveEOF())
            self.take(self._draw(_READING))
        else:
            self.take(_BARE_STEPS[action])

    def _receive(self) -> None:
        if not self.unsent:
            due = self._due_from_peer()
            corrupted = self._disorder > 0 and self._draw(_TENTHS) < 2 * self._disorder + 1
            message = self._draw(_corrupted(due) if corrupted else _peer_messages(due))
            self.messages.append(message)
            self.unsent = message.data
        size = len(self.unsent)
        amount, reading = self._draw(_RECEIVING)
        if size > 1 and amount != "all":
            size = 1 + messages.position(self._draw, min(size - 1, 200))
        data, self.unsent = self.unsent[:size], self.unsent[size:]
        if data:
            self.take(Receive(data))
        self.take(reading)
        if amount == "lost":
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
        sendable = _sendable_or_mistyped if self._undocumented else _sendable
        if self.our_state != "SEND_BODY":
            if self.role == "client":
                return self._draw(sendable("request"))
            pending = self.their_state == "MIGHT_SWITCH_PROTOCOL"
            return self._draw(sendable("switch" if pending else "response"))
        if self._due and not self._disordered():
            content, self._due = b"a" * self._due, 0
            return EventSpec.of("Data", data=content)
        return self._draw(sendable("body"))

    def _send(self, event: EventSpec) -> None:
        before = self.our_state
        self.take(Send(event, passthrough=self._draw(_BOOLEANS)))
        if before == "SEND_BODY" or self.our_state != "SEND_BODY":
            return
        given = dict(event.arguments)
        if event.type == "Request":
            self._method = _bytes(given["method"])
        self._due = self._announced(given["headers"])

    def _announced(self, headers: Any) -> int:
        """The length that a head just sent announces, so that a body of this length may follow."""
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
    draw: st.DrawFn, *, role: Role | None = None, max_actions: int = 16, undocumented: bool = False
) -> Conversation:
    """Programs as ``programs`` draws them, with what the peer means by the bytes it sends.

    Args:
        role: the role of the connection; None draws one.
        max_actions: the maximum number of actions before a last one; each is one to four steps.
        undocumented: whether events have arguments of undocumented types.
    """
    chosen = draw(_ROLES) if role is None else role
    limit = draw(_LIMITS)
    conversation = _Conversation(draw, chosen, limit, undocumented)
    if max_actions >= _MIN_ACTIONS_FOR_PREFIX:
        for step in draw(PREFIXES[chosen]):
            conversation.take(step)
    for _ in range(max_actions):
        action = draw(conversation.actions())
        if action == "stop":
            break
        conversation.act(action)
    action = draw(LAST_ACTIONS if max_actions else STOP)
    if action != "stop":
        conversation.act("send plain" if conversation.our_state in RARE else action)
    program = Program(chosen, tuple(conversation.steps), limit)
    return Conversation(program, tuple(conversation.messages))


@cache
def programs(
    *, role: Role | None = None, max_actions: int = 16, undocumented: bool = False
) -> st.SearchStrategy[Program]:
    """Whole programs for one connection, of either role or the one given.

    They reach deep states on purpose: complete cycles and what follows them, pipelined and
    half-read messages, EOF anywhere, switched protocols, small buffer limits. Four in ten begin
    with a prefix of one or two complete cycles, but none with ``max_actions`` below 8. Values are
    legal, nearly legal or hostile; types are documented ones unless others are requested. Cannot
    produce steps that depend on the answers of the implementation under test.

    Shrinks towards fewer actions; the prefix, a single choice, is removed last.

    Args:
        role: the role of the connection; None draws one.
        max_actions: the maximum number of actions before a last one; each is one to four steps.
        undocumented: whether events have arguments of undocumented types.
    """
    drawn = conversations(role=role, max_actions=max_actions, undocumented=undocumented)
    return drawn.map(lambda conversation: conversation.program)
