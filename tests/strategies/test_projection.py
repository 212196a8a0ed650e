"""What a program of several connections is for each of them, and a call for version 1."""

import pytest

from h11spec import reference
from h11spec.strategies.program import (
    Again,
    Call,
    Change,
    Connection,
    EventSpec,
    NextEvent,
    On,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    SingleStep,
    StartNextCycle,
    Typed,
)
from h11spec.strategies.projection import plain_step, projections
from h11spec.strategies.traces import run

REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("call", "step"),
    [
        (Call("next_event"), NextEvent()),
        (Call("send_failed"), SendFailed()),
        (Call("start_next_cycle"), StartNextCycle()),
        (Call("receive_data", (b"a",)), Receive(b"a")),
        (Call("receive_data", (b"",)), ReceiveEOF()),
        (Call("receive_data", (), (("data", Typed("bytearray", "a")),)), Receive(b"a")),
        (Call("send", (Typed("event", REQUEST),)), Send(REQUEST)),
        (
            Call("send_with_data_passthrough", (), (("event", Typed("event", REQUEST)),)),
            Send(REQUEST, passthrough=True),
        ),
        (
            Call("send", (Typed("event", EventSpec("Data", (("*", (b"a",)),))),)),
            Send(EventSpec.of("Data", data=b"a")),
        ),
        (Call("receive_data"), None),
        (Call("receive_data", (Typed("text", "a"),)), None),
        (Call("receive_data", (b"a", b"b")), None),
        (Call("next_event", (1,)), None),
        (Call("send", (b"a",)), None),
        (Call("send_failed", (Typed("event", REQUEST),)), None),
        (Call("receive_data", keywords=(("unknown", b""),)), None),
        (Call("send", keywords=(("data", Typed("event", REQUEST)),)), None),
        (Call("send", (Typed("event", EventSpec("Data", (("*", (b"a", True)),))),)), None),
    ],
    ids=str,
)
def test_a_call_stands_for_the_step_of_version_1_that_makes_it(
    call: Call, step: SingleStep | None
) -> None:
    assert plain_step(call) == step


def test_the_projections_are_programs_of_version_1_with_their_parts_of_the_trace() -> None:
    """Each has what was done with its connection, up to a call that version 1 cannot express."""
    program = Program(
        "server",
        (
            Receive(GET),
            On(1, Call("send", (Typed("event", REQUEST),))),
            Read("states"),
            Call("next_event"),
            Change("results"),
            On(1, Call("next_event", (1,))),
            On(1, NextEvent()),
            Again(),
        ),
        40,
        (Connection("client"), Connection("client")),
    )
    first, second = projections(program, run(reference, program))
    assert first[0] == Program("server", (Receive(GET), NextEvent()), 40)
    assert second[0] == Program("client", (Send(REQUEST),))
    for single, trace in (first, second):
        assert run(reference, single) == trace


def test_a_program_of_version_1_is_its_own_projection() -> None:
    program = Program("client", (Send(REQUEST),))
    trace = run(reference, program)
    assert list(projections(program, trace)) == [(program, trace)]
