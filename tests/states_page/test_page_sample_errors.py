"""The page's second sample, error handling: claims S66 to S69.

Its logic: as a client, make a response with only a status code and send it; handle the local
protocol error, and assert that our state is ERROR.
"""

from typing import Any

import pytest
from states_page_audit import FALSE, H11, TRUE, AsStated, claim
from states_page_drive import client, joint


def attempt_as_described(h11: H11, conn: Any, **fields: Any) -> str:
    """The block of the sample: the state that its handler prints, or "sent"."""
    try:
        conn.send(h11.Response(status_code=200, **fields))
    except h11.LocalProtocolError:
        return f"handled in {conn.our_state}"
    return "sent"


@claim("S66", FALSE)
def test_the_event_of_the_sample_cannot_be_made(h11: H11, as_stated: AsStated) -> None:
    """headers is required; neither the handler nor the connection sees the TypeError."""
    conn = client(h11)
    with pytest.raises(TypeError) as raised:
        attempt_as_described(h11, conn)
    as_stated.fails(isinstance(raised.value, h11.LocalProtocolError))
    assert joint(conn) == "IDLE/IDLE"


@claim("S67", TRUE)
def test_a_client_cannot_send_a_response(h11: H11, as_stated: AsStated) -> None:
    """The event can be constructed if it has headers, but send refuses it."""
    event = h11.Response(status_code=200, headers=[])
    with pytest.raises(h11.LocalProtocolError) as raised:
        client(h11).send(event)
    as_stated.holds(not isinstance(raised.value, h11.RemoteProtocolError))


@claim("S68", TRUE)
def test_the_handler_finds_us_in_error(h11: H11, as_stated: AsStated) -> None:
    """The state has changed before the exception is caught."""
    as_stated.holds(attempt_as_described(h11, client(h11), headers=[]) == "handled in ERROR")


@claim("S69", FALSE)
def test_the_final_assertion_fails_as_written(h11: H11, as_stated: AsStated) -> None:
    """The event was never made, so that our state is still IDLE; with headers it is ERROR."""
    as_written = client(h11)
    with pytest.raises(TypeError):
        attempt_as_described(h11, as_written)
    as_stated.fails(as_written.our_state is h11.ERROR)
    assert as_written.our_state is h11.IDLE

    completed = client(h11)
    attempt_as_described(h11, completed, headers=[])
    assert completed.our_state is h11.ERROR
