"""Headers as an immutable sequence of pairs, and how it compares."""

import pickle
from collections import UserList, deque
from collections.abc import Callable, MutableSequence, Sequence
from types import ModuleType
from typing import Any

import pytest
from event_samples import COPIES, Refusal, headers, is_reference, refusal

ITEMS = [(b"a", b"b"), (b"host", b"c"), (b"a", b"d")]
RAW = [(b"A", b"b"), (b"Host", b"c"), (b"a", b"d")]


def fields_of(h11: ModuleType) -> Any:
    return headers(h11, *RAW)


def test_headers_are_a_sequence_of_pairs(h11: ModuleType) -> None:
    """They have a length, can be iterated and reversed, and accept negative indexes."""
    fields = fields_of(h11)
    assert len(fields) == 3
    assert list(fields) == ITEMS
    assert [fields[index] for index in (0, 1, 2, -1, -3)] == [*ITEMS, ITEMS[2], ITEMS[0]]
    assert list(reversed(fields)) == ITEMS[::-1]
    assert {type(item) for item in [*fields, *fields.raw_items()]} == {tuple}


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_out_of_range_is_an_error(h11: ModuleType, index: int) -> None:
    """As in any sequence."""
    with pytest.raises(IndexError):
        fields_of(h11)[index]


@pytest.mark.parametrize("index", ["a", 1.0, None, (0, 1)])
def test_headers_are_not_a_mapping(h11: ModuleType, index: object) -> None:
    """A name cannot be an index, since a field may be repeated."""
    with pytest.raises(TypeError):
        fields_of(h11)[index]


def test_empty_headers_are_false(h11: ModuleType) -> None:
    """As in any sequence."""
    assert not headers(h11)
    assert headers(h11, ("a", ""))


def test_headers_are_a_sequence(h11: ModuleType) -> None:
    """They are not mutable, and neither a list nor a tuple."""
    fields = fields_of(h11)
    assert isinstance(fields, Sequence)
    assert not isinstance(fields, (MutableSequence, list, tuple))


def test_headers_contain_normalised_pairs(h11: ModuleType) -> None:
    """A tuple of bytes with the name in lower case; a look-up converts nothing."""
    fields = fields_of(h11)
    assert (b"a", b"b") in fields
    for other in ((b"A", b"b"), ("a", "b"), [b"a", b"b"], b"a", (b"a", b"c")):
        assert other not in fields


def test_headers_can_be_searched(h11: ModuleType) -> None:
    """``index`` accepts start and stop, counted from either end, as for a list."""
    fields = headers(h11, *ITEMS, *ITEMS)
    assert fields.index((b"a", b"d")) == 2
    assert fields.index((b"a", b"d"), 3) == 5
    assert fields.index((b"a", b"b"), -4, -1) == 3
    assert fields.count((b"a", b"d")) == 2
    assert fields.count((b"A", b"d")) == 0


@pytest.mark.parametrize(
    "arguments", [((b"A", b"b"),), ((b"a", b"b"), 1), ((b"a", b"d"), 0, 2), ((b"a", b"b"), -2)]
)
def test_a_missing_pair_has_no_index(h11: ModuleType, arguments: tuple[object, ...]) -> None:
    """Even if it is before the start or after the stop."""
    with pytest.raises(ValueError, match=r"^$"):
        fields_of(h11).index(*arguments)


def test_raw_items_returns_a_new_list(h11: ModuleType) -> None:
    """Changing it does not change the headers."""
    fields = fields_of(h11)
    assert type(fields.raw_items()) is list
    fields.raw_items().clear()
    assert fields.raw_items() == RAW


