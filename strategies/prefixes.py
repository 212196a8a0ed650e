"""Fixed prefixes of conversations: complete cycles of a request and a response.

Owns their steps. They are fixed rather than drawn, since few drawn conversations complete a cycle,
and state that is left over from a cycle shows in the next one.
"""

from __future__ import annotations

from itertools import chain

from hypothesis import strategies as st

from .fields import Field
from .program import Drain, EventSpec, Receive, Send, StartNextCycle, Step

_END = Send(EventSpec("EndOfMessage"))


def _request(method: bytes, *fields: Field) -> Step:
    headers = [(b"Host", b"a"), *fields]
    return Send(EventSpec.of("Request", method=method, target=b"/", headers=headers))


def _response(*fields: Field) -> Step:
    return Send(EventSpec.of("Response", status_code=200, headers=list(fields)))


def _end(*data: bytes) -> tuple[Step, ...]:
    """The rest of a message that is sent."""
    return (*(Send(EventSpec.of("Data", data=content)) for content in data), _END)


_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
_HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
_PUT = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
_POST = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
_LENGTH = (b"Content-Length", b"3")
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_OK = b"HTTP/1.1 200 OK\r\n"
_CONTINUE = b"HTTP/1.1 100 \r\n\r\n"
# Cycles with messages of different forms; each differs from the two after it.
_CYCLES: dict[str, list[tuple[Step, ...]]] = {
    "server": [
        (Receive(_GET), Drain(), _response((b"Content-Length", b"0")), *_end(), StartNextCycle()),
        (
            *(Receive(_GET * 2), Drain(), _response(), *_end(b"abc"), StartNextCycle()),
            *(Drain(), _response((b"Content-Length", b"0")), *_end(), StartNextCycle()),
        ),
        (
            *(Receive(_POST), Drain(), Receive(b"3\r\nabc\r\n0\r\na: b\r\n\r\n"), Drain()),
            *(_response(_LENGTH), *_end(b"abc"), StartNextCycle()),
        ),
        (Receive(_HEAD), Drain(), _response(_LENGTH), *_end(b""), StartNextCycle()),
        (Receive(_PUT), Drain(), _response(_CHUNKED), *_end(b"abc"), StartNextCycle()),
    ],
    "client": [
        (
            *(_request(b"HEAD"), *_end(), Receive(_OK + b"Content-Length: 9\r\n\r\n"), Drain()),
            StartNextCycle(),
        ),
        (
            *(_request(b"GET"), *_end(b""), Receive(_OK + b"Content-Length: 3\r\n\r\nabc")),
            *(Drain(), StartNextCycle()),
        ),
        (
            *(_request(b"PUT", _LENGTH), *_end(b"abc")),
            *(Receive(_CONTINUE + b"HTTP/1.1 204 \r\n\r\n"), Drain(), StartNextCycle()),
        ),
        (
            *(_request(b"POST", _CHUNKED), *_end(b"abc")),
            Receive(_OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            *(Drain(), StartNextCycle()),
        ),
    ],
}


def _in_a_row(cycles: list[tuple[Step, ...]], *steps: int) -> list[tuple[Step, ...]]:
    """For each cycle, that cycle and those that follow it in the list at these distances."""
    return [
        tuple(chain.from_iterable(cycles[(at + step) % len(cycles)] for step in (0, *steps)))
        for at in range(len(cycles))
    ]


def _prefixes(cycles: list[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """Six in ten are empty; the others are one complete cycle, or two, or three."""
    longer = _in_a_row(cycles, 1) + _in_a_row(cycles, 2) + _in_a_row(cycles, 1, 2)
    some = cycles * 5 + longer
    return [()] * (len(some) * 3 // 2) + some


# All cycles, one after the other.
ALL_CYCLES = {role: tuple(chain.from_iterable(cycles)) for role, cycles in _CYCLES.items()}
PREFIXES = {role: st.sampled_from(_prefixes(cycles)) for role, cycles in _CYCLES.items()}
