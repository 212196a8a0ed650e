"""What each step of version 2 does, and what is observed of it.

Runs on h11 and on the reference; planted faults show what only these steps can see.
"""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from faulty.showing import implementation

from h11spec import reference
from h11spec.strategies import interpreter
from h11spec.strategies.program import (
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
    Read,
    Receive,
    Role,
    Send,
    Step,
    Typed,
)
from h11spec.strategies.traces import Trace, run

RESPONSE = EventSpec.of("Response", status_code=204, headers=[])
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PUT = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
CHUNKS = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n"
REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
UPLOAD = EventSpec.of(
    "Request", method=b"PUT", target=b"/", headers=[(b"Host", b"a"), (b"Content-Length", b"3")]
)
CLIENT, SERVER, IDLE = {"api": "CLIENT"}, {"api": "SERVER"}, {"api": "IDLE"}
BUFFERS = ("bytearray", "memoryview_of_bytearray", "array")


def trace(h11: ModuleType, role: Role, *steps: Step, others: tuple[Role, ...] = ()) -> Trace:
    connections = tuple(map(Connection, others))
    return run(h11, Program(role, steps, others=connections))


def event(spec: EventSpec) -> Typed:
    return Typed("event", spec)


def test_a_call_by_position_or_by_keyword_shows_what_the_step_of_version_1_shows(
    h11: ModuleType,
) -> None:
    """Each of them makes the same call."""
    cases: tuple[tuple[Role, Step, Call, str], ...] = (
        ("server", Receive(PUT), Call("receive_data", (PUT,)), "data"),
        ("client", Send(REQUEST), Call("send", (event(REQUEST),)), "event"),
        (
            "client",
            Send(REQUEST, passthrough=True),
            Call("send_with_data_passthrough", (event(REQUEST),)),
            "event",
        ),
    )
    for role, old, new, keyword in cases:
        by_keyword = Call(new.method, (), ((keyword, new.arguments[0]),))
        [expected] = trace(h11, role, old)
        for call in (new, by_keyword):
            assert trace(h11, role, call, Again())[0] == expected


def test_a_call_without_arguments_shows_what_the_step_of_version_1_shows(h11: ModuleType) -> None:
    for old, new in (
        ("next", "next_event"),
        ("fail", "send_failed"),
        ("cycle", "start_next_cycle"),
    ):
        form: Json = {"program": 1, "role": "server", "steps": [{"do": old}]}
        called: Json = {
            "program": 2,
            "connections": [{"role": "server"}],
            "steps": [{"do": "call", "method": new}],
        }
        assert interpreter.run(h11, called) == interpreter.run(h11, form)


def test_data_that_is_passed_through_by_a_call_is_marked(h11: ModuleType) -> None:
    """The very object is handed back, by position and by keyword."""
    data = event(EventSpec("Data", (("*", (Typed("opaque", 3),)),)))
    for call in (
        Call("send_with_data_passthrough", (data,)),
        Call("send_with_data_passthrough", (), (("event", data),)),
    ):
        assert trace(h11, "client", Send(UPLOAD), call)[1].returned == [{"passed": {"opaque": 3}}]


def test_arguments_by_position_are_values_of_their_own(h11: ModuleType) -> None:
    """A list by position is a list of tuples, as it is by name."""
    spec = EventSpec("Data", (("*", (((b"a", b"b"),), True, False)),))
    program = Program("client", (Call("send", (event(spec),)),))
    session = interpreter.MultiSession(h11, program.to_json())
    made = session.make(spec.to_json())
    assert made.data == [(b"a", b"b")]
    assert (made.chunk_start, made.chunk_end) == (True, False)


@pytest.mark.parametrize("method", list(interpreter.METHODS))
def test_an_argument_of_another_type_is_passed_as_it_is(h11: ModuleType, method: str) -> None:
    """What is raised is observed as an outcome of the method, whose name it has."""
    arguments = (None, Typed("text", "a"), Typed("api", "NEED_DATA"), Typed("items", ()))
    raised = 0
    roles: tuple[Role, ...] = ("client", "server")
    for role in roles:
        for argument in arguments:
            [seen, _] = trace(h11, role, Call(method, (argument,)), Again())
            if seen.raised is not None:
                raised += 1
                assert seen.raised.by == interpreter.METHODS[method]
    assert raised > 0