CHANGES: dict[str, Callable[[Any], object]] = {
    "append": lambda fields: fields.append((b"a", b"b")),
    "set an attribute": lambda fields: setattr(fields, "note", 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_headers_have_no_mutating_methods(h11: ModuleType, change: Callable[[Any], object]) -> None:
    """Nothing can be added."""
    with pytest.raises(AttributeError):
        change(fields_of(h11))


def test_assignment_and_deletion_are_refused(h11: ModuleType) -> None:
    """Neither works by index, unlike in a list."""
    fields = fields_of(h11)
    with pytest.raises(TypeError):
        fields[0] = (b"a", b"b")
    with pytest.raises(TypeError):
        del fields[0]
    assert fields == ITEMS


ARITHMETIC: dict[str, Callable[[Any], object]] = {
    "fields + list": lambda fields: fields + [],  # noqa: RUF005 (the operator is under test)
    "list + fields": lambda fields: [] + fields,  # noqa: RUF005 (as above)
    "fields + fields": lambda fields: fields + fields,
    "fields * 2": lambda fields: fields * 2,
    "fields < list": lambda fields: fields < ITEMS,
}


@pytest.mark.parametrize("operation", ARITHMETIC.values(), ids=ARITHMETIC)
def test_headers_cannot_be_added_or_ordered(
    h11: ModuleType, operation: Callable[[Any], object]
) -> None:
    """A caller builds a new list of their items instead."""
    with pytest.raises(TypeError):
        operation(fields_of(h11))


def test_headers_have_no_hash(h11: ModuleType) -> None:
    """They are equal to lists, which have none."""
    expected = Refusal("TypeError", "unhashable type: 'Headers'")
    assert refusal(lambda: hash(fields_of(h11))) == expected


def test_headers_are_equal_to_lists_and_tuples_of_the_same_items(h11: ModuleType) -> None:
    """In either order of the operands; the original case of names does not count."""
    fields = fields_of(h11)
    for other in (ITEMS, tuple(ITEMS), UserList(ITEMS), headers(h11, *ITEMS)):
        assert fields == other
        assert other == fields
    for other in (RAW, ITEMS[::-1], ITEMS[:2], [list(item) for item in ITEMS], []):
        assert fields != other
    assert repr(fields) == f"<Headers({ITEMS})>"


ITERABLES: dict[str, Callable[[list[tuple[bytes, bytes]]], object]] = {
    "iterator": iter,
    "deque": deque,
    "dict": dict.fromkeys,
}


@pytest.mark.parametrize("make", ITERABLES.values(), ids=ITERABLES)
def test_headers_are_unequal_to_iterators_and_deques(
    h11: ModuleType, make: Callable[[list[tuple[bytes, bytes]]], object]
) -> None:
    """Upstream deviation: h11's equal any iterable of the same items, and exhaust it."""
    fields = headers(h11, *ITEMS[:2])
    assert (fields == make(ITEMS[:2])) is not is_reference(h11)


@pytest.mark.parametrize("other", ["", b"", {}, set[object](), frozenset[object](), range(0)])
def test_empty_headers_are_unequal_to_other_empty_values(h11: ModuleType, other: object) -> None:
    """Upstream deviation: h11's equal every empty value."""
    assert (headers(h11) == other) is not is_reference(h11)
    assert fields_of(h11) != other


@pytest.mark.parametrize("other", [None, 5, 1.5, object()])
def test_headers_are_unequal_to_other_types(h11: ModuleType, other: object) -> None:
    """Upstream deviation: h11's raise a TypeError instead."""
    fields = fields_of(h11)
    if is_reference(h11):
        assert fields != other
        assert other != fields
    else:
        with pytest.raises(TypeError, match="object is not iterable"):
            assert fields != other


SLICES = [
    *(slice(0), slice(1), slice(2), slice(3), slice(None), slice(1, None), slice(-1, None)),
    *(slice(None, None, -1), slice(None, None, 2), slice(5, 9), slice(2, None, -1)),
]


@pytest.mark.parametrize("cut", SLICES, ids=str)
def test_a_slice_is_headers(h11: ModuleType, cut: slice) -> None:
    """Upstream deviation: in h11 a slice of three items is a pair of triples, any other raises."""
    fields = fields_of(h11)
    triples = tuple((raw, *item) for (raw, _), item in zip(RAW, ITEMS, strict=True))
    size = len(ITEMS[cut])
    if is_reference(h11):
        assert type(fields[cut]) is type(fields)
        assert fields[cut] == ITEMS[cut]
        assert fields[cut].raw_items() == RAW[cut]
    elif size == 3:
        assert fields[cut] == triples[cut][1:]
    else:
        message = f"not enough values to unpack (expected 3, got {size})"
        assert refusal(lambda: fields[cut]) == Refusal("ValueError", message)


@pytest.mark.parametrize("way", [way for way in COPIES if way not in ("pickle 0", "pickle 1")])
def test_headers_can_be_copied(h11: ModuleType, way: str) -> None:
    """A copy has the original case of the names."""
    copied = COPIES[way](fields_of(h11))
    assert copied == ITEMS
    assert copied.raw_items() == RAW
    assert type(copied) is type(fields_of(h11))


@pytest.mark.parametrize("protocol", [0, 1])
def test_the_oldest_pickle_protocols_do_not_support_slots(h11: ModuleType, protocol: int) -> None:
    """Upstream deviation: they pickle the reference's headers, and so its events, nevertheless."""
    if h11.__name__ == "h11spec.reference":
        assert pickle.loads(pickle.dumps(fields_of(h11), protocol)).raw_items() == RAW
    else:
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(fields_of(h11), protocol)
