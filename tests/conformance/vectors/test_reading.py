"""What is read as a vector is one, and what is none is refused in a sentence."""

import json
from typing import Any

import pytest

from h11spec.conformance.vectors import corpus
from h11spec.conformance.vectors.reading import MOST_BYTES, VectorError, read

VECTORS = corpus.load()
Form = dict[str, Any]


def form() -> Form:
    """One of them, of three steps, the last of which raises."""
    some = (each for each in VECTORS if "raised" in each.expected[-1] and len(each.expected) == 3)
    loaded: Form = json.loads(json.dumps(next(some).to_json()))
    return loaded


def complaint(content: bytes) -> str:
    with pytest.raises(VectorError) as caught:
        read(content, "a.json")
    said = str(caught.value)
    assert said.startswith("a.json: ")
    assert len(said) < 300
    assert "\n" not in said
    return said.removeprefix("a.json: ")


def test_what_is_written_is_read() -> None:
    for vector in VECTORS[::10]:
        text = json.dumps(vector.to_json())
        again = read(text.encode(), "")
        assert again == vector
        assert json.dumps(again.to_json()) == text


def test_one_that_was_cut_short_is_refused_wherever_that_was() -> None:
    text = json.dumps(form()).encode()
    assert complaint(b"").startswith("it ends too early: ")
    ends = {complaint(text[:length]).partition(":")[0] for length in range(1, len(text), 7)}
    # Behind half a word, such as "tru", there is an end as well.
    assert ends <= {"it ends too early", "it is no JSON"}
    assert complaint(text[:-1]).startswith("it ends too early: ")


def test_one_that_is_no_utf_8_is_refused() -> None:
    text = json.dumps(form()).encode()
    assert complaint(text[:9] + b"\xff" + text[9:]) == (
        "byte 9 is not UTF-8, which JSON is written in"
    )
    assert "not UTF-8" in complaint(json.dumps(form()).encode("utf-16"))


def test_one_that_is_huge_is_refused_before_it_is_read() -> None:
    assert complaint(b" " * (MOST_BYTES + 1)) == (
        f"{MOST_BYTES + 1:,} bytes are too many; a vector has up to {MOST_BYTES:,}"
    )
    longest = max(len(json.dumps(vector.to_json())) for vector in VECTORS)
    assert longest * 10 < MOST_BYTES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it ends too early: Expecting property name"),
        ("nonsense", "it is no JSON: Expecting value at line 1, column 1"),
        ("[]", "a vector: list is no object"),
        ("null", "a vector: NoneType is no object"),
        ("{}", "a vector: 'vector' is missing"),
        ('{"vector": NaN}', "NaN is no number in JSON"),
        ('{"vector": 1, "vector": 1}', "'vector' stands twice in one object"),
        ("[" * 100_000, "it is nested too deeply to be read"),
        ('{"vector": %s}' % ("9" * 10_000), "it has a number of too many digits to be read"),
    ],
)
def test_what_is_no_vector_at_all_is_refused(text: str, words: str) -> None:
    assert complaint(text.encode()).startswith(words)


@pytest.mark.parametrize("version", [0, 2, "1", True, None, 1.0])
def test_another_version_is_refused_whatever_else_there_is(version: object) -> None:
    """A later version may have other members, and is to be told from a misspelt one."""
    assert complaint(json.dumps({"vector": version, "new": 1}).encode()) == (
        f"vector: version {version!r} is not known; this suite reads version 1"
    )


MISSING = object()
Place = tuple[str | int, ...]


def spoilt(place: Place, value: object = MISSING) -> str:
    """What is said of one with another value at this place, or with none."""
    changed = form()
    part: Any = changed
    for name in place[:-1]:
        part = part[name]
    if value is MISSING:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return complaint(json.dumps(changed).encode())


@pytest.mark.parametrize("name", ["id", "check", "requirements", "program", "expected"])
def test_a_member_that_is_missing_is_named(name: str) -> None:
    assert spoilt((name,)) == f"a vector: {name!r} is missing"


STATE = ["client", "server", "trailing", "version", "client_waits", "they_wait"]


@pytest.mark.parametrize("name", STATE)
def test_a_part_of_the_state_that_is_missing_is_named(name: str) -> None:
    assert spoilt(("expected", 1, name)) == f"expected, step 1: {name!r} is missing"


WRONG: list[tuple[Place, object, str]] = [
    (("ids",), "a", "a vector: 'ids' is not known; known are check, expected, id, "),
    (("expected", 0, "x"), 1, "expected, step 0: 'x' is not known; known are client, "),
    (("expected", -1, "raised", "x"), 1, "expected, step 2, raised: 'x' is not known"),
    (("expected", -1, "raised", "by"), MISSING, "expected, step 2, raised: 'by' is missing"),
    (("program", "x"), 1, "a program: 'x' is not known"),
    (("program", "steps", 0), {"do": "x"}, "step 0: there is no step 'x'"),
    (("program", "program"), 2, "program: version 2 is not known"),
    (("expected", -1), MISSING, "expected: 2 observations of 3 steps"),
    (("expected",), {}, "expected: dict is no array"),
    (("expected", 0), 1, "expected, step 0: int is no object"),
    (("expected", 0, "events"), {}, "expected, step 0, events: dict is no array"),
    (("expected", 0, "events"), [{}], "expected, step 0, events: 'type' is missing"),
    (("id",), "V-00000000", "id: 'V-00000000' is not that of the program, which is 'V-"),
    (("id",), 7, "id: 7 is not that of the program"),
    (("check",), "x", "check: 'x' is no id of a check"),
    (("check",), None, "check: None is no id of a check"),
    (("requirements",), "x", "requirements: 'x' is no array of ids"),
    (("requirements",), [1], "requirements: [1] is no array of ids"),
]


@pytest.mark.parametrize(("place", "value", "words"), WRONG)
def test_a_member_that_is_wrong_is_named(place: Place, value: object, words: str) -> None:
    assert spoilt(place, value).startswith(words)


def test_an_observation_without_an_outcome_is_refused() -> None:
    [first, *_] = form()["expected"]
    bare = {name: first[name] for name in STATE}
    assert spoilt(("expected", 0), bare) == (
        "expected, step 0: no outcome; there is one of returned, events, raised"
    )