def test_each_property_is_read(h11: ModuleType) -> None:
    """States and roles are named; the other values are those that every observation has."""
    head = b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    names = interpreter.PROPERTIES
    steps: list[Step] = [Receive(head), NextEvent(), Receive(b""), *map(Read, names)]
    assert {
        name: each.returned
        for name, each in zip(names, list(trace(h11, "server", *steps))[3:], strict=True)
    } == {
        "our_role": SERVER,
        "their_role": CLIENT,
        "our_state": {"api": "SEND_RESPONSE"},
        "their_state": {"api": "SEND_BODY"},
        "states": [[CLIENT, {"api": "SEND_BODY"}], [SERVER, {"api": "SEND_RESPONSE"}]],
        "trailing_data": ["", True],
        "their_http_version": "1.1",
        "client_is_waiting_for_100_continue": True,
        "they_are_waiting_for_100_continue": True,
    }


def test_a_property_that_raises_is_observed() -> None:
    target = ModuleType("target")
    vars(target).update({name: getattr(reference, name) for name in reference.__all__})

    class Silent(reference.Connection):
        @property
        def our_state(self) -> Any:
            raise ZeroDivisionError

    target.Connection = Silent  # type: ignore[attr-defined]  # a module has any name
    [seen] = trace(target, "client", Read("our_state"))
    assert seen.raised is not None
    assert (seen.raised.by, seen.raised.exception) == ("read", "ZeroDivisionError")


def test_a_property_of_another_state_is_only_seen_by_reading_it() -> None:
    faulty = implementation("confuses_its_state")
    steps = (Receive(GET), Drain(), Read("our_state"))
    assert list(trace(faulty, "server", *steps))[:2] == list(trace(reference, "server", *steps))[:2]
    assert trace(faulty, "server", *steps)[2].returned == {"api": "DONE"}


def test_several_connections_know_nothing_of_one_another(h11: ModuleType) -> None:
    """By turns, each shows what it shows alone."""
    steps = (Receive(PUT[:30]), NextEvent(), Receive(PUT[30:]), Drain(), Drain())
    alone = trace(h11, "server", *steps)
    turns = [turn for step in steps for turn in (step, On(1, step), On(2, Send(REQUEST)))]
    together = list(trace(h11, "server", *turns, others=("server", "client")))
    assert together[::3] == together[1::3] == list(alone)
    assert together[2].returned == GET.decode()


def test_a_shared_buffer_is_only_seen_with_two_connections() -> None:
    faulty = implementation("receives_on_the_newest")
    steps = (On(1, NextEvent()), Receive(GET), On(1, NextEvent()))
    assert trace(faulty, "server", Receive(GET)) == trace(reference, "server", Receive(GET))
    assert trace(faulty, "server", *steps, others=("server",))[2].events[0]["type"] == "Request"
    assert trace(reference, "server", *steps, others=("server",))[2].events == [
        {"type": "NEED_DATA"}
    ]


def test_with_one_look_only_the_last_observation_has_the_state(h11: ModuleType) -> None:
    steps = (Receive(GET), Drain(), Read("our_role"))
    each = run(h11, Program("server", steps))
    last = run(h11, Program("server", steps, look="last"))
    state = {"client", "server", "trailing", "version", "client_waits", "they_wait"}
    assert [form.keys() & state for form in last.form] == [set(), set(), state]
    assert last.form[2] == each.form[2]
    for one, other in zip(last.form[:2], each.form[:2], strict=True):
        assert one == {name: part for name, part in other.items() if name not in state}


