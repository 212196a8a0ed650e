"""Programs of version 2 as values: their JSON form, what is refused, and their reduction."""

import json
from dataclasses import replace
from typing import Any

import h11
import pytest
from faulty.showing import found, implementation, showing
from hypothesis import given, settings
from programs_helper import programs_of_version_2

from h11spec import reference
from h11spec.strategies.program import (
    API_NAMES,
    Again,
    Call,
    Change,
    Connection,
    Drain,
    EventSpec,
    Json,
    NextEvent,
    On,
    Program,
    ProgramError,
    Read,
    Receive,
    Send,
    SendFailed,
    Typed,
)
from h11spec.strategies.reduction import reduce
from h11spec.strategies.simplicity import cost
from h11spec.strategies.traces import run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
EVERYTHING = Program(
    "client",
    (
        On(1, Receive(b"\xff")),
        Send(REQUEST),
        Call("next_event"),
        Call("receive_data", (Typed("memoryview_of_bytearray", "a\xff"),)),
        Call(
            "send",
            (Typed("items", ((b"a", b"b"), (Typed("text", "c"), b"d"))),),
            (("event", Typed("event", EventSpec("Data", (("*", (b"a", True)), ("data", b"b"))))),),
        ),
        Call("receive_data", (Typed("api", "PAUSED"), None, 1.5, ((b"a", b"b"),))),
        On(1, Read("states")),
        Change("arguments"),
        Change("results"),
        Again(),
    ),
    80,
    (Connection("server"),),
    "last",
)
EVERYTHING_IN_JSON: Json = {
    "program": 2,
    "connections": [{"role": "client", "limit": 80}, {"role": "server"}],
    "look": "last",
    "steps": [
        {"do": "receive", "data": "\xff", "on": 1},
        {
            "do": "send",
            "event": {
                "type": "Request",
                "method": "GET",
                "target": "/",
                "headers": [["Host", "a"]],
            },
        },
        {"do": "call", "method": "next_event"},
        {
            "do": "call",
            "method": "receive_data",
            "arguments": [{"memoryview_of_bytearray": "a\xff"}],
        },
        {
            "do": "call",
            "method": "send",
            "arguments": [{"items": [["a", "b"], [{"text": "c"}, "d"]]}],
            "keywords": {"event": {"event": {"type": "Data", "*": ["a", True], "data": "b"}}},
        },
        {
            "do": "call",
            "method": "receive_data",
            "arguments": [{"api": "PAUSED"}, None, 1.5, [["a", "b"]]],
        },
        {"do": "read", "name": "states", "on": 1},
        {"do": "change", "what": "arguments"},
        {"do": "change", "what": "results"},
        {"do": "again"},
    ],
}


def with_step(**step: Any) -> Json:
    return {"program": 2, "connections": [{"role": "client"}], "steps": [{"do": "next"}, step]}


def with_call(*arguments: Any) -> Json:
    return with_step(do="call", method="send", arguments=list(arguments))


def with_members(**members: Any) -> Json:
    return {"program": 2, "connections": [{"role": "client"}], "steps": [], **members}


def refusal(form: Any) -> str:
    with pytest.raises(ProgramError) as caught:
        Program.from_json(form)
    return str(caught.value)


def test_a_program_of_version_2_has_a_json_form_that_can_be_written_by_hand() -> None:
    """Every new step and every new kind of argument, in both directions."""
    assert EVERYTHING.to_json() == EVERYTHING_IN_JSON
    assert json.loads(EVERYTHING.to_text()) == EVERYTHING_IN_JSON
    assert Program.from_json(EVERYTHING_IN_JSON) == EVERYTHING
    assert hash(Program.from_json(EVERYTHING_IN_JSON)) == hash(EVERYTHING)


def test_a_program_is_written_in_the_lowest_version_that_can_express_it() -> None:
    """Version 1 is enough until there is a new step, another connection, or one look."""
    old = Program("client", (Send(REQUEST), NextEvent()), 16)
    assert old.version == 1
    for new in (
        replace(old, look="last"),
        replace(old, others=(Connection("server"),)),
        old.with_steps((*old.steps, Again())),
        replace(old, others=(Connection("server"),), steps=(On(1, NextEvent()),)),
    ):
        assert new.version == 2
        assert Program.from_json(new.to_json()) == new


