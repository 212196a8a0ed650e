"""The JSON form of programs: the published schema and Program.from_json accept the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from h11spec import reference
from h11spec.strategies.conversation import programs
from h11spec.strategies.interpreter import KINDS, METHODS, PROPERTIES
from h11spec.strategies.program import (
    API_NAMES,
    NEW_STEP_NAMES,
    PROGRAM_VERSION,
    SENDABLE,
    STEP_NAMES,
    Program,
    ProgramError,
    is_list,
    is_object,
)
from h11spec.strategies.steps import NEW_KINDS
from h11spec.strategies.traces import run
from h11spec.strategies.variant import variants

FOLDER = Path(__file__).parents[2] / "docs/reference"
SCHEMAS: dict[int, Any] = {
    1: json.loads((FOLDER / "program.schema.json").read_text("utf-8")),
    2: json.loads((FOLDER / "program-2.schema.json").read_text("utf-8")),
}
PAGE = (FOLDER / "programs.md").read_text("utf-8")
EXAMPLES: list[str] = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CODE: list[str] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# Any: its methods have no complete types.
VALIDATORS: dict[int, Any] = {
    version: Draft202012Validator(schema) for version, schema in SCHEMAS.items()
}


def fits(form: Any) -> bool:
    return any(validator.is_valid(form) for validator in VALIDATORS.values())


def is_read(form: Any) -> bool:
    try:
        Program.from_json(form)
    except ProgramError:
        return False
    return True


def with_step(**step: Any) -> dict[str, Any]:
    return {"program": 1, "role": "server", "steps": [{"do": "next"}, step]}


def with_event(**event: Any) -> dict[str, Any]:
    return with_step(do="send", event=event)


def with_data(data: Any) -> dict[str, Any]:
    return with_event(type="Data", data=data)


# Every step and every type of value, to be changed in every place.
EVERYTHING: dict[str, Any] = {
    "program": 1,
    "role": "client",
    "limit": 80,
    "steps": [
        with_event(
            type="Request",
            method={"text": "GET"},
            target={"bytearray": "/"},
            headers=[["Host", {"memoryview": "a\xff"}]],
            http_version={"iterator": [1.5]},
        )["steps"][1],
        {"do": "send", "event": {"type": "Data", "data": {"opaque": 3}}, "passthrough": True},
        {"do": "send", "event": {"type": "Response", "headers": {"tuple": []}, "reason": None}},
        with_event(
            type="Response",
            status_code={"int_subclass": 200},
            headers=[[{"text_subclass": "A"}, {"bytes_subclass": "a\xff"}]],
            reason={"array": "a"},
            http_version={"convertible": "1.1"},
        )["steps"][1],
        {"do": "receive", "data": "HTTP/1.1 200 \xff\r\n"},
        *({"do": name} for name in ("next", "drain", "eof", "fail", "cycle")),
    ],
}
# The same of version 2: every step, and every kind of argument.
EVERYTHING_OF_VERSION_2: dict[str, Any] = {
    "program": 2,
    "connections": [{"role": "client", "limit": 80}, {"role": "server"}],
    "look": "last",
    "steps": [
        {"do": "send", "event": {"type": "Data", "data": {"opaque": 3}}, "on": 1},
        {"do": "receive", "data": "a", "on": 0},
        {"do": "call", "method": "next_event", "on": 1},
        {
            "do": "call",
            "method": "send",
            "arguments": [
                {"memoryview_of_bytearray": "a"},
                {"items": [["a", [1]], [{"text": "a"}, None]]},
                {"api": "PAUSED"},
                [["a", {"memoryview_of_bytearray": "a"}]],
            ],
            "keywords": {
                "event": {"event": {"type": "Data", "*": ["a", {"tuple": ["a"]}], "data": "a"}}
            },
        },
        {"do": "read", "name": "states", "on": 1},
        {"do": "change", "what": "arguments"},
        {"do": "again", "on": 1},
    ],
}


def with_new_step(**step: Any) -> dict[str, Any]:
    return {"program": 2, "connections": [{"role": "client"}], "steps": [step]}


def with_argument(argument: Any) -> dict[str, Any]:
    return with_new_step(do="call", method="receive_data", arguments=[argument])


MALFORMED: dict[str, Any] = {
    "no object": [],
    "nothing": {},
    "no version": {"role": "client", "steps": []},
    "another version": {"program": 2, "role": "client", "steps": []},
    "a version that is true": {"program": True, "role": "client", "steps": []},
    "a version in text": {"program": "1", "role": "client", "steps": []},
    "no role": {"program": 1, "steps": []},
    "another role": {"program": 1, "role": "proxy", "steps": []},
    "an unknown member": {"program": 1, "role": "client", "steps": [], "name": "a"},
    "a negative limit": {"program": 1, "role": "client", "limit": -1, "steps": []},
    "half a byte as limit": {"program": 1, "role": "client", "limit": 0.5, "steps": []},
    "a limit that is true": {"program": 1, "role": "client", "limit": True, "steps": []},
    "no steps": {"program": 1, "role": "client"},
    "steps that are null": {"program": 1, "role": "client", "steps": None},
    "a step that is text": {"program": 1, "role": "client", "steps": ["next"]},
    "a step without a name": with_step(),
    "an unknown step": with_step(do="sned"),
    "a step with another's data": with_step(do="drain", data="a"),
    "receiving nothing": with_step(do="receive"),
    "receiving null": with_step(do="receive", data=None),
    "receiving a character that is not a byte": with_step(do="receive", data="\u20ac"),
    "receiving a character that is not a byte, after a line": with_step(
        do="receive", data="a\n\u20ac"
    ),
    "receiving typed text": with_step(do="receive", data={"text": "a"}),
    "sending nothing": with_step(do="send"),
    "sending text": with_step(do="send", event="Data"),
    "passing through as a number": with_step(
        do="send", event={"type": "ConnectionClosed"}, passthrough=1
    ),
    "an event without a type": with_event(data="a"),
    "an unknown event": with_event(type="Requset"),
    "an event that only comes out": with_event(type="PAUSED"),
    "an argument that is not bytes": with_data("\u20ac"),
    "a field that is not bytes": with_event(type="EndOfMessage", headers=[["a", "\u20ac"]]),
    "an unknown type": with_data({"string": "a"}),
    "two types": with_data({"text": "a", "bytearray": "a"}),
    "no type": with_data({}),
    "text that is a number": with_data({"text": 5}),
    "a bytearray of a character that is not a byte": with_data({"bytearray": "\u20ac"}),
    "a tuple of text": with_data({"tuple": "ab"}),
    "an iterator of an object": with_data({"iterator": {}}),
    "a negative length": with_data({"opaque": -1}),
    "a length that is false": with_data({"opaque": False}),
    "a new step in version 1": with_step(do="again"),
    "a connection in version 1": {
        "program": 1,
        "role": "client",
        "steps": [{"do": "eof", "on": 0}],
    },
    "a new kind in version 1": with_data({"memoryview_of_bytearray": "a"}),
    "a new kind in a list in version 1": with_event(
        type="EndOfMessage", headers=[["a", {"memoryview_of_bytearray": "b"}]]
    ),
    "an argument by position in version 1": with_event(type="Data", **{"*": ["a"]}),
    "an argument by position in a send step": with_new_step(
        do="send", event={"type": "Data", "*": ["a"]}
    ),
    "a role in version 2": {"program": 2, "role": "client", "steps": []},
    "no connection": {"program": 2, "connections": [], "steps": []},
    "a connection without a role": {"program": 2, "connections": [{}], "steps": []},
    "another look": {"program": 2, "connections": [{"role": "client"}], "look": 1, "steps": []},
    "a negative index": with_new_step(do="again", on=-1),
    "an index in text": with_new_step(do="again", on="0"),
    "a call of no method": with_new_step(do="call"),
    "a call of another method": with_new_step(do="call", method="close"),
    "arguments in an object": with_new_step(do="call", method="send", arguments={}),
    "keywords in an array": with_new_step(do="call", method="send", keywords=[]),
    "an event of no type": with_argument({"event": {}}),
    "an event in an array": with_argument([{"event": {"type": "Data"}}]),
    "arguments by position that are bytes": with_argument({"event": {"type": "Data", "*": "ab"}}),
    "an unknown name of the API": with_argument({"api": "Connection"}),
    "items that are no pairs": with_argument({"items": ["ab"]}),
    "items with a name that has no hash": with_argument({"items": [[{"bytearray": "a"}, "b"]]}),
    "reading nothing": with_new_step(do="read"),
    "reading another property": with_new_step(do="read", name="state"),
    "changing nothing": with_new_step(do="change"),
    "changing both": with_new_step(do="change", what="both"),
}
ANYTHING = [None, True, -1, 1, 1.5, "", "next", "text", "\u20ac", [], ["a"], {}, {"text": "a"}]


def corrupted(form: Any) -> Iterator[Any]:
    """Yields the form with another value in one place, a member missing, or one too many."""
    yield from ANYTHING
    if is_object(form):
        yield {**form, "surplus": 1}
    keys: list[Any] = (
        list(form) if is_object(form) else list(range(len(form) if is_list(form) else 0))
    )
    for key in keys:
        without = form.copy()
        del without[key]
        yield without
        for value in corrupted(form[key]):
            copy = form.copy()
            copy[key] = value
            yield copy


@pytest.mark.parametrize("version", SCHEMAS)
def test_the_schema_is_valid_and_has_the_version_of_the_form(version: int) -> None:
    """Both its id and the version that it requires; there is a schema for each version."""
    schema = SCHEMAS[version]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == f"urn:h11spec:program:{version}"
    assert schema["properties"]["program"]["const"] == version
    assert list(SCHEMAS) == list(range(1, PROGRAM_VERSION + 1))


@pytest.mark.unmeasured
@settings(max_examples=60)
@given(programs() | programs(undocumented=True), st.integers(0, 50))
def test_drawn_programs_are_valid_and_survive_json(program: Program, turn: int) -> None:
    """Read back from text, a program and its variants are equal and have the same trace."""
    for variant in variants(program, max_count=6, turn=turn):
        form = variant.to_json()
        assert [error.message for error in VALIDATORS[1].iter_errors(form)] == []
        stored = Program.from_json(json.loads(json.dumps(form)))
        assert stored == variant
        assert run(reference, stored) == run(reference, variant)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_program_is_rejected_by_both(name: str) -> None:
    form = MALFORMED[name]
    assert not fits(form)
    assert not is_read(form)


@pytest.mark.slow
@pytest.mark.parametrize("everything", [EVERYTHING, EVERYTHING_OF_VERSION_2], ids=["1", "2"])
def test_both_agree_on_a_form_that_is_corrupted_anywhere(everything: Any) -> None:
    """Neither is stricter than the other, but for an index of a connection that is missing."""
    assert fits(everything)
    assert is_read(everything)
    forms = list(corrupted(everything))
    assert [form for form in forms if fits(form) != (is_read(form) or has_wrong_index(form))] == []
    assert 100 < sum(map(fits, forms)) < len(forms) - 100


def has_wrong_index(form: Any) -> bool:
    """Whether all that is wrong is an index of a connection that the program does not have."""
    if not is_object(form) or not is_list(form.get("connections")):
        return False
    return not is_read(form) and is_read({**form, "connections": 2 * form["connections"]})


@pytest.mark.parametrize(
    "form",
    [
        {"program": 1, "role": "client", "limit": 16.0, "steps": []},
        with_data({"opaque": 3.0}),
        with_data({"int_subclass": 3.0}),
    ],
)
def test_a_whole_number_with_a_point_is_only_rejected_by_from_json(form: Any) -> None:
    """The exception that the page names: JSON Schema cannot express the difference."""
    assert fits(form)
    assert not is_read(form)


@pytest.mark.parametrize("version", SCHEMAS)
def test_the_schema_has_every_step_event_and_type(version: int) -> None:
    """They are those that from_json knows."""
    defined = SCHEMAS[version]["$defs"]
    steps = [each["$ref"].rpartition("/")[2] for each in defined["step"]["oneOf"]]
    names = [defined[step]["properties"]["do"] for step in steps]
    named = [name for form in names for name in form.get("enum", [form.get("const")])]
    assert sorted(named) == sorted(STEP_NAMES + (NEW_STEP_NAMES if version > 1 else ()))
    assert defined["event"]["properties"]["type"]["enum"] == list(SENDABLE)
    assert sorted(defined["typed"]["properties"]) == sorted({*KINDS} - {*NEW_KINDS})


def test_the_schema_of_version_2_has_every_method_property_and_name() -> None:
    """They are those that from_json knows."""
    defined = SCHEMAS[2]["$defs"]
    assert defined["call"]["properties"]["method"]["enum"] == list(METHODS)
    assert defined["read"]["properties"]["name"]["enum"] == list(PROPERTIES)
    assert sorted(defined["called_typed"]["properties"]) == sorted(KINDS)
    event, api = (each["properties"] for each in defined["argument"]["oneOf"][1:])
    assert event == {"event": {"$ref": "#/$defs/called_event"}}
    assert api == {"api": {"enum": list(API_NAMES)}}


def test_the_page_has_every_step_event_and_type() -> None:
    """Each step has its own line; events, types, methods and properties are named."""
    steps = PAGE.partition("## A step\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", steps, re.MULTILINE)
    assert sorted({*rows} - {"do"}) == sorted(STEP_NAMES + NEW_STEP_NAMES)
    named = (*SENDABLE, *METHODS, *PROPERTIES)
    assert [name for name in named if f"`{name}`" not in PAGE] == []
    assert [kind for kind in KINDS if f'`{{"{kind}": ' not in PAGE] == []


@pytest.mark.parametrize("version", SCHEMAS)
def test_the_example_is_a_program_that_does_what_the_page_says(version: int) -> None:
    """It is valid, it is its own JSON form, and the page's assertions hold for it."""
    text = EXAMPLES[version - 1]
    form = json.loads(text)
    assert form["program"] == version
    assert fits(form)
    assert Program.from_json(form).to_json() == form
    exec("\n".join([CODE[0].partition("\n\nprogram")[0], CODE[version - 1]]), {"text": text})  # noqa: S102 (our own page)


def test_the_message_on_the_page_is_the_one_that_is_raised() -> None:
    with pytest.raises(ProgramError) as caught:
        Program.from_json(with_step(do="sned"))
    assert f"`{caught.value}`" in PAGE
