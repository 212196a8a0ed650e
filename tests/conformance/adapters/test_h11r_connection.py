"""The adapter for h11r: properties, exceptions, and what cannot be expressed."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("h11r", reason="there is no h11r for this platform")

import h11r

from h11spec.conformance.adapters import api_names
from h11spec.conformance.adapters import h11r as adapter

HOST = (b"Host", b"a")
UPGRADE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
CONNECT = b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"
# What a server receives and sends, and the states of client and server after that.
CONVERSATIONS: dict[
    str, tuple[bytes, list[adapter.Event], api_names.Sentinel, api_names.Sentinel]
] = {
    "nothing": (b"\r\n", [], adapter.IDLE, adapter.IDLE),
    "half a request": (
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
        [],
        adapter.SEND_BODY,
        adapter.SEND_RESPONSE,
    ),
    "half a response": (
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        [adapter.Response(status_code=200, headers=[])],
        adapter.DONE,
        adapter.SEND_BODY,
    ),
    "the last exchange": (
        b"GET / HTTP/1.0\r\n\r\n",
        [adapter.Response(status_code=204, headers=[]), adapter.EndOfMessage()],
        adapter.MUST_CLOSE,
        adapter.MUST_CLOSE,
    ),
    "a farewell": (b"\r\n", [adapter.ConnectionClosed()], adapter.MUST_CLOSE, adapter.CLOSED),
    "nonsense": (b"\x00\r\n\r\n", [], adapter.ERROR, adapter.IDLE),
    "a proposal": (UPGRADE, [], adapter.MIGHT_SWITCH_PROTOCOL, adapter.SEND_RESPONSE),
    "a switch": (
        CONNECT,
        [adapter.Response(status_code=200, headers=[])],
        adapter.SWITCHED_PROTOCOL,
        adapter.SWITCHED_PROTOCOL,
    ),
}


def server(data: bytes) -> adapter.Connection:
    """A server that has read all of the data, valid or not."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(data)
    try:
        while isinstance(connection.next_event(), adapter.Event):
            pass
    except adapter.RemoteProtocolError:
        pass
    return connection


def test_the_conversations_lead_to_every_state() -> None:
    """All nine are translated."""
    reached = {state for _, _, *states in CONVERSATIONS.values() for state in states}
    roles_and_answers = {"CLIENT", "SERVER", "NEED_DATA", "PAUSED"}
    states = {name for name in api_names.__all__ if name.isupper()} - roles_and_answers
    assert {repr(state) for state in reached} == states


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_states_are_those_of_h11r_by_role(name: str) -> None:
    """For a server, h11r's local state is the server's, and its peer's the client's."""
    data, events, clients, servers = CONVERSATIONS[name]
    connection = server(data)
    for event in events:
        connection.send(event)
    assert connection.states == {adapter.CLIENT: clients, adapter.SERVER: servers}
    assert (connection.our_state, connection.their_state) == (servers, clients)


def test_for_a_client_our_state_is_the_clients() -> None:
    """The reverse of a server."""
    connection = adapter.Connection(adapter.CLIENT)
    connection.send(adapter.Request(method=b"GET", target=b"/", headers=[HOST]))
    assert (connection.our_role, connection.their_role) == (adapter.CLIENT, adapter.SERVER)
    assert connection.our_state is connection.states[adapter.CLIENT] is adapter.SEND_BODY
    assert connection.their_state is adapter.SEND_RESPONSE


def test_unread_bytes_and_the_peers_version_are_visible() -> None:
    """The bytes after the message, whether the input has ended, and the peer's HTTP version."""
    connection = adapter.Connection(adapter.SERVER)
    assert (connection.trailing_data, connection.their_http_version) == ((b"", False), None)
    connection = server(b"GET / HTTP/1.0\r\n\r\nmore")
    connection.receive_data(b"")
    assert connection.trailing_data == (b"more", True)
    assert connection.their_http_version == b"1.0"


def test_who_waits_for_100_is_visible_in_both_roles() -> None:
    """The client waits in both; the waiting peer exists only for the server."""
    fields = [HOST, (b"Content-Length", b"1"), (b"Expect", b"100-continue")]
    client = adapter.Connection(adapter.CLIENT)
    sent = client.send(adapter.Request(method=b"PUT", target=b"/", headers=fields))
    assert sent is not None
    for connection, they in (client, False), (server(sent), True):
        assert connection.client_is_waiting_for_100_continue
        assert connection.they_are_waiting_for_100_continue is they


