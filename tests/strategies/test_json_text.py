"""The text of a JSON value is that of the standard library, which is all that a worker has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h11spec.strategies.json_text import json_text, json_text_of_any

# Some characters are escaped in one way or another: control characters, delete, beyond ASCII, and
# surrogates, which are no characters.
SPECIAL = '"\\/\x00\x1f\x7f\xff\u2028\ud800'
TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from(SPECIAL))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-(2**1024), 2**1024) | TEXT


def values(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """JSON values that are made of the scalars."""
    return st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=12
    )


def of_the_standard_library(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@given(values(SCALARS | FLOATS.filter(lambda number: "e" not in repr(number))))
def test_the_text_is_that_of_the_standard_library(value: Any) -> None:
    assert json_text(value) == json_text_of_any(value) == of_the_standard_library(value)


@given(values(SCALARS | FLOATS))
def test_the_value_is_read_again(value: Any) -> None:
    """Numbers with an exponent too, which are written in another way; -0.0 keeps its sign."""
    text = json_text(value)
    assert text.isascii()
    assert "\n" not in text
    assert repr(json.loads(text)) == repr(value)


@pytest.mark.parametrize("value", SPECIAL)
def test_each_kind_of_character_is_written_as_in_the_standard_library(value: str) -> None:
    for form in (value, [value], {value: value}):
        assert json_text(form) == of_the_standard_library(form)


@pytest.mark.parametrize("number", [1e400, -1e400])
def test_infinity_is_written_as_in_the_standard_library(number: float) -> None:
    """A program may pass it as an argument."""
    form = {"status_code": number, "reason": None}
    assert json_text_of_any(form) == of_the_standard_library(form)
    assert json.loads(json_text_of_any(form)) == form
