"""What a peer makes of the bytes that an implementation sent.

Owns the conversation in which the reference reads them as their recipient. It must not know which
differences are risks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ... import reference
from ...strategies.interpreter import EVENT_FIELDS
from ...strategies.program import Json, Program, Receive, ReceiveEOF, Role, Send
from .reading import Reading, plain, reading

_HOST = [(b"Host", b"example.com")]
_READ = ("Data", "EndOfMessage", "Request", "Response", "InformationalResponse")


def sent_bytes(program: Program, trace: Sequence[Json]) -> bytes:
    """Returns the bytes that an implementation sent in the trace of a program."""
    steps = zip(program.steps, trace, strict=False)
    values = (plain(seen.get("returned")) for step, seen in steps if isinstance(step, Send))
    parts = (value if isinstance(value, str) else "" for value in values)
    return "".join(parts).encode("latin-1", "replace")


def requests(program: Program, trace: Sequence[Json]) -> list[Json]:
    """Returns the requests of a conversation: those that were read, or those that were sent."""
    if program.role == "server":
        events = (event for seen in trace for event in seen.get("events", ()))
        return [event for event in events if event["type"] == "Request"]
    steps = zip(program.steps, trace, strict=False)
    return [
        step.event.to_json()
        for step, seen in steps
        if isinstance(step, Send) and step.event.type == "Request" and "raised" not in seen
    ]


def methods(program: Program, trace: Sequence[Json]) -> list[str]:
    """Returns the methods of the requests of a conversation."""
    return [str(plain(each.get("method"))) for each in requests(program, trace)]


def received_bytes(program: Program) -> bytes:
    """Returns all bytes that a program hands to the implementation."""
    return b"".join(step.data for step in program.steps if isinstance(step, Receive))


def ends_input(program: Program) -> bool:
    """Whether a program ends the input."""
    return any(isinstance(step, ReceiveEOF) for step in program.steps)


def other_role(role: Role) -> Role:
    """Returns the role of the peer."""
    return "server" if role == "client" else "client"


def peers_reading(program: Program, trace: Sequence[Json]) -> Reading:
    """Returns what a peer makes of the bytes that an implementation sent in a trace."""
    content = sent_bytes(program, trace)
    asked = requests(program, trace) if program.role == "server" else []
    peer = _Peer(other_role(program.role), content, asked)
    return reading(list(peer.observations()), [str(plain(each.get("method"))) for each in asked])


class _Peer:
    """The reference as the recipient of bytes; it takes the turns that the bytes presuppose."""

    def __init__(self, role: Role, content: bytes, asked: Sequence[Json]) -> None:
        self._client = role == "client"
        self._connection = reference.Connection(
            reference.CLIENT if self._client else reference.SERVER,
            max_incomplete_event_size=len(content) + 1,
        )
        self._asked = list(asked) or [{"method": "GET"}]
        self._content = content

    def observations(self) -> Iterator[Json]:
        """Yields what the peer reads, in the form of a trace."""
        connection = self._connection
        if self._content:
            connection.receive_data(self._content)
        while True:
            events: list[Json] = []
            observation: Json = {"events": events}
            try:
                if self._client:
                    self._ask()
                self._read(events)
                more = self._take_turn()
            except reference.ProtocolError:
                observation["raised"] = {"by": "next"}
                more = False
            observation["trailing"] = [connection.trailing_data[0].decode("latin-1"), False]
            yield observation
            if not more:
                return

    def _ask(self) -> None:
        request = self._asked.pop(0)
        headers = [
            (_bytes(name), _bytes(value))
            for name, value in request.get("headers", ())
            if str(plain(name)).lower() in ("upgrade", "connection")
        ]
        method, target = _bytes(request["method"]), _bytes(request.get("target", "/"))
        event = reference.Request(method=method, target=target, headers=[*_HOST, *headers])
        self._connection.send(event)
        self._connection.send(reference.EndOfMessage())

    def _read(self, events: list[Json]) -> None:
        while True:
            event = self._connection.next_event()
            name = type(event).__name__
            if name not in _READ:
                return
            events.append({"type": name, **{each: _value(event, each) for each in _shown(name)}})

    def _take_turn(self) -> bool:
        """Answers a request, or begins the next cycle; returns whether there is more to read."""
        connection = self._connection
        if not connection.trailing_data[0]:
            return False
        if not self._client:
            if connection.their_state is not reference.DONE:
                return False
            answer = reference.Response(status_code=200, headers=[("Content-Length", "0")])
            connection.send(answer)
            connection.send(reference.EndOfMessage())
        elif not self._asked:
            return False
        if (connection.our_state, connection.their_state) != (reference.DONE, reference.DONE):
            return False
        connection.start_next_cycle()
        return True


def _shown(name: str) -> tuple[str, ...]:
    return tuple(EVENT_FIELDS[name])


def _value(event: Any, name: str) -> Any:
    value = getattr(event, name)
    if name == "headers":
        return [[each.decode("latin-1"), content.decode("latin-1")] for each, content in value]
    return bytes(value).decode("latin-1") if isinstance(value, (bytes, bytearray)) else value


def _bytes(value: Any) -> bytes:
    return str(plain(value)).encode("latin-1", "replace")
