"""What is counted of the programs that are drawn, and that it is counted right."""

import tomllib
from pathlib import Path

import pytest

from h11spec.reference import connection, states
from h11spec.strategies.messages import CORRUPTIONS, WireMessage
from h11spec.strategies.model_coverage import DIMENSIONS, REQUIRED, ModelCoverage, coverage_items
from h11spec.strategies.programs import (
    Drain,
    EventSpec,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
)

TABLE = Path(__file__).parent.parent / "state_machine" / "transitions.toml"
GET = Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
CHUNKED = Receive(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na")


def reached(*steps: Receive | Drain | Send | ReceiveEOF | SendFailed) -> dict[str, dict[str, int]]:
    """What one server's program meets, by dimension."""
    reach = ModelCoverage()
    reach.add(Program("server", steps))
    return {name: dict(counts) for name, counts in reach.counts.items() if counts}


def test_joint_states_to_reach_are_those_of_the_table() -> None:
    """Explored in the reference's own machines here, and written down there by hand."""
    table = tomllib.loads(TABLE.read_text("utf-8"))["reachable"]
    by_hand = {f"{client}/{server}" for client, servers in table.items() for server in servers}
    assert set(coverage_items()["joint state"]) == by_hand
    assert len(by_hand) == 36


def test_every_entry_of_both_tables_can_be_reached() -> None:
    entries = len(states.STATE_TRIGGERED) + sum(
        len(by_event)
        for by_state in states.EVENT_TRIGGERED.values()
        for by_event in by_state.values()
    )
    assert len(coverage_items()["transition"]) == entries


def test_error_sites_are_the_raise_statements_of_the_reference() -> None:
    """One for each, but for the constructor's: a program has one of the two roles."""
    sites = coverage_items()["error site"]
    assert len(set(sites)) == len(sites) >= 38
    assert "reading.read_request: illegal request line:" in sites
    assert not any(site.startswith("connection.__init__") for site in sites)


def test_an_exchange_is_counted() -> None:
    met = reached(GET, Drain(), Send(EventSpec.of("Response", status_code=200, headers=[])))
    assert met["joint state"] == {"IDLE/IDLE": 1, "DONE/SEND_RESPONSE": 1, "DONE/SEND_BODY": 1}
    assert met["transition"] == {
        "CLIENT IDLE Request -> SEND_BODY": 1,
        "SERVER IDLE a request of the client -> SEND_RESPONSE": 1,
        "CLIENT SEND_BODY EndOfMessage -> DONE": 1,
        "SERVER SEND_RESPONSE Response -> SEND_BODY": 1,
    }
    assert met["framing"] == {"client no body": 1, "server chunked": 1}
    assert met["step"] == {"receive": 1, "drain": 1, "send": 1}


def test_an_error_is_counted_where_it_was_raised() -> None:
    """And not where it was turned into the peer's."""
    met = reached(CHUNKED, Drain(), ReceiveEOF(), Drain())
    [site] = met["error site"]
    assert site.startswith("reading.read_eof: peer closed connection")
    assert met["status hint"] == {"400": 1}


def test_an_event_that_is_refused_is_counted_by_state() -> None:
    met = reached(SendFailed(), Send(EventSpec("EndOfMessage")))
    assert met["refused event"] == {"server ERROR: EndOfMessage": 1}


def test_corruptions_are_counted_by_name() -> None:
    reach = ModelCoverage()
    reach.add(Program("server", ()), (WireMessage(b"", (), corruption="bare LF"),))
    assert dict(reach.counts["corruption"]) == {"bare LF": 1}
    assert set(coverage_items()["corruption"]) == set(CORRUPTIONS)


def test_what_was_never_met_is_told() -> None:
    reach = ModelCoverage()
    assert set(reach.missed()) == {
        (name, item) for name in REQUIRED for item in coverage_items()[name]
    }
    reach.add(Program("server", (GET, Drain())))
    assert ("joint state", "DONE/SEND_RESPONSE") not in set(reach.missed())


def test_the_table_has_every_dimension_and_begins_with_what_is_rare() -> None:
    reach = ModelCoverage()
    reach.add(Program("server", (GET, Drain())))
    rows = list(reach.table())
    assert [name for name in DIMENSIONS if any(row[0] == name for row in rows)] == [
        name for name in DIMENSIONS if name in coverage_items() or reach.counts[name]
    ]
    counts = [count for name, _, count in rows if name == "joint state"]
    assert counts == sorted(counts)


def test_counting_leaves_the_reference_as_it_was() -> None:
    tables = states.EVENT_TRIGGERED, states.STATE_TRIGGERED
    function = connection.__dict__["body_framing"]
    reached(GET, Drain())
    assert tables == (states.EVENT_TRIGGERED, states.STATE_TRIGGERED)
    assert states.EVENT_TRIGGERED is tables[0]
    assert connection.__dict__["body_framing"] is function


@pytest.mark.parametrize("name", ["method", "status_code"])
def test_an_error_of_another_kind_is_counted_too(name: str) -> None:
    """Constructors raise what Python raises, for arguments of undocumented types."""
    sites = {"method": "headers.as_bytes", "status_code": "events.__init__: status code must"}
    arguments = {"method": 1} if name == "method" else {"status_code": "200"}
    kind = "Request" if name == "method" else "Response"
    rest = {"method": {"target": b"/"}, "status_code": {}}[name]
    event = EventSpec.of(kind, **arguments, **rest, headers=[(b"Host", b"a")])
    [site] = reached(Send(event))["error site"]
    assert site.startswith(sites[name])
