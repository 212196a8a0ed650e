"""Programs as values, and their JSON form: it survives a round trip, and bad forms are refused."""

import json
import pickle
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    ProgramError,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    StartNextCycle,
    Typed,
    is_list,
    is_object,
)

REQUEST = EventSpec.of(
    "Request",
    method=Typed("text", "GET"),
    target=Typed("bytearray", "/"),
    headers=[(b"Host", Typed("memoryview", "a\xff")), (b"Content-Length", b"3")],
)
EVERYTHING = Program(
    "client",
    (
        Send(REQUEST),
        Send(EventSpec.of("Data", data=Typed("opaque", 3)), passthrough=True),
        Send(EventSpec.of("EndOfMessage", headers=Typed("iterator", ((b"A", b"b"),)))),
        Receive(b"HTTP/1.1 200 \xff\r\n"),
        NextEvent(),
        Drain(),
        ReceiveEOF(),
        SendFailed(),
        StartNextCycle(),
        Send(EventSpec.of("Response", status_code=200, headers=Typed("tuple", ()), reason=None)),
        Send(
            EventSpec.of(
                "Response",
                status_code=Typed("int_subclass", 200),
                headers=[(Typed("text_subclass", "A\u20ac"), Typed("bytes_subclass", "\xff"))],
                reason=Typed("array", "\xff"),
                http_version=Typed("convertible", "1.1"),
            )
        ),
    ),
    limit=80,
)
EVERYTHING_IN_JSON: Json = {
    "program": 1,
    "role": "client",
    "limit": 80,
    "steps": [
        {
            "do": "send",
            "event": {
                "type": "Request",
                "method": {"text": "GET"},
                "target": {"bytearray": "/"},
                "headers": [["Host", {"memoryview": "a\xff"}], ["Content-Length", "3"]],
            },
        },
        {"do": "send", "event": {"type": "Data", "data": {"opaque": 3}}, "passthrough": True},
        {"do": "send", "event": {"type": "EndOfMessage", "headers": {"iterator": [["A", "b"]]}}},
        {"do": "receive", "data": "HTTP/1.1 200 \xff\r\n"},
        {"do": "next"},
        {"do": "drain"},
        {"do": "eof"},
        {"do": "fail"},
        {"do": "cycle"},
        {
            "do": "send",
            "event": {
                "type": "Response",
                "status_code": 200,
                "headers": {"tuple": []},
                "reason": None,
            },
        },
        {
            "do": "send",
            "event": {
                "type": "Response",
                "status_code": {"int_subclass": 200},
                "headers": [[{"text_subclass": "A\u20ac"}, {"bytes_subclass": "\xff"}]],
                "reason": {"array": "\xff"},
                "http_version": {"convertible": "1.1"},
            },
        },
    ],
}
VALUES: list[Any] = [
    EVERYTHING,
    REQUEST,
    Typed("text", "GET"),
    Receive(b"a"),
    ReceiveEOF(),
    NextEvent(),
    Drain(),
    Send(REQUEST),
    SendFailed(),
    StartNextCycle(),
]


def with_step(**step: Any) -> dict[str, Any]:
    return {"program": 1, "role": "client", "steps": [{"do": "next"}, step]}


def with_event(**event: Any) -> dict[str, Any]:
    return with_step(do="send", event=event)


def with_data(data: Any) -> dict[str, Any]:
    return with_event(type="Data", data=data)


def refusal(form: Any) -> str:
    with pytest.raises(ProgramError) as caught:
        Program.from_json(form)
    return str(caught.value)


def test_a_program_has_a_json_form_that_can_be_written_by_hand() -> None:
    """Every step and every kind of argument, in both directions."""
    assert EVERYTHING.to_json() == EVERYTHING_IN_JSON
    assert EVERYTHING.to_text() == json.dumps(EVERYTHING_IN_JSON, separators=(",", ":"))
    assert Program.from_json(EVERYTHING_IN_JSON) == EVERYTHING


@settings(max_examples=40)
@given(programs(max_actions=8))
def test_drawn_programs_survive_json_text(program: Program) -> None:
    """A stored program equals the drawn one, and has the same hash."""
    stored = Program.from_json(json.loads(json.dumps(program.to_json())))
    assert json.loads(program.to_text()) == program.to_json()
    assert stored == program
    assert {program: "found"}[stored] == "found"


