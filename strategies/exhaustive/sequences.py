"""Every message form after every other one on one connection, and each form three times.

Owns the forms of messages, received and sent, and the ways to exchange them. What is wrong in the
second message of a connection is often what an implementation kept of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, product
from typing import NamedTuple, TypeVar

from ..program import (
    Drain,
    EventSpec,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    StartNextCycle,
    Step,
)

Steps = tuple[Step, ...]
_Form = TypeVar("_Form")
_END: Steps = (Send(EventSpec("EndOfMessage")),)
_TRAILERS: Steps = (Send(EventSpec.of("EndOfMessage", headers=[(b"x", b"y")])),)
_CONTINUE = Send(EventSpec.of("InformationalResponse", status_code=100, headers=[]))


class ReceivedMessage(NamedTuple):
    """A message that is received: its head, with any interim responses before it, and its body."""

    head: bytes
    body: bytes = b""


class SentMessage(NamedTuple):
    """A message that is sent: the steps up to its head, and those that follow."""

    head: Steps
    rest: Steps = _END


Exchange = tuple[ReceivedMessage, SentMessage]
# A way to exchange messages: the steps of each cycle.
Way = Callable[[Role, list[Exchange]], Iterator[Steps]]


def _data(*parts: bytes) -> Steps:
    return tuple(Send(EventSpec.of("Data", data=part)) for part in parts)


def _request(fields: bytes = b"", body: bytes = b"", method: bytes = b"GET") -> ReceivedMessage:
    return ReceivedMessage(b"%b / HTTP/1.1\r\nHost: a\r\n%b\r\n" % (method, fields), body)


def _response(fields: bytes = b"", body: bytes = b"", status: int = 200) -> ReceivedMessage:
    return ReceivedMessage(b"HTTP/1.1 %d \r\n%b\r\n" % (status, fields), body)


def _ask(*fields: tuple[bytes, bytes], rest: Steps = _END, method: bytes = b"GET") -> SentMessage:
    headers = [(b"Host", b"a"), *fields]
    return SentMessage(
        (Send(EventSpec.of("Request", method=method, target=b"/", headers=headers)),), rest
    )


def _answer(*fields: tuple[bytes, bytes], rest: Steps = _END, status: int = 200) -> SentMessage:
    return SentMessage((Send(EventSpec.of("Response", status_code=status, headers=fields)),), rest)


_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_TWO = b"Content-Length: 2\r\n"
_ENCODING = (b"Transfer-Encoding", b"chunked")
_LENGTH = (b"Content-Length", b"2")
_CLOSE = (b"Connection", b"close")
# No two are the same, so that one in the place of another shows.
_BODIES = (
    (_TWO, b"ab"),
    (b"Content-Length: 0\r\n", b""),
    (_CHUNKED, b"2\r\nbc\r\n0\r\n\r\n"),
    (_CHUNKED, b"2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"),
    (_CHUNKED, b"2\r\ngh\r\n0\r\nX: y\r\n\r\n"),
    (_CHUNKED, b"2;x=y\r\nij\r\n0;z\r\n\r\n"),
)

# What a server receives; the connection ends with each of the last ones.
REQUESTS_RECEIVED = (
    _request(),
    _request(method=b"HEAD"),
    *(_request(*body) for body in _BODIES),
    _request(b"Expect: 100-continue\r\n" + _TWO, b"kl"),
    _request(b"Expect: 100-continue\r\n" + _CHUNKED, b"2\r\nmn\r\n0\r\n\r\n"),
)
LAST_REQUESTS_RECEIVED = (
    ReceivedMessage(b"GET / HTTP/1.0\r\nContent-Length: 2\r\n\r\n", b"op"),
    _request(b"Connection: close\r\n" + _CHUNKED, b"0\r\n\r\n"),
    _request(b"\x00\r\n"),
    ReceivedMessage(b"\x16\x03\x01"),
)
# What a client receives.
RESPONSES_RECEIVED = (
    *(_response(*body) for body in _BODIES),
    _response(status=204),
    _response(_TWO, status=304),
    ReceivedMessage(b"HTTP/1.1 103 \r\n\r\nHTTP/1.1 200 \r\n" + _TWO + b"\r\n", b"kl"),
)
LAST_RESPONSES_RECEIVED = (
    _response(body=b"mn"),
    ReceivedMessage(b"HTTP/1.0 200 \r\nContent-Length: 2\r\n\r\n", b"op"),
    _response(b"Connection: close\r\n" + _CHUNKED, b"0\r\n\r\n"),
    _response(b"\x00\r\n"),
    ReceivedMessage(b"\x16\x03\x01"),
)
# What a client sends.
REQUESTS_SENT = (
    _ask(),
    _ask(method=b"HEAD"),
    _ask(_LENGTH, rest=_data(b"ab") + _END),
    _ask(_LENGTH, rest=_data(b"a", b"b") + _END),
    _ask((b"Content-Length", b"0")),
    _ask(_ENCODING, rest=_data(b"ab") + _END),
    _ask(_ENCODING, rest=_data(b"ab", b"", b"c") + _END),
    _ask(_ENCODING, rest=_data(b"ab") + _TRAILERS),
    _ask((b"Expect", b"100-continue"), _LENGTH, rest=_data(b"ab") + _END),
)
LAST_REQUESTS_SENT = (_ask(_CLOSE, _ENCODING),)
# What a server sends.
RESPONSES_SENT = (
    _answer(_LENGTH, rest=_data(b"ab") + _END),
    _answer(_LENGTH, rest=_data(b"a", b"b") + _END),
    _answer((b"Content-Length", b"0")),
    _answer(rest=_data(b"ab") + _END),
    _answer(_ENCODING, rest=_data(b"ab", b"", b"c") + _END),
    _answer(rest=_data(b"ab") + _TRAILERS),
    _answer(status=204),
    _answer(_LENGTH, status=304),
    SentMessage((_CONTINUE, *_answer().head), _data(b"ab") + _END),
)
LAST_RESPONSES_SENT = (_answer(_CLOSE, rest=_data(b"ab") + _END),)

# The messages of the other side, which take turns from cycle to cycle.
_POST = _request(_CHUNKED, b"1\r\na\r\n0\r\nX: y\r\n\r\n", b"POST")
REQUESTS_RECEIVED_MEANWHILE = ((_POST,), (_request(method=b"HEAD"), _request()))
REQUESTS_SENT_MEANWHILE = (
    (_ask(_ENCODING, rest=_data(b"a") + _TRAILERS),),
    (_ask(method=b"HEAD"), _ask()),
)
RESPONSES_RECEIVED_MEANWHILE = (
    (
        _response(_CHUNKED, b"2\r\nab\r\n0\r\nX: y\r\n\r\n"),
        ReceivedMessage(b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 \r\n" + _TWO + b"\r\n", b"ab"),
    ),
)
RESPONSES_SENT_MEANWHILE = (
    (_answer(rest=_data(b"ab") + _TRAILERS), _answer(_LENGTH, rest=_data(b"ab") + _END)),
)


def _read(data: bytes) -> Steps:
    return (Receive(data), Drain()) if data else ()


def _in_turn(role: Role, receiving: Steps, sent: SentMessage) -> Steps:
    """The steps of one cycle: a server receives before it responds, a client sends first."""
    sending = sent.head + sent.rest
    return receiving + sending if role == "server" else sending + receiving


def whole(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with each message received in one piece."""
    for received, sent in exchanges:
        yield _in_turn(role, _read(received.head + received.body), sent)


