"""Predicts the result of each call from the symbols applied so far.

Adds to the machine what is needed to predict a connection: the role, the part of the message that
each role still has to send, and the one received symbol that has not been read yet. Knows no
implementation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .alphabet import (
    CALLS,
    HEADS,
    MORE_MAY_FOLLOW,
    SENDS,
    SURPLUS,
    SYMBOLS,
    Bare,
    Call,
    Head,
    Input,
    Owed,
    Receive,
    Send,
)
from .machine import Cell, Machine, Meaning, Role, react

LOCAL, REMOTE = "LocalProtocolError", "RemoteProtocolError"
END_OF_MESSAGE = Meaning("EndOfMessage")
CONNECTION_CLOSED = Meaning("ConnectionClosed")
DATA = Meaning("Data")
FRESH = Machine()


@dataclass(frozen=True)
class Knowledge:
    """All facts about a connection that can still affect its behaviour."""

    us: Role
    machine: Machine = FRESH
    we_owe: Owed = "nothing"
    they_owe: Owed = "nothing"
    unread: Input | None = None
    eof: bool = False
    their_version: str = ""
    asked_to_connect: bool = False

    @property
    def them(self) -> Role:
        return "server" if self.us == "client" else "client"

    @property
    def their_state(self) -> str:
        return self.machine.state(self.them)

    def symbols(self) -> Iterator[str]:
        """All symbols that can be applied now, including invalid ones.

        Fewer can be received: there is never more than one unread symbol, and if nothing would be
        parsed now, one example represents them all.
        """
        yield from SENDS
        yield from CALLS
        if self.eof:
            return
        yield "receive eof"
        if self.unread is not None:
            return
        if self.their_state == "SEND_BODY":
            yield "receive chunk" if self.they_owe == "chunks" else "receive byte"
            if self.they_owe == "chunks":
                yield "receive last chunk"
        elif self.their_state in ("IDLE", "SEND_RESPONSE"):
            yield "receive garbage"
            yield from (f"receive {head.name}" for head in HEADS[self.them])
        else:
            yield SURPLUS[self.them]

    def relevant(self) -> Knowledge:
        return replace(
            self,
            we_owe=self.we_owe if self.machine.state(self.us) == "SEND_BODY" else "nothing",
            they_owe=self.they_owe if self.their_state == "SEND_BODY" else "nothing",
            unread=self.unread if self.their_state != "ERROR" else None,
            their_version=self.their_version if self.us == "server" else "",
            asked_to_connect=self.asked_to_connect and self.machine.server == "SEND_RESPONSE",
        )


@dataclass(frozen=True)
class Prediction:
    """What a call returns, or the class it raises; the knowledge after it; the cells used."""

    outcome: str
    after: Knowledge
    cells: tuple[Cell, ...] = ()


def predict(now: Knowledge, symbol: str, method: str) -> Prediction:
    """The required result of `method`, called for this symbol."""
    match SYMBOLS[symbol], method:
        case Send(sent), "send":
            predicted = _send(now, sent)
        case Receive(wire=b""), "receive_data":
            predicted = Prediction("returned", replace(now, eof=True))
        case Receive(what=what), "receive_data":
            predicted = Prediction("returned", replace(now, unread=what))
        case _, "send_failed":
            predicted = Prediction("returned", replace(now, machine=now.machine.failed(now.us)))
        case _, "start_next_cycle":
            predicted = _start_next_cycle(now)
        case _:
            predicted = _next_event(now)
    return replace(predicted, after=predicted.after.relevant())


def follow(now: Knowledge, symbol: str) -> Knowledge:
    """The knowledge after all calls of a symbol, if their results are as predicted."""
    match SYMBOLS[symbol]:
        case Send():
            return predict(now, symbol, "send").after
        case Call("send_failed" | "start_next_cycle" as method):
            return predict(now, symbol, method).after
        case Receive():
            now = predict(now, symbol, "receive_data").after
        case Call():
            pass
    while (predicted := predict(now, symbol, "next_event")).outcome in MORE_MAY_FOLLOW:
        now = predicted.after
    return predicted.after


def _send(now: Knowledge, sent: Head | Bare) -> Prediction:
    meaning = sent.meaning
    if isinstance(sent, Head) and _only_eof_can_end(now, sent):
        meaning = replace(meaning, closes=True)
    reaction = react(now.machine, now.us, meaning)
    after = replace(now, machine=reaction.machine)
    if reaction.refused:
        return Prediction(LOCAL, after, reaction.cells)
    if not _can_be_written(now.we_owe, sent):
        after = replace(now, machine=reaction.machine.failed(now.us))
        return Prediction(LOCAL, after, reaction.cells)
    if isinstance(sent, Head):
        after = replace(_received(after, sent), we_owe=_owed(now, sent))
    elif now.we_owe == "one byte":
        after = replace(after, we_owe="nothing")
    return Prediction("returned", after, reaction.cells)


def _only_eof_can_end(now: Knowledge, head: Head) -> bool:
    """Such a response is sent with `Connection: close`, whether or not the caller added it."""
    unmeasured = head.status >= 200 and head.owed in ("chunks", "bytes until eof")
    return unmeasured and now.their_version in ("", "1.0")


def _owed(now: Knowledge, head: Head) -> Owed:
    """A 2xx to CONNECT has no body, even if the client has since made an error."""
    return "nothing" if now.asked_to_connect and 200 <= head.status < 300 else head.owed


def _received(now: Knowledge, head: Head) -> Knowledge:
    return replace(now, asked_to_connect=head.method == "CONNECT") if head.method else now


def _can_be_written(owed: Owed, sent: Head | Bare) -> bool:
    if isinstance(sent, Head):
        return sent.version == "1.1"
    if sent.kind == "Data":
        return owed != "nothing"
    return sent.kind != "EndOfMessage" or owed != "one byte"


def _start_next_cycle(now: Knowledge) -> Prediction:
    if now.machine.joint != ("DONE", "DONE"):
        return Prediction(LOCAL, now)
    machine = replace(now.machine, client="IDLE", server="IDLE")
    return Prediction("returned", replace(now, machine=machine))


def _next_event(now: Knowledge) -> Prediction:
    state = now.their_state
    if state == "ERROR":
        return Prediction(REMOTE, now)
    if state in ("MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL"):
        return Prediction("PAUSED", now)
    if state == "SEND_BODY":
        return _next_of_body(now)
    if now.unread is None:
        return _happens(now, CONNECTION_CLOSED) if now.eof else Prediction("NEED_DATA", now)
    if state == "DONE":
        return Prediction("PAUSED", now)
    if state in ("IDLE", "SEND_RESPONSE") and isinstance(now.unread, Head):
        head = now.unread
        read = replace(now, unread=None, they_owe=_owed(now, head), their_version=head.version)
        return _happens(_received(read, head), head.meaning)
    return _unreadable(now)


def _next_of_body(now: Knowledge) -> Prediction:
    if now.they_owe == "nothing":
        return _happens(now, END_OF_MESSAGE)
    if now.unread == "end":
        return _happens(replace(now, unread=None), END_OF_MESSAGE)
    if now.unread == "piece":
        rest: Owed = "nothing" if now.they_owe == "one byte" else now.they_owe
        return _happens(replace(now, unread=None, they_owe=rest), DATA)
    if not now.eof:
        return Prediction("NEED_DATA", now)
    if now.they_owe == "bytes until eof":
        return _happens(now, END_OF_MESSAGE)
    return _unreadable(now)


def _happens(now: Knowledge, meaning: Meaning) -> Prediction:
    reaction = react(now.machine, now.them, meaning)
    outcome = REMOTE if reaction.refused else meaning.kind
    return Prediction(outcome, replace(now, machine=reaction.machine), reaction.cells)


def _unreadable(now: Knowledge) -> Prediction:
    return Prediction(REMOTE, replace(now, machine=now.machine.failed(now.them)))
