"""The page on IDLE, SEND_RESPONSE, SEND_BODY and DONE: claims S11 to S23."""

from typing import Any

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, TRUE, AsStated, claim
from states_page_drive import (
    CLOSE,
    CONNECT,
    EOF,
    GET,
    GET_CLOSE,
    NO_BODY,
    OK,
    OK_CLOSE,
    POST_HEAD,
    UPGRADE,
    UPGRADE_FIELDS,
    asked,
    client,
    idle_again,
    interim,
    joint,
    receive,
    request,
    response,
    send,
    server,
)


@claim("S11", TRUE)
def test_every_exchange_starts_in_idle(h11: H11, as_stated: AsStated) -> None:
    """Both machines are IDLE in a new connection and in a new cycle."""
    as_stated.holds(joint(client(h11)) == "IDLE/IDLE")
    conn = idle_again(h11)
    conn.start_next_cycle()
    as_stated.holds(joint(conn) == "IDLE/IDLE")
    assert receive(conn, GET) == ["Request", "EndOfMessage", "NEED_DATA"]


@claim("S12", FALSE)
def test_a_request_does_not_lead_to_done(h11: H11, as_stated: AsStated) -> None:
    """The machine does not inspect the framing: only EndOfMessage leads to DONE."""
    bodiless = [request(h11), request(h11, "HEAD"), request(h11, "POST", NO_BODY)]
    for head in bodiless:
        conn = client(h11, head)
        as_stated.fails(conn.our_state is h11.DONE)
        assert conn.our_state is h11.SEND_BODY
        send(conn, h11.EndOfMessage())
        assert conn.our_state is h11.DONE


@claim("S13", IMPRECISE)
def test_an_idle_server_need_not_wait(h11: H11, as_stated: AsStated) -> None:
    """A request leads to SEND_RESPONSE; but the server may also respond or close first."""
    as_stated.holds(server(h11, GET).our_state is h11.SEND_RESPONSE)

    for first, then in ((response(h11), h11.SEND_BODY), (h11.ConnectionClosed(), h11.CLOSED)):
        conn = server(h11)
        send(conn, first)
        as_stated.fails(conn.our_state is h11.IDLE)
        assert conn.our_state is then


@claim("S14", IMPRECISE)
def test_send_response_begins_with_the_head(h11: H11, as_stated: AsStated) -> None:
    """The server may respond before the body of the request is complete."""
    as_stated.holds(joint(server(h11, GET)) == "DONE/SEND_RESPONSE")
    conn = server(h11, POST_HEAD)
    as_stated.fails(conn.their_state is h11.DONE)
    assert joint(conn) == "SEND_BODY/SEND_RESPONSE"
    assert receive(conn, b"hello") == ["Data", "EndOfMessage", "NEED_DATA"]
    assert joint(conn) == "DONE/SEND_RESPONSE"


@claim("S15", FALSE)
def test_a_response_does_not_lead_to_done(h11: H11, as_stated: AsStated) -> None:
    """Interim responses keep the state, final ones lead to SEND_BODY, accepted switches further."""
    head = b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n"
    for wire, answer, then in (
        (GET, interim(h11, 103), h11.SEND_RESPONSE),
        (UPGRADE, interim(h11, 101), h11.SWITCHED_PROTOCOL),
        (CONNECT, response(h11, 200), h11.SWITCHED_PROTOCOL),
    ):
        conn = server(h11, wire)
        send(conn, answer)
        as_stated.fails(conn.our_state in (h11.SEND_BODY, h11.DONE))
        assert conn.our_state is then
    for wire, status in ((GET, 204), (GET, 304), (head, 200), (CONNECT, 404)):
        conn = server(h11, wire)
        send(conn, response(h11, status))
        as_stated.fails(conn.our_state is h11.DONE)
        assert conn.our_state is h11.SEND_BODY


@claim("S16", TRUE)
def test_only_the_server_machine_has_send_response(h11: H11, as_stated: AsStated) -> None:
    """In both roles, it is the server machine."""
    for conn in (asked(h11), server(h11, GET)):
        as_stated.holds(conn.states[h11.SERVER] is h11.SEND_RESPONSE)
        as_stated.holds(conn.states[h11.CLIENT] is not h11.SEND_RESPONSE)


@claim("S17", TRUE)
def test_send_body_is_for_body_data(h11: H11, as_stated: AsStated) -> None:
    """The state allows Data; the framing limits its length."""
    declared = client(h11, request(h11, "POST", ("content-length", "5")))
    as_stated.holds(declared.send(h11.Data(data=b"hello")) == b"hello")

    undeclared = client(h11, request(h11, "POST"))
    as_stated.holds(undeclared.send(h11.Data(data=b"")) == b"")
    with pytest.raises(h11.LocalProtocolError, match="Too much data"):
        undeclared.send(h11.Data(data=b"hello"))