def together(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with all messages received in one piece, in the first cycle."""
    receiving = _read(b"".join(received.head + received.body for received, _ in exchanges))
    for _, sent in exchanges:
        yield _in_turn(role, receiving, sent)
        receiving = (Drain(),)


def half_closed(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with the end of input right after the last message, before it is read."""
    *before, (received, sent) = exchanges
    yield from whole(role, before)
    yield _in_turn(role, (Receive(received.head + received.body), ReceiveEOF(), Drain()), sent)


def apart(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with the heads of messages read before their bodies arrive."""
    for received, sent in exchanges:
        yield _in_turn(role, _read(received.head) + _read(received.body), sent)


def in_pieces(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with each head received in two pieces."""
    for received, sent in exchanges:
        middle = len(received.head) // 2
        first, second = received.head[:middle], received.head[middle:] + received.body
        yield _in_turn(role, _read(first) + _read(second), sent)


def early(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with each response complete before the body of its request."""
    for received, sent in exchanges:
        if role == "server":
            yield _read(received.head) + sent.head + sent.rest + _read(received.body)
        else:
            yield sent.head + _read(received.head + received.body) + sent.rest


def between(role: Role, exchanges: list[Exchange]) -> Iterator[Steps]:
    """Yields the cycles with the heads of both messages before either body.

    A server also sends a 100 (Continue) response.
    """
    for received, sent in exchanges:
        if role == "server":
            yield (*_read(received.head), _CONTINUE, *sent.head, *_read(received.body), *sent.rest)
        else:
            yield sent.head + _read(received.head) + sent.rest + _read(received.body)


WAYS: tuple[Way, ...] = (whole, together, half_closed, apart, in_pieces, early, between)


def _without_body(exchange: Exchange) -> Exchange:
    """A response to HEAD has no body, whatever its head says."""
    received, sent = exchange
    if received.head.startswith(b"HEAD"):
        return received, SentMessage(sent.head)
    if sent.head == _ask(method=b"HEAD").head:
        return ReceivedMessage(received.head), sent
    return exchange


def in_sequence(forms: Iterable[_Form], last: Iterable[_Form]) -> list[tuple[_Form, ...]]:
    """Returns each pair of forms, with ``last`` only at the end, and each form three times."""
    forms = tuple(forms)
    return [*product(forms, (*forms, *last)), *((form,) * 3 for form in forms)]


def _conversations(role: Role, conversations: Iterable[Iterable[Exchange]]) -> Iterator[Program]:
    """Yields each conversation in each way, but no program twice: some ways need a body."""
    programs: dict[Program, None] = {}
    for conversation in conversations:
        exchanges = [_without_body(exchange) for exchange in conversation]
        for way in WAYS:
            steps = [step for each in way(role, exchanges) for step in (*each, StartNextCycle())]
            programs[Program(role, (*steps, ReceiveEOF(), Drain()))] = None
    yield from programs


def turns(role: Role) -> Iterator[Program]:
    """Yields conversations of three cycles, in which each form of either side takes its turn.

    They are the base of sweeps that combine conversations with something else.
    """
    if role == "server":
        received, sent = (*REQUESTS_RECEIVED, *LAST_REQUESTS_RECEIVED), RESPONSES_SENT
    else:
        received, sent = (*RESPONSES_RECEIVED, *LAST_RESPONSES_RECEIVED), REQUESTS_SENT
    conversations = (
        [
            (received[(first + 2 * number) % len(received)], sent[(first + number) % len(sent)])
            for number in range(3)
        ]
        for first in range(max(len(received), len(sent)))
    )
    yield from _conversations(role, conversations)


def _receiving(
    role: Role,
    sequences: list[tuple[ReceivedMessage, ...]],
    meanwhile: tuple[tuple[SentMessage, ...], ...],
) -> Iterator[Program]:
    pairs = product(sequences, meanwhile)
    yield from _conversations(role, (zip(received, cycle(sent)) for received, sent in pairs))


def _sending(
    role: Role,
    sequences: list[tuple[SentMessage, ...]],
    meanwhile: tuple[tuple[ReceivedMessage, ...], ...],
) -> Iterator[Program]:
    pairs = product(sequences, meanwhile)
    yield from _conversations(role, (zip(cycle(received), sent) for sent, received in pairs))


def requests_received() -> Iterator[Program]:
    """Yields each sequence of requests, each way, with some responses."""
    sequences = in_sequence(REQUESTS_RECEIVED, LAST_REQUESTS_RECEIVED)
    yield from _receiving("server", sequences, RESPONSES_SENT_MEANWHILE)


def requests_sent() -> Iterator[Program]:
    """Yields each sequence of requests, each way, with some responses."""
    sequences = in_sequence(REQUESTS_SENT, LAST_REQUESTS_SENT)
    yield from _sending("client", sequences, RESPONSES_RECEIVED_MEANWHILE)


def responses_received() -> Iterator[Program]:
    """Yields each sequence of responses, each way, to some pairs of requests."""
    sequences = in_sequence(RESPONSES_RECEIVED, LAST_RESPONSES_RECEIVED)
    yield from _receiving("client", sequences, REQUESTS_SENT_MEANWHILE)


def responses_sent() -> Iterator[Program]:
    """Yields each sequence of responses, each way, to some pairs of requests."""
    sequences = in_sequence(RESPONSES_SENT, LAST_RESPONSES_SENT)
    yield from _sending("server", sequences, REQUESTS_RECEIVED_MEANWHILE)