def test_a_cycle_follows_a_cycle() -> None:
    """Bytes received ahead of it are then read."""
    connection = server(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
    connection.send(adapter.Response(status_code=204, headers=[]))
    connection.send(adapter.EndOfMessage())
    connection.start_next_cycle()
    request = connection.next_event()
    assert isinstance(request, adapter.Request)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"b" * 2**17, 431),
    ],
)
def test_a_remote_error_has_the_hint_that_h11r_suggests(data: bytes, hint: int) -> None:
    """The text is that of h11r, too, and h11r's exception is the cause."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(data)
    with pytest.raises(adapter.RemoteProtocolError) as raised:
        connection.next_event()
    cause = raised.value.__cause__
    assert isinstance(cause, h11r.RemoteProtocolError)
    assert raised.value.error_status_hint == cause.suggested_status_code == hint
    assert str(raised.value) == str(cause)


def test_a_remote_error_for_which_h11r_suggests_nothing_has_the_default_hint() -> None:
    """A client cannot answer with a status: h11r suggests none, and h11's default is 400."""
    connection = adapter.Connection(adapter.CLIENT)
    connection.receive_data(b"\x00\r\n\r\n")
    with pytest.raises(adapter.RemoteProtocolError) as raised:
        connection.next_event()
    cause = raised.value.__cause__
    assert isinstance(cause, h11r.RemoteProtocolError)
    assert cause.suggested_status_code is None
    assert raised.value.error_status_hint == 400


REFUSED: dict[str, Callable[[adapter.Connection], object]] = {
    "send": lambda connection: connection.send(adapter.EndOfMessage()),
    "pass through": lambda connection: connection.send_with_data_passthrough(adapter.Data(b"")),
    "cycle": lambda connection: connection.start_next_cycle(),
    "receive": lambda connection: connection.receive_data(b"after the end"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_local_error_of_any_call_has_the_name_that_h11_gives_it(name: str) -> None:
    """It is a ProtocolError, and not a RemoteProtocolError."""
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(b"")
    with pytest.raises(adapter.LocalProtocolError) as raised:
        REFUSED[name](connection)
    assert isinstance(raised.value.__cause__, h11r.LocalProtocolError)
    assert isinstance(raised.value, adapter.ProtocolError)


def test_other_exceptions_are_those_of_h11r() -> None:
    """h11 raises another exception in two of these cases: a run must show that."""
    connection = adapter.Connection(adapter.CLIENT)
    with pytest.raises(ValueError, match="non-empty token"):
        connection.send(adapter.Request(method=b"A B", target=b"/", headers=[HOST]))
    with pytest.raises(ValueError, match="ASCII"):
        connection.send(adapter.Request(method="G\xc9T", target=b"/", headers=[HOST]))
    with pytest.raises(TypeError):
        connection.receive_data("text")


def test_the_default_limit_is_that_of_h11r() -> None:
    """65,536 bytes of a head."""
    head = b"GET / HTTP/1.1\r\nHost: a\r\nA: ".ljust(60000, b"b")
    connection = adapter.Connection(adapter.SERVER)
    connection.receive_data(head)
    assert connection.next_event() is adapter.NEED_DATA
    connection = adapter.Connection(adapter.SERVER, max_incomplete_event_size=59999)
    connection.receive_data(head)
    with pytest.raises(adapter.RemoteProtocolError, match="max_head_bytes"):
        connection.next_event()


def test_another_role_is_rejected() -> None:
    """h11 rejects it, too."""
    with pytest.raises(ValueError, match="expected CLIENT or SERVER, not IDLE"):
        adapter.Connection(adapter.IDLE)


def test_a_limit_of_zero_is_inapplicable() -> None:
    """h11r rejects it, so that there is nothing to compare; 1 byte is a limit."""
    with pytest.raises(ValueError, match="non-zero"):
        h11r.Connection(h11r.Role.CLIENT, max_head_bytes=0)
    with pytest.raises(adapter.Inapplicable, match="begins at 1 byte"):
        adapter.Connection(adapter.CLIENT, 0)
    assert adapter.Connection(adapter.CLIENT, 1).next_event() is adapter.NEED_DATA


def test_send_failed_is_inapplicable() -> None:
    """h11r has no such method, and the connection does not change."""
    connection = adapter.Connection(adapter.CLIENT)
    with pytest.raises(adapter.Inapplicable, match="sending failed"):
        connection.send_failed()
    assert connection.our_state is adapter.IDLE
    assert not hasattr(h11r.Connection, "send_failed")


def test_sending_another_object_is_inapplicable() -> None:
    """h11r has a method for each event, and no method for anything else."""
    anything: Any = object()
    with pytest.raises(adapter.Inapplicable, match="a method for each event"):
        adapter.Connection(adapter.CLIENT).send(anything)


def test_the_adapter_imports_neither_h11_nor_the_reference() -> None:
    """Objects borrowed from them would agree with them."""
    ask = (
        "import sys, h11spec.conformance.adapters.h11r;"
        "print({'h11', 'h11spec.reference'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
