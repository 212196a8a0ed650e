"""Orders of calls that a user's loop makes: several receives, reads or sends in a row.

Owns the bodies that arrive in pieces before anything is read, and the calls that are repeated in
every state. Elsewhere each receive is followed by reads, and each step in a state is the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from ..program import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    StartNextCycle,
    Step,
)
from ..variant import cut
from .states import state_prefixes

Steps = tuple[Step, ...]
_END = Send(EventSpec("EndOfMessage"))
_ANSWER = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))
_ASK = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_CHUNKS = b"2\r\nab\r\n0\r\nX:y\r\n\r\n"
_POST = b"P / HTTP/1.1\r\nHost: a\r\n%b\r\n"
_OK = b"HTTP/1.1 200 \r\n%b\r\n"
_LENGTH = b"Content-Length: 4\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
# Heads with what follows them: each kind of body, and what is no part of the message.
MESSAGES: tuple[tuple[Role, bytes, bytes], ...] = (
    ("server", _POST % b"", b"GET"),
    ("server", _POST % _LENGTH, b"abcdG"),
    ("server", _POST % _CHUNKED, _CHUNKS + b"G"),
    ("server", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", b"abc"),
    ("client", _OK % _LENGTH, b"abcd"),
    ("client", _OK % _CHUNKED, _CHUNKS),
    ("client", _OK % b"", b"abcd"),
    ("client", b"HTTP/1.1 101 \r\n\r\n", b"abc"),
)
# After which of three pieces everything is read. ``cuts`` reads after each of them.
PATTERNS = ((), (0,), (1,))


def _before(role: Role) -> Steps:
    return (_ASK, _END) if role == "client" else ()


def _after(role: Role) -> Steps:
    answers: Steps = (_ANSWER, _END) if role == "server" else ()
    return (*answers, StartNextCycle(), ReceiveEOF(), Drain())


def _received(pieces: list[bytes], read: tuple[int, ...]) -> Iterator[Step]:
    """Receives the pieces, and reads after those with the numbers of ``read``, and at the end."""
    for number, piece in enumerate(pieces):
        yield Receive(piece)
        if number in read:
            yield Drain()
    yield Drain()


def pairs_of_cuts(data: bytes) -> list[tuple[int, int]]:
    """Returns where data can be cut in three."""
    return [*combinations(range(1, len(data)), 2)]


def receives_before_reading() -> Iterator[Program]:
    """Yields each message in pieces that are not read one by one.

    The head with the body in two pieces, cut anywhere; behind the head, the body cut in three
    anywhere, and in pieces of each small size, with the end of input before the last read as well.
    """
    for role, head, body in MESSAGES:
        before, after = _before(role), _after(role)
        whole = head + body
        for position in range(1, len(whole)):
            steps = _received(cut(whole, [position]), ())
            yield Program(role, (*before, *steps, *after))
        begun = (*before, Receive(head), Drain())
        for positions, read in product(pairs_of_cuts(body), PATTERNS):
            yield Program(role, (*begun, *_received(cut(body, positions), read), *after))
        for size in range(1, len(body)):
            pieces = map(Receive, cut(body, range(0, len(body), size)))
            yield Program(role, (*begun, *pieces, ReceiveEOF(), Drain(), *after))


_AGAIN: Steps = (NextEvent(),) * 2
_BROKEN = Receive(b"\x00\r\n\r\n")
# What is read again: what waits or comes in two pieces, the end, an error and what follows it.
READS: tuple[Steps, ...] = (
    (*_AGAIN, Receive(b"a"), Receive(b"b"), *_AGAIN, Drain()),
    (ReceiveEOF(), *_AGAIN, NextEvent(), ReceiveEOF(), NextEvent()),
    (_BROKEN, Drain(), *_AGAIN, Receive(b"a"), NextEvent(), ReceiveEOF(), NextEvent()),
)
_EMPTY = Send(EventSpec.of("Data", data=b""))
_EITHER_ROLE: tuple[Steps, ...] = (
    (_EMPTY, Send(EventSpec.of("Data", data=b"a")), _EMPTY),
    (_END,) * 2,
    (Send(EventSpec("ConnectionClosed")),) * 2,
)
# What is sent in a row: the same event twice, or Data between empty Data.
SENT: dict[Role, tuple[Steps, ...]] = {
    "server": (
        *_EITHER_ROLE,
        (Send(EventSpec.of("InformationalResponse", status_code=100, headers=[])),) * 2,
        (Send(EventSpec.of("Response", status_code=200, headers=[])),) * 2,
    ),
    "client": (*_EITHER_ROLE, (_ASK,) * 2),
}


def reads_again() -> Iterator[Program]:
    """Yields repeated calls of ``next_event``, in each state."""
    for role in SENT:
        for prefix, steps in product(state_prefixes(role), READS):
            yield Program(role, (*prefix, *steps))


def sends_in_a_row() -> Iterator[Program]:
    """Yields several events of the same kind in a row, in each state."""
    for role, sent in SENT.items():
        for prefix, steps in product(state_prefixes(role), sent):
            yield Program(role, (*prefix, *steps))
