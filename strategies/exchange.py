"""Two connections of one implementation that talk to each other.

Owns the events of both sides and the cuts of their bytes on the way. The bytes depend on the
implementation and are unknown until it runs, so an exchange is not a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from .fields import Field, field_lists
from .interpreter import Session
from .messages import METHODS
from .program import EventSpec, Json, Role
from .variant import cut

_END = EventSpec("EndOfMessage")
_POSITIONS = st.lists(st.integers(1, 200), max_size=4)
_CONTENTS = st.lists(st.binary(max_size=12), max_size=3)
_TRAILERS = st.lists(st.tuples(st.just(b"A-Trailer"), st.just(b"b")), max_size=1)
_METHODS = st.sampled_from([method for method in METHODS if method not in (b"CONNECT", b"head")])
_STATUSES = st.sampled_from([200, 200, 204, 304, 404, 500])


@dataclass(frozen=True)
class Exchange:
    """Cycles of a request and its response, as events, and where their bytes are cut.

    ``cuts`` are used for the bytes of each event in turn, and repeat.
    """

    cycles: tuple[tuple[tuple[EventSpec, ...], tuple[EventSpec, ...]], ...]
    cuts: tuple[tuple[int, ...], ...] = ((),)


@dataclass(frozen=True)
class Exchanged:
    """What came of an exchange: what each side observed, step by step, in the order of time.

    ``heard`` are the events that each role gave out, in the JSON form of observations, in order;
    ``sent`` the bytes that each of them sent.
    """

    observations: list[tuple[Role, Json]]
    received: dict[Role, list[Json]]
    sent: dict[Role, bytes]


@cache
@st.composite
def _bodies(draw: st.DrawFn, *, framed: bool) -> tuple[list[Field], tuple[EventSpec, ...]]:
    """The fields that announce a body, and the events that make it up."""
    contents = draw(_CONTENTS)
    data = tuple(EventSpec.of("Data", data=content) for content in contents)
    if draw(st.booleans()):
        length = sum(map(len, contents))
        return [(b"Content-Length", b"%d" % length)], (*data, _END)
    if not framed and not contents:
        return [], (_END,)
    trailers = draw(_TRAILERS)
    end = EventSpec.of("EndOfMessage", headers=trailers) if trailers else _END
    return [(b"Transfer-Encoding", b"chunked")], (*data, end)


@cache
@st.composite
def _requests(draw: st.DrawFn) -> tuple[EventSpec, ...]:
    framing, events = draw(_bodies(framed=False))
    headers = [(b"Host", b"a"), *draw(_plain_fields()), *framing]
    request = EventSpec.of("Request", method=draw(_METHODS), target=b"/", headers=headers)
    return request, *events


@cache
@st.composite
def _responses(draw: st.DrawFn, *, bodiless: bool) -> tuple[EventSpec, ...]:
    status = draw(_STATUSES)
    framing, events = draw(_bodies(framed=True))
    if bodiless or status in (204, 304):
        framing, events = [], (_END,)
    headers = [*draw(_plain_fields()), *framing]
    return EventSpec.of("Response", status_code=status, headers=headers, reason=b""), *events


@cache
def _plain_fields() -> st.SearchStrategy[list[Field]]:
    """Fields that neither end the connection nor switch the protocol."""
    excluded = (b"connection", b"upgrade", b"expect", b"host", b"trailer")
    return field_lists(max_size=3).map(
        lambda fields: [field for field in fields if field[0].lower() not in excluded]
    )


@cache
@st.composite
def exchanges(draw: st.DrawFn, *, max_cycles: int = 3) -> Exchange:
    """Exchanges that keep to the protocol: each request is received in full before it is answered.

    Requests and responses have bodies in either framing, or none, and trailers; the bytes of each
    event arrive in up to five pieces. Cannot produce pipelining, protocol switches, 100-continue,
    or the end of a connection: ``programs`` can.
    """
    cycles: list[tuple[tuple[EventSpec, ...], tuple[EventSpec, ...]]] = []
    for _ in range(draw(st.integers(1, max_cycles))):
        request = draw(_requests())
        bodiless = dict(request[0].arguments)["method"] == b"HEAD"
        cycles.append((request, draw(_responses(bodiless=bodiless))))
    cuts = draw(st.lists(_POSITIONS, min_size=1, max_size=5))
    return Exchange(tuple(cycles), tuple(map(tuple, cuts)))


def run_exchange(implementation: Any, exchange: Exchange) -> Exchanged:
    """Returns the result of an exchange between two connections of ``implementation``.

    Args:
        implementation: a module that has the h11 API.
    """
    return _Wire(implementation, exchange).run()


class _Wire:
    """Two connections, and the bytes between them."""

    def __init__(self, implementation: Any, exchange: Exchange) -> None:
        self._sessions: dict[Role, Session] = {
            "client": Session(implementation, "client"),
            "server": Session(implementation, "server"),
        }
        self._exchange = exchange
        self._sent_events = 0
        self._result = Exchanged([], {"client": [], "server": []}, {"client": b"", "server": b""})

    def run(self) -> Exchanged:
        for number, (request, response) in enumerate(self._exchange.cycles):
            if number:
                self._step("client", {"do": "cycle"})
                self._step("server", {"do": "cycle"})
            for event in request:
                self._send("client", "server", event)
            for event in response:
                self._send("server", "client", event)
        return self._result

    def _send(self, sender: Role, receiver: Role, event: EventSpec) -> None:
        returned = self._step(sender, {"do": "send", "event": event.to_json()}).get("returned")
        if not isinstance(returned, str):
            return  # nothing was sent; the observations have the outcome
        data = returned.encode("latin-1")
        self._result.sent[sender] += data
        cuts = self._exchange.cuts[self._sent_events % len(self._exchange.cuts)]
        self._sent_events += 1
        for piece in cut(data, cuts):
            self._step(receiver, {"do": "receive", "data": piece.decode("latin-1")})
            drained = self._step(receiver, {"do": "drain"})
            self._result.received[receiver] += drained.get("events", [])

    def _step(self, role: Role, step: Json) -> Json:
        observation = self._sessions[role].step(step)
        self._result.observations.append((role, observation))
        return observation
