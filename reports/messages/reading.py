"""The messages that one side makes of the bytes it reads, from the events of its trace.

Owns what a message boundary is: where messages and their bodies begin and end, which fields say so,
what is left over, and what follows a refusal. It must not know which differences are risks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...strategies.program import Json, is_list, is_object

HEADS = ("Request", "InformationalResponse", "Response")
_FRAMING = ("content-length", "transfer-encoding")


@dataclass
class Message:
    """One message that was read.

    ``framing`` has the fields that determine its length, as names and values that compare equal
    where they mean the same. ``chunk_ends`` are the lengths of the body at which a chunk ended.
    """

    kind: str
    bodiless: bool
    connect: bool
    closes: bool
    framing: tuple[Any, ...]
    body: str = ""
    chunk_ends: set[int] = field(default_factory=set[int])
    ended: bool = False


@dataclass
class Reading:
    """What one side has made of the bytes it read.

    ``refused`` says that reading raised, ``read_on`` that a message, or a part of one, was read
    after that. ``left`` is the number of unread bytes, or None where that cannot be seen.
    """

    messages: list[Message] = field(default_factory=list[Message])
    refused: bool = False
    read_on: bool = False
    left: int | None = None

    @property
    def between_messages(self) -> bool:
        """Whether the last message has been read to its end."""
        return bool(self.messages) and self.messages[-1].ended

    @property
    def in_body(self) -> bool:
        """Whether the body of a message is being read."""
        return bool(self.messages) and not self.messages[-1].ended

    @property
    def until_close(self) -> bool:
        """Whether the last message is a response whose body ends with the connection."""
        last = self.messages[-1] if self.messages else None
        return last is not None and last.kind == "Response" and last.framing == (False,)

    @property
    def final_responses(self) -> int:
        """The number of final responses that were read."""
        return sum(message.kind == "Response" for message in self.messages)


def reading(trace: Sequence[Json], methods: Sequence[str]) -> Reading:
    """Returns what a side made of the bytes it read in a trace.

    Args:
        trace: the observations, in their JSON form.
        methods: those of the requests that the side sent, which the responses answer.
    """
    made = Reading()
    for observation in trace:
        for event in observation.get("events", ()):
            _add(made, event, methods)
        raised = observation.get("raised")
        if raised is not None and raised["by"] in ("next", "receive"):
            made.refused = True
    if trace:
        trailing = trace[-1].get("trailing")
        made.left = octets(trailing[0]) if is_list(trailing) and trailing else None
    return made


def octets(value: Any) -> int | None:
    """Returns the number of bytes in a value of a trace, or None if it has none."""
    content = plain(value)
    return len(content) if isinstance(content, str) else None


def plain(value: Any) -> Any:
    """Returns a value of a trace without the type of its bytes."""
    if is_object(value) and len(value) == 1:
        [value] = value.values()
    return value


def _add(made: Reading, event: Json, methods: Sequence[str]) -> None:
    kind = event["type"]
    if kind in HEADS:
        answered = made.final_responses
        method = methods[answered] if answered < len(methods) else ""
        made.messages.append(_message(event, method))
    elif kind == "Data" and made.messages:
        last = made.messages[-1]
        content = plain(event.get("data"))
        last.body += content if isinstance(content, str) else ""
        if event.get("chunk_end") is True:
            last.chunk_ends.add(len(last.body))
    elif kind == "EndOfMessage" and made.messages:
        made.messages[-1].ended = True
    if made.refused and kind in (*HEADS, "Data", "EndOfMessage"):
        made.read_on = True


def _message(event: Json, method: str) -> Message:
    kind = event["type"]
    if kind == "Request":
        method = str(plain(event.get("method")))
        bodiless = False
    else:
        status = event.get("status_code")
        bodiless = method == "HEAD" or status in (204, 304) or kind == "InformationalResponse"
    connect = method == "CONNECT"
    head = kind == "Request" and method == "HEAD"
    fields = [
        (str(plain(name)).lower(), str(plain(value)).lower())
        for name, value in _pairs(event.get("headers"))
    ]
    options = ",".join(value for name, value in fields if name == "connection")
    closes = "close" in map(str.strip, options.split(",")) or event.get("http_version") == "1.0"
    framing = (head, *_framing(fields)) if not bodiless else ()
    ended = kind == "InformationalResponse"
    return Message(kind, bodiless, connect, closes, framing, ended=ended)


def _pairs(headers: Any) -> Iterable[tuple[Any, Any]]:
    pairs = headers if is_list(headers) else []
    return [(pair[0], pair[1]) for pair in pairs if is_list(pair) and len(pair) == 2]


def _framing(fields: Iterable[tuple[str, str]]) -> Iterable[Any]:
    """The framing fields of a head; the same number in different digits is the same length."""
    found: set[tuple[str, str]] = set()
    for name, value in fields:
        if name in _FRAMING:
            for item in map(str.strip, value.split(",")):
                number = item.isascii() and item.isdecimal() and name == "content-length"
                found.add((name, item.lstrip("0") or "0" if number else item))
    return sorted(found)