def test_the_default_limit_and_passthrough_are_left_out() -> None:
    program = Program("server", (Send(EventSpec("EndOfMessage")),))
    assert program.to_json() == {
        "program": 1,
        "role": "server",
        "steps": [{"do": "send", "event": {"type": "EndOfMessage"}}],
    }


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_are_frozen_and_hashable(value: Any) -> None:
    """They are keys of dictionaries, and shared between programs."""
    assert value == replace(value)
    assert hash(value) == hash(replace(value))
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


def test_lists_in_an_event_are_frozen_all_the_way_down() -> None:
    listed = EventSpec.of("EndOfMessage", headers=[[b"a", b"b"], (b"c", [b"d"])])
    assert listed == EventSpec.of("EndOfMessage", headers=((b"a", b"b"), (b"c", (b"d",))))
    assert isinstance(hash(listed), int)


# The place that the message names, and a part of what it says is allowed there.
MALFORMED: dict[str, tuple[Any, str, str]] = {
    "not an object": ([], "a program: list", "not an object"),
    "no version": ({"role": "client", "steps": []}, "program: version None", "versions 1 and 2"),
    "another version": (
        {"program": 3, "role": "client", "steps": []},
        "program: version 3",
        "versions 1 and 2",
    ),
    "an unknown member": (
        {"program": 1, "role": "client", "steps": [], "rolle": 1},
        "a program: 'rolle'",
        "allowed are limit, program, role, steps",
    ),
    "no role": ({"program": 1, "steps": []}, "role: None", '"client" or "server"'),
    "another role": (
        {"program": 1, "role": "proxy", "steps": []},
        "role: 'proxy'",
        '"client" or "server"',
    ),
    "a role that is a list": (
        {"program": 1, "role": ["client"], "steps": []},
        "role: ['client']",
        '"client" or "server"',
    ),
    "a negative limit": (
        {"program": 1, "role": "client", "limit": -1, "steps": []},
        "limit: -1",
        "number of bytes",
    ),
    "a limit that is true": (
        {"program": 1, "role": "client", "limit": True, "steps": []},
        "limit: True",
        "number of bytes",
    ),
    "a limit in text": (
        {"program": 1, "role": "client", "limit": "16", "steps": []},
        "limit: '16'",
        "number of bytes",
    ),
    "no steps": ({"program": 1, "role": "client"}, "steps: NoneType", "not a list"),
    "steps in an object": (
        {"program": 1, "role": "client", "steps": {"0": {"do": "next"}}},
        "steps: dict",
        "not a list",
    ),
    "a step that is text": (
        {"program": 1, "role": "client", "steps": ["next"]},
        "step 0: str",
        "not an object",
    ),
    "an unknown step": (
        with_step(do="sned"),
        "step 1: unknown step 'sned'",
        "receive, send, eof, next, drain, fail, cycle",
    ),
    "a step without a name": (with_step(), "step 1: unknown step None", "receive, send, eof"),
    "a step whose name is a list": (with_step(do=[]), "step 1: unknown step []", "receive"),
    "an unknown member of a step": (
        with_step(do="receive", dtaa="a"),
        "step 1: 'dtaa'",
        "allowed are data, do",
    ),
    "nothing received": (with_step(do="receive"), "step 1, data: None", "not a string"),
    "received numbers": (with_step(do="receive", data=[71]), "step 1, data: [71]", "not a string"),
    "a character that is not a byte": (
        with_step(do="receive", data="\u20ac"),
        "step 1, data: '\u20ac'",
        "above U+00FF",
    ),
    "no event": (with_step(do="send"), "step 1, event: NoneType", "not an object"),
    "an unknown event": (
        with_event(type="Requset"),
        "step 1, event: unknown event 'Requset'",
        "Request, InformationalResponse, Response, Data, EndOfMessage, ConnectionClosed",
    ),
    "an event that only comes out": (
        with_event(type="NEED_DATA"),
        "step 1, event: unknown event 'NEED_DATA'",
        "ConnectionClosed",
    ),
    "passthrough in text": (
        with_step(do="send", event={"type": "EndOfMessage"}, passthrough="yes"),
        "step 1, passthrough: 'yes'",
        "true nor false",
    ),
    "an argument that is not a byte": (
        with_data("\u20ac"),
        "step 1, event, data: '\u20ac'",
        "U+00FF",
    ),
    "a nested argument that is not a byte": (
        with_event(type="EndOfMessage", headers=[["a", "\u20ac"]]),
        "step 1, event, headers: '\u20ac'",
        "U+00FF",
    ),
    "an unknown type": (
        with_data({"string": "a"}),
        "step 1, event, data",
        "text, bytearray, memoryview, tuple, iterator, opaque",
    ),
    "two types": (
        with_data({"text": "a", "opaque": 1}),
        "step 1, event, data",
        "one member, of text",
    ),
    "no type": (with_data({}), "step 1, event, data", "one member, of text"),
}
# Read, as long as nothing looks at what is in a typed value; the interpreter then fails.
UNNOTICED: dict[str, tuple[Any, str]] = {
    "text that is a number": (with_data({"text": 5}), "step 1, event, data"),
    "text of an object": (with_data({"text": {"text": "a"}}), "step 1, event, data"),
    "bytes that are a number": (with_data({"bytearray": 5}), "step 1, event, data"),
    "bytes that are none": (with_data({"memoryview": "\u20ac"}), "step 1, event, data"),
    "a tuple of text": (with_data({"tuple": "ab"}), "step 1, event, data"),
    "an iterator of a number": (with_data({"iterator": 5}), "step 1, event, data"),
    "an opaque of text": (with_data({"opaque": "5"}), "step 1, event, data"),
    "an opaque of negative length": (with_data({"opaque": -1}), "step 1, event, data"),
    "an array of a number": (with_data({"array": 5}), "step 1, event, data"),
    "a convertible of a character above U+00FF": (
        with_data({"convertible": "\u20ac"}),
        "step 1, event",
    ),
    "a boolean as a number": (with_data({"int_subclass": True}), "step 1, event, data"),
    "half a number": (with_data({"int_subclass": 0.5}), "step 1, event, data"),
    "data of a step that has none": (with_step(do="next", data="a"), "step 1"),
    "an event of a step that has none": (with_step(do="receive", data="a", event={}), "step 1"),
    "true for version 1": ({"program": True, "role": "client", "steps": []}, "program"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_form_is_refused_with_its_place_and_what_is_allowed(name: str) -> None:
    """The message says in one line what is wrong, where, and what is allowed."""
    form, place, allowed = MALFORMED[name]
    message = refusal(form)
    assert message.startswith(place)
    assert allowed in message
    assert "\n" not in message


@pytest.mark.parametrize("name", UNNOTICED)
def test_a_form_that_the_interpreter_cannot_run_is_refused(name: str) -> None:
    """The interpreter has no error messages of its own for such forms."""
    form, place = UNNOTICED[name]
    assert refusal(form).startswith(place)


def places(form: Any, *way: Any) -> list[tuple[Any, ...]]:
    """The way to every value in a JSON form."""
    keys: list[Any] = (
        list(form) if is_object(form) else list(range(len(form) if is_list(form) else 0))
    )
    return [way, *(found for key in keys for found in places(form[key], *way, key))]


def changed(form: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The form with another value at that place."""
    if not way:
        return value
    copy = form.copy()
    copy[way[0]] = changed(form[way[0]], way[1:], value)
    return copy


ANYTHING = st.sampled_from([None, True, -1, 1, 1.5, "", "next", "\u20ac", [], ["a"], {}, {"a": 1}])


@settings(max_examples=300)
@given(st.sampled_from(places(EVERYTHING_IN_JSON)), ANYTHING)
def test_a_form_with_anything_anywhere_is_a_program_or_refused(
    way: tuple[Any, ...], value: Any
) -> None:
    """There is no third outcome: no other exception, and no program that reads back differently."""
    form = changed(EVERYTHING_IN_JSON, way, value)
    with suppress(ProgramError):
        program = Program.from_json(form)
        assert Program.from_json(program.to_json()) == program


def test_a_form_that_is_nested_too_deeply_is_refused() -> None:
    """The error is that for any other bad form, not a RecursionError."""
    deep: list[object] = []
    for _ in range(3000):
        deep = [deep]
    event = {"type": "Request", "headers": deep}
    form = {"program": 1, "role": "client", "steps": [{"do": "send", "event": event}]}
    with pytest.raises(ProgramError, match="nested too deeply"):
        Program.from_json(form)


def test_a_cached_json_form_changes_neither_equality_nor_hashes_nor_copies() -> None:
    """A hash is never copied: another process hashes bytes differently."""
    program = Program("server", (Receive(b"a"), Send(REQUEST)), limit=3)
    fresh = replace(program, steps=(Receive(b"a"), Send(REQUEST)))
    program.to_text()
    copied = pickle.loads(pickle.dumps(program))
    assert copied == program == fresh
    assert hash(copied) == hash(program) == hash(fresh)
    assert vars(copied) == {each.name: getattr(program, each.name) for each in fields(program)}
    assert hash(program) != hash(replace(program, limit=4))
