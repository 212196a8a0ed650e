"""The input symbols of conversations: whole heads, pieces of a body, and bare calls.

Each head has two forms: an event for `send`, and the bytes that a peer would write.
One byte of body is enough for every framing, so a `Content-Length` is always 1 or 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Literal

from .machine import Meaning, Role

# What the sender of a head still has to send: nothing, one byte, or any number of bytes.
Owed = Literal["nothing", "one byte", "chunks", "bytes until eof"]
Field = tuple[str, str]

HOST = ("Host", "a")
CLOSE = ("Connection", "close")
UPGRADE = ("Upgrade", "b")
CHUNKED = ("Transfer-Encoding", "chunked")
ONE_BYTE = ("Content-Length", "1")
EMPTY = ("Content-Length", "0")


@dataclass(frozen=True)
class Head:
    """The head of one message; it is a request if it has a method."""

    name: str
    fields: tuple[Field, ...]
    owed: Owed = "nothing"
    method: str = ""
    status: int = 0
    version: str = "1.1"

    @cached_property
    def meaning(self) -> Meaning:
        kind = "Request" if self.method else "Response"
        words = {"CONNECT": self.method == "CONNECT", "UPGRADE": UPGRADE in self.fields}
        return Meaning(
            kind="InformationalResponse" if 0 < self.status < 200 else kind,
            status=self.status,
            proposes=frozenset(word for word, sent in words.items() if sent),
            closes=CLOSE in self.fields or self.version < "1.1",
        )

    def event(self, h11: ModuleType) -> Any:
        """The event that says this; of an untyped module."""
        if self.method:
            what: dict[str, object] = {"method": self.method, "target": "/"}
        else:
            what = {"status_code": self.status}
        make = getattr(h11, self.meaning.kind)
        return make(headers=list(self.fields), http_version=self.version, **what)

    @property
    def wire(self) -> bytes:
        version = f"HTTP/{self.version}"
        first = f"{self.method} / {version}" if self.method else f"{version} {self.status} ok"
        lines = [first, *(f"{name}: {value}" for name, value in self.fields), "", ""]
        return "\r\n".join(lines).encode("ascii")


@dataclass(frozen=True)
class Bare:
    """An event that is not a head; data is always one byte."""

    name: str
    kind: Literal["Data", "EndOfMessage", "ConnectionClosed"]

    @cached_property
    def meaning(self) -> Meaning:
        return Meaning(self.kind)

    def event(self, h11: ModuleType) -> Any:
        """The event that says this; of an untyped module."""
        return h11.Data(data=b"x") if self.kind == "Data" else getattr(h11, self.kind)()


Input = Head | Literal["piece", "end", "garbage"]


@dataclass(frozen=True)
class Send:
    sent: Head | Bare


@dataclass(frozen=True)
class Receive:
    """Bytes from the peer, and their meaning; no bytes mean the end of input."""

    wire: bytes
    what: Input | None = None


@dataclass(frozen=True)
class Call:
    method: Literal["next_event", "send_failed", "start_next_cycle"]


Symbol = Send | Receive | Call

# Only after these may one more event follow without new input.
MORE_MAY_FOLLOW = ("Request", "InformationalResponse", "Response", "Data", "EndOfMessage")

HEADS: dict[Role, tuple[Head, ...]] = {
    "client": (
        Head("get", (HOST,), method="GET"),
        Head("get 1.0", (HOST,), method="GET", version="1.0"),
        Head("get, close", (HOST, CLOSE), method="GET"),
        Head("post one byte", (HOST, ONE_BYTE), "one byte", method="POST"),
        Head("post chunks", (HOST, CHUNKED), "chunks", method="POST"),
        Head("post with upgrade", (HOST, UPGRADE, ONE_BYTE), "one byte", method="POST"),
        Head("connect", (HOST,), method="CONNECT"),
        Head("connect, close", (HOST, CLOSE), method="CONNECT"),
        Head("connect with upgrade", (HOST, UPGRADE), method="CONNECT"),
    ),
    "server": (
        Head("100", (), status=100),
        Head("101", (), status=101),
        Head("200 one byte", (ONE_BYTE,), "one byte", status=200),
        Head("200 chunks", (CHUNKED,), "chunks", status=200),
        Head("200 until eof", (), "bytes until eof", status=200),
        Head("200 1.0", (EMPTY,), status=200, version="1.0"),
        Head("204", (), status=204),
        Head("404", (EMPTY,), status=404),
        Head("404, close", (EMPTY, CLOSE), status=404),
    ),
}
# The head that represents everything that arrives too early to be parsed.
SURPLUS = {"client": "receive get", "server": "receive 404"}

_ANY_HEAD = (*HEADS["client"], *HEADS["server"])
_EVENTS: tuple[Head | Bare, ...] = (
    *_ANY_HEAD,
    Bare("data", "Data"),
    Bare("end", "EndOfMessage"),
    Bare("close", "ConnectionClosed"),
)

SENDS: dict[str, Symbol] = {f"send {sent.name}": Send(sent) for sent in _EVENTS}
CALLS: dict[str, Symbol] = {
    "take events": Call("next_event"),
    "send failed": Call("send_failed"),
    "next cycle": Call("start_next_cycle"),
}
RECEIVES: dict[str, Symbol] = {
    **{f"receive {head.name}": Receive(head.wire, head) for head in _ANY_HEAD},
    "receive byte": Receive(b"x", "piece"),
    "receive chunk": Receive(b"1\r\nx\r\n", "piece"),
    "receive last chunk": Receive(b"0\r\n\r\n", "end"),
    "receive garbage": Receive(b"\x00\r\n\r\n", "garbage"),
    "receive eof": Receive(b""),
}
SYMBOLS = {**SENDS, **CALLS, **RECEIVES}
