"""The page on the two roles: claims S01 to S10."""

import pytest
from states_page_audit import FALSE, H11, IMPRECISE, TRUE, AsStated, claim
from states_page_drive import (
    GET,
    NO_BODY,
    OK,
    OK_HEAD,
    POST_HEAD,
    TIMEOUT,
    asked,
    client,
    error_with_deviation,
    interim,
    joint,
    receive,
    request,
    response,
    send,
    server,
)


@claim("S01", TRUE)
def test_the_client_constant_makes_a_client(h11: H11, as_stated: AsStated) -> None:
    """A connection made with CLIENT has the role of the client, and both machines are IDLE."""
    conn = h11.Connection(h11.CLIENT)
    as_stated.holds((conn.our_role, conn.their_role) == (h11.CLIENT, h11.SERVER))
    assert joint(conn) == "IDLE/IDLE"


@claim("S02", TRUE)
def test_a_client_sends_requests_and_reads_responses(h11: H11, as_stated: AsStated) -> None:
    """A request is sent as bytes and a response is read as events."""
    conn = client(h11)
    as_stated.holds(conn.send(request(h11)) == b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    send(conn, h11.EndOfMessage())
    as_stated.holds(receive(conn, OK) == ["Response", "Data", "EndOfMessage", "NEED_DATA"])
    with pytest.raises(h11.LocalProtocolError):
        client(h11).send(response(h11))


@claim("S03", IMPRECISE)
def test_a_client_can_read_a_response_before_its_request(h11: H11, as_stated: AsStated) -> None:
    """A response is read in IDLE; after it the client cannot send a request."""
    opening = client(h11, request(h11))
    as_stated.holds(joint(opening) == "SEND_BODY/SEND_RESPONSE")

    addressed = client(h11)
    heard = receive(addressed, TIMEOUT)
    as_stated.fails("Response" not in heard)
    assert heard == ["Response", "EndOfMessage", "NEED_DATA"]
    assert joint(addressed) == "IDLE/DONE"
    with error_with_deviation(h11, h11.LocalProtocolError):
        addressed.send(request(h11))
    assert joint(addressed) == "ERROR/MUST_CLOSE"


@claim("S04", IMPRECISE)
def test_a_client_may_send_a_request_only_if_both_are_idle(h11: H11, as_stated: AsStated) -> None:
    """A request changes the states of both machines."""
    fresh = client(h11, request(h11))
    as_stated.holds(fresh.our_state is h11.SEND_BODY)

    for early, before in ((TIMEOUT, "IDLE/DONE"), (OK_HEAD, "IDLE/SEND_BODY")):
        conn = client(h11)
        receive(conn, early)
        assert joint(conn) == before
        with error_with_deviation(h11, h11.LocalProtocolError):
            conn.send(request(h11))
        as_stated.fails(conn.our_state is h11.SEND_BODY)
        assert conn.our_state is h11.ERROR


@claim("S05", IMPRECISE)
def test_a_client_gets_responses_without_waiting(h11: H11, as_stated: AsStated) -> None:
    """A waiting client gets both kinds of response; a final one is also read without waiting."""
    waiting = asked(h11)
    assert joint(waiting) == "DONE/SEND_RESPONSE"
    as_stated.holds("Response" in receive(waiting, OK))
    assert receive(asked(h11), b"HTTP/1.1 103 \r\n\r\n") == ["InformationalResponse", "NEED_DATA"]

    not_waiting = client(h11)
    as_stated.fails("Response" not in receive(not_waiting, OK))
    with pytest.raises(h11.RemoteProtocolError):
        receive(client(h11), b"HTTP/1.1 103 \r\n\r\n")


@claim("S06", TRUE)
def test_the_server_constant_makes_a_server(h11: H11, as_stated: AsStated) -> None:
    """A connection made with SERVER has the role of the server, and both machines are IDLE."""
    conn = h11.Connection(h11.SERVER)
    as_stated.holds((conn.our_role, conn.their_role) == (h11.SERVER, h11.CLIENT))
    assert joint(conn) == "IDLE/IDLE"


@claim("S07", TRUE)
def test_a_server_reads_requests_and_sends_responses(h11: H11, as_stated: AsStated) -> None:
    """A request is read as events and a response is sent as bytes."""
    conn = server(h11)
    as_stated.holds(receive(conn, GET) == ["Request", "EndOfMessage", "NEED_DATA"])
    as_stated.holds(conn.send(response(h11, 200, NO_BODY)).startswith(b"HTTP/1.1 200 "))
    with pytest.raises(h11.LocalProtocolError):
        server(h11).send(request(h11))


@claim("S08", TRUE)
def test_the_server_responds(h11: H11, as_stated: AsStated) -> None:
    """Its response completes the exchange that the client began."""
    conn = server(h11, GET)
    assert joint(conn) == "DONE/SEND_RESPONSE"
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    as_stated.holds(joint(conn) == "DONE/DONE")


@claim("S09", IMPRECISE)
def test_a_server_reads_a_request_only_if_both_are_idle(h11: H11, as_stated: AsStated) -> None:
    """One machine in IDLE is not enough, no matter which."""
    as_stated.holds("Request" in receive(server(h11), GET))

    conn = server(h11)
    send(conn, response(h11, 408, NO_BODY), h11.EndOfMessage())
    assert joint(conn) == "IDLE/DONE"
    with error_with_deviation(h11, h11.RemoteProtocolError):
        receive(conn, GET)
    as_stated.fails(conn.our_state is h11.SEND_RESPONSE)
    assert joint(conn) == "ERROR/MUST_CLOSE"

    failed = server(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(failed, b"\x00")
    assert joint(failed) == "ERROR/IDLE"
    with pytest.raises(h11.RemoteProtocolError):
        receive(failed, GET)
    as_stated.fails(failed.our_state is h11.SEND_RESPONSE)


@claim("S10", FALSE)
def test_a_server_may_respond_before_the_request_is_complete(h11: H11, as_stated: AsStated) -> None:
    """The response is accepted after the head alone, and even before any request."""
    early = server(h11, POST_HEAD)
    send(early, response(h11, 413, NO_BODY))
    as_stated.fails(early.their_state is h11.DONE)
    assert joint(early) == "SEND_BODY/SEND_BODY"

    unasked = server(h11)
    send(unasked, response(h11, 408, NO_BODY))
    as_stated.fails(unasked.their_state is h11.DONE)
    assert joint(unasked) == "IDLE/SEND_BODY"
    with pytest.raises(h11.LocalProtocolError):
        server(h11).send(interim(h11))
