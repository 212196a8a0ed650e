"""The page's first sample, state monitoring: claims S57 to S65.

The sample sends a GET head, then repeatedly reads from the socket and takes one event until both
roles are DONE. It then takes one more event, and starts a new cycle if that event is PAUSED.
"""

from typing import Any

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, TRUE, AsStated, claim
from states_page_drive import EOF, OK, OK_CLOSE, OK_EMPTY, asked, client, joint
from states_page_sockets import ScriptedSocket, WouldBlockError, WouldSpinError


def one_event_per_read(h11: H11, conn: Any, sock: ScriptedSocket, seen: list[str]) -> None:
    """The sample's loop: takes one event for each read, until both roles are DONE."""
    while not (conn.our_state is h11.DONE and conn.their_state is h11.DONE):
        conn.receive_data(sock.recv(4096))
        seen.append(type(conn.next_event()).__name__)


def cycle_if_paused(h11: H11, conn: Any) -> str:
    """The end of the sample: takes an event, and starts a new cycle if the event is PAUSED."""
    event = conn.next_event()
    if event is h11.PAUSED:
        conn.start_next_cycle()
    return type(event).__name__


def page_request(h11: H11) -> Any:
    """The request the sample sends."""
    return h11.Request(method=b"GET", target=b"/", headers=[(b"host", b"example.com")])


@claim("S57", TRUE)
def test_a_state_is_printed_as_its_name(h11: H11, as_stated: AsStated) -> None:
    """An f-string shows only the name."""
    as_stated.holds(f"{client(h11).our_state}" == "IDLE")


@claim("S58", TRUE)
def test_the_request_of_the_sample_can_be_sent(h11: H11, as_stated: AsStated) -> None:
    """Bytes are accepted for method, target and fields, and are sent unchanged."""
    wire = client(h11).send(page_request(h11))
    as_stated.holds(wire == b"GET / HTTP/1.1\r\nhost: example.com\r\n\r\n")


@claim("S59", FALSE)
def test_after_the_request_of_the_sample_we_are_in_send_body(h11: H11, as_stated: AsStated) -> None:
    """The sample prints SEND_BODY; only EndOfMessage leads to DONE."""
    conn = client(h11, page_request(h11))
    as_stated.fails(f"{conn.our_state}" == "DONE")
    assert f"{conn.our_state}" == "SEND_BODY"
    conn.send(h11.EndOfMessage())
    assert f"{conn.our_state}" == "DONE"


@claim("S60", FALSE)
def test_the_loop_of_the_sample_never_ends(h11: H11, as_stated: AsStated) -> None:
    """Our state stays SEND_BODY, whatever the server sends."""
    head, body = OK[:-2], OK[-2:]
    for pieces, error, last in (
        ([head, body, b"x", b"x"], WouldBlockError, "PAUSED"),
        ([head, body, EOF], WouldSpinError, "ConnectionClosed"),
        ([head, body[:1], body[1:]], WouldBlockError, "Data"),
    ):
        conn = client(h11, page_request(h11))
        seen: list[str] = []
        with pytest.raises(error):
            one_event_per_read(h11, conn, ScriptedSocket(*pieces), seen)
        as_stated.fails(conn.our_state is h11.DONE)
        assert conn.our_state is h11.SEND_BODY
        assert seen[-1] == last


@claim("S61", FALSE)
def test_one_event_per_read_leaves_events_unread(h11: H11, as_stated: AsStated) -> None:
    """After a complete request, too, the loop blocks: it took one event of a complete response."""
    conn = asked(h11)
    seen: list[str] = []
    with pytest.raises(WouldBlockError):
        one_event_per_read(h11, conn, ScriptedSocket(OK), seen)
    as_stated.fails(seen == ["Response", "Data", "EndOfMessage"])
    assert seen == ["Response"]
    assert [type(conn.next_event()).__name__ for _ in range(3)] == [
        "Data",
        "EndOfMessage",
        "NEED_DATA",
    ]

    # If the server closes, empty reads yield the other events: three events take three reads.
    closing = ScriptedSocket(OK, EOF)
    one_event_per_read(h11, asked(h11), closing, seen)
    assert seen[1:] == ["Response", "Data", "EndOfMessage"]
    assert closing.reads == 3


@claim("S62", IMPRECISE)
def test_after_the_response_head_the_server_is_in_send_body(h11: H11, as_stated: AsStated) -> None:
    """The page is right about responses with a body, and wrong about those without."""
    for wire in (OK, OK_EMPTY, b"HTTP/1.1 204 \r\n\r\n"):
        conn = asked(h11)
        conn.receive_data(wire)
        assert isinstance(conn.next_event(), h11.Response)
        if wire is OK:
            as_stated.holds(conn.their_state is h11.SEND_BODY)
        else:
            as_stated.fails(conn.their_state is h11.DONE)
        assert conn.their_state is h11.SEND_BODY


@claim("S63", IMPRECISE)
def test_after_the_end_of_the_response_the_server_may_have_to_close(
    h11: H11, as_stated: AsStated
) -> None:
    """With keep-alive it is DONE; otherwise it is never DONE, and the loop never ends."""
    persistent = asked(h11)
    one_event_per_read(h11, persistent, ScriptedSocket(OK, EOF), [])
    as_stated.holds(persistent.their_state is h11.DONE)

    for wire in (OK_CLOSE, OK.replace(b"HTTP/1.1", b"HTTP/1.0")):
        conn = asked(h11)
        with pytest.raises(WouldSpinError):
            one_event_per_read(h11, conn, ScriptedSocket(wire, EOF), [])
        as_stated.fails(conn.their_state is h11.DONE)
        assert joint(conn) == "MUST_CLOSE/CLOSED"


def finished(h11: H11, *more: bytes) -> Any:
    """A client whose exchange is complete, with these unread bytes."""
    conn = asked(h11)
    conn.receive_data(OK)
    while not isinstance(conn.next_event(), h11.EndOfMessage):
        pass
    assert joint(conn) == "DONE/DONE"
    for piece in more:
        conn.receive_data(piece)
    return conn


@claim("S64", FALSE)
def test_paused_does_not_show_that_the_connection_can_be_reused(
    h11: H11, as_stated: AsStated
) -> None:
    """A reusable connection returns NEED_DATA; next_event on an ended one changes its states."""
    reusable = finished(h11)
    as_stated.fails(cycle_if_paused(h11, reusable) == "PAUSED")
    assert joint(reusable) == "DONE/DONE"
    reusable.start_next_cycle()

    ended = finished(h11, EOF)
    as_stated.fails(cycle_if_paused(h11, ended) == "PAUSED")
    assert joint(ended) == "MUST_CLOSE/CLOSED"


@claim("S65", IMPRECISE)
def test_the_sample_starts_a_new_cycle_only_after_surplus_bytes(
    h11: H11, as_stated: AsStated
) -> None:
    """It should not do so then: the surplus bytes are read as the response to the next request."""
    surplus = finished(h11, b"HTTP/1.1 666 \r\n\r\n")
    assert cycle_if_paused(h11, surplus) == "PAUSED"
    as_stated.holds(f"{surplus.our_state}" == "IDLE")
    surplus.send(page_request(h11))
    assert surplus.next_event().status_code == 666

    ordinary = finished(h11)
    assert cycle_if_paused(h11, ordinary) == "NEED_DATA"
    as_stated.fails(f"{ordinary.our_state}" == "IDLE")
