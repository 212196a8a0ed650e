"""What each step of a program does to a connection, and exactly what is observed of it.

Runs on h11 and on the reference: the observations are of the API, not of either of them.
"""

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    StartNextCycle,
    Step,
)
from h11spec.strategies.traces import Trace, run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
ASK = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
END = Send(EventSpec("EndOfMessage"))
NO_BODY = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))
REQUEST: Json = {
    "type": "Request",
    "method": "GET",
    "target": "/",
    "headers": [["host", "a"]],
    "raw_headers": [["Host", "a"]],
    "http_version": "1.1",
}
END_SEEN: Json = {"type": "EndOfMessage", "headers": []}


def trace(h11: ModuleType, role: Role, *steps: Step, limit: int | None = None) -> Trace:
    return run(h11, Program(role, steps, limit))


def seen(client: str, server: str, **others: Any) -> Json:
    """An observation with the attributes of a connection that has received nothing yet."""
    quiet: Json = {
        "trailing": ["", False],
        "version": None,
        "client_waits": False,
        "they_wait": False,
    }
    return {"client": client, "server": server, **quiet, **others}


def refused(by: str, family: str, text: str, hint: int = 400) -> Json:
    return {"by": by, "family": family, "class": family, "text": text, "hint": hint}


def test_receiving_returns_nothing_and_leaves_the_bytes_for_later(h11: ModuleType) -> None:
    [observed] = trace(h11, "server", Receive(GET))
    assert observed.form == seen("IDLE", "IDLE", returned=None, trailing=[GET.decode(), False])


def test_next_event_returns_one_event(h11: ModuleType) -> None:
    _, first, second, third = trace(
        h11, "server", Receive(GET), NextEvent(), NextEvent(), NextEvent()
    )
    assert first.form == seen("SEND_BODY", "SEND_RESPONSE", events=[REQUEST], version="1.1")
    assert second.form == seen("DONE", "SEND_RESPONSE", events=[END_SEEN], version="1.1")
    assert third.form == seen(
        "DONE", "SEND_RESPONSE", events=[{"type": "NEED_DATA"}], version="1.1"
    )


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        pytest.param((Receive(GET),), "NEED_DATA", id="no more data"),
        pytest.param((Receive(GET + b"G"),), "PAUSED", id="data of the next cycle"),
        pytest.param((Receive(GET), ReceiveEOF()), "ConnectionClosed", id="the end"),
    ],
)
def test_a_drain_ends_with_an_event_after_which_none_follows(
    h11: ModuleType, steps: tuple[Step, ...], last: str
) -> None:
    """All three results that next_event returns again and again."""
    drained = trace(h11, "server", *steps, Drain())[len(steps)]
    assert drained.events == [REQUEST, END_SEEN, {"type": last}]
    assert drained.raised is None


def test_a_drain_keeps_the_events_before_an_exception(h11: ModuleType) -> None:
    """They are observed together with the exception."""
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\ng\r\n"
    drained = trace(h11, "server", Receive(chunked), Drain())[1]
    assert [event["type"] for event in drained.events] == ["Request", "Data"]
    assert drained.events[1] == {
        "type": "Data",
        "data": {"bytearray": "a"},
        "chunk_start": True,
        "chunk_end": True,
    }
    assert drained.form["raised"] == refused(
        "next", "RemoteProtocolError", "illegal chunk header: bytearray(b'g\\r\\n')"
    )
    assert drained.states == ("ERROR", "SEND_RESPONSE")


def test_eof_is_received_and_noticed_when_it_is_read(h11: ModuleType) -> None:
    end, closed = trace(h11, "server", ReceiveEOF(), NextEvent())
    assert end.form == seen("IDLE", "IDLE", returned=None, trailing=["", True])
    assert closed.form == seen(
        "CLOSED", "MUST_CLOSE", events=[{"type": "ConnectionClosed"}], trailing=["", True]
    )


def test_sending_returns_the_bytes_or_nothing_to_close(h11: ModuleType) -> None:
    asked, ended, closed = trace(h11, "client", ASK, END, Send(EventSpec("ConnectionClosed")))
    assert asked.form == seen("SEND_BODY", "SEND_RESPONSE", returned=GET.decode())
    assert ended.form == seen("DONE", "SEND_RESPONSE", returned="")
    assert closed.form == seen("CLOSED", "SEND_RESPONSE", returned=None)


def test_sending_with_passthrough_returns_the_parts(h11: ModuleType) -> None:
    """Joined, they are what ``send`` returns; a close has no parts."""
    asked, closed = trace(
        h11,
        "client",
        Send(ASK.event, passthrough=True),
        Send(EventSpec("ConnectionClosed"), passthrough=True),
    )
    assert "".join(asked.returned) == GET.decode()
    assert asked.states == ("SEND_BODY", "SEND_RESPONSE")
    assert closed.raised is not None  # a body is due
    [alone] = trace(h11, "client", Send(EventSpec("ConnectionClosed"), passthrough=True))
    assert alone.form == seen("CLOSED", "MUST_CLOSE", returned=None)


