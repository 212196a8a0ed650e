"""The page's transition summary and its state checks: claims S41 to S56."""

from typing import Any

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, TRUE, AsStated, claim
from states_page_drive import (
    CLOSE,
    EOF,
    GET,
    GET_CLOSE,
    NO_BODY,
    OK,
    OK_HEAD,
    TIMEOUT,
    UPGRADE_FIELDS,
    asked,
    client,
    error_with_deviation,
    idle_again,
    interim,
    joint,
    receive,
    request,
    response,
    send,
    server,
)

BODY = ("content-length", "5")


@claim("S41", IMPRECISE)
def test_any_request_leads_to_send_body(h11: H11, as_stated: AsStated) -> None:
    """A body makes no difference to the transition."""
    as_stated.holds(client(h11, request(h11, "POST", BODY)).our_state is h11.SEND_BODY)
    bodiless = client(h11, request(h11))
    as_stated.fails(bodiless.our_state is not h11.SEND_BODY)
    assert joint(bodiless) == "SEND_BODY/SEND_RESPONSE"


@claim("S42", FALSE)
def test_a_request_without_a_body_does_not_lead_to_done(h11: H11, as_stated: AsStated) -> None:
    """Sent or received: the end of the message is a separate event."""
    sender = client(h11, request(h11))
    as_stated.fails(sender.our_state is h11.DONE)
    reader = server(h11)
    reader.receive_data(GET)
    assert isinstance(reader.next_event(), h11.Request)
    as_stated.fails(reader.their_state is h11.DONE)
    assert joint(sender) == joint(reader) == "SEND_BODY/SEND_RESPONSE"


@claim("S43", IMPRECISE)
def test_a_request_does_not_always_end_in_done(h11: H11, as_stated: AsStated) -> None:
    """A request that closes or proposes a switch ends in another state."""
    as_stated.holds(asked(h11).our_state is h11.DONE)
    for fields, expected in (
        ((CLOSE,), h11.MUST_CLOSE),
        (UPGRADE_FIELDS, h11.MIGHT_SWITCH_PROTOCOL),
        ((CLOSE, *UPGRADE_FIELDS), h11.MIGHT_SWITCH_PROTOCOL),
    ):
        conn = asked(h11, *fields)
        as_stated.fails(conn.our_state is h11.DONE)
        assert conn.our_state is expected


@claim("S44", TRUE)
def test_a_request_received_leads_to_send_response(h11: H11, as_stated: AsStated) -> None:
    """The head of the request changes the state of the server machine."""
    conn = server(h11)
    assert joint(conn) == "IDLE/IDLE"
    receive(conn, GET)
    as_stated.holds(conn.our_state is h11.SEND_RESPONSE)


@claim("S45", IMPRECISE)
def test_any_response_leads_to_send_body(h11: H11, as_stated: AsStated) -> None:
    """A body makes no difference to the transition."""
    for fields in ((BODY,), (NO_BODY,), ()):
        conn = server(h11, GET)
        send(conn, response(h11, 200, *fields))
        if fields == (BODY,):
            as_stated.holds(conn.our_state is h11.SEND_BODY)
        else:
            as_stated.fails(conn.our_state is not h11.SEND_BODY)
        assert joint(conn) == "DONE/SEND_BODY"


@claim("S46", FALSE)
def test_a_response_without_a_body_does_not_lead_to_done(h11: H11, as_stated: AsStated) -> None:
    """Sent or received."""
    for status, fields in ((204, ()), (304, ()), (200, (NO_BODY,))):
        sender = server(h11, GET)
        wire = sender.send(response(h11, status, *fields))
        as_stated.fails(sender.our_state is h11.DONE)
        reader = asked(h11)
        reader.receive_data(wire)
        assert isinstance(reader.next_event(), h11.Response)
        as_stated.fails(reader.their_state is h11.DONE)
        assert joint(sender) == joint(reader) == "DONE/SEND_BODY"


@claim("S47", IMPRECISE)
def test_a_response_does_not_always_end_in_done(h11: H11, as_stated: AsStated) -> None:
    """Without keep-alive the end of the response leads to MUST_CLOSE."""
    as_stated.holds(idle_again(h11).our_state is h11.DONE)
    conn = server(h11, GET_CLOSE)
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    as_stated.fails(conn.our_state is h11.DONE)
    assert joint(conn) == "MUST_CLOSE/MUST_CLOSE"


@claim("S48", TRUE)
def test_a_new_cycle_leads_back_to_idle(h11: H11, as_stated: AsStated) -> None:
    """start_next_cycle() works in DONE/DONE; elsewhere it is refused without a change."""
    conn = idle_again(h11)
    conn.start_next_cycle()
    as_stated.holds(joint(conn) == "IDLE/IDLE")
    for other in (conn, client(h11, request(h11)), asked(h11), server(h11, EOF)):
        before = joint(other)
        with pytest.raises(h11.LocalProtocolError):
            other.start_next_cycle()
        assert joint(other) == before


@claim("S49", TRUE)
def test_closing_leads_from_done_to_closed(h11: H11, as_stated: AsStated) -> None:
    """The role that closes is CLOSED; a peer that has nothing in progress must close, too."""
    ours = idle_again(h11)
    send(ours, h11.ConnectionClosed())
    as_stated.holds(joint(ours) == "MUST_CLOSE/CLOSED")
    theirs = idle_again(h11)
    receive(theirs, EOF)
    as_stated.holds(joint(theirs) == "CLOSED/MUST_CLOSE")
    waiting = asked(h11)
    send(waiting, h11.ConnectionClosed())
    as_stated.holds(joint(waiting) == "CLOSED/SEND_RESPONSE")
    idle = client(h11)
    send(idle, h11.ConnectionClosed())
    assert joint(idle) == "CLOSED/MUST_CLOSE"


