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
from h11spec.strategies.interpreter import KINDS
from h11spec.strategies.program import (
    PROGRAM_VERSION,
    SENDABLE,
    STEP_NAMES,
    Program,
    ProgramError,
    is_list,
    is_object,
)
from h11spec.strategies.traces import run
from h11spec.strategies.variant import variants

FOLDER = Path(__file__).parents[2] / "docs/reference"
SCHEMA: dict[str, Any] = json.loads((FOLDER / "program.schema.json").read_text("utf-8"))
PAGE = (FOLDER / "programs.md").read_text("utf-8")
[EXAMPLE_TEXT] = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
[CODE] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# Any: its methods have no complete types.
VALIDATOR: Any = Draft202012Validator(SCHEMA)


def fits(form: Any) -> bool:
    return bool(VALIDATOR.is_valid(form))


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


def test_the_schema_is_valid_and_has_the_version_of_the_form() -> None:
    """Both its id and the version that it requires are PROGRAM_VERSION."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert SCHEMA["$id"] == f"urn:h11spec:program:{PROGRAM_VERSION}"
    assert SCHEMA["properties"]["program"] == {
        **SCHEMA["properties"]["program"],
        "const": PROGRAM_VERSION,
    }


@settings(max_examples=60)
@given(programs() | programs(undocumented=True), st.integers(0, 50))
def test_drawn_programs_are_valid_and_survive_json(program: Program, turn: int) -> None:
    """Read back from text, a program and its variants are equal and have the same trace."""
    for variant in variants(program, max_count=6, turn=turn):
        form = variant.to_json()
        assert [error.message for error in VALIDATOR.iter_errors(form)] == []
        stored = Program.from_json(json.loads(json.dumps(form)))
        assert stored == variant
        assert run(reference, stored) == run(reference, variant)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_program_is_rejected_by_both(name: str) -> None:
    form = MALFORMED[name]
    assert not fits(form)
    assert not is_read(form)


@pytest.mark.slow
def test_both_agree_on_a_form_that_is_corrupted_anywhere() -> None:
    """Neither is stricter than the other."""
    assert fits(EVERYTHING)
    assert is_read(EVERYTHING)
    forms = list(corrupted(EVERYTHING))
    assert [form for form in forms if fits(form) != is_read(form)] == []
    assert 100 < sum(map(fits, forms)) < len(forms) - 100


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


def test_the_schema_has_every_step_event_and_type() -> None:
    """They are those that from_json knows."""
    defined = SCHEMA["$defs"]
    named = [
        defined[kind]["properties"]["do"].get("const") for kind in ("receive", "send")
    ] + defined["bare"]["properties"]["do"]["enum"]
    assert sorted(named) == sorted(STEP_NAMES)
    assert defined["event"]["properties"]["type"]["enum"] == list(SENDABLE)
    assert sorted(defined["typed"]["properties"]) == sorted(KINDS)


def test_the_page_has_every_step_event_and_type() -> None:
    """Each step has its own line; events and types are named."""
    steps = PAGE.partition("## A step\n")[2].partition("\n## ")[0]
    rows = steps.partition("|---|")[2]
    assert sorted(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)) == sorted(STEP_NAMES)
    assert [name for name in SENDABLE if f"`{name}`" not in PAGE] == []
    assert [kind for kind in KINDS if f'`{{"{kind}": ' not in PAGE] == []


def test_the_example_is_a_program_that_does_what_the_page_says() -> None:
    """It is valid, it is its own JSON form, and the page's assertions hold for it."""
    form = json.loads(EXAMPLE_TEXT)
    assert fits(form)
    assert Program.from_json(form).to_json() == form
    exec(CODE, {"text": EXAMPLE_TEXT})  # noqa: S102 (our own page)


def test_the_message_on_the_page_is_the_one_that_is_raised() -> None:
    with pytest.raises(ProgramError) as caught:
        Program.from_json(with_step(do="sned"))
    assert f"`{caught.value}`" in PAGE
