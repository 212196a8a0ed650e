"""How a conversation may have begun: complete cycles, the same ones each time.

Owns their steps. They are given rather than drawn: what is left of a cycle shows in the next one,
and few conversations would get that far.
"""

from __future__ import annotations

from hypothesis import strategies as st

from .fields import Field
from .programs import Drain, EventSpec, Receive, Send, StartNextCycle, Step

_END = Send(EventSpec("EndOfMessage"))


def _asking(method: bytes, *fields: Field) -> Step:
    headers = [(b"Host", b"a"), *fields]
    return Send(EventSpec.of("Request", method=method, target=b"/", headers=headers))


def _answering(*fields: Field) -> Step:
    return Send(EventSpec.of("Response", status_code=200, headers=list(fields)))


# What came before: nothing, or a complete cycle or two, so that what is left of a cycle can show.
_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
_DATA = Send(EventSpec.of("Data", data=b"abc"))
_EARLIER: dict[str, list[tuple[Step, ...]]] = {
    "server": [
        (Receive(_GET), Drain(), _answering((b"Content-Length", b"0")), _END, StartNextCycle()),
        (Receive(_GET * 2), Drain(), _answering(), _DATA, _END, StartNextCycle(), Drain()),
        (
            *(Receive(_POST), Drain(), Receive(b"3\r\nabc\r\n0\r\na: b\r\n\r\n"), Drain()),
            *(_answering((b"Content-Length", b"3")), _DATA, _END, StartNextCycle()),
        ),
    ],
    "client": [
        (
            *(_asking(b"HEAD"), _END, Receive(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")),
            *(Drain(), StartNextCycle()),
        ),
        (
            *(_asking(b"POST", (b"Transfer-Encoding", b"chunked")), _DATA, _END),
            Receive(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            *(Drain(), StartNextCycle()),
        ),
    ],
}
BEGINNINGS = {
    role: st.sampled_from([()] * 6 + earlier + [earlier[0] + earlier[-1]])
    for role, earlier in _EARLIER.items()
}
