"""Errors that are looked at again after later errors, of the same and of another connection.

Owns what leads to an error, and which errors follow each other. An implementation that keeps what
it says of an error in a place that another error uses as well shows only here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ..program import (
    Again,
    Connection,
    Drain,
    EventSpec,
    NextEvent,
    On,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    SingleStep,
    StartNextCycle,
)

Steps = tuple[SingleStep, ...]
# The buffer limit of all connections, and more than that.
LIMIT = 99
# One error of this number comes later on another connection: they have all status hints.
EVERY = 2
_TOO_LONG = Receive(b"a" * (LIMIT + 1))

_CODED = (b"Transfer-Encoding", b"gzip")
_HEAD = b"P / HTTP/1.1\r\nHost: a\r\n"
_END = Send(EventSpec("EndOfMessage"))
_DATA = Send(EventSpec.of("Data", data=b"ab"))
_CYCLE: Steps = (StartNextCycle(),)
_LATE: Steps = (ReceiveEOF(), Receive(b"a"))
_REFUSED: Steps = (SendFailed(), _DATA)


def _request(*fields: tuple[bytes, bytes]) -> Send:
    return Send(EventSpec.of("Request", method=b"P", target=b"/", headers=list(fields)))


def _response(*fields: tuple[bytes, bytes]) -> Send:
    return Send(EventSpec.of("Response", status_code=200, headers=list(fields)))


# What leads to an error: of the peer, with each status hint and some texts, and of the caller, in
# a call and in a constructor.
ERRORS: dict[Role, tuple[Steps, ...]] = {
    "server": (
        (Receive(b"\x00\r\n\r\n"), NextEvent()),
        (Receive(_HEAD + b"Transfer-Encoding: gzip\r\n\r\n"), NextEvent()),
        (_TOO_LONG, NextEvent()),
        (Receive(_HEAD + b"Content-Length: 2\r\n\r\na"), ReceiveEOF(), Drain()),
        (Receive(_HEAD + b"\r\n"), Drain(), _response((b"Content-Length", b"1")), _DATA),
        (_response(_CODED),),
        _CYCLE,
        _LATE,
        _REFUSED,
    ),
    "client": (
        (_request((b"Host", b"a")), _END, Receive(b"\x00\r\n\r\n"), NextEvent()),
        (
            *(_request((b"Host", b"a")), _END),
            *(Receive(b"HTTP/1.1 200 \r\nTransfer-Encoding: gzip\r\n\r\n"), NextEvent()),
        ),
        (_TOO_LONG, NextEvent()),
        (_request((b"Host", b"a"), (b"Content-Length", b"1")), _END),
        (_request(_CODED),),
        (_request(),),
        _CYCLE,
    ),
}


def raised_later() -> Iterator[Program]:
    """Yields each error before each one of the same connection, and before some of another one.

    At the end the caller looks again at all errors that were raised.
    """
    for role, errors in ERRORS.items():
        for first, second in product(errors, errors):
            yield Program(role, (*first, *second, Again()), LIMIT)
    for (role, one), (other_role, other) in product(_of_all(), _of_all(EVERY)):
        steps = (*one, *(On(1, step) for step in other), Again())
        yield Program(role, steps, LIMIT, (Connection(other_role, LIMIT),))


def _of_all(every: int = 1) -> Iterator[tuple[Role, Steps]]:
    return ((role, steps) for role, errors in ERRORS.items() for steps in errors[::every])