def test_a_failed_send_is_an_error_of_ours(h11: ModuleType) -> None:
    for role, states in (("client", ("ERROR", "IDLE")), ("server", ("IDLE", "ERROR"))):
        [failed] = trace(h11, "client" if role == "client" else "server", SendFailed())
        assert failed.form == seen(*states, returned=None)


def test_the_next_cycle_starts_from_the_beginning(h11: ModuleType) -> None:
    *_, done, cycle = trace(h11, "server", Receive(GET), Drain(), NO_BODY, END, StartNextCycle())
    assert done.form == seen("DONE", "DONE", returned="", version="1.1")
    assert cycle.form == seen("IDLE", "IDLE", returned=None, version="1.1")


def test_a_client_that_expects_100_is_seen_waiting(h11: ModuleType) -> None:
    """One flag is true if the client waits, the other if the peer does; checked in both roles."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    waiting, body = trace(
        h11, "server", Receive(head), NextEvent(), Receive(b"a"), NextEvent()
    ).form[1::2]
    assert (waiting["client_waits"], waiting["they_wait"]) == (True, True)
    assert (body["client_waits"], body["they_wait"]) == (False, False)
    fields = [(b"Host", b"a"), (b"Expect", b"100-continue")]
    ask = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=fields))
    [asked] = trace(h11, "client", ask)
    assert (asked.form["client_waits"], asked.form["they_wait"]) == (True, False)


def test_an_exception_says_which_call_raised_it(h11: ModuleType) -> None:
    """Constructor, send, receive, next and cycle; each leaves the states that it leads to."""
    bad = Send(EventSpec.of("Request", method=b"A B", target=b"/", headers=[(b"Host", b"a")]))
    observed = [
        trace(h11, "client", bad)[0],
        trace(h11, "client", END)[0],
        trace(h11, "server", ReceiveEOF(), Receive(b"a"))[1],
        trace(h11, "server", Receive(b" \r\n\r\n"), NextEvent())[1],
        trace(h11, "server", StartNextCycle())[0],
    ]
    cannot = "can't handle event type EndOfMessage when role=CLIENT and state=IDLE"
    not_reusable = "not in a reusable state. self.states={CLIENT: IDLE, SERVER: IDLE}"
    assert [seen.form["raised"] for seen in observed] == [
        refused("constructor", "LocalProtocolError", "Illegal method characters"),
        refused("send", "LocalProtocolError", cannot),
        {
            "by": "receive",
            "family": "other",
            "class": "RuntimeError",
            "text": "received close, then received more data?",
        },
        refused("next", "RemoteProtocolError", "illegal request line: bytearray(b' ')"),
        refused("cycle", "LocalProtocolError", not_reusable),
    ]
    assert [seen.states for seen in observed] == [
        ("IDLE", "IDLE"),
        ("ERROR", "IDLE"),
        ("IDLE", "IDLE"),
        ("ERROR", "IDLE"),
        ("IDLE", "IDLE"),
    ]
    assert all("returned" not in seen.form for seen in observed)


def test_an_exception_has_typed_attributes(h11: ModuleType) -> None:
    """An observation has what the step raised, with its status hint."""
    raised = trace(h11, "server", Receive(b"GET /" * 9), NextEvent(), limit=16)[1].raised
    assert raised is not None
    assert (raised.by, raised.family, raised.exception, raised.hint) == (
        "next",
        "RemoteProtocolError",
        "RemoteProtocolError",
        431,
    )
    assert raised.text == "Receive buffer too long"


def test_the_limit_is_given_to_the_connection_only_if_there_is_one(h11: ModuleType) -> None:
    """Without one, the implementation uses its own: here 16 KiB."""
    data = Receive(b"a" * 17)
    for limit, refused_with in ((None, None), (17, None), (16, 431), (0, 431)):
        raised = trace(h11, "server", data, NextEvent(), limit=limit)[1].raised
        assert (raised and raised.hint) == refused_with


def test_a_program_without_steps_shows_nothing(h11: ModuleType) -> None:
    assert trace(h11, "client").form == []


def test_an_implementation_that_lacks_the_roles_cannot_make_a_connection(h11: ModuleType) -> None:
    """There is one observation, of the connection, whatever the steps."""
    bare = ModuleType("bare")
    for name in ("ProtocolError", "LocalProtocolError", "RemoteProtocolError"):
        setattr(bare, name, getattr(h11, name))
    observed = run(bare, Program("client", (NextEvent(), NextEvent())))
    assert len(observed) == 1
    raised = observed[0].raised
    assert raised is not None
    assert (raised.by, raised.family, raised.exception) == ("connection", "other", "AttributeError")
    assert observed[0].states == ("", "")


# The fixture is a module: it is the same for every example.
# The fixture is only read.
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(max_actions=10))
def test_drawn_programs_show_the_same_every_time(h11: ModuleType, program: Program) -> None:
    """A trace is a function of the program: it has an observation for each step, it can be stored,
    and another run, of the program or of the one that was stored, shows it again.
    """
    first = run(h11, program)
    assert len(first) == len(program.steps)
    assert json.loads(json.dumps(first.form)) == first.form
    assert run(h11, Program.from_json(program.to_json())) == first