def test_looking_again_shows_each_result_that_has_changed() -> None:
    """With the number of its step, and how it looked before and after."""
    steps = (Receive(CHUNKS), NextEvent(), NextEvent(), NextEvent(), Again())
    first: Json = {
        "type": "Data",
        "data": {"bytearray": "a"},
        "chunk_start": True,
        "chunk_end": True,
    }
    faulty = implementation("reuses_its_data")
    assert trace(faulty, "server", *steps)[4].returned == [
        [2, first, {**first, "data": {"bytearray": "b"}}]
    ]
    assert trace(reference, "server", *steps)[4].returned == []


def test_the_states_are_compared_again_as_well() -> None:
    """They are read after each step, and each of these dictionaries is the caller's."""
    steps = (Receive(GET), NextEvent(), Again())
    before = [[CLIENT, IDLE], [SERVER, IDLE]]
    after = [[CLIENT, {"api": "SEND_BODY"}], [SERVER, {"api": "SEND_RESPONSE"}]]
    faulty = implementation("hands_out_its_states")
    assert trace(faulty, "server", *steps)[2].returned == [[0, before, after]]
    assert trace(reference, "server", *steps)[2].returned == []


def test_an_exception_is_compared_again() -> None:
    target = ModuleType("target")
    vars(target).update({name: getattr(reference, name) for name in reference.__all__})
    error = reference.LocalProtocolError("first")

    class Reusing(reference.Connection):
        def start_next_cycle(self) -> None:
            error.args = ("first",) if error.args == ("second",) else ("second",)
            raise error

    target.Connection = Reusing  # type: ignore[attr-defined]  # a module has any name
    cycle = Call("start_next_cycle")
    [[step, before, after], *_] = trace(target, "client", cycle, cycle, Again())[2].returned
    assert (step, before["text"], after["text"]) == (0, "second", "first")


@pytest.mark.parametrize("kind", BUFFERS)
def test_a_caller_that_changes_its_buffer_is_not_noticed(h11: ModuleType, kind: str) -> None:
    """Neither what is received nor what was sent follows the buffer."""
    received = Call("receive_data", (Typed(kind, PUT.decode()),))
    shown = list(trace(h11, "server", received, Change("arguments"), Drain(), Again()))
    assert [shown[0], *shown[2:]] == list(trace(h11, "server", Receive(PUT), Drain(), Again()))
    for arguments in ((("data", Typed(kind, "abc")),), (("*", (Typed(kind, "abc"),)),)):
        sent = Call("send", (event(EventSpec("Data", arguments)),))
        seen = trace(h11, "client", Send(UPLOAD), sent, Change("arguments"), Again())
        assert seen[1].returned == "abc"
        assert seen[3].returned == []


def test_a_caller_that_empties_its_list_of_fields_is_not_noticed(h11: ModuleType) -> None:
    steps = (Call("send", (event(UPLOAD),)), Change("arguments"), Send(EventSpec("EndOfMessage")))
    assert (
        trace(h11, "client", *steps)[2].raised == trace(h11, "client", steps[0], steps[2])[1].raised
    )


def overwritten(kind: str, length: int) -> str:
    """What is in a buffer after its caller has changed it: a bytearray gets longer as well."""
    return "#" * length * (2 if kind == "bytearray" else 1)


def test_a_kept_buffer_is_seen_when_its_caller_changes_it() -> None:
    faulty = implementation("keeps_the_callers_buffer")
    for kind in BUFFERS:
        received = Call("receive_data", (Typed(kind, GET.decode()),))
        alone = (received, NextEvent())
        assert trace(faulty, "server", *alone) == trace(reference, "server", *alone)
        changed = trace(faulty, "server", received, Change("arguments"))
        assert changed[1].form["trailing"] == [overwritten(kind, len(GET)), False]


def test_an_event_of_the_caller_that_changes_is_seen() -> None:
    """The caller may send it again, on another connection."""
    faulty = implementation("completes_the_callers_event")
    for step in (Send(RESPONSE), Call("send", (event(RESPONSE),))):
        [[number, before, after, role]] = trace(faulty, "server", step, Again())[1].returned
        assert (number, before["reason"], after["reason"], role) == (0, "", "OK", "argument")
        # Where the caller changes what it handed in, no caller can tell.
        assert trace(faulty, "server", step, Change("arguments"), Again())[2].returned == []


