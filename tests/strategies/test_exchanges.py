"""Two connections that talk to each other: each receives what the other sends."""

from types import ModuleType
from typing import Any

import h11
import pytest
from hypothesis import given, settings

from h11spec import reference
from h11spec.strategies.exchange import Exchange, exchanges, run_exchange
from h11spec.strategies.program import EventSpec

IMPLEMENTATIONS: list[Any] = [pytest.param(reference, id="reference"), pytest.param(h11, id="h11")]
END = EventSpec("EndOfMessage")
ASKED = (EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]), END)
ANSWERED = (
    EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"3")]),
    EventSpec.of("Data", data=b"abc"),
    END,
)
QUIET = {"NEED_DATA", "PAUSED"}


def received(implementation: Any, exchange: Exchange, role: str) -> list[str]:
    """The types of the events that a role received."""
    events = run_exchange(implementation, exchange).received
    return [event["type"] for event in events["client" if role == "client" else "server"]]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_each_side_receives_the_events_of_the_other(implementation: ModuleType) -> None:
    exchange = Exchange(((ASKED, ANSWERED),))
    server = received(implementation, exchange, "server")
    client = received(implementation, exchange, "client")
    assert [name for name in server if name not in QUIET] == ["Request", "EndOfMessage"]
    assert [name for name in client if name not in QUIET] == ["Response", "Data", "EndOfMessage"]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_cuts_only_cut(implementation: ModuleType) -> None:
    """The same bytes are sent; they arrive in more pieces."""
    whole = run_exchange(implementation, Exchange(((ASKED, ANSWERED),)))
    pieces = run_exchange(implementation, Exchange(((ASKED, ANSWERED),), ((1, 5), (2,))))
    assert pieces.sent == whole.sent
    assert len(pieces.observations) > len(whole.observations)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_cycles_follow_each_other(implementation: ModuleType) -> None:
    result = run_exchange(implementation, Exchange(((ASKED, ANSWERED),) * 3))
    assert [event["type"] for event in result.received["server"]].count("Request") == 3
    role, last = result.observations[-1]
    assert (role, last["client"], last["server"]) == ("server", "DONE", "DONE")


def test_an_event_that_is_refused_is_not_sent() -> None:
    result = run_exchange(reference, Exchange((((END,), ANSWERED),)))
    assert result.sent["client"] == b""
    assert result.observations[0][1]["raised"]["family"] == "LocalProtocolError"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@settings(max_examples=60)
@given(exchange=exchanges())
def test_everything_drawn_is_legal_and_received(
    implementation: ModuleType, exchange: Exchange
) -> None:
    """No step raises, every cycle is completed, and bodies arrive as they were sent."""
    result = run_exchange(implementation, exchange)
    assert [seen for _, seen in result.observations if "raised" in seen] == []
    _, last = result.observations[-1]
    assert (last["client"], last["server"]) == ("DONE", "DONE")
    for number, listener in enumerate(("server", "client")):
        sent_body = b"".join(
            dict(event.arguments)["data"]
            for cycle in exchange.cycles
            for event in cycle[number]
            if event.type == "Data"
        )
        events = result.received["server" if listener == "server" else "client"]
        body = "".join(event["data"]["bytearray"] for event in events if event["type"] == "Data")
        assert body.encode("latin-1") == sent_body