@claim("S18", TRUE)
def test_data_may_be_sent_in_pieces(h11: H11, as_stated: AsStated) -> None:
    """The state stays the same, so that more can follow."""
    conn = client(h11, request(h11, "POST", ("content-length", "5")))
    for piece in (b"he", b"", b"llo"):
        as_stated.holds(conn.send(h11.Data(data=piece)) == piece)
        as_stated.holds(conn.our_state is h11.SEND_BODY)


def _ends_of_message(h11: H11) -> list[tuple[Any, str]]:
    """Connections in SEND_BODY, and the joint state after the end of the message."""
    peer_failed = client(h11, request(h11))
    with pytest.raises(h11.RemoteProtocolError):
        receive(peer_failed, b"\x00")
    switched = client(h11, request(h11, "POST", *UPGRADE_FIELDS, NO_BODY))
    receive(switched, b"HTTP/1.1 101 \r\n\r\n")
    return [
        (client(h11, request(h11, "GET", CLOSE)), "MUST_CLOSE/SEND_RESPONSE"),
        (peer_failed, "MUST_CLOSE/ERROR"),
        (client(h11, request(h11, "CONNECT")), "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"),
        (client(h11, request(h11, "GET", *UPGRADE_FIELDS)), "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"),
        (switched, "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"),
    ]


@claim("S19", IMPRECISE)
def test_the_end_of_a_message_has_five_outcomes(h11: H11, as_stated: AsStated) -> None:
    """Usually DONE; keep-alive, the peer, a proposed switch and the framing can change that."""
    plain = asked(h11)
    as_stated.holds(plain.our_state is h11.DONE)

    for conn, expected in _ends_of_message(h11):
        assert conn.our_state is h11.SEND_BODY
        send(conn, h11.EndOfMessage())
        as_stated.fails(conn.our_state is h11.DONE)
        assert joint(conn) == expected

    gone = server(h11, GET, EOF)
    send(gone, response(h11, 200, NO_BODY), h11.EndOfMessage())
    as_stated.fails(gone.our_state is h11.DONE)
    assert joint(gone) == "CLOSED/MUST_CLOSE"

    short = client(h11, request(h11, "POST", ("content-length", "5")))
    with pytest.raises(h11.LocalProtocolError, match="Too little data"):
        short.send(h11.EndOfMessage())
    as_stated.fails(short.our_state is h11.DONE)
    assert short.our_state is h11.ERROR


@claim("S20", TRUE)
def test_both_machines_have_send_body(h11: H11, as_stated: AsStated) -> None:
    """The client is there after its request, the server after its response."""
    as_stated.holds(client(h11, request(h11)).our_state is h11.SEND_BODY)
    conn = server(h11, GET)
    send(conn, response(h11))
    as_stated.holds(conn.our_state is h11.SEND_BODY)


@claim("S21", IMPRECISE)
def test_done_describes_one_role(h11: H11, as_stated: AsStated) -> None:
    """The exchange is finished when both are DONE."""
    finished = idle_again(h11)
    as_stated.holds(finished.our_state is h11.DONE and finished.their_state is h11.DONE)
    half = asked(h11)
    assert half.our_state is h11.DONE
    as_stated.fails(half.their_state is h11.DONE)
    assert joint(half) == "DONE/SEND_RESPONSE"


@claim("S22", TRUE)
def test_done_waits_for_the_peer(h11: H11, as_stated: AsStated) -> None:
    """In DONE a client reads the whole response without a change of its state."""
    conn = asked(h11)
    as_stated.holds(receive(conn, OK[:-1])[-1] == "NEED_DATA" and conn.our_state is h11.DONE)
    as_stated.holds(receive(conn, OK[-1:])[-2:] == ["EndOfMessage", "NEED_DATA"])
    assert joint(conn) == "DONE/DONE"


@claim("S23", FALSE)
def test_paused_is_neither_a_state_nor_follows_from_done(h11: H11, as_stated: AsStated) -> None:
    """DONE/DONE stays; next_event() returns PAUSED only if there are unread bytes."""
    conn = idle_again(h11)
    as_stated.fails(receive(conn) == ["PAUSED"])
    assert receive(conn) == ["NEED_DATA"]
    assert joint(conn) == "DONE/DONE"

    conn.receive_data(b"G")
    assert receive(conn) == ["PAUSED"]
    as_stated.fails(h11.PAUSED in conn.states.values())
    assert joint(conn) == "DONE/DONE"

    # Without keep-alive the premise never holds: neither role stays in DONE.
    closing = server(h11, GET_CLOSE)
    send(closing, response(h11, 200, NO_BODY), h11.EndOfMessage())
    closed_by_server = asked(h11)
    receive(closed_by_server, OK_CLOSE)
    for ended in (closing, closed_by_server):
        as_stated.fails(h11.DONE in ended.states.values())
        assert joint(ended) == "MUST_CLOSE/MUST_CLOSE"
