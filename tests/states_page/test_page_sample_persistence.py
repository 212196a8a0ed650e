"""The page's fourth sample, keep-alive or close, and its summary: claims S76 to S82.

Its logic: name our state if it is MUST_CLOSE or CLOSED; if both are DONE, take an event and return
keep-alive if it is PAUSED and closing otherwise; anything else is in progress.
"""

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


def persistence_as_described(h11: H11, conn: Any) -> str:
    """The sample's function."""
    named = {h11.MUST_CLOSE: "must_close", h11.CLOSED: "closed"}
    if conn.our_state in named:
        return named[conn.our_state]
    if conn.our_state is not h11.DONE or conn.their_state is not h11.DONE:
        return "in_progress"
    return "keep_alive" if conn.next_event() is h11.PAUSED else "closing"


def answered(h11: H11) -> Any:
    """A client that has read the whole response."""
    conn = asked(h11)
    receive(conn, OK)
    assert joint(conn) == "DONE/DONE"
    return conn


@claim("S76", FALSE)
def test_an_idle_keep_alive_connection_counts_as_closing(h11: H11, as_stated: AsStated) -> None:
    """In both roles; only unread bytes make it "keep_alive"."""
    for conn in (answered(h11), idle_again(h11)):
        as_stated.fails(persistence_as_described(h11, conn) == "keep_alive")
        assert persistence_as_described(h11, conn) == "closing"
        conn.receive_data(b"G")
        assert persistence_as_described(h11, conn) == "keep_alive"


@claim("S77", FALSE)
def test_the_check_changes_the_connection(h11: H11, as_stated: AsStated) -> None:
    """If the peer has closed, the first call changes the states and thereby the second answer."""
    conn = answered(h11)
    conn.receive_data(EOF)
    before = joint(conn)
    assert persistence_as_described(h11, conn) == "closing"
    as_stated.fails(joint(conn) == before)
    assert (before, joint(conn)) == ("DONE/DONE", "MUST_CLOSE/CLOSED")
    assert persistence_as_described(h11, conn) == "must_close"


@claim("S78", TRUE)
def test_must_close_and_closed_are_named(h11: H11, as_stated: AsStated) -> None:
    """The names are right; a response may follow in both states."""
    conn = asked(h11, CLOSE)
    as_stated.holds(persistence_as_described(h11, conn) == "must_close")
    send(conn, h11.ConnectionClosed())
    as_stated.holds(persistence_as_described(h11, conn) == "closed")
    assert joint(conn) == "CLOSED/SEND_RESPONSE"
    assert receive(conn, OK) == ["Response", "Data", "EndOfMessage", "NEED_DATA"]


@claim("S79", IMPRECISE)
def test_in_progress_includes_finished_and_unused_connections(
    h11: H11, as_stated: AsStated
) -> None:
    """An error, a switched protocol and an unused connection all count as in progress."""
    as_stated.holds(persistence_as_described(h11, client(h11, request(h11))) == "in_progress")
    as_stated.holds(persistence_as_described(h11, asked(h11, *UPGRADE_FIELDS)) == "in_progress")

    failed, switched = client(h11), server(h11, UPGRADE)
    failed.send_failed()
    send(switched, interim(h11, 101))
    for conn in (failed, switched, client(h11)):
        as_stated.fails(persistence_as_described(h11, conn) != "in_progress")
        assert conn.our_state in (h11.ERROR, h11.SWITCHED_PROTOCOL, h11.IDLE)


@claim("S80", TRUE)
def test_after_keep_alive_a_new_cycle_starts(h11: H11, as_stated: AsStated) -> None:
    """If the next request is in the buffer, the name is right, and the cycle begins."""
    conn = idle_again(h11)
    conn.receive_data(GET)
    assert persistence_as_described(h11, conn) == "keep_alive"
    conn.start_next_cycle()
    as_stated.holds(receive(conn) == ["Request", "EndOfMessage", "NEED_DATA"])


@claim("S81", FALSE)
def test_a_closing_connection_can_still_be_used(h11: H11, as_stated: AsStated) -> None:
    """It completes another exchange."""
    conn = answered(h11)
    assert persistence_as_described(h11, conn) == "closing"
    conn.start_next_cycle()
    send(conn, request(h11), h11.EndOfMessage())
    as_stated.fails("EndOfMessage" not in receive(conn, OK))
    assert joint(conn) == "DONE/DONE"


@claim("S82", TRUE)
def test_both_machines_run_on_both_ends(h11: H11, as_stated: AsStated) -> None:
    """Each peer tracks both roles, enforces the rules of both, and arrives at the same states."""
    here, there = client(h11), server(h11)
    receive(there, here.send(request(h11)))
    here.send(h11.EndOfMessage())
    as_stated.holds(joint(here) == joint(there) == "DONE/SEND_RESPONSE")
    receive(here, there.send(response(h11, 200, NO_BODY)))
    there.send(h11.EndOfMessage())
    as_stated.holds(joint(here) == joint(there) == "DONE/DONE")
    with pytest.raises(h11.LocalProtocolError):
        client(h11).send(h11.EndOfMessage())
    with pytest.raises(h11.RemoteProtocolError):
        receive(client(h11), b"\x00")
    # Not part of the machines: keep-alive, and the proposed switch.
    closing = server(h11, GET_CLOSE)
    send(closing, response(h11, 200, NO_BODY), h11.EndOfMessage())
    assert joint(closing) == "MUST_CLOSE/MUST_CLOSE"
    assert joint(server(h11, UPGRADE)) == "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"
