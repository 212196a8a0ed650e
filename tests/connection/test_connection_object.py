"""The Connection object: its constructor, its attributes, and copies of it."""

import copy
import pickle
from typing import Any

import pytest
from conversations_helper import GET, H11, POST_5, names, read, receive, send, server, states

READ_ONLY = (
    "states",
    "our_state",
    "their_state",
    "trailing_data",
    "they_are_waiting_for_100_continue",
)
WRITABLE = (
    "our_role",
    "their_role",
    "their_http_version",
    "client_is_waiting_for_100_continue",
    "an_attribute_of_the_users_own",
)


@pytest.mark.parametrize("wrong", [None, "CLIENT", b"SERVER", 1, "IDLE"])
def test_a_role_other_than_client_or_server_is_refused(h11: H11, wrong: object) -> None:
    """Only the two sentinels are accepted: not their names, and no other sentinel."""
    for role in (wrong, h11.IDLE, h11.NEED_DATA, h11.Request):
        with pytest.raises(ValueError, match="expected CLIENT or SERVER, not"):
            h11.Connection(role)


def test_arguments_are_positional_or_keyword(h11: H11) -> None:
    """The parameters are called our_role and max_incomplete_event_size."""
    for conn in (
        h11.Connection(h11.CLIENT, 10),
        h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=10),
    ):
        assert (conn.our_role, conn.their_role) == (h11.CLIENT, h11.SERVER)
        conn.receive_data(b"H" * 11)
        with pytest.raises(h11.RemoteProtocolError):
            conn.next_event()


def test_the_peer_has_the_other_role(h11: H11) -> None:
    """A client's peer is a server, and vice versa."""
    for us, them in ((h11.CLIENT, h11.SERVER), (h11.SERVER, h11.CLIENT)):
        conn = h11.Connection(us)
        assert conn.our_role is us
        assert conn.their_role is them


@pytest.mark.parametrize("limit", [10.5, float("inf"), True])
def test_a_limit_may_be_any_number(h11: H11, limit: float) -> None:
    """It is only used in comparisons."""
    conn = h11.Connection(h11.SERVER, limit)
    conn.receive_data(b"G")
    assert conn.next_event() is h11.NEED_DATA


@pytest.mark.parametrize("limit", [None, "16384"])
def test_a_limit_of_another_type_fails_when_it_is_needed(h11: H11, limit: Any) -> None:
    """The constructor accepts it and a complete head ignores it; an incomplete head compares it."""
    conn = h11.Connection(h11.SERVER, limit)
    conn.receive_data(GET + b"GET")
    assert names([conn.next_event(), conn.next_event()]) == "Request EndOfMessage"
    send(conn, h11.Response(status_code=204, headers=[]), h11.EndOfMessage())
    conn.start_next_cycle()
    with pytest.raises(TypeError, match="not supported between instances of 'int' and"):
        conn.next_event()
    assert states(conn) == "ERROR/IDLE"


def test_a_new_connection_is_idle(h11: H11) -> None:
    """Both roles are IDLE, no version is known, no client waits, and the buffer is empty."""
    for role in (h11.CLIENT, h11.SERVER):
        conn = h11.Connection(role)
        assert conn.states == {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE}
        assert conn.our_state is conn.their_state is h11.IDLE
        assert conn.their_http_version is None
        assert conn.client_is_waiting_for_100_continue is False
        assert conn.they_are_waiting_for_100_continue is False
        assert conn.trailing_data == (b"", False)


def test_states_returns_a_new_dictionary(h11: H11) -> None:
    """Changing it does not change the connection."""
    conn = h11.Connection(h11.CLIENT)
    seen = conn.states
    assert type(seen) is dict
    assert conn.states is not seen
    seen[h11.CLIENT] = h11.ERROR
    assert conn.our_state is h11.IDLE


@pytest.mark.parametrize("attribute", READ_ONLY)
def test_derived_attributes_are_read_only(h11: H11, attribute: str) -> None:
    """They are properties without a setter."""
    conn = h11.Connection(h11.CLIENT)
    with pytest.raises(AttributeError, match="no setter"):
        setattr(conn, attribute, None)


@pytest.mark.parametrize("attribute", WRITABLE)
def test_other_attributes_can_be_assigned(h11: H11, attribute: str) -> None:
    """Any value is accepted, and so is an unknown name."""
    conn = h11.Connection(h11.CLIENT)
    value = object()
    setattr(conn, attribute, value)
    assert getattr(conn, attribute) is value


def test_a_connection_can_be_subclassed(h11: H11) -> None:
    """A subclass may extend a method, and the connection works as before."""
    base: Any = h11.Connection

    class Counting(base):  # type: ignore[misc]  # a class of an untyped module
        received = 0

        def receive_data(self, data: bytes) -> None:
            self.received += len(data)
            base.receive_data(self, data)

    conn = Counting(h11.SERVER)
    assert names(receive(conn, GET)) == "Request EndOfMessage NEED_DATA"
    assert conn.received == len(GET)


def test_a_copy_is_independent(h11: H11) -> None:
    """A deep or pickled copy made in mid-message continues on its own."""
    conn = server(h11, POST_5 + b"he")
    for twin in (copy.deepcopy(conn), pickle.loads(pickle.dumps(conn))):
        assert receive(twin, b"llo") == [h11.Data(b"llo"), h11.EndOfMessage(), h11.NEED_DATA]
        assert states(twin) == "DONE/SEND_RESPONSE"
        assert states(conn) == "SEND_BODY/SEND_RESPONSE"


def test_a_copy_includes_unread_bytes(h11: H11) -> None:
    """Reading them from the original does not remove them from the copy."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(GET)
    twin = copy.deepcopy(conn)
    assert read(conn) == read(twin)
    assert twin.trailing_data == conn.trailing_data == (b"", False)


def test_a_connection_equals_only_itself(h11: H11) -> None:
    """Equality and hash use the identity."""
    conn, other = h11.Connection(h11.CLIENT), h11.Connection(h11.CLIENT)
    assert conn == conn  # noqa: PLR0124 (deliberate)
    assert conn != other
    assert len({conn, other, conn}) == 2
