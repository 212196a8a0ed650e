"""Steps that can be repeated without end, each time to be forgotten by an implementation.

Owns the forms of cycles, connections and calls. Knows nothing of how memory is measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .program import (
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
from .retention import NUMBER

Steps = tuple[Step, ...]
# Stands for the number of the repetition, so that no two repetitions are equal.
_N = NUMBER.encode()
_CYCLE = StartNextCycle()
_END = Send(EventSpec("EndOfMessage"))
_CLOSED = Send(EventSpec("ConnectionClosed"))
_TRAILERS = Send(EventSpec.of("EndOfMessage", headers=[(b"x" + _N, b"a")]))
_DATA = Send(EventSpec.of("Data", data=_N))
_LENGTH, _CHUNKED = (b"Content-Length", b"8"), (b"Transfer-Encoding", b"chunked")
_CHUNK = b"8;x=" + _N + b"\r\n" + _N + b"\r\n"
_LAST_CHUNK = b"0\r\nX" + _N + b": a\r\n\r\n"
_EXPECTS = b"Expect: 100-continue\r\nContent-Length: 8\r\n"
_UPGRADES = b"Connection: Upgrade\r\nUpgrade: a\r\n"


@dataclass(frozen=True)
class Repetition:
    """Steps to repeat on a connection: ``before`` is taken once, when the connection is new.

    ``form`` names what is repeated.
    """

    form: str
    role: Role
    repeated: Steps
    before: Steps = ()

    def to_json(self) -> Json:
        """Returns the form in which ``retention`` reads it."""
        return {
            "role": self.role,
            "before": [step.to_json() for step in self.before],
            "repeated": [step.to_json() for step in self.repeated],
        }

    @property
    def program(self) -> Program:
        """The program that takes the steps once."""
        return Program(self.role, self.before + self.repeated)


def _read(data: bytes) -> Steps:
    # Programs read once more than there are events.
    return (Receive(data), Drain(), NextEvent())


def _request(fields: bytes = b"", body: bytes = b"", method: bytes = b"GET") -> bytes:
    target = b"a:1" if method == b"CONNECT" else b"/" + _N
    head = b"%b %b HTTP/1.1\r\nHost: %b\r\nX%b: a\r\n%b\r\n" % (method, target, _N, _N, fields)
    return head + body


def _response(fields: bytes = b"", body: bytes = b"", status: int = 200) -> bytes:
    return b"HTTP/1.1 %d %b\r\nX%b: a\r\n%b\r\n%b" % (status, _N, _N, fields, body)


def _ask(*fields: tuple[bytes, bytes], method: bytes = b"GET") -> Send:
    target = b"a:1" if method == b"CONNECT" else b"/" + _N
    headers = [(b"Host", _N), (b"X" + _N, b"a"), *fields]
    return Send(EventSpec.of("Request", method=method, target=target, headers=headers))


def _answer(*fields: tuple[bytes, bytes], status: int = 200) -> Send:
    event = "Response" if status >= 200 else "InformationalResponse"
    return Send(
        EventSpec.of(event, status_code=status, headers=[(b"X" + _N, b"a"), *fields], reason=_N)
    )


_EMPTY = (b"Content-Length", b"0")
_NO_CONTENT = _response(status=204)
_SWITCH = ((b"Connection", b"Upgrade"), (b"Upgrade", b"a"))
CYCLES = (
    Repetition(
        "a request without a body", "server", (*_read(_request()), _answer(_EMPTY), _END, _CYCLE)
    ),
    Repetition(
        "bodies of a stated length",
        "server",
        (*_read(_request(b"Content-Length: 8\r\n", _N)), _answer(_LENGTH), _DATA, _END, _CYCLE),
    ),
    Repetition(
        "chunked bodies",
        "server",
        (
            *_read(_request(b"Transfer-Encoding: chunked\r\n", _CHUNK + _LAST_CHUNK)),
            *(_answer(), _DATA, _TRAILERS, _CYCLE),
        ),
    ),
    Repetition(
        "a HEAD request",
        "server",
        (*_read(_request(method=b"HEAD")), _answer(_LENGTH), _END, _CYCLE),
    ),
    Repetition(
        "an early response",
        "server",
        (
            *(*_read(_request(_EXPECTS)), _answer(status=100), _answer(_EMPTY), _END),
            *(*_read(_N), _CYCLE),
        ),
    ),
    # What was read must go although something is always left.
    Repetition(
        "messages that arrive with the beginning of the next one",
        "server",
        (*_read(_request()[5:] + _request()[:5]), _answer(_EMPTY), _END, _CYCLE),
        (Receive(_request()[:5]),),
    ),
    Repetition(
        "an upgrade that is refused",
        "server",
        (*_read(_request(_UPGRADES)), _answer(_EMPTY), _END, _CYCLE),
    ),
    Repetition(
        "a request without a body",
        "client",
        (_ask(), _END, *_read(_response(b"Content-Length: 0\r\n")), _CYCLE),
    ),
    Repetition(
        "bodies of a stated length",
        "client",
        (_ask(_LENGTH), _DATA, _END, *_read(_response(b"Content-Length: 8\r\n", _N)), _CYCLE),
    ),
    Repetition(
        "chunked bodies",
        "client",
        (
            *(_ask(_CHUNKED), _DATA, _TRAILERS),
            *_read(_response(b"Transfer-Encoding: chunked\r\n", _CHUNK + _LAST_CHUNK)),
            _CYCLE,
        ),
    ),
    Repetition(
        "a HEAD request",
        "client",
        (_ask(method=b"HEAD"), _END, *_read(_response(b"Content-Length: 8\r\n")), _CYCLE),
    ),
    Repetition(
        "an early response",
        "client",
        (
            *(_ask((b"Expect", b"100-continue"), _LENGTH), *_read(_response(status=100))),
            *(*_read(_response(b"Content-Length: 0\r\n")), _DATA, _END, _CYCLE),
        ),
    ),
    Repetition(
        "messages that arrive with the beginning of the next one",
        "client",
        (*_read(_NO_CONTENT[5:] + _NO_CONTENT[:5]), _CYCLE, _ask(), _END),
        (_ask(), _END, Receive(_NO_CONTENT[:5])),
    ),
    Repetition(
        "an upgrade that is refused",
        "client",
        (_ask(*_SWITCH), _END, *_read(_response(b"Content-Length: 0\r\n")), _CYCLE),
    ),
)

CONNECTIONS = (
    Repetition(
        "a connection that both sides close",
        "server",
        (*_read(_request()), _answer(_EMPTY), _END, ReceiveEOF(), Drain(), _CLOSED),
    ),
    Repetition("a connection in the middle of a head", "server", _read(b"GET /" + _N)),
    Repetition(
        "a connection in the middle of a body",
        "server",
        (*_read(_request(_EXPECTS, b"a")), _answer(), _DATA),
    ),
    Repetition("a connection that receives nonsense", "server", _read(_N + b"\x00\r\n\r\n")),
    Repetition("a connection that fails", "server", (*_read(_request()), _answer(), SendFailed())),
    Repetition(
        "a connection that is switched",
        "server",
        (*_read(_request(method=b"CONNECT")), _answer(), Receive(_N), Drain()),
    ),
    Repetition(
        "a connection that both sides close",
        "client",
        (_ask(), _END, *_read(_response()), ReceiveEOF(), Drain(), _CLOSED),
    ),
    Repetition(
        "a connection in the middle of a head",
        "client",
        (_ask(), _END, *_read(b"HTTP/1.1 200 " + _N)),
    ),
    Repetition(
        "a connection in the middle of a body",
        "client",
        (_ask(_CHUNKED), _DATA, *_read(_response(b"Content-Length: 8\r\n", b"a"))),
    ),
    Repetition(
        "a connection that receives nonsense", "client", (_ask(), *_read(_N + b"\x00\r\n\r\n"))
    ),
    Repetition("a connection that fails", "client", (_ask(_CHUNKED), _DATA, SendFailed())),
    Repetition(
        "a connection that is switched",
        "client",
        (_ask(method=b"CONNECT"), _END, *_read(_response()), Receive(_N), Drain()),
    ),
)

_POST = _request(b"Transfer-Encoding: chunked\r\n")
# More than all repetitions have together.
_LONG = (b"Content-Length", b"1000000")
_LONG_FIELD = b"%b: %b\r\n" % _LONG
_BAD = Send(EventSpec.of("EndOfMessage", headers=[(_N + b"\x00", b"")]))
CALLS = (
    Repetition("calls that are refused", "server", (NextEvent(), _CYCLE, _BAD)),
    Repetition(
        "parts of a message, received and sent",
        "server",
        (*_read(_CHUNK), _DATA),
        (*_read(_POST), _answer()),
    ),
    Repetition(
        "parts of a body of a stated length",
        "server",
        (*_read(_N), _DATA),
        (*_read(_request(_LONG_FIELD)), _answer(_LONG)),
    ),
    Repetition(
        "parts of a body that ends with the connection",
        "server",
        (_DATA,),
        (*_read(b"GET / HTTP/1.0\r\n\r\n"), _answer()),
    ),
    Repetition(
        "chunks that arrive with the beginning of the next one",
        "server",
        _read(_CHUNK[1:] + _CHUNK[:1]),
        (*_read(_POST), Receive(_CHUNK[:1])),
    ),
    Repetition("interim responses", "server", (_answer(status=103),), _read(_POST)),
    Repetition(
        "calls after an error",
        "server",
        (NextEvent(), _CYCLE, _DATA, SendFailed()),
        (*_read(b"\x00\r\n\r\n"), SendFailed()),
    ),
    Repetition("calls that are refused", "client", (NextEvent(), _CYCLE, _BAD)),
    Repetition(
        "parts of a message, received and sent",
        "client",
        (*_read(_CHUNK), _DATA),
        (_ask(_CHUNKED), *_read(_response(b"Transfer-Encoding: chunked\r\n"))),
    ),
    Repetition(
        "parts of a body of a stated length",
        "client",
        (*_read(_N), _DATA),
        (_ask(_LONG), *_read(_response(_LONG_FIELD))),
    ),
    Repetition(
        "parts of a body that ends with the connection",
        "client",
        _read(_N),
        (_ask(), _END, *_read(_response())),
    ),
    Repetition("interim responses", "client", _read(_response(status=103)), (_ask(_CHUNKED),)),
    Repetition(
        "calls after an error",
        "client",
        (NextEvent(), _CYCLE, _DATA, SendFailed()),
        (_ask(_CHUNKED), *_read(b"\x00\r\n\r\n"), SendFailed()),
    ),
)


def request(repetitions: Iterable[Repetition], counts: Iterable[int], *, fresh: bool) -> Json:
    """Returns the request to measure memory, as ``retention.live_memory`` reads it.

    Args:
        repetitions: are taken by turns.
        counts: after how many repetitions memory is measured.
        fresh: whether each repetition has a new connection.
    """
    parts = [each.to_json() for each in repetitions]
    return {"parts": parts, "counts": list(counts), "fresh": fresh}
