"""Model coverage counts what programs coverage, and leaves the reference unchanged."""

import tomllib
from pathlib import Path

import pytest

from h11spec.reference import connection, states
from h11spec.strategies.messages import CORRUPTIONS, WireMessage
from h11spec.strategies.model_coverage import DIMENSIONS, REQUIRED, ModelCoverage, coverage_items
from h11spec.strategies.program import (
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
    """What a server's program reaches, by dimension."""
    coverage = ModelCoverage()
    coverage.add(Program("server", steps))
    return {name: dict(counts) for name, counts in coverage.counts.items() if counts}


def test_the_joint_states_are_those_of_the_handwritten_table() -> None:
    """Here they are found by exploring the reference's machines."""
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
    """One for each, except the constructor's: a program always has a valid role."""
    sites = coverage_items()["error site"]
    assert len(set(sites)) == len(sites) >= 38
    assert "reading.read_request: illegal request line:" in sites
    assert not any(site.startswith("connection.__init__") for site in sites)


def test_an_exchange_is_counted() -> None:
    counts = reached(GET, Drain(), Send(EventSpec.of("Response", status_code=200, headers=[])))
    assert counts["joint state"] == {"IDLE/IDLE": 1, "DONE/SEND_RESPONSE": 1, "DONE/SEND_BODY": 1}
    assert counts["transition"] == {
        "CLIENT IDLE Request -> SEND_BODY": 1,
        "SERVER IDLE a request of the client -> SEND_RESPONSE": 1,
        "CLIENT SEND_BODY EndOfMessage -> DONE": 1,
        "SERVER SEND_RESPONSE Response -> SEND_BODY": 1,
    }
    assert counts["framing"] == {"client no body": 1, "server chunked": 1}
    assert counts["step"] == {"receive": 1, "drain": 1, "send": 1}


def test_an_error_is_counted_where_it_was_raised() -> None:
    """It is not counted again where it is re-raised as the peer's error."""
    counts = reached(CHUNKED, Drain(), ReceiveEOF(), Drain())
    [site] = counts["error site"]
    assert site.startswith("reading.read_eof: peer closed connection")
    assert counts["status hint"] == {"400": 1}


def test_a_refused_event_is_counted_by_state() -> None:
    counts = reached(SendFailed(), Send(EventSpec("EndOfMessage")))
    assert counts["refused event"] == {"server ERROR: EndOfMessage": 1}


def test_corruptions_are_counted_by_name() -> None:
    coverage = ModelCoverage()
    coverage.add(Program("server", ()), (WireMessage(b"", (), corruption="bare LF"),))
    assert dict(coverage.counts["corruption"]) == {"bare LF": 1}
    assert set(coverage_items()["corruption"]) == set(CORRUPTIONS)


def test_missed_items_are_reported() -> None:
    coverage = ModelCoverage()
    assert set(coverage.missed()) == {
        (name, item) for name in REQUIRED for item in coverage_items()[name]
    }
    coverage.add(Program("server", (GET, Drain())))
    assert ("joint state", "DONE/SEND_RESPONSE") not in set(coverage.missed())


def test_the_table_has_every_dimension_and_its_rarest_items_first() -> None:
    coverage = ModelCoverage()
    coverage.add(Program("server", (GET, Drain())))
    rows = list(coverage.table())
    assert [name for name in DIMENSIONS if any(row[0] == name for row in rows)] == [
        name for name in DIMENSIONS if name in coverage_items() or coverage.counts[name]
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
