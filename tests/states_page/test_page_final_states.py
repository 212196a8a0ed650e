"""The page on MUST_CLOSE, CLOSED, ERROR and SWITCHED_PROTOCOL: claims S24 to S40."""

from typing import Any

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, TRUE, AsStated, claim
from states_page_drive import (
    CLOSE,
    CONNECT,
    EOF,
    GET,
    GET_10,
    GET_CLOSE,
    NO_BODY,
    OK,
    OK_EMPTY,
    POST_HEAD,
    UPGRADE,
    UPGRADE_FIELDS,
    asked,
    client,
    interim,
    joint,
    receive,
    request,
    response,
    send,
    server,
)


@claim("S24", IMPRECISE)
def test_must_close_begins_when_the_message_is_complete(h11: H11, as_stated: AsStated) -> None:
    """Until the message is complete, the role is in another state; after that, it cannot send."""
    closing = asked(h11, CLOSE)
    as_stated.holds(closing.our_state is h11.MUST_CLOSE)
    unfinished = client(h11, request(h11, "GET", CLOSE))
    as_stated.fails(unfinished.our_state is h11.MUST_CLOSE)
    assert unfinished.our_state is h11.SEND_BODY
    with pytest.raises(h11.LocalProtocolError):
        closing.send(h11.EndOfMessage())


@claim("S25", IMPRECISE)
def test_http_1_0_closes_with_or_without_keep_alive(h11: H11, as_stated: AsStated) -> None:
    """A version below 1.1 ends keep-alive, whatever Connection says."""
    for wire in (GET_10, b"GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"):
        conn = server(h11, wire)
        assert joint(conn) == "MUST_CLOSE/SEND_RESPONSE"
        send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
        assert joint(conn) == "MUST_CLOSE/MUST_CLOSE"
        if b"keep-alive" in wire:
            as_stated.fails(conn.our_state is h11.DONE)
        else:
            as_stated.holds(conn.our_state is h11.MUST_CLOSE)


@claim("S26", TRUE)
def test_connection_close_makes_both_sides_close(h11: H11, as_stated: AsStated) -> None:
    """One Connection: close, in the request or the response, is enough."""
    in_request = server(h11, GET_CLOSE)
    send(in_request, response(h11, 200, NO_BODY), h11.EndOfMessage())
    in_response = server(h11, GET)
    send(in_response, response(h11, 200, NO_BODY, CLOSE), h11.EndOfMessage())
    for conn in (in_request, in_response):
        as_stated.holds(joint(conn) == "MUST_CLOSE/MUST_CLOSE")


@claim("S27", IMPRECISE)
def test_an_error_makes_only_a_finished_peer_close(h11: H11, as_stated: AsStated) -> None:
    """The role with the error is in ERROR; the other moves to MUST_CLOSE only from DONE."""
    finished = asked(h11)
    unfinished = client(h11, request(h11))
    for conn in (finished, unfinished):
        with pytest.raises(h11.RemoteProtocolError):
            receive(conn, b"\x00")
        as_stated.fails(conn.their_state is h11.MUST_CLOSE)
    as_stated.holds(joint(finished) == "MUST_CLOSE/ERROR")
    assert joint(unfinished) == "SEND_BODY/ERROR"

    for received, expected in (((), "ERROR/IDLE"), ((POST_HEAD,), "ERROR/SEND_RESPONSE")):
        conn = server(h11, *received)
        with pytest.raises(h11.RemoteProtocolError):
            receive(conn, *([b"\x00"] if not received else [EOF]))
        as_stated.fails(conn.our_state is h11.MUST_CLOSE)
        assert joint(conn) == expected

    # The missing cause: a peer that closed while we were IDLE or DONE.
    assert joint(server(h11, EOF)) == "CLOSED/MUST_CLOSE"
    served = server(h11, GET)
    send(served, response(h11, 200, NO_BODY), h11.EndOfMessage())
    assert receive(served, EOF) == ["ConnectionClosed"]
    assert joint(served) == "CLOSED/MUST_CLOSE"


