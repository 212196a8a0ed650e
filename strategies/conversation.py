"""The strategy for whole programs, drawn with the reference as a model of the connection.

Owns the choice of the next step: it knows the states that the steps so far have led to, and chooses
legal, nearly legal and illegal ones on purpose. Does not know what single messages and events look
like: other modules draw them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from hypothesis import strategies as st

from .. import reference
from . import arguments, events, messages
from .actions import (
    ANY_ACTIONS,
    CUT_OFF,
    DISORDERS,
    LAST_ACTIONS,
    PAUSED,
    RARE,
    REST,
    SENDING,
    STOP,
    fitting,
)
from .call_styles import STYLES, Style, plain
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
from .variant import cut

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
# In this many tenths of the cases, what follows PAUSED is more input or another read.
_STILL_PAUSED = 3
# One event of each type, with nothing wrong in it; it may still not be due.
_PLAIN_EVENTS = st.sampled_from([*PLAIN])
_READINGS: list[Step] = [Drain(), Drain(), NextEvent()]
_READING = st.sampled_from(_READINGS)
# How a drawn program is written; most remain as they are.
_STYLES: st.SearchStrategy[Style] = st.sampled_from([*[plain] * (4 * len(STYLES)), *STYLES])
# How much of a message arrives before it is read. "lost": a part, then the peer closes, after the
# read or before it. "pieces": two or three parts with no read between them, of the whole message or
# of its body.
_AMOUNTS = [
    *["all"] * 9,
    *["part"] * 4,
    *("lost", "lost", "lost unread", "pieces", "body in pieces", "body in pieces"),
]
_READS: list[tuple[Step, ...]] = [
    *[(Drain(),)] * 9,
    *[(NextEvent(),)] * 3,
    *[(NextEvent(),) * 4] * 2,
]
_RECEIVING = combinations(_AMOUNTS, _READS)


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
        self._paused = False

    @property
    def our_state(self) -> str:
        return str(self._model.connection.our_state)

    @property
    def their_state(self) -> str:
        return str(self._model.connection.their_state)

    def take(self, step: Step) -> None:
        observation = self._model.step(step.to_json())
        self.steps.append(step)
        events = cast("list[dict[str, Any]]", observation.get("events", []))
        for event in events:
            if event["type"] == "Request":
                self._method = event["method"].encode("latin-1")
        self._paused = bool(events) and events[-1]["type"] == "PAUSED"

    def actions(self) -> st.SearchStrategy[str]:
        """The actions to draw from, "stop" among them."""
        if self._disordered():
            return ANY_ACTIONS
        if self._cut_off():
            return CUT_OFF
        if self._paused and self._draw(_TENTHS) < _STILL_PAUSED:
            return PAUSED
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
        """Performs an action, which is one to eight steps."""
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
        amount, reads = self._draw(_RECEIVING)
        if amount.endswith("pieces"):
            self._receive_in_pieces(body_only=amount == "body in pieces")
        else:
            size = len(self.unsent)
            if size > 1 and amount != "all":
                size = self._cut_position(size)
            data, self.unsent = self.unsent[:size], self.unsent[size:]
            if data:
                self.take(Receive(data))
        if amount.startswith("lost"):
            self.unsent = b""
            reads = (ReceiveEOF(), *reads) if amount == "lost unread" else (*reads, ReceiveEOF())
            reads = (*reads, Drain())
        for step in reads:
            self.take(step)

    def _receive_in_pieces(self, *, body_only: bool) -> None:
        """Receives all that the peer has sent, and reads no more than the head before the end."""
        data, self.unsent = self.unsent, b""
        head, blank, body = data.partition(b"\r\n\r\n")
        if body_only and body and self.their_state != "SEND_BODY":
            self.take(Receive(head + blank))
            self.take(Drain())
            data = body
        size = len(data)
        cuts = (self._cut_position(size), self._cut_position(size)) if size > 1 else ()
        for piece in cut(data, cuts):
            self.take(Receive(piece))

    def _cut_position(self, size: int) -> int:
        """A position between two bytes of a message; of a long one, near its beginning."""
        return 1 + messages.position(self._draw, min(size - 1, 200))

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
    draw: st.DrawFn,
    *,
    role: Role | None = None,
    max_actions: int = 16,
    undocumented: bool = False,
    version: Literal[1, 2] = 1,
) -> Conversation:
    """Programs as ``programs`` draws them, with what the peer means by the bytes it sends.

    Args:
        role: the role of the connection; None draws one.
        max_actions: the maximum number of actions before a last one; each is one to eight steps.
        undocumented: whether events have arguments of undocumented types.
        version: the newest version of programs to draw. With 2, one in five programs looks again at
            what was handed out, changes what was handed in, reads properties, passes arguments in
            other ways, or has a second connection; the messages are those of the first one.
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
    if version == 2:
        program = draw(_STYLES)(program)
    return Conversation(program, tuple(conversation.messages))


@cache
def programs(
    *,
    role: Role | None = None,
    max_actions: int = 16,
    undocumented: bool = False,
    version: Literal[1, 2] = 1,
) -> st.SearchStrategy[Program]:
    """Whole programs for one connection, of either role or the one given.

    They reach deep states on purpose: complete cycles and what follows them, pipelined and
    half-read messages, EOF anywhere, switched protocols, small buffer limits. Calls come in many
    orders: several receives before a read, reads again after NEED_DATA, PAUSED, an error or the
    end, and so on; ``call_shapes`` lists them. Four in ten begin with a prefix of one to three
    complete cycles, but none with ``max_actions`` below 8. Values are
    legal, nearly legal or hostile; types are documented ones unless others are requested. Cannot
    produce steps that depend on the answers of the implementation under test.

    Shrinks towards fewer actions; the prefix, a single choice, is removed last.

    Args:
        role: the role of the connection; None draws one.
        max_actions: the maximum number of actions before a last one; each is one to eight steps.
        undocumented: whether events have arguments of undocumented types.
        version: the newest version of programs to draw. With 2, one in five programs looks again at
            what was handed out, changes what was handed in, reads properties, passes arguments in
            other ways, or has a second connection; the messages are those of the first one.
    """
    drawn = conversations(
        role=role, max_actions=max_actions, undocumented=undocumented, version=version
    )
    return drawn.map(lambda conversation: conversation.program)
