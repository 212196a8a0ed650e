"""The six events that are sent and received on a connection, as frozen value objects.

Owns what makes a single event well-formed. The state machine decides whether it may be sent now;
readers and writers know its form on the wire.
"""

from abc import ABC
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import LocalProtocolError
from .grammar import is_target, is_token
from .headers import Headers, as_bytes, count, normalise

BytesLike = bytes | bytearray | memoryview
Text = BytesLike | str  # of ASCII characters
Fields = Headers | Iterable[tuple[Text, Text]]
_E = TypeVar("_E", bound="Event")


class Event(ABC):  # noqa: B024  # h11's own base: a common name for isinstance, nothing to implement
    """What all events have in common: nothing but being one."""


def _set(event: Event, **fields: Any) -> None:
    # Frozen is meant for users; replacing the whole dictionary is the one door left open for us,
    # and it is the quickest way to fill an instance, too.
    object.__setattr__(event, "__dict__", fields)


def build(cls: type[_E], **fields: Any) -> _E:
    """Returns an event whose fields have been checked: what comes off the wire was parsed."""
    event = object.__new__(cls)
    object.__setattr__(event, "__dict__", fields)
    return event


@dataclass(init=False, frozen=True)
class Request(Event):
    """The head of a request (RFC 9112 section 3).

    ``http_version`` is taken as given; a connection refuses to send any but 1.1.

    Raises:
        LocalProtocolError: the method is not a token, the target has other than visible ASCII
            characters, there is more than one Host or, in HTTP/1.1, none (RFC 9112 section 3.2), or
            a field is invalid, as ``headers.normalise`` says.
        TypeError, ValueError: an argument cannot be read as bytes, or the fields are not pairs.
    """

    method: bytes
    headers: Headers
    target: bytes
    http_version: bytes

    __hash__ = None  # type: ignore[assignment]  # as h11 has it

    def __init__(
        self, *, method: Text, headers: Fields, target: Text, http_version: Text = b"1.1"
    ) -> None:
        headers = normalise(headers)
        method, target, version = as_bytes(method), as_bytes(target), as_bytes(http_version)
        check_host(headers, version)
        if not is_token(method):
            raise LocalProtocolError("Illegal method characters")
        if not is_target(target):
            raise LocalProtocolError("Illegal target characters")
        _set(self, method=method, headers=headers, target=target, http_version=version)


def check_host(headers: Headers, http_version: bytes) -> None:
    """Raises LocalProtocolError unless the Host fields are what RFC 9112 section 3.2 asks for."""
    hosts = count(headers, b"host")
    if hosts == 0 and http_version == b"1.1":
        raise LocalProtocolError("Missing mandatory Host: header")
    if hosts > 1:
        raise LocalProtocolError("Found multiple Host: headers")


@dataclass(init=False, frozen=True)
class _ResponseBase(Event):
    headers: Headers
    http_version: bytes
    reason: bytes
    status_code: int

    __hash__ = None  # type: ignore[assignment]  # as h11 has it

    def __init__(
        self, *, headers: Fields, status_code: int, http_version: Text = b"1.1", reason: Text = b""
    ) -> None:
        headers, reason, version = normalise(headers), as_bytes(reason), as_bytes(http_version)
        if not isinstance(status_code, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may
            raise LocalProtocolError("status code must be integer")
        # A plain int, whatever enumeration it came from (True among them).
        status_code = int(status_code)
        informational = isinstance(self, InformationalResponse)
        check_status(InformationalResponse if informational else Response, status_code)
        _set(self, headers=headers, http_version=version, reason=reason, status_code=status_code)


@dataclass(init=False, frozen=True)
class InformationalResponse(_ResponseBase):
    """An interim response, 1xx: any number of them come before the final one (RFC 9110 15.2).

    ``reason`` is not checked, and neither is ``http_version``.

    Raises:
        LocalProtocolError: the status code is not an int from 100 to 199, or a field is invalid.
        TypeError, ValueError: an argument cannot be read as bytes, or the fields are not pairs.
    """

    __hash__ = None


@dataclass(init=False, frozen=True)
class Response(_ResponseBase):
    """The head of a final response (RFC 9110 section 15).

    ``reason`` is not checked, and neither is ``http_version``.

    Raises:
        LocalProtocolError: the status code is not an int from 200 to 999, or a field is invalid.
        TypeError, ValueError: an argument cannot be read as bytes, or the fields are not pairs.
    """

    __hash__ = None


# RFC 9110 section 15: the classes of status codes, whatever of them is registered.
_STATUS_CODES = {InformationalResponse: range(100, 200), Response: range(200, 1000)}


def check_status(cls: type[InformationalResponse | Response], status_code: int) -> None:
    """Raises LocalProtocolError for a status code that belongs to the other kind of response."""
    codes = _STATUS_CODES[cls]
    if status_code not in codes:
        raise LocalProtocolError(
            f"{cls.__name__} status_code should be in range "
            f"[{codes.start}, {codes.stop}), not {status_code}"
        )


@dataclass(init=False, frozen=True)
class Data(Event):
    """A part of a body.

    ``data`` is any object when it goes to ``send_with_data_passthrough``, which only asks its
    length. ``chunk_start`` and ``chunk_end`` say where a received chunk begins and ends, of no
    consequence for the meaning (RFC 9112 section 7.1 calls it transfer coding, not message).
    """

    data: BytesLike
    chunk_start: bool
    chunk_end: bool

    __hash__ = None  # type: ignore[assignment]  # as h11 has it

    def __init__(self, data: BytesLike, chunk_start: bool = False, chunk_end: bool = False) -> None:
        _set(self, data=data, chunk_start=chunk_start, chunk_end=chunk_end)


@dataclass(init=False, frozen=True)
class EndOfMessage(Event):
    """The end of a message, with its trailer fields if it was chunked (RFC 9112 section 7.1.2).

    Raises:
        LocalProtocolError, TypeError, ValueError: a field is invalid, as ``headers.normalise``
        says.
    """

    headers: Headers

    __hash__ = None  # type: ignore[assignment]  # as h11 has it

    def __init__(self, *, headers: Fields | None = None) -> None:
        _set(self, headers=normalise(() if headers is None else headers))


@dataclass(frozen=True)
class ConnectionClosed(Event):
    """No further bytes come from this side: it has closed, or half-closed, its end."""