def _half_closed(h11: H11) -> Any:
    """A client that has sent a request and ConnectionClosed."""
    conn = asked(h11)
    send(conn, h11.ConnectionClosed())
    assert joint(conn) == "CLOSED/SEND_RESPONSE"
    return conn


@claim("S28", FALSE)
def test_a_closed_role_can_still_receive(h11: H11, as_stated: AsStated) -> None:
    """CLOSED ends one direction; the response arrives in the other."""
    conn = _half_closed(h11)
    heard = receive(conn, OK)
    as_stated.fails("Response" not in heard)
    assert heard == ["Response", "Data", "EndOfMessage", "NEED_DATA"]
    assert joint(conn) == "CLOSED/MUST_CLOSE"


@claim("S29", FALSE)
def test_closed_can_be_left_for_error(h11: H11, as_stated: AsStated) -> None:
    """Closing again keeps the state; any other event, and send_failed(), leads to ERROR."""
    conn = _half_closed(h11)
    send(conn, h11.ConnectionClosed())
    assert conn.our_state is h11.CLOSED

    with pytest.raises(h11.LocalProtocolError):
        conn.send(request(h11))
    as_stated.fails(conn.our_state is h11.CLOSED)
    assert conn.our_state is h11.ERROR

    reported = _half_closed(h11)
    reported.send_failed()
    as_stated.fails(reported.our_state is h11.CLOSED)
    assert reported.our_state is h11.ERROR


@claim("S30", FALSE)
def test_a_closed_connection_is_still_needed(h11: H11, as_stated: AsStated) -> None:
    """A server whose client has closed its half still sends the whole response."""
    conn = server(h11, GET, EOF)
    assert joint(conn) == "CLOSED/SEND_RESPONSE"
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    as_stated.fails(conn.our_state is h11.SEND_RESPONSE)
    assert joint(conn) == "CLOSED/MUST_CLOSE"


