"""One side of an HTTP/1.1 connection, without the I/O: the face of this package.

Owns the order of things: bytes to events to state changes, and the reverse. What a message looks
like, which event may come and where a body ends are each decided elsewhere.
"""

from typing import Any

from .buffer import ReceiveBuffer
from .errors import LocalProtocolError, RemoteProtocolError
from .events import ConnectionClosed, Data, EndOfMessage, Event, Request, Response
from .framing import body_framing, framed_response
from .reading import HEAD_READERS, BodyReader, body_reader, read_nothing
from .semantics import accepted, expects_continue, keeps_alive, proposals
from .sentinels import (
    CLIENT,
    DONE,
    ERROR,
    MIGHT_SWITCH_PROTOCOL,
    NEED_DATA,
    PAUSED,
    SEND_BODY,
    SERVER,
    SWITCHED_PROTOCOL,
    Sentinel,
)
from .states import States
from .writing import BodyWriter, Parts, body_writer, write_head

# Enough for the heads that are met in practice, and what common servers allow.
DEFAULT_MAX_INCOMPLETE_EVENT_SIZE = 16 * 1024


class Connection:
    """The state of one connection as seen from one side, over any number of cycles.

    Args:
        our_role: CLIENT or SERVER.
        max_incomplete_event_size: how many bytes may wait for the end of a head, a chunk size or
            trailers before ``next_event`` gives up.

    Raises ValueError for another role.
    """

    def __init__(
        self,
        our_role: type[Sentinel],
        max_incomplete_event_size: int = DEFAULT_MAX_INCOMPLETE_EVENT_SIZE,
    ) -> None:
        if our_role not in (CLIENT, SERVER):
            raise ValueError(f"expected CLIENT or SERVER, not {our_role!r}")
        self.our_role: type[Sentinel] = our_role
        self.their_role: type[Sentinel] = SERVER if our_role is CLIENT else CLIENT
        self.their_http_version: bytes | None = None
        self.client_is_waiting_for_100_continue = False
        self._max_incomplete_event_size = max_incomplete_event_size
        self._states = States()
        self._request_method: bytes | None = None
        self._buffer = ReceiveBuffer()
        self._buffer_closed = False
        self._body_reader: BodyReader = body_reader(0)
        self._body_writer: BodyWriter = body_writer(0)

    @property
    def states(self) -> dict[type[Sentinel], type[Sentinel]]:
        """The state of each role, as a dictionary of the caller's own."""
        return dict(self._states.current)

    @property
    def our_state(self) -> type[Sentinel]:
        """The state of the role that we play."""
        return self._states.current[self.our_role]

    @property
    def their_state(self) -> type[Sentinel]:
        """The state of the role that the peer plays."""
        return self._states.current[self.their_role]

    @property
    def they_are_waiting_for_100_continue(self) -> bool:
        """Whether the peer is a client that holds its body back until we say 100 (Continue)."""
        return self.their_role is CLIENT and self.client_is_waiting_for_100_continue

    @property
    def trailing_data(self) -> tuple[bytes, bool]:
        """What was received and not read yet, and whether it is followed by the end."""
        return bytes(self._buffer.data), self._buffer_closed

    def start_next_cycle(self) -> None:
        """Makes the connection ready for another request; both sides must be DONE.

        Raises LocalProtocolError, and changes nothing, if they are not.
        """
        self._states.start_next_cycle()
        self._request_method = None

    def receive_data(self, data: Any) -> None:
        """Takes bytes that came from the peer; b"", or anything else that is false, for the end.

        Raises:
            RuntimeError: data after the end.
            TypeError: not bytes-like, or not contiguous.
        """
        if not data:
            self._buffer_closed = True
        elif self._buffer_closed:
            raise RuntimeError("received close, then received more data?")
        else:
            self._buffer.data += data

    def next_event(self) -> Event | type[NEED_DATA | PAUSED]:
        """Returns the peer's next event, NEED_DATA, or PAUSED until it is our turn to go on.

        Raises RemoteProtocolError, now and ever after, when the peer broke the protocol.
        """
        if self.their_state is ERROR:
            raise RemoteProtocolError("Can't receive data when peer state is ERROR")
        try:
            event: Event | type[NEED_DATA | PAUSED] = self._read_event()
            if event is NEED_DATA:
                self._check_incomplete()
            elif event is not PAUSED:
                self._process(self.their_role, event)
            return event
        except LocalProtocolError as error:
            failure = RemoteProtocolError(error.args[0], error.error_status_hint)
            failure.with_traceback(error.__traceback__)
        except BaseException:
            self._states.fail(self.their_role)
            raise
        # Outside of the handler, so that the error that users see is not chained to its own shadow.
        self._states.fail(self.their_role)
        raise failure

    def _read_event(self) -> Any:
        state = self.their_state
        if state is MIGHT_SWITCH_PROTOCOL or state is SWITCHED_PROTOCOL:
            return PAUSED
        if state is DONE and self._buffer.data:
            # It belongs to the next cycle. Without data the end may still be read.
            return PAUSED
        if state is SEND_BODY:
            event = self._body_reader.read(self._buffer)
        else:
            event = HEAD_READERS.get((self.their_role, state), read_nothing)(self._buffer)
        if event is None and self._buffer_closed and not self._buffer.data:
            event = self._body_reader.read_eof() if state is SEND_BODY else ConnectionClosed()
        return NEED_DATA if event is None else event

    def _check_incomplete(self) -> None:
        if len(self._buffer.data) > self._max_incomplete_event_size:
            raise LocalProtocolError("Receive buffer too long", 431)
        if self._buffer_closed:
            raise LocalProtocolError("peer unexpectedly closed connection")

    def send(self, event: Event) -> bytes | None:
        """Returns the bytes to send for ``event``, or None if the connection is to be closed for
        it.

        Raises LocalProtocolError, now and ever after, when it may not be sent.
        """
        parts = self.send_with_data_passthrough(event)
        return None if parts is None else b"".join(parts)

    def send_with_data_passthrough(self, event: Event) -> Parts | None:
        """As ``send``, in parts; the data of a Data event is among them as the very object it is.

        Raises LocalProtocolError, now and ever after, when it may not be sent.
        """
        if self.our_state is ERROR:
            raise LocalProtocolError("Can't send data when our state is ERROR")
        try:
            if type(event) is Response:
                # The fields that frame the body depend on what is known of the peer.
                event = framed_response(
                    event, self._request_method, self.their_http_version, self._states.keep_alive
                )
            self._process(self.our_role, event)
            return self._write(event)
        except BaseException:
            self.send_failed()
            raise

    def send_failed(self) -> None:
        """Tells the connection that something it returned did not reach the peer in full."""
        self._states.fail(self.our_role)

    def _write(self, event: Any) -> Parts | None:
        if type(event) is Data:
            return self._body_writer.write_data(event)
        if type(event) is EndOfMessage:
            return self._body_writer.write_end(event)
        return None if type(event) is ConnectionClosed else write_head(event)

    def _process(self, role: type[Sentinel], event: Any) -> None:
        """``role`` says ``event``: moves the states, and keeps what later events depend on."""
        accepts = None
        if role is SERVER:
            accepts = accepted(event, self._states.proposals)
        elif type(event) is Request:
            self._states.propose(proposals(event))
        event_type: type[Any] = type(event)  # pyright: ignore[reportUnknownVariableType]  # Any
        self._states.process(role, event_type, accepts)
        if type(event) is Data or type(event) is EndOfMessage:
            if role is CLIENT:
                self.client_is_waiting_for_100_continue = False
        elif type(event) is not ConnectionClosed:
            self._process_head(role, event)

    def _process_head(self, role: type[Sentinel], head: Any) -> None:
        is_request, is_final = type(head) is Request, type(head) is Response
        if is_request:
            self._request_method = head.method
        if role is self.their_role:
            self.their_http_version = head.http_version
        self.client_is_waiting_for_100_continue = is_request and expects_continue(head)
        if not (is_request or is_final):
            return  # an interim response says nothing about the connection or a body
        if not keeps_alive(head):
            self._states.disable_keep_alive()
        framing = body_framing(self._request_method, head)
        if role is self.our_role:
            self._body_writer = body_writer(framing)
        else:
            self._body_reader = body_reader(framing)
