"""h11r (a Rust core with its own API) under the names of the h11 API.

Owns the translation, and the list of what cannot be translated. It must not know any rule of HTTP:
h11r alone decides what is valid and what follows, so that a run shows each difference from h11.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import h11r

from . import Inapplicable
from .api_names import (
    CLIENT,
    CLOSED,
    DONE,
    ERROR,
    IDLE,
    MIGHT_SWITCH_PROTOCOL,
    MUST_CLOSE,
    NEED_DATA,
    PAUSED,
    SEND_BODY,
    SEND_RESPONSE,
    SERVER,
    SWITCHED_PROTOCOL,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Event,
    Headers,
    InformationalResponse,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
    Request,
    Response,
    Sentinel,
)

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
    "Connection",
    "ConnectionClosed",
    "Data",
    "EndOfMessage",
    "Event",
    "Inapplicable",
    "InformationalResponse",
    "LocalProtocolError",
    "ProtocolError",
    "RemoteProtocolError",
    "Request",
    "Response",
]
__version__ = h11r.__version__
# The module whose version a run shows, as this one is part of h11spec.
ADAPTS = h11r

# Pairs, because h11r's constants are unhashable.
_STATES = (
    (h11r.State.IDLE, IDLE),
    (h11r.State.SEND_RESPONSE, SEND_RESPONSE),
    (h11r.State.SEND_BODY, SEND_BODY),
    (h11r.State.DONE, DONE),
    (h11r.State.MUST_CLOSE, MUST_CLOSE),
    (h11r.State.CLOSED, CLOSED),
    (h11r.State.ERROR, ERROR),
    (h11r.State.MIGHT_SWITCH_PROTOCOL, MIGHT_SWITCH_PROTOCOL),
    (h11r.State.SWITCHED_PROTOCOL, SWITCHED_PROTOCOL),
)


class Connection:
    """A connection of h11r.

    Args:
        our_role: CLIENT or SERVER.
        max_incomplete_event_size: h11r's ``max_head_bytes``, which limits its buffer; None for its
            own default.

    Raises:
        Inapplicable: a limit of 0 bytes.
        ValueError: another role.
    """

    def __init__(self, our_role: Sentinel, max_incomplete_event_size: int | None = None) -> None:
        if our_role is not CLIENT and our_role is not SERVER:
            raise ValueError(f"expected CLIENT or SERVER, not {our_role!r}")
        if max_incomplete_event_size == 0:
            raise Inapplicable("h11r's limit begins at 1 byte")
        role = h11r.Role.CLIENT if our_role is CLIENT else h11r.Role.SERVER
        self.our_role = our_role
        self.their_role = SERVER if our_role is CLIENT else CLIENT
        self._connection = (
            h11r.Connection(role)
            if max_incomplete_event_size is None
            else h11r.Connection(role, max_head_bytes=max_incomplete_event_size)
        )

    @property
    def our_state(self) -> Sentinel:
        """The state of our role."""
        return _state(self._connection.local_state)

    @property
    def their_state(self) -> Sentinel:
        """The state of the peer's role."""
        return _state(self._connection.peer_state)

    @property
    def states(self) -> dict[Sentinel, Sentinel]:
        """The state of each role."""
        return {self.our_role: self.our_state, self.their_role: self.their_state}

    @property
    def their_http_version(self) -> bytes | None:
        """The HTTP version of the peer's last message."""
        return self._connection.peer_http_version

    @property
    def client_is_waiting_for_100_continue(self) -> bool:
        """Whether the client withholds its body until the server sends 100 (Continue)."""
        return self._connection.client_is_waiting_for_100_continue

    @property
    def they_are_waiting_for_100_continue(self) -> bool:
        """Whether the peer is a client that withholds its body."""
        return self.their_role is CLIENT and self.client_is_waiting_for_100_continue

    @property
    def trailing_data(self) -> tuple[bytes, bool]:
        """The received bytes that are unread, and whether the end of input follows them."""
        return self._connection.trailing_data

    def receive_data(self, data: Any) -> None:
        """Receives bytes from the peer; b"" for the end of input."""
        with _errors():
            self._connection.receive_data(data)

    def next_event(self) -> Event | Sentinel:
        """Returns the next event of the peer, NEED_DATA or PAUSED."""
        with _errors():
            event = self._connection.next_event()
        return _event(event)

    def send(self, event: Event) -> bytes | None:
        """Returns the bytes to send for ``event``; None for a ConnectionClosed."""
        connection = self._connection
        with _errors():
            match event:
                case Request():
                    return connection.send_request(
                        event.method,
                        event.target,
                        _fields(event.headers),
                        http_version=event.http_version,
                    )
                case InformationalResponse():
                    return connection.send_informational_response(
                        event.status_code,
                        _fields(event.headers),
                        reason=event.reason,
                        http_version=event.http_version,
                    )
                case Response():
                    return connection.send_response(
                        event.status_code,
                        _fields(event.headers),
                        reason=event.reason,
                        http_version=event.http_version,
                    )
                case Data():
                    return connection.send_data(event.data)
                case EndOfMessage():
                    return connection.end_of_message(_fields(event.headers))
                case ConnectionClosed():
                    connection.close()
                    return None
                case _:
                    raise Inapplicable(
                        "h11r has a method for each event, and none for other objects"
                    )

    def send_with_data_passthrough(self, event: Event) -> list[Any] | None:
        """Returns the same bytes in parts: the lines of a head, and ``event.data`` itself."""
        if isinstance(event, Data):
            with _errors():
                before, _, after = self._connection.send_data_parts(_sized(event.data))
            return [*([before] if before else []), event.data, *([after] if after else [])]
        sent = self.send(event)
        return None if sent is None else [line + b"\r\n" for line in sent.split(b"\r\n")[:-1]]

    def send_failed(self) -> None:
        """Raises Inapplicable."""
        raise Inapplicable("h11r has no method to report that sending failed")

    def start_next_cycle(self) -> None:
        """Makes the connection ready for the next request."""
        with _errors():
            self._connection.start_next_cycle()


