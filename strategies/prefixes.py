"""Fixed prefixes of conversations: complete cycles of a request and a response.

Owns their steps. They are fixed rather than drawn, since few drawn conversations complete a cycle,
and state that is left over from a cycle shows in the next one.
"""

from __future__ import annotations

from hypothesis import strategies as st

from .fields import Field
from .program import Drain, EventSpec, Receive, Send, StartNextCycle, Step

_END = Send(EventSpec("EndOfMessage"))


def _request(method: bytes, *fields: Field) -> Step:
    headers = [(b"Host", b"a"), *fields]
    return Send(EventSpec.of("Request", method=method, target=b"/", headers=headers))


def _response(*fields: Field) -> Step:
    return Send(EventSpec.of("Response", status_code=200, headers=list(fields)))


_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
_DATA = Send(EventSpec.of("Data", data=b"abc"))
_CYCLES: dict[str, list[tuple[Step, ...]]] = {
    "server": [
        (Receive(_GET), Drain(), _response((b"Content-Length", b"0")), _END, StartNextCycle()),
        (Receive(_GET * 2), Drain(), _response(), _DATA, _END, StartNextCycle(), Drain()),
        (
            *(Receive(_POST), Drain(), Receive(b"3\r\nabc\r\n0\r\na: b\r\n\r\n"), Drain()),
            *(_response((b"Content-Length", b"3")), _DATA, _END, StartNextCycle()),
        ),
    ],
    "client": [
        (
            *(_request(b"HEAD"), _END, Receive(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")),
            *(Drain(), StartNextCycle()),
        ),
        (
            *(_request(b"POST", (b"Transfer-Encoding", b"chunked")), _DATA, _END),
            Receive(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            *(Drain(), StartNextCycle()),
        ),
    ],
}
# No prefix, or a complete cycle or two.
PREFIXES = {
    role: st.sampled_from([()] * 6 + cycles + [cycles[0] + cycles[-1]])
    for role, cycles in _CYCLES.items()
}
