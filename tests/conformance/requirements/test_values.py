"""Values lose the types of their bytes, and nothing else."""

from typing import Any

import pytest

from h11spec.conformance.requirements.values import fields, octets, plain
from h11spec.strategies.program import Typed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\xff", "a\xff"),
        (b"a\xff", "a\xff"),
        ({"bytearray": "a"}, "a"),
        ({"passed": {"memoryview": "a"}}, "a"),
        (Typed("bytearray", b"a"), "a"),
        ([["a", {"memoryview": "b"}], (b"c", 5)], [["a", "b"], ["c", 5]]),
        ({}, None),
        (None, None),
        (True, True),
    ],
    ids=repr,
)
def test_a_value_loses_the_types_of_its_bytes(value: Any, expected: Any) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (["a", {"bytearray": "b"}, ["c"]], "abc"), (None, ""), (5, ""), ([None, 5], "")],
    ids=repr,
)
def test_the_bytes_of_a_list_are_joined_and_other_values_have_none(
    value: Any, expected: str
) -> None:
    assert octets(value) == expected


def test_an_event_without_a_list_of_headers_has_no_fields() -> None:
    assert list(fields({"type": "Data"})) == []
    assert list(fields({"type": "Request", "headers": {"unreadable": "TypeError"}})) == []
    pairs = [["a", {"bytearray": "b"}], [None, 5]]
    assert list(fields({"type": "Request", "headers": pairs})) == [("a", "b"), ("", "")]