@claim("S31", IMPRECISE)
def test_any_exception_leads_to_error(h11: H11, as_stated: AsStated) -> None:
    """A violation leads to ERROR, and so does an exception that is unrelated to HTTP."""
    violated = server(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(violated, b"\x00")
    as_stated.holds(violated.their_state is h11.ERROR)

    misconfigured = h11.Connection(h11.SERVER, max_incomplete_event_size=None)
    with pytest.raises(TypeError) as raised:
        receive(misconfigured, b"G")
    as_stated.fails(isinstance(raised.value, h11.ProtocolError))
    assert joint(misconfigured) == "ERROR/IDLE"


@claim("S32", TRUE)
def test_an_invalid_message_puts_the_peer_in_error(h11: H11, as_stated: AsStated) -> None:
    """Bytes that are not HTTP are an error of the peer's machine."""
    for wire in (b"\x00", b"GET /\r\n\r\n", b"GET / HTTP/1.1\r\nhost : a\r\n\r\n"):
        conn = server(h11)
        with pytest.raises(h11.RemoteProtocolError):
            receive(conn, wire)
        as_stated.holds(joint(conn) == "ERROR/IDLE")


@claim("S33", TRUE)
def test_an_event_in_the_wrong_state_puts_us_in_error(h11: H11, as_stated: AsStated) -> None:
    """It is an error of our machine."""
    for event in (h11.Data(data=b""), h11.EndOfMessage(), response(h11)):
        conn = client(h11)
        with pytest.raises(h11.LocalProtocolError):
            conn.send(event)
        as_stated.holds(joint(conn) == "ERROR/IDLE")


@claim("S34", TRUE)
def test_send_failed_puts_us_in_error(h11: H11, as_stated: AsStated) -> None:
    """From any state; the peer's machine can still finish."""
    for conn in (client(h11), client(h11, request(h11)), asked(h11), _half_closed(h11)):
        theirs = conn.their_state
        conn.send_failed()
        as_stated.holds(conn.our_state is h11.ERROR)
        assert conn.their_state is theirs


@claim("S35", TRUE)
def test_breaking_the_framing_is_an_error(h11: H11, as_stated: AsStated) -> None:
    """Conflicting lengths are the peer's error; a body that is too long is ours."""
    conflicting = b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"
    theirs = server(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(theirs, conflicting)
    as_stated.holds(theirs.their_state is h11.ERROR)

    ours = client(h11, request(h11, "POST", ("content-length", "1")))
    with pytest.raises(h11.LocalProtocolError):
        ours.send(h11.Data(data=b"hello"))
    as_stated.holds(ours.our_state is h11.ERROR)


def _switched(h11: H11, *, by: bytes) -> Any:
    """A server that has accepted the switch proposed by this request."""
    conn = server(h11, by)
    assert joint(conn) == "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"
    send(conn, response(h11, 200) if by is CONNECT else interim(h11, 101))
    return conn


@claim("S36", TRUE)
def test_an_accepted_switch_ends_in_switched_protocol(h11: H11, as_stated: AsStated) -> None:
    """This holds for both machines, in both roles."""
    as_stated.holds(joint(_switched(h11, by=UPGRADE)) == "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL")
    conn = asked(h11, *UPGRADE_FIELDS)
    receive(conn, b"HTTP/1.1 101 \r\n\r\n")
    as_stated.holds(joint(conn) == "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL")


@claim("S37", IMPRECISE)
def test_connect_switches_as_well(h11: H11, as_stated: AsStated) -> None:
    """Upgrade with 101 is one way to switch, CONNECT with 2xx is the other."""
    as_stated.holds(_switched(h11, by=UPGRADE).our_state is h11.SWITCHED_PROTOCOL)
    tunnel = _switched(h11, by=CONNECT)
    as_stated.fails(tunnel.our_state is not h11.SWITCHED_PROTOCOL)
    assert joint(tunnel) == "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"


@claim("S38", TRUE)
def test_there_is_no_http_after_the_switch(h11: H11, as_stated: AsStated) -> None:
    """Nothing is read as HTTP, not even the end of input, and nothing can be sent."""
    conn = _switched(h11, by=UPGRADE)
    for piece in (GET, GET, EOF):
        as_stated.holds(receive(conn, piece) == ["PAUSED"])
    for event in (
        response(h11, 404),
        h11.Data(data=b""),
        h11.EndOfMessage(),
        h11.ConnectionClosed(),
    ):
        refusing = _switched(h11, by=CONNECT)
        with pytest.raises(h11.LocalProtocolError):
            refusing.send(event)
        as_stated.holds(joint(refusing) == "SWITCHED_PROTOCOL/ERROR")


@claim("S39", TRUE)
def test_the_application_gets_the_received_bytes(h11: H11, as_stated: AsStated) -> None:
    """trailing_data keeps all bytes of the new protocol, and whether the peer has closed."""
    conn = _switched(h11, by=UPGRADE)
    receive(conn, b"new ", b"protocol")
    as_stated.holds(conn.trailing_data == (b"new protocol", False))
    receive(conn, EOF)
    as_stated.holds(conn.trailing_data == (b"new protocol", True))


@claim("S40", IMPRECISE)
def test_there_is_a_ninth_state(h11: H11, as_stated: AsStated) -> None:
    """The eight listed states all occur; a proposed switch leads to another one."""
    failed = client(h11)
    failed.send_failed()
    listed = {
        "IDLE": client(h11),
        "SEND_RESPONSE": asked(h11),
        "SEND_BODY": client(h11, request(h11)),
        "DONE": asked(h11),
        "MUST_CLOSE": asked(h11, CLOSE),
        "CLOSED": _half_closed(h11),
        "ERROR": failed,
        "SWITCHED_PROTOCOL": _switched(h11, by=CONNECT),
    }
    for name, conn in listed.items():
        as_stated.holds(getattr(h11, name) in conn.states.values())

    waiting = asked(h11, *UPGRADE_FIELDS)
    as_stated.fails(str(waiting.our_state) in listed)
    assert waiting.our_state is h11.MIGHT_SWITCH_PROTOCOL
    assert receive(waiting, OK_EMPTY)[-1] == "NEED_DATA"
    assert joint(waiting) == "DONE/DONE"
