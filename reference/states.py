"""The state machine: who may say what, and what follows from it.

Owns two machines, one for each role, and what couples them. Knows events by their type only; what
is in them (a method, a Connection field, a status code) reaches it as one of the words below.

Three kinds of change:

1. An event moves the machine of the role that sent it, by EVENT_TRIGGERED. A request also moves the
   server's machine: it now owes a response. An event without an entry is an error of that role.
2. Then the states themselves trigger changes, the same ones for either role's events: ``_settle``.
3. Outside of both tables stand the three that no event causes: an error, a failed send, the next
cycle.
"""

from collections.abc import Callable, Hashable

from .errors import LocalProtocolError
from .events import ConnectionClosed, Data, EndOfMessage, InformationalResponse, Request, Response
from .sentinels import (
    CLIENT,
    CLOSED,
    DONE,
    ERROR,
    IDLE,
    MIGHT_SWITCH_PROTOCOL,
    MUST_CLOSE,
    SEND_BODY,
    SEND_RESPONSE,
    SERVER,
    SWITCHED_PROTOCOL,
    Sentinel,
)

# What a request may propose (RFC 9110 sections 7.8 and 9.3.6) and a response then accept.
UPGRADE = "Upgrade"
CONNECT = "CONNECT"

# Words of the server's machine besides the types of events.
REQUESTED = "a request of the client"
UPGRADED = "101 to a request with Upgrade"
CONNECTED = "2xx to a CONNECT request"
_ACCEPTED = {UPGRADE: UPGRADED, CONNECT: CONNECTED}

# A role, or a state.
Name = type[Sentinel]

EVENT_TRIGGERED: dict[Name, dict[Name, dict[Hashable, Name]]] = {
    CLIENT: {
        IDLE: {Request: SEND_BODY, ConnectionClosed: CLOSED},
        SEND_BODY: {Data: SEND_BODY, EndOfMessage: DONE},
        DONE: {ConnectionClosed: CLOSED},
        MUST_CLOSE: {ConnectionClosed: CLOSED},
        CLOSED: {ConnectionClosed: CLOSED},
        MIGHT_SWITCH_PROTOCOL: {},
        SWITCHED_PROTOCOL: {},
        ERROR: {},
    },
    SERVER: {
        # A response without a request: 408 to a client that never sent one (RFC 9110 15.5.9).
        IDLE: {REQUESTED: SEND_RESPONSE, Response: SEND_BODY, ConnectionClosed: CLOSED},
        SEND_RESPONSE: {
            InformationalResponse: SEND_RESPONSE,
            Response: SEND_BODY,
            UPGRADED: SWITCHED_PROTOCOL,
            CONNECTED: SWITCHED_PROTOCOL,
        },
        SEND_BODY: {Data: SEND_BODY, EndOfMessage: DONE},
        DONE: {ConnectionClosed: CLOSED},
        MUST_CLOSE: {ConnectionClosed: CLOSED},
        CLOSED: {ConnectionClosed: CLOSED},
        SWITCHED_PROTOCOL: {},
        ERROR: {},
    },
}

# (client, server) -> the same pair after what it triggers. A side that is through with its message,
# or has not begun one, cannot go on when the other is gone for good.
STATE_TRIGGERED: dict[tuple[Name, Name], tuple[Name, Name]] = {
    (MIGHT_SWITCH_PROTOCOL, SWITCHED_PROTOCOL): (SWITCHED_PROTOCOL, SWITCHED_PROTOCOL),
    (CLOSED, DONE): (CLOSED, MUST_CLOSE),
    (CLOSED, IDLE): (CLOSED, MUST_CLOSE),
    (ERROR, DONE): (ERROR, MUST_CLOSE),
    (DONE, CLOSED): (MUST_CLOSE, CLOSED),
    (IDLE, CLOSED): (MUST_CLOSE, CLOSED),
    (DONE, ERROR): (MUST_CLOSE, ERROR),
}


class States:
    """Both machines of one connection, the switch proposals, and whether it will be kept alive."""

    def __init__(self) -> None:
        self.current: dict[Name, Name] = {CLIENT: IDLE, SERVER: IDLE}
        # For measurements: gets the role, its states before and after, and the key of the table
        # that the change comes from, if any.
        self.observer: Callable[[Name, Name, Name, Hashable], None] | None = None
        self.keep_alive = True
        # Requests propose, responses accept or refuse. A proposal stands even if its request fails.
        self.proposals: set[str] = set()

    def propose(self, proposals: set[str]) -> None:
        """The client says with its next request that it would like to switch."""
        self.proposals |= proposals
        self._settle()

    def disable_keep_alive(self) -> None:
        """This connection ends with the current cycle (RFC 9112 section 9.6), for good."""
        self.keep_alive = False
        self._settle()

    def process(self, role: Name, event_type: type, accepts: str | None = None) -> None:
        """``role`` says an event of ``event_type``, and ``accepts`` a proposal by it, or none.

        Raises LocalProtocolError, and leaves the states for ``fail`` to put right, if it may not.
        """
        word: Hashable = event_type
        if accepts:
            if accepts not in self.proposals:
                raise LocalProtocolError(
                    f"Received server _SWITCH_{accepts.upper()} event without a pending proposal"
                )
            word = _ACCEPTED[accepts]
        elif event_type is Response:
            # Any final response that accepts nothing refuses everything.
            self.proposals.clear()
        self._move(role, event_type, word)
        if event_type is Request:
            self._move(SERVER, Request, REQUESTED)
        self._settle()

    def fail(self, role: Name) -> None:
        """Nothing that ``role`` sent, or tried to send, can be trusted any more."""
        self._enter(role, ERROR)
        self._settle()

    def start_next_cycle(self) -> None:
        """Both sides go back to IDLE. Raises LocalProtocolError unless both are DONE."""
        if self.current != {CLIENT: DONE, SERVER: DONE}:
            raise LocalProtocolError(f"not in a reusable state. self.states={self.current}")
        self._enter(CLIENT, IDLE)
        self._enter(SERVER, IDLE)

    def _enter(self, role: Name, state: Name, key: Hashable = None) -> None:
        if self.observer:
            self.observer(role, self.current[role], state, key)
        self.current[role] = state

    def _move(self, role: Name, event_type: type, word: Hashable) -> None:
        state = self.current[role]
        try:
            after = EVENT_TRIGGERED[role][state][word]
        except KeyError:
            raise LocalProtocolError(
                f"can't handle event type {event_type.__name__} when role={role} and state={state}"
            ) from None
        self._enter(role, after, word)

    def _settle(self) -> None:
        # One pass is enough: no rule leads back to the left side of an earlier one.
        states = self.current
        if self.proposals:
            # Before keep-alive: a client that waits for another protocol does not have to close.
            if states[CLIENT] is DONE:
                self._enter(CLIENT, MIGHT_SWITCH_PROTOCOL)
        elif states[CLIENT] is MIGHT_SWITCH_PROTOCOL:
            self._enter(CLIENT, DONE)
        if not self.keep_alive:
            for role, state in states.items():
                if state is DONE:
                    self._enter(role, MUST_CLOSE)
        joint = (states[CLIENT], states[SERVER])
        if joint in STATE_TRIGGERED:
            client, server = STATE_TRIGGERED[joint]
            self._enter(CLIENT, client, joint)
            self._enter(SERVER, server, joint)