@contextmanager
def _errors() -> Generator[None]:
    """Translates h11r's two protocol errors into those of h11; other exceptions pass through."""
    try:
        yield
    except h11r.LocalProtocolError as error:
        raise LocalProtocolError(str(error)) from error
    except h11r.RemoteProtocolError as error:
        if error.suggested_status_code is None:
            raise RemoteProtocolError(str(error)) from error
        raise RemoteProtocolError(str(error), error.suggested_status_code) from error


def _state(state: h11r.State) -> Sentinel:
    return next(name for known, name in _STATES if known == state)


def _fields(headers: Any) -> Any:
    """The fields to send; those of a received event keep the case of their names."""
    return headers.raw_items() if isinstance(headers, Headers) else headers


class _Sized:
    """Data that has only a length: h11 takes it from ``len``, h11r from ``nbytes``."""

    def __init__(self, data: Any) -> None:
        self.nbytes = len(data)


def _sized(data: Any) -> Any:
    try:
        memoryview(data)
    except TypeError:
        return _Sized(data)
    return data


def _event(
    event: h11r.ReceiveStatus
    | h11r.Request
    | h11r.InformationalResponse
    | h11r.Response
    | h11r.Data
    | h11r.EndOfMessage
    | h11r.ConnectionClosed,
) -> Event | Sentinel:
    match event:
        case h11r.ReceiveStatus():
            return PAUSED if event == h11r.ReceiveStatus.PAUSED else NEED_DATA
        case h11r.Request():
            return Request(
                method=event.method,
                target=event.target,
                headers=Headers(event.headers),
                http_version=event.http_version,
            )
        case h11r.InformationalResponse() | h11r.Response():
            made = Response if isinstance(event, h11r.Response) else InformationalResponse
            return made(
                status_code=event.status_code,
                reason=event.reason,
                headers=Headers(event.headers),
                http_version=event.http_version,
            )
        case h11r.Data():
            return Data(event.data, event.chunk_start, event.chunk_end)
        case h11r.EndOfMessage():
            return EndOfMessage(headers=Headers(event.trailers))
        case h11r.ConnectionClosed():
            return ConnectionClosed()
