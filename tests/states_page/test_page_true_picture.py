"""The audit's own description of the state machine: its two tables, cell by cell, and its rules."""

from collections.abc import Callable
from typing import Any

import pytest
from states_page_audit import H11, section, table_rows
from states_page_drive import (
    CLOSE,
    CONNECT,
    EOF,
    GET,
    GET_CLOSE,
    NO_BODY,
    OK,
    OK_CLOSE,
    UPGRADE,
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

REFUSED = "\N{EN DASH}"
REFUSED_WITH_DEVIATION = f"{REFUSED} †"

Cell = tuple[str, str, str]


def cells(heading: str) -> list[Cell]:
    """(state, event, outcome) for every cell of a transition table that is not blank."""
    header, *rows = table_rows(section(heading))
    return [
        (row[0], event, outcome)
        for row in rows
        for event, outcome in zip(header[1:], row[1:], strict=True)
        if outcome
    ]


def send_failed(conn: Any) -> Any:
    """Reports a failed send, and returns the connection."""
    conn.send_failed()
    return conn


def having_sent(conn: Any, *events: Any) -> Any:
    """Sends these events, and returns the connection."""
    send(conn, *events)
    return conn


def switched_client(h11: H11) -> Any:
    """A client whose upgrade was accepted."""
    conn = asked(h11, *UPGRADE_FIELDS)
    receive(conn, b"HTTP/1.1 101 \r\n\r\n")
    return conn


CLIENTS: dict[str, Callable[[H11], Any]] = {
    "IDLE": client,
    "SEND_BODY": lambda h: client(h, request(h)),
    "DONE": asked,
    "MUST_CLOSE": lambda h: asked(h, CLOSE),
    "CLOSED": lambda h: having_sent(asked(h), h.ConnectionClosed()),
    "MIGHT_SWITCH_PROTOCOL": lambda h: asked(h, *UPGRADE_FIELDS),
    "SWITCHED_PROTOCOL": switched_client,
    "ERROR": lambda h: send_failed(client(h)),
}


def make_event(h11: H11, column: str) -> Any:
    """The event of a column of either table, for our role to send."""
    return {
        "Request": lambda: request(h11),
        "1xx": lambda: interim(h11, 103),
        "101, Upgrade proposed": lambda: interim(h11, 101),
        "Response": lambda: response(h11, 404),
        "2xx, CONNECT proposed": lambda: response(h11, 200),
        "Data": lambda: h11.Data(data=b""),
        "EndOfMessage": h11.EndOfMessage,
        "ConnectionClosed": h11.ConnectionClosed,
    }[column]()


def check_sending(h11: H11, conn: Any, event: Any, outcome: str) -> None:
    """Sends the event, and checks that our machine is in the state that the table says."""
    theirs = str(conn.their_state)
    if outcome == REFUSED_WITH_DEVIATION:
        with error_with_deviation(h11, h11.LocalProtocolError):
            conn.send(event)
    elif outcome == REFUSED:
        with pytest.raises(h11.LocalProtocolError):
            conn.send(event)
    else:
        conn.send(event)
    if outcome.startswith(REFUSED):
        assert conn.our_state is h11.ERROR
        assert str(conn.their_state) == after_the_other_role_failed(theirs)
    else:
        assert str(conn.our_state) == outcome


def after_the_other_role_failed(state: str) -> str:
    """The state of a role once the other is in ERROR: rule 5."""
    return "MUST_CLOSE" if state == "DONE" else state


def test_the_client_table_has_every_cell() -> None:
    """Eight states by four events, without blanks."""
    assert len(cells("Client machine")) == len(CLIENTS) * 4


@pytest.mark.parametrize("cell", cells("Client machine"), ids=":".join)
def test_the_client_machine_follows_the_table(h11: H11, cell: Cell) -> None:
    """Each event in each state."""
    state, column, outcome = cell
    conn = CLIENTS[state](h11)
    assert str(conn.our_state) == state
    check_sending(h11, conn, make_event(h11, column), outcome)


def plain_server(h11: H11, state: str) -> Any:
    """A server in this state, without a proposed switch except for SWITCHED_PROTOCOL."""
    answer = (response(h11, 200, NO_BODY), h11.EndOfMessage())
    return {
        "IDLE": lambda: server(h11),
        "SEND_RESPONSE": lambda: server(h11, GET),
        "SEND_BODY": lambda: having_sent(server(h11, GET), answer[0]),
        "DONE": lambda: idle_again(h11),
        "MUST_CLOSE": lambda: having_sent(server(h11, GET_CLOSE), *answer),
        "CLOSED": lambda: having_sent(server(h11), h11.ConnectionClosed()),
        "SWITCHED_PROTOCOL": lambda: having_sent(server(h11, CONNECT), response(h11)),
        "ERROR": lambda: send_failed(server(h11)),
    }[state]()


def unasked_server(h11: H11, state: str) -> Any:
    """A server in this state that has not read a request, so that one can still arrive."""
    early = response(h11, 408, NO_BODY, *([CLOSE] if state == "MUST_CLOSE" else []))
    sent = {"SEND_BODY": [early]}.get(state, [early, h11.EndOfMessage()])
    if state in {"IDLE", "ERROR"}:
        return plain_server(h11, state)
    return having_sent(server(h11), *sent)


def proposed_server(h11: H11, state: str, wire: bytes) -> Any:
    """A server in this state with a switch proposed by this request.

    States after SEND_RESPONSE need a response before the request, which is then refused: the client
    is in ERROR, and its proposal remains.
    """
    if state == "SEND_RESPONSE":
        return server(h11, wire)
    if state == "SWITCHED_PROTOCOL":
        accept = response(h11) if wire is CONNECT else interim(h11, 101)
        return having_sent(server(h11, wire), accept)
    if state == "ERROR":
        return send_failed(server(h11, wire))
    conn = having_sent(server(h11), response(h11, 408, NO_BODY))
    with error_with_deviation(h11, h11.RemoteProtocolError):
        receive(conn, wire)
    endings = {"SEND_BODY": 0, "MUST_CLOSE": 1, "CLOSED": 2}
    return having_sent(conn, *(h11.EndOfMessage(), h11.ConnectionClosed())[: endings[state]])


@pytest.mark.parametrize("cell", cells("Server machine"), ids=":".join)
def test_the_server_machine_follows_the_table(h11: H11, cell: Cell) -> None:
    """Each event in each state in which it can occur."""
    state, column, outcome = cell
    if column == "Request":
        check_receiving(h11, unasked_server(h11, state), state, outcome)
        return
    switches = {"101, Upgrade proposed": UPGRADE, "2xx, CONNECT proposed": CONNECT}
    if column in switches:
        conn = proposed_server(h11, state, switches[column])
    else:
        conn = plain_server(h11, state)
    assert str(conn.our_state) == state
    check_sending(h11, conn, make_event(h11, column), outcome)


def check_receiving(h11: H11, conn: Any, state: str, outcome: str) -> None:
    """Receives a request; if it is refused, the client machine is in ERROR."""
    assert str(conn.our_state) == state
    if outcome == REFUSED_WITH_DEVIATION:
        with error_with_deviation(h11, h11.RemoteProtocolError):
            receive(conn, GET)
        assert joint(conn) == f"ERROR/{after_the_other_role_failed(state)}"
    else:
        receive(conn, GET)
        assert str(conn.our_state) == outcome


def test_rule_1_a_proposal_precedes_closing(h11: H11) -> None:
    """A client that is done and has proposed a switch waits, with or without keep-alive."""
    for fields in (UPGRADE_FIELDS, (CLOSE, *UPGRADE_FIELDS)):
        assert joint(asked(h11, *fields)) == "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"


def test_rule_2_a_client_continues_after_a_declined_proposal(h11: H11) -> None:
    """It is in DONE again, unless rule 3 applies; an interim response decides nothing."""
    for wire, expected in ((OK, "DONE/DONE"), (OK_CLOSE, "MUST_CLOSE/MUST_CLOSE")):
        conn = asked(h11, *UPGRADE_FIELDS)
        receive(conn, b"HTTP/1.1 103 \r\n\r\n")
        assert joint(conn) == "MIGHT_SWITCH_PROTOCOL/SEND_RESPONSE"
        receive(conn, wire)
        assert joint(conn) == expected


def test_rule_3_without_keep_alive_no_role_stays_in_done(h11: H11) -> None:
    """Each role moves on when its own message is complete; keep-alive cannot be restored."""
    conn = server(h11, GET_CLOSE)
    assert joint(conn) == "MUST_CLOSE/SEND_RESPONSE"
    send(conn, response(h11, 200, NO_BODY, ("connection", "keep-alive")))
    assert joint(conn) == "MUST_CLOSE/SEND_BODY"
    send(conn, h11.EndOfMessage())
    assert joint(conn) == "MUST_CLOSE/MUST_CLOSE"


def test_rule_4_a_closed_role_makes_the_other_close(h11: H11) -> None:
    """In IDLE and DONE it must close at once; in another state, when its message is complete."""
    assert joint(server(h11, EOF)) == "CLOSED/MUST_CLOSE"
    assert joint(having_sent(idle_again(h11), h11.ConnectionClosed())) == "MUST_CLOSE/CLOSED"
    conn = server(h11, GET, EOF)
    assert joint(conn) == "CLOSED/SEND_RESPONSE"
    send(conn, response(h11, 200, NO_BODY), h11.EndOfMessage())
    assert joint(conn) == "CLOSED/MUST_CLOSE"


def test_rule_5_an_error_makes_a_finished_role_close(h11: H11) -> None:
    """This applies in DONE; an idle server can still respond with 400, and must then close."""
    assert joint(send_failed(server(h11, GET))) == "MUST_CLOSE/ERROR"
    conn = server(h11)
    with pytest.raises(h11.RemoteProtocolError):
        receive(conn, b"\x00")
    assert joint(conn) == "ERROR/IDLE"
    send(conn, response(h11, 400, NO_BODY), h11.EndOfMessage())
    assert joint(conn) == "ERROR/MUST_CLOSE"


def test_rule_6_a_switch_is_complete_when_the_client_is(h11: H11) -> None:
    """The server switches when it accepts; the client switches when its request is complete."""
    conn = client(h11, request(h11, "POST", *UPGRADE_FIELDS, ("content-length", "5")))
    receive(conn, b"HTTP/1.1 101 \r\n\r\n")
    assert joint(conn) == "SEND_BODY/SWITCHED_PROTOCOL"
    send(conn, h11.Data(data=b"hello"), h11.EndOfMessage())
    assert joint(conn) == "SWITCHED_PROTOCOL/SWITCHED_PROTOCOL"
