"""The exceptions: how they are made and copied, who is blamed, and which hints there are."""

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
    """Lets a server receive ``wire`` and returns it, with the error it found."""
    conn = h11.Connection(h11.SERVER)
    conn.receive_data(wire)
    with pytest.raises(h11.ProtocolError) as caught:
        conn.next_event()
    return conn, caught.value


def test_protocol_error_itself_is_never_raised(h11: ModuleType) -> None:
    """It is a name to catch by."""
    message = "tried to directly instantiate ProtocolError"
    assert refusal(lambda: h11.ProtocolError("x")) == Refusal("TypeError", message)


@pytest.mark.parametrize("base", ["ProtocolError", "LocalProtocolError", "RemoteProtocolError"])
def test_errors_may_be_subclassed(h11: ModuleType, base: str) -> None:
    """A subclass of the user's own is made as they are."""
    error = type("Ours", (getattr(h11, base),), {})("x", 418)
    assert (error.args, error.error_status_hint) == (("x",), 418)
    assert isinstance(error, h11.ProtocolError)


@BOTH
def test_the_hint_is_400_unless_told_otherwise(h11: ModuleType, name: str) -> None:
    """The message is the only one of the args, and the hint stands in the instance's dictionary."""
    error = getattr(h11, name)("x")
    assert (str(error), repr(error), error.args) == ("x", f"{name}('x')", ("x",))
    assert vars(error) == {"error_status_hint": 400}
    assert getattr(h11, name)("x", error_status_hint=431).error_status_hint == 431


@BOTH
@pytest.mark.parametrize("value", ["418", None, 4.5, b"x", ()])
def test_message_and_hint_are_taken_as_they_are(h11: ModuleType, name: str, value: object) -> None:
    """Neither is checked or converted."""
    error = getattr(h11, name)(value, value)
    assert error.args == (value,)
    assert error.error_status_hint is value


@BOTH
@pytest.mark.parametrize("args", [(), ("x", 400, 400)])
def test_there_must_be_a_message_and_nothing_after_the_hint(
    h11: ModuleType, name: str, args: tuple[object, ...]
) -> None:
    """Other than exceptions in general, these do not take any number of arguments."""
    with pytest.raises(TypeError):
        getattr(h11, name)(*args)


@BOTH
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_the_hint_survives_a_copy(h11: ModuleType, name: str, copied: Callable[[Any], Any]) -> None:
    """A worker process may hand an error on; it is equal to itself only, though."""
    error = getattr(h11, name)("x", 431)
    again = copied(error)
    assert type(again) is type(error)
    assert (again.args, vars(again)) == (("x",), {"error_status_hint": 431})
    assert again != error


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_what_the_peer_broke_is_blamed_on_the_peer(
    h11: ModuleType, wire: bytes, hint: int, message: str
) -> None:
    """Exactly a RemoteProtocolError, which no ``except LocalProtocolError`` catches."""
    _, error = read_error(h11, wire)
    assert type(error) is h11.RemoteProtocolError
    assert not isinstance(error, h11.LocalProtocolError)
    assert (str(error), error.error_status_hint) == (message, hint)


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_an_error_is_sticky_with_a_hint_of_400(
    h11: ModuleType, wire: bytes, hint: int, message: str
) -> None:
    """Only the first error says 431 or 501: what follows is a bad request whatever came before."""
    conn, _ = read_error(h11, wire)
    again = refusal(conn.next_event)
    text = "Can't receive data when peer state is ERROR"
    assert again == Refusal("RemoteProtocolError", text, 400)


@pytest.mark.parametrize(("wire", "hint", "message"), BROKEN)
def test_a_remote_error_stands_alone(h11: ModuleType, wire: bytes, hint: int, message: str) -> None:
    """It has no cause and no context: users do not see the local error that it once was."""
    _, error = read_error(h11, wire)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_traceback_of_a_remote_error_leads_to_the_rule(h11: ModuleType) -> None:
    """It does not end in ``next_event``, which only changed whose fault it is."""
    _, error = read_error(h11, b"GET / HTTP/1.1\r\n\r\n")
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert "next_event" in frames[:-1]


def test_what_we_broke_is_blamed_on_us(h11: ModuleType) -> None:
    """Exactly a LocalProtocolError, which no ``except RemoteProtocolError`` catches."""
    with pytest.raises(h11.ProtocolError) as caught:
        h11.Connection(h11.CLIENT).send(h11.Data(b""))
    assert type(caught.value) is h11.LocalProtocolError
    assert not isinstance(caught.value, h11.RemoteProtocolError)
    assert str(caught.value) == "can't handle event type Data when role=CLIENT and state=IDLE"
    assert caught.value.error_status_hint == 400
