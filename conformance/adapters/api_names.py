"""The names of the h11 API as plain objects, for adapters to export.

Owns sentinels, exceptions, and events that store their arguments unchanged. It must not know any
rule of HTTP, nor any implementation, which alone decides what is valid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

__all__ = [
    "CLIENT",
    "CLOSED",
    "DONE",
    "ERROR",
    "IDLE",
    "MIGHT_SWITCH_PROTOCOL",
    "MUST_CLOSE",
    "NEED_DATA",
    "PAUSED",
    "SEND_BODY",
    "SEND_RESPONSE",
    "SERVER",
    "SWITCHED_PROTOCOL",
    "ConnectionClosed",
    "Data",
    "EndOfMessage",
    "Event",
    "Headers",
    "InformationalResponse",
    "LocalProtocolError",
    "ProtocolError",
    "RemoteProtocolError",
    "Request",
    "Response",
    "Sentinel",
]
Field = tuple[bytes, bytes]


class Sentinel(type):
    """A constant that is its own type, so that ``type(event)`` works for constants and events."""

    def __repr__(cls) -> str:
        return cls.__name__


def _sentinel(name: str) -> Sentinel:
    sentinel = Sentinel(name, (Sentinel,), {})
    # Only a subclass of ``type`` can become its own class.
    sentinel.__class__ = sentinel  # type: ignore[assignment]  # its own type
    return sentinel


CLIENT = _sentinel("CLIENT")
SERVER = _sentinel("SERVER")

IDLE = _sentinel("IDLE")
SEND_RESPONSE = _sentinel("SEND_RESPONSE")
SEND_BODY = _sentinel("SEND_BODY")
DONE = _sentinel("DONE")
MUST_CLOSE = _sentinel("MUST_CLOSE")
CLOSED = _sentinel("CLOSED")
ERROR = _sentinel("ERROR")
MIGHT_SWITCH_PROTOCOL = _sentinel("MIGHT_SWITCH_PROTOCOL")
SWITCHED_PROTOCOL = _sentinel("SWITCHED_PROTOCOL")

NEED_DATA = _sentinel("NEED_DATA")
PAUSED = _sentinel("PAUSED")


class ProtocolError(Exception):
    """The base class of the two protocol errors.

    ``error_status_hint`` is 400, the default in h11's documentation, unless the implementation
    suggests another status code.
    """

    def __init__(self, message: str, error_status_hint: int = 400) -> None:
        super().__init__(message)
        self.error_status_hint = error_status_hint


class LocalProtocolError(ProtocolError):
    """The caller violated HTTP/1.1."""


class RemoteProtocolError(ProtocolError):
    """The peer violated HTTP/1.1."""


class Headers(Sequence[Field]):
    """Received fields, with their names in lower case; ``raw_items`` has them as received."""

    def __init__(self, raw_items: Sequence[Field]) -> None:
        self._raw_items = list(raw_items)
        self._items = [(name.lower(), value) for name, value in raw_items]

    @overload
    def __getitem__(self, index: int) -> Field: ...
    @overload
    def __getitem__(self, index: slice) -> Headers: ...
    def __getitem__(self, index: int | slice) -> Field | Headers:
        return self._items[index] if isinstance(index, int) else Headers(self._raw_items[index])

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Field]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Headers) else other)

    def __repr__(self) -> str:
        return f"<Headers({self._items!r})>"

    __hash__ = None  # type: ignore[assignment]  # as it is equal to lists, which are unhashable

    def raw_items(self) -> list[Field]:
        """Returns the fields with their names as received."""
        return list(self._raw_items)


class Event:
    """The base class of the events."""


@dataclass(frozen=True, kw_only=True)
class Request(Event):
    """The head of a request; the arguments are stored unchanged."""

    method: Any
    headers: Any
    target: Any
    http_version: Any = b"1.1"


@dataclass(frozen=True, kw_only=True)
class _ResponseBase(Event):
    headers: Any
    http_version: Any = b"1.1"
    reason: Any = b""
    status_code: Any


class InformationalResponse(_ResponseBase):
    """The head of an interim response; the arguments are stored unchanged."""


class Response(_ResponseBase):
    """The head of a final response; the arguments are stored unchanged."""


@dataclass(frozen=True)
class Data(Event):
    """A part of a body; ``data`` is stored as the same object."""

    data: Any
    chunk_start: Any = False
    chunk_end: Any = False


@dataclass(frozen=True, kw_only=True)
class EndOfMessage(Event):
    """The end of a message, with its trailers; None means no trailers."""

    headers: Any = None


@dataclass(frozen=True)
class ConnectionClosed(Event):
    """The end of everything that one role sends."""