def test_an_argument_that_is_emptied_is_seen() -> None:
    target = ModuleType("target")
    vars(target).update({name: getattr(reference, name) for name in reference.__all__})

    class Emptying(reference.Connection):
        def receive_data(self, data: Any) -> None:
            super().receive_data(data)
            data.clear()

    target.Connection = Emptying  # type: ignore[attr-defined]  # a module has any name
    received = Call("receive_data", (Typed("bytearray", "GET"),))
    seen = trace(target, "server", received, Again())
    assert seen[1].returned == [[0, {"bytearray": "GET"}, {"bytearray": ""}, "argument"]]


@pytest.mark.parametrize("kind", BUFFERS)
def test_a_kept_field_is_seen_when_its_caller_changes_it(kind: str) -> None:
    """The caller changes the buffers in its list of fields, and then empties the list."""
    target = ModuleType("target")
    vars(target).update({name: getattr(reference, name) for name in reference.__all__})

    class Keeping(reference.Connection):
        kept: Any = None

        def send(self, event: Any) -> bytes | None:
            self.kept = list(event.headers)
            return None

        @property
        def trailing_data(self) -> tuple[bytes, bool]:
            return bytes(self.kept[0][1] if self.kept else b""), False

    target.Connection = Keeping  # type: ignore[attr-defined]  # a module has any name
    target.Request = lambda **arguments: SimpleNamespace(**arguments)  # type: ignore[attr-defined]  # a module has any name
    request = EventSpec.of("Request", headers=[(b"Host", Typed(kind, "a.b"))])
    seen = trace(target, "client", Call("send", (event(request),)), Change("arguments"))
    assert [each.form["trailing"] for each in seen] == [
        ["a.b", False],
        [overwritten(kind, 3), False],
    ]


def test_only_what_can_be_changed_in_place_is_changed(h11: ModuleType) -> None:
    """Bytes, and a memoryview of bytes, stay."""
    for value in (GET, Typed("memoryview", GET.decode())):
        received = Call("receive_data", (value,))
        seen = trace(h11, "server", received, Change("arguments"), NextEvent())
        assert seen[2].events[0]["type"] == "Request"


def test_a_caller_that_changes_results_is_not_noticed(h11: ModuleType) -> None:
    """Not even the fields of an event, whose list is made for each caller."""
    steps = (Receive(PUT), Drain(), Read("states"), Change("results"), Again())
    seen = trace(h11, "server", *steps)
    assert seen[4].returned == []
    assert seen[4].states == ("DONE", "SEND_RESPONSE")


@pytest.mark.parametrize("made", ["released", "cast"])
def test_a_memoryview_that_cannot_be_changed_is_left_alone(made: str) -> None:
    target = ModuleType("target")
    vars(target).update({name: getattr(reference, name) for name in reference.__all__})

    class Odd(reference.Connection):
        def send(self, event: Any) -> Any:
            view = memoryview(bytearray(4))
            if made == "cast":
                return view.cast("I")
            view.release()
            return view

    target.Connection = Odd  # type: ignore[attr-defined]  # a module has any name
    seen = trace(target, "client", Send(REQUEST), Change("results"), NextEvent())
    assert seen[1].raised is None
    assert len(seen) == 3


def test_states_that_are_kept_are_seen_when_the_caller_changes_them() -> None:
    faulty = implementation("hands_out_its_states")
    seen = trace(faulty, "server", NextEvent(), Change("results"))[1]
    assert seen.form["blind"]["class"] == "KeyError"


def test_nothing_is_kept_for_a_program_that_does_not_look_again(h11: ModuleType) -> None:
    """Reads and calls alone hold no references, as a long conversation would run out of memory."""
    program = Program("server", (Call("receive_data", (Typed("bytearray", "a"),)), Read("states")))
    session = interpreter.MultiSession(h11, program.to_json())
    for step in program.steps:
        session.step(step.to_json())
    values: list[Any] = list(vars(session).values())
    kept: list[Any] = [value for value in values if type(value) is list and value]
    assert kept == [[session.connection], [program.connections[0].to_json()]]
