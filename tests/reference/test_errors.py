"""The exceptions: their constructors, copies and status hints, and which one is raised."""

import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from event_samples import COPIES, Refusal, refusal

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
BOTH = pytest.mark.parametrize("name", ["LocalProtocolError", "RemoteProtocolError"])

BROKEN = [
    (b"\0", 400, "illegal request line"),
    (b"\r\n\r\n", 400, "no request line received"),
    (b"GET /\r\n\r\n", 400, "illegal request line: bytearray(b'GET /')"),
    (b"GET / HTTP/1.1\r\n\r\n", 400, "Missing mandatory Host: header"),
    (HEAD + b"Host: b\r\n\r\n", 400, "Found multiple Host: headers"),
    (HEAD + b"a b: c\r\n\r\n", 400, "illegal header line: bytearray(b'a b: c')"),
    (HEAD + b"Content-Length: x\r\n\r\n", 400, "bad Content-Length"),
    (HEAD + b"Content-Length: 1, 2\r\n\r\n", 400, "conflicting Content-Length headers"),
    (
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        501,
        "Only Transfer-Encoding: chunked is supported",
    ),
    (
        HEAD + 2 * b"Transfer-Encoding: chunked\r\n" + b"\r\n",
        501,
        "multiple Transfer-Encoding headers",
    ),
    (b"GET /" + 16384 * b"a", 431, "Receive buffer too long"),
    (HEAD + b"a: " + 16384 * b"a", 431, "Receive buffer too long"),
]


def read_error(h11: ModuleType, wire: bytes) -> tuple[Any, Any]:
    """Returns a server that received ``wire``, and the error it raised."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(wire)
    with pytest.raises(h11.ProtocolError) as caught:
        conn.next_event()
    return conn, caught.value


def test_protocol_error_cannot_be_instantiated(h11: ModuleType) -> None:
    """ProtocolError exists only to be caught."""
    message = "tried to directly instantiate ProtocolError"
    assert refusal(lambda: h11.ProtocolError("x")) == Refusal("TypeError", message)


@pytest.mark.parametrize("base", ["ProtocolError", "LocalProtocolError", "RemoteProtocolError"])
def test_errors_can_be_subclassed(h11: ModuleType, base: str) -> None:
    """A caller's subclass has the same constructor."""
    error = type("Ours", (getattr(h11, base),), {})("x", 418)
    assert (error.args, error.error_status_hint) == (("x",), 418)
    assert isinstance(error, h11.ProtocolError)


@BOTH
def test_the_hint_defaults_to_400(h11: ModuleType, name: str) -> None:
    """args holds only the message; the hint is in the instance's dictionary."""
    error = getattr(h11, name)("x")
    assert (str(error), repr(error), error.args) == ("x", f"{name}('x')", ("x",))
    assert vars(error) == {"error_status_hint": 400}
    assert getattr(h11, name)("x", error_status_hint=431).error_status_hint == 431


@BOTH
@pytest.mark.parametrize("value", ["418", None, 4.5, b"x", ()])
def test_message_and_hint_are_kept_unchanged(h11: ModuleType, name: str, value: object) -> None:
    """They are neither checked nor converted."""
    error = getattr(h11, name)(value, value)
    assert error.args == (value,)
    assert error.error_status_hint is value


@BOTH
@pytest.mark.parametrize("args", [(), ("x", 400, 400)])
def test_errors_take_a_message_and_an_optional_hint(
    h11: ModuleType, name: str, args: tuple[object, ...]
) -> None:
    """Other exceptions accept any number of arguments; these do not."""
    with pytest.raises(TypeError):
        getattr(h11, name)(*args)


@BOTH
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_the_hint_survives_a_copy(h11: ModuleType, name: str, copied: Callable[[Any], Any]) -> None:
    """So a worker process can return an error. A copy is not equal: errors compare by identity."""
    error = getattr(h11, name)("x", 431)
    again = copied(error)
    assert type(again) is type(error)
    assert (again.args, vars(again)) == (("x",), {"error_status_hint": 431})
    assert again != error


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_an_error_of_the_peer_is_remote(
    h11: ModuleType, wire: bytes, hint: int, message: str
) -> None:
    """It is exactly a RemoteProtocolError; ``except LocalProtocolError`` does not catch it."""
    _, error = read_error(h11, wire)
    assert type(error) is h11.RemoteProtocolError
    assert not isinstance(error, h11.LocalProtocolError)
    assert (str(error), error.error_status_hint) == (message, hint)


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_a_repeated_error_has_the_hint_400(
    h11: ModuleType, wire: bytes, hint: int, message: str
) -> None:
    """Only the first error has 431 or 501."""
    conn, _ = read_error(h11, wire)
    again = refusal(conn.next_event)
    text = "Can't receive data when peer state is ERROR"
    assert again == Refusal("RemoteProtocolError", text, 400)


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_a_remote_error_has_no_cause_or_context(
    h11: ModuleType, wire: bytes, hint: int, message: str
) -> None:
    """The caller does not see the local error from which it was made."""
    _, error = read_error(h11, wire)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_traceback_of_a_remote_error_shows_where_it_was_detected(h11: ModuleType) -> None:
    """The traceback continues below ``next_event``, which only converted the error."""
    _, error = read_error(h11, b"GET / HTTP/1.1\r\n\r\n")
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert "next_event" in frames[:-1]


def test_our_own_error_is_local(h11: ModuleType) -> None:
    """It is exactly a LocalProtocolError; ``except RemoteProtocolError`` does not catch it."""
    with pytest.raises(h11.ProtocolError) as caught:
        h11.Connection(h11.CLIENT).send(h11.Data(b""))
    assert type(caught.value) is h11.LocalProtocolError
    assert not isinstance(caught.value, h11.RemoteProtocolError)
    assert str(caught.value) == "can't handle event type Data when role=CLIENT and state=IDLE"
    assert caught.value.error_status_hint == 400
