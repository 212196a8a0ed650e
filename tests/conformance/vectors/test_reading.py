"""A vector survives writing and reading, and a malformed one is rejected in one sentence."""

import json
from typing import Any

import pytest

from h11spec import reference
from h11spec.conformance.vectors import corpus
from h11spec.conformance.vectors.reading import MAX_BYTES, VectorError, read
from h11spec.reports.findings.vector import Vector, vector_id
from h11spec.strategies.program import NextEvent, Program
from h11spec.strategies.traces import run

VECTORS = corpus.load()
Form = dict[str, Any]


def form() -> Form:
    """The form of a vector with three steps, the last of which raises."""
    some = (each for each in VECTORS if "raised" in each.expected[-1] and len(each.expected) == 3)
    loaded: Form = json.loads(json.dumps(next(some).to_json()))
    return loaded


def error_message(content: bytes) -> str:
    with pytest.raises(VectorError) as caught:
        read(content, "a.json")
    message = str(caught.value)
    assert message.startswith("a.json: ")
    assert len(message) < 300
    assert "\n" not in message
    return message.removeprefix("a.json: ")


def test_a_vector_is_the_same_when_read_back() -> None:
    for vector in VECTORS[::10]:
        text = json.dumps(vector.to_json())
        again = read(text.encode(), "")
        assert again == vector
        assert json.dumps(again.to_json()) == text


def test_a_truncated_vector_is_rejected_at_any_length() -> None:
    text = json.dumps(form()).encode()
    assert error_message(b"").startswith("it ends too early: ")
    ends = {error_message(text[:length]).partition(":")[0] for length in range(1, len(text), 7)}
    # A truncated word, such as "tru", is not JSON.
    assert ends <= {"it ends too early", "it is not JSON"}
    assert error_message(text[:-1]).startswith("it ends too early: ")


def test_a_vector_that_is_not_utf_8_is_rejected() -> None:
    text = json.dumps(form()).encode()
    assert error_message(text[:9] + b"\xff" + text[9:]) == (
        "byte 9 is not UTF-8, which JSON is written in"
    )
    assert "not UTF-8" in error_message(json.dumps(form()).encode("utf-16"))


def test_a_huge_vector_is_rejected_before_it_is_parsed() -> None:
    assert error_message(b" " * (MAX_BYTES + 1)) == (
        f"{MAX_BYTES + 1:,} bytes are too many; a vector has up to {MAX_BYTES:,}"
    )
    longest = max(len(json.dumps(vector.to_json())) for vector in VECTORS)
    assert longest * 10 < MAX_BYTES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it ends too early: Expecting property name"),
        ("nonsense", "it is not JSON: Expecting value at line 1, column 1"),
        ("[]", "a vector: list is not an object"),
        ("null", "a vector: NoneType is not an object"),
        ("{}", "a vector: 'vector' is missing"),
        ('{"vector": NaN}', "NaN is not a number in JSON"),
        ('{"vector": 1, "vector": 1}', "'vector' occurs twice in one object"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"vector": %s}' % ("9" * 10_000), "it has a number with too many digits"),
    ],
)
def test_other_json_is_rejected(text: str, words: str) -> None:
    assert error_message(text.encode()).startswith(words)


@pytest.mark.parametrize("version", [0, 2, "1", True, None, 1.0])
def test_another_version_is_rejected_before_any_other_member(version: object) -> None:
    """A later version may have other members; they must not be reported as misspelt ones."""
    assert error_message(json.dumps({"vector": version, "new": 1}).encode()) == (
        f"vector: version {version!r} is not known; this suite reads version 1"
    )


MISSING = object()
Place = tuple[str | int, ...]


def message_with(place: Place, value: object = MISSING) -> str:
    """The error message for a vector with another value at this place, or with none."""
    changed = form()
    part: Any = changed
    for name in place[:-1]:
        part = part[name]
    if value is MISSING:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return error_message(json.dumps(changed).encode())


@pytest.mark.parametrize("name", ["id", "check", "requirements", "program", "expected"])
def test_a_missing_member_is_named(name: str) -> None:
    assert message_with((name,)) == f"a vector: {name!r} is missing"


STATE = ["client", "server", "trailing", "version", "client_waits", "they_wait"]


@pytest.mark.parametrize("name", STATE)
def test_a_missing_part_of_the_state_is_named(name: str) -> None:
    assert message_with(("expected", 1, name)) == f"expected, step 1: {name!r} is missing"


WRONG: list[tuple[Place, object, str]] = [
    (("ids",), "a", "a vector: 'ids' is not known; known are check, expected, id, "),
    (("expected", 0, "x"), 1, "expected, step 0: 'x' is not known; known are client, "),
    (("expected", -1, "raised", "x"), 1, "expected, step 2, raised: 'x' is not known"),
    (("expected", -1, "raised", "by"), MISSING, "expected, step 2, raised: 'by' is missing"),
    (("program", "x"), 1, "a program: 'x' is not known"),
    (("program", "steps", 0), {"do": "x"}, "step 0: unknown step 'x'"),
    (("program", "program"), 3, "program: version 3 is not known"),
    (("program", "program"), 2, "a program: 'role' is not known; allowed are connections"),
    (("expected", -1), MISSING, "expected: 2 observations for 3 steps"),
    (("expected",), {}, "expected: dict is not an array"),
    (("expected", 0), 1, "expected, step 0: int is not an object"),
    (("expected", 0, "events"), {}, "expected, step 0, events: dict is not an array"),
    (("expected", 0, "events"), [{}], "expected, step 0, events: 'type' is missing"),
    (("id",), "V-00000000", "id: 'V-00000000' is not the id of the program, which is 'V-"),
    (("id",), 7, "id: 7 is not the id of the program"),
    (("check",), "x", "check: 'x' is not the id of a check"),
    (("check",), None, "check: None is not the id of a check"),
    (("requirements",), "x", "requirements: 'x' is not an array of ids"),
    (("requirements",), [1], "requirements: [1] is not an array of ids"),
]


@pytest.mark.parametrize(("place", "value", "words"), WRONG)
def test_a_wrong_member_is_named(place: Place, value: object, words: str) -> None:
    assert message_with(place, value).startswith(words)


def test_an_observation_without_an_outcome_is_rejected() -> None:
    [first, *_] = form()["expected"]
    bare = {name: first[name] for name in STATE}
    assert message_with(("expected", 0), bare) == (
        "expected, step 0: no outcome; there must be one of returned, events, raised"
    )


def test_with_one_look_only_the_last_observation_needs_the_state() -> None:
    program = Program("client", (NextEvent(), NextEvent()), look="last")
    trace = run(reference, program).form
    whole = Vector(vector_id(program), "framing/x", (), program, trace).to_json()
    assert read(json.dumps(whole).encode(), "").expected == trace
    whole["expected"][1].pop("client")
    assert error_message(json.dumps(whole).encode()) == "expected, step 1: 'client' is missing"