def test_a_program_of_version_2_that_version_1_can_express_is_written_as_version_1() -> None:
    form = with_members(steps=[{"do": "eof", "on": 0}], look="each")
    assert Program.from_json(form).to_json() == {
        "program": 1,
        "role": "client",
        "steps": [{"do": "eof"}],
    }


STEPS = "receive, send, eof, next, drain, fail, cycle, call, read, again, change"
# The whole message.
REFUSED: dict[str, tuple[Any, str]] = {
    "an unknown step": (
        with_step(do="agian"),
        f"step 1: unknown step 'agian' (did you mean 'again'?); steps are {STEPS}",
    ),
    "an unknown step like no other": (
        with_step(do="x"),
        f"step 1: unknown step 'x'; steps are {STEPS}",
    ),
    "a new step in version 1": (
        {"program": 1, "role": "client", "steps": [{"do": "read", "name": "states"}]},
        "step 0: unknown step 'read'; steps are receive, send, eof, next, drain, fail, cycle",
    ),
    "an unknown method": (
        with_step(do="call", method="recieve_data"),
        (
            "step 1: unknown method 'recieve_data' (did you mean 'receive_data'?); methods are"
            " receive_data, next_event, send, send_with_data_passthrough, send_failed,"
            " start_next_cycle"
        ),
    ),
    "an unknown property": (
        with_step(do="read", name="our_sate"),
        (
            "step 1: unknown property 'our_sate' (did you mean 'our_state'?); properties are"
            " our_role, their_role, our_state, their_state, states, trailing_data,"
            " their_http_version, client_is_waiting_for_100_continue,"
            " they_are_waiting_for_100_continue"
        ),
    ),
    "an unknown name of the API": (
        with_call({"api": "PAUSE"}),
        "step 1, arguments: unknown name of the API 'PAUSE' (did you mean 'PAUSED'?); names are "
        + ", ".join(API_NAMES),
    ),
    "an unknown event of a call": (
        with_call({"event": {"type": "Dat"}}),
        (
            "step 1, arguments, event: unknown event 'Dat' (did you mean 'Data'?); events are"
            " Request, InformationalResponse, Response, Data, EndOfMessage, ConnectionClosed"
        ),
    ),
    "an unknown member of a step": (
        with_step(do="call", method="send", argument=[]),
        (
            "step 1: 'argument' is not known (did you mean 'arguments'?); allowed are arguments,"
            " do, keywords, method, on"
        ),
    ),
    "an unknown member of a program": (
        with_members(conections=[]),
        (
            "a program: 'conections' is not known (did you mean 'connections'?); allowed are"
            " connections, look, program, steps"
        ),
    ),
    "an unknown member of a connection": (
        with_members(connections=[{"role": "client", "limits": 1}]),
        "connection 0: 'limits' is not known (did you mean 'limit'?); allowed are limit, role",
    ),
    "the role of version 1": (
        with_members(role="client"),
        "a program: 'role' is not known; allowed are connections, look, program, steps",
    ),
    "no connection": (
        with_members(connections=[]),
        "connections: there must be a list of at least one connection",
    ),
    "no list of connections": (
        with_members(connections={}),
        "connections: there must be a list of at least one connection",
    ),
    "a connection of another role": (
        with_members(connections=[{"role": "client"}, {"role": "proxy"}]),
        'connection 1, role: \'proxy\' is not "client" or "server"',
    ),
    "a connection with a negative limit": (
        with_members(connections=[{"role": "client", "limit": -1}]),
        "connection 0, limit: -1 is not a number of bytes; leave it out for the default",
    ),
    "another look": (with_members(look="first"), 'look: \'first\' is not "each" or "last"'),
    "a connection that the program does not have": (
        with_step(do="next", on=1),
        "step 1, on: 1 is no index of a connection; there are 1",
    ),
    "a negative index": (
        with_step(do="next", on=-1),
        "step 1, on: -1 is no index of a connection; there are 1",
    ),
    "an index that is false": (
        with_step(do="next", on=False),
        "step 1, on: False is no index of a connection; there are 1",
    ),
    "arguments in an object": (
        with_step(do="call", method="send", arguments={}),
        "step 1, arguments: dict is not a list",
    ),
    "keywords in a list": (
        with_step(do="call", method="send", keywords=[]),
        "step 1, keywords: list is not an object",
    ),
    "a keyword that is not a byte": (
        with_step(do="call", method="send", keywords={"event": "\u20ac"}),
        "step 1, event: '\u20ac' has a character above U+00FF, which is not a byte",
    ),
    "another change": (
        with_step(do="change", what="argument"),
        'step 1, what: \'argument\' is not "arguments" or "results"',
    ),
    "an argument by position of a send step": (
        with_step(do="send", event={"type": "Data", "*": ["a"]}),
        "step 1, event, *: only a call step can pass '*'",
    ),
    "a new kind in a send step": (
        with_step(do="send", event={"type": "Data", "data": {"items": []}}),
        "step 1, event, data: only a call step can pass 'items'",
    ),
    "a new kind in a list of a send step": (
        with_step(
            do="send", event={"type": "EndOfMessage", "headers": {"tuple": [["a", {"items": []}]]}}
        ),
        "step 1, event, headers: only a call step can pass 'items'",
    ),
    "arguments by position that are bytes": (
        with_call({"event": {"type": "Data", "*": "ab"}}),
        "step 1, arguments, event, *: 'ab' is not an array of arguments by position",
    ),
    "items that are no pairs": (
        with_call({"items": [["a"]]}),
        (
            "step 1, arguments: [['a']] is not an array of pairs; items holds the names of a dict,"
            " as bytes or text, with their values"
        ),
    ),
    "items with a name without a hash": (
        with_call({"items": [[["a"], "b"]]}),
        (
            "step 1, arguments: [[['a'], 'b']] is not an array of pairs; items holds the names of a"
            " dict, as bytes or text, with their values"
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_form_is_refused_with_its_place_and_what_is_allowed(name: str) -> None:
    """The nearest known name is suggested if there is one."""
    form, message = REFUSED[name]
    assert refusal(form) == message


LONG_GET = b"GET /a?b HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n"
TWO_CONNECTIONS = Program(
    "server",
    (
        On(1, Send(REQUEST)),
        Receive(LONG_GET),
        On(1, Read("our_state")),
        Drain(),
        Call("send_failed"),
        Again(),
    ),
    None,
    (Connection("client", 100), Connection("server")),
    "last",
)


def minimal(name: str, program: Program) -> Program:
    """The reduced program, which shows the same divergence, and is reduced the same each time."""
    actual = implementation(name)
    shows = showing(actual, found(actual, program)[0].identity)
    left = reduce(program, shows)
    assert shows(left)
    assert reduce(program, shows) == left
    assert reduce(left, shows) == left
    assert cost(left) <= cost(program)
    return left


def test_a_fault_of_one_connection_is_reduced_to_a_program_of_version_1() -> None:
    """Other connections, calls and looks that are not needed are removed."""
    left = minimal("forgets_failure", replace(TWO_CONNECTIONS, look="each"))
    assert left.version == 1
    assert left.role == "server"
    assert [type(step) for step in left.steps] == [Receive, Drain, SendFailed]


def test_a_fault_of_two_connections_is_reduced_to_two() -> None:
    """A third one is removed."""
    left = minimal("receives_on_the_newest", replace(TWO_CONNECTIONS, look="each"))
    assert len(left.others) == 1
    assert left.steps[1:] == (Receive(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"),)


def test_a_fault_of_a_caller_that_changes_its_buffer_keeps_the_buffer() -> None:
    """The bytes in it are as usual as bytes that are received."""
    program = Program(
        "server",
        (
            Receive(b""),
            Call("receive_data", (), (("data", Typed("bytearray", LONG_GET.decode())),)),
            Change("arguments"),
            Drain(),
            Again(),
        ),
    )
    left = minimal("keeps_the_callers_buffer", program.with_steps(program.steps[1:]))
    usual = Typed("bytearray", "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert left.steps == (Call("receive_data", (usual,)), Change("arguments"))


@settings(max_examples=200, derandomize=True, database=None)
@given(programs_of_version_2())
def test_drawn_programs_survive_json_and_show_the_same_on_h11_and_the_reference(
    program: Program,
) -> None:
    """No result changes after it was handed out, whatever the caller does with what it holds."""
    stored = Program.from_json(json.loads(program.to_text()))
    assert stored == program
    expected, actual = run(reference, program), run(h11, stored)
    assert found(h11, program) == []
    assert json.loads(json.dumps(expected.form)) == expected.form
    for trace in (expected, actual):
        for step, observation in zip(program.steps, trace, strict=True):
            if "again" in step.to_json().values():
                assert observation.returned == []
