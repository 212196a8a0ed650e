"""What is handed out stays as it is, and what is handed in belongs to the caller.

Owns where a caller changes what it passed or what it was given, where it looks again at everything,
and the events with fields that it sends before that. An implementation that shares its own buffers
and tables, or that works on the caller's, is found here only: in other sweeps no caller changes
them, or looks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product

from ..call_styles import with_changed_argument
from ..program import (
    Again,
    Change,
    Drain,
    EventSpec,
    Program,
    Receive,
    Role,
    Send,
    SendFailed,
    Step,
    Typed,
)
from .sequences import turns

Steps = tuple[Step, ...]
Field = tuple[bytes, bytes]

ROLES: tuple[Role, ...] = ("server", "client")
# The types of buffers that a caller can change once they were handed in.
BUFFERS = ("bytearray", "memoryview_of_bytearray")
# The types of lists of fields, and those of names and values.
LISTS = ("list", "tuple", "iterator")
FORMS = ("bytes", "text", "bytearray", "memoryview")


def _received(start: bytes, *lines: bytes) -> Steps:
    return Receive(b"\r\n".join((start, *lines, b"", b""))), Drain()


_HOST = (b"Host", b"a")
_OTHER = (b"b", b"c")
_LENGTH = (b"Content-Length", b"2")
_CODED = (b"Transfer-Encoding", b"CHUNKED")
_OPTIONS = (b"Connection", b"Keep-Alive, x")
_GET = b"GET / HTTP/1.1"
_POST = EventSpec.of("Request", method=b"POST", target=b"/")
_OK = EventSpec.of("Response", status_code=200)
_CHUNKED_HEAD = Send(EventSpec.of("Request", method=b"POST", target=b"/", headers=[_HOST, _CODED]))
_CHUNKED_RESPONSE = Send(EventSpec.of("Response", status_code=200, headers=[]))
# Events with fields: the role and the steps before, the event without its fields, and these.
EVENTS: tuple[tuple[Role, Steps, EventSpec, tuple[Field, ...]], ...] = (
    ("client", (), _POST, (_HOST, _OTHER, _LENGTH, _OPTIONS)),
    ("client", (), _POST, (_HOST, (b"Expect", b"100-Continue"), _CODED, (b"Upgrade", b"d"))),
    *(
        ("server", before, _OK, (_HOST, *framing, _OPTIONS))
        for before in (
            _received(_GET, b"Host: a"),
            _received(_GET, b"Host: a", b"Connection: close"),
            _received(b"GET / HTTP/1.0"),
        )
        for framing in ((_OTHER, _LENGTH), (_LENGTH, _CODED))
    ),
    ("server", _received(b"HEAD / HTTP/1.0"), _OK, (_HOST, _OTHER, _OPTIONS)),
    (
        "server",
        _received(_GET, b"Host: a", b"Upgrade: d"),
        EventSpec.of("InformationalResponse", status_code=101),
        (_HOST, _OTHER, (b"Upgrade", b"d"), (b"Connection", b"Upgrade")),
    ),
    ("client", (_CHUNKED_HEAD,), EventSpec("EndOfMessage"), (_HOST, _OTHER, (b"D", b""))),
    (
        "server",
        (*_received(_GET, b"Host: a"), _CHUNKED_RESPONSE),
        EventSpec("EndOfMessage"),
        (_HOST, _OTHER, (b"D", b"")),
    ),
)


def results() -> Iterator[Program]:
    """Yields conversations after which the caller looks again at everything it was given.

    First it hands in bytearrays, which it must find as they were. Each is also yielded with data
    that is passed through, and with a caller that changes what it was given after every step.
    """
    for role in ROLES:
        for program in turns(role):
            given = (next(with_changed_argument(step, BUFFERS[0])) for step in program.steps)
            yield program.with_steps((*given, Again()))
            passed = (passed_through(step) for step in program.steps)
            yield program.with_steps((*passed, Again()))
            changed = (each for step in program.steps for each in (step, Change("results")))
            yield program.with_steps((*changed, Again()))


def passed_through(step: Step) -> Step:
    """Returns the step with its data passed through, if it sends."""
    return replace(step, passthrough=True) if isinstance(step, Send) else step


def arguments() -> Iterator[Program]:
    """Yields conversations with a caller that changes each buffer and list after handing it in.

    Each is yielded with each type of buffer. At the end the caller looks again at what it was
    given.
    """
    for role in ROLES:
        for program in turns(role):
            for kind in BUFFERS:
                steps = (
                    each for step in program.steps for each in with_changed_argument(step, kind)
                )
                yield program.with_steps((*steps, Again()))


def events_sent() -> Iterator[Program]:
    """Yields events with their fields in each order, which are sent or refused.

    Then their message is completed, and the caller looks again at the events: Host comes first on
    the wire, and the framing of a response is corrected there, but in no event of the caller. Each
    is also yielded with its fields in each form that may be passed.
    """
    for role, before, spec, fields in EVENTS:
        for order in permutations(fields):
            yield _sent(role, before, _with_fields(spec, order))
        backwards = fields[::-1]
        for kind, form in product(LISTS, FORMS):
            pairs = tuple(tuple(_in_form(part, form) for part in field) for field in backwards)
            headers = pairs if kind == "list" else Typed(kind, pairs)
            yield _sent(role, before, _with_fields(spec, headers), passthrough=True)
        yield _sent(role, (*before, SendFailed()), _with_fields(spec, backwards))


def _with_fields(spec: EventSpec, headers: object) -> EventSpec:
    return replace(spec, arguments=(*spec.arguments, ("headers", headers)))


def _in_form(value: bytes, form: str) -> object:
    return value if form == "bytes" else Typed(form, value.decode("latin-1"))


def _sent(role: Role, before: Steps, spec: EventSpec, *, passthrough: bool = False) -> Program:
    rest = (Send(EventSpec.of("Data", data=b"ab")), Send(EventSpec("EndOfMessage")), Again())
    return Program(role, (*before, Send(spec, passthrough), *rest))