def _one_in_each_state(h11: H11) -> dict[str, Any]:
    """A connection for every state of our machine."""
    closed = asked(h11)
    send(closed, h11.ConnectionClosed())
    switched = asked(h11, *UPGRADE_FIELDS)
    receive(switched, b"HTTP/1.1 101 \r\n\r\n")
    failed = client(h11)
    failed.send_failed()
    return {
        "IDLE": client(h11),
        "SEND_RESPONSE": server(h11, GET),
        "SEND_BODY": client(h11, request(h11)),
        "DONE": asked(h11),
        "MUST_CLOSE": asked(h11, CLOSE),
        "CLOSED": closed,
        "MIGHT_SWITCH_PROTOCOL": asked(h11, *UPGRADE_FIELDS),
        "SWITCHED_PROTOCOL": switched,
        "ERROR": failed,
    }


@claim("S50", TRUE)
def test_a_violation_leads_to_error_from_any_state(h11: H11, as_stated: AsStated) -> None:
    """Every state refuses the wrong role's event, and changes to ERROR."""
    for name, conn in _one_in_each_state(h11).items():
        assert str(conn.our_state) == name
        wrong = request(h11) if conn.our_role is h11.SERVER else interim(h11)
        with pytest.raises(h11.LocalProtocolError):
            conn.send(wrong)
        as_stated.holds(conn.our_state is h11.ERROR)


@claim("S51", FALSE)
def test_must_close_is_entered_from_done_and_idle_only(h11: H11, as_stated: AsStated) -> None:
    """A role that has more to send, or waits for a switch, stays in its state until then."""
    bound_to_close = {
        "SEND_BODY": client(h11, request(h11, "GET", CLOSE)),
        "SEND_RESPONSE": server(h11, GET_CLOSE),
        "MIGHT_SWITCH_PROTOCOL": asked(h11, CLOSE, *UPGRADE_FIELDS),
    }
    for name, conn in bound_to_close.items():
        as_stated.fails(conn.our_state is h11.MUST_CLOSE)
        assert str(conn.our_state) == name

    idle = server(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(idle, b"\x00")
    as_stated.fails(idle.our_state is h11.MUST_CLOSE)
    assert joint(idle) == "ERROR/IDLE"

    assert joint(server(h11, EOF)) == "CLOSED/MUST_CLOSE"  # from IDLE
    done = idle_again(h11)
    receive(done, EOF)
    assert joint(done) == "CLOSED/MUST_CLOSE"
    assert joint(asked(h11, CLOSE)) == "MUST_CLOSE/SEND_RESPONSE"
    failed = asked(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(failed, b"\x00")
    assert joint(failed) == "MUST_CLOSE/ERROR"


@claim("S52", IMPRECISE)
def test_idle_alone_does_not_determine_the_next_event(h11: H11, as_stated: AsStated) -> None:
    """A client needs the state of the server machine as well; a server may also respond."""
    as_stated.holds(client(h11, request(h11)).our_state is h11.SEND_BODY)
    as_stated.holds("Request" in receive(server(h11), GET))

    for early in (TIMEOUT, OK_HEAD):
        conn = client(h11)
        receive(conn, early)
        assert conn.our_state is h11.IDLE
        with error_with_deviation(h11, h11.LocalProtocolError):
            conn.send(request(h11))
        as_stated.fails(conn.our_state is h11.SEND_BODY)
        assert conn.our_state is h11.ERROR

    unasked = server(h11)
    send(unasked, response(h11, 408))
    assert joint(unasked) == "IDLE/SEND_BODY"


@claim("S53", TRUE)
def test_send_body_accepts_data_and_the_end_of_the_message(h11: H11, as_stated: AsStated) -> None:
    """It refuses all other events."""
    conn = client(h11, request(h11, "POST", BODY))
    as_stated.holds(conn.send(h11.Data(data=b"hello")) == b"hello")
    as_stated.holds(conn.send(h11.EndOfMessage()) == b"")
    for event in (request(h11), h11.ConnectionClosed()):
        refusing = client(h11, request(h11, "POST", BODY))
        with pytest.raises(h11.LocalProtocolError):
            refusing.send(event)


@claim("S54", IMPRECISE)
def test_our_done_is_not_enough_for_a_new_cycle(h11: H11, as_stated: AsStated) -> None:
    """A new cycle is refused as long as the peer is not DONE."""
    conn = asked(h11)
    as_stated.holds(conn.our_state is h11.DONE and receive(conn) == ["NEED_DATA"])
    with pytest.raises(h11.LocalProtocolError):
        conn.start_next_cycle()
    as_stated.fails(conn.our_state is h11.IDLE)
    receive(conn, OK)
    conn.start_next_cycle()
    assert joint(conn) == "IDLE/IDLE"


@claim("S55", TRUE)
def test_the_peer_done_makes_a_new_cycle_possible(h11: H11, as_stated: AsStated) -> None:
    """Our own role must be DONE, too."""
    conn = server(h11, GET)
    assert conn.their_state is h11.DONE
    with pytest.raises(h11.LocalProtocolError):
        conn.start_next_cycle()
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    assert conn.their_state is h11.DONE
    conn.start_next_cycle()
    as_stated.holds(joint(conn) == "IDLE/IDLE")


@claim("S56", TRUE)
def test_states_compare_with_a_dict(h11: H11, as_stated: AsStated) -> None:
    """`states` maps roles to states; the comparison shows whether a new cycle may start."""
    both_done = {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}
    assert asked(h11).states != both_done
    conn = idle_again(h11)
    as_stated.holds(conn.states == both_done)
    conn.start_next_cycle()
    as_stated.holds(conn.states == {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE})
