"""Which values are accepted for bytes: method, target, versions, reason, field names and values."""

import array
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from event_samples import Refusal, headers, refusal, sample

PLACES: dict[str, Callable[[ModuleType, Any], Any]] = {
    "method": lambda h11, value: sample(h11, "Request", method=value).method,
    "target": lambda h11, value: sample(h11, "Request", target=value).target,
    "request version": lambda h11, value: sample(h11, "Request", http_version=value).http_version,
    "version": lambda h11, value: sample(h11, "Response", http_version=value).http_version,
    "reason": lambda h11, value: sample(h11, "Response", reason=value).reason,
    "interim version": lambda h11, value: (
        sample(h11, "InformationalResponse", http_version=value).http_version
    ),
    "interim reason": lambda h11, value: sample(h11, "InformationalResponse", reason=value).reason,
    "field name": lambda h11, value: headers(h11, (value, b"")).raw_items()[0][0],
    "field value": lambda h11, value: headers(h11, (b"a", value))[0][1],
}
# These places accept any bytes.
UNCHECKED = ["request version", "version", "reason", "interim version", "interim reason"]

every_place = pytest.mark.parametrize("place", PLACES)


class Bytes(bytes):
    """A subclass of bytes."""


class Text(str):
    """A subclass of str."""


class Encoding(str):
    """Text with its own encode method."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"AB"


class WithBytes:
    """An object with a __bytes__ method."""

    def __bytes__(self) -> bytes:
        return b"AB"


class WithIndex:
    """An object with an __index__ method that is not a number."""

    def __index__(self) -> int:
        return 2


class Number(int):
    """A subclass of int."""


def generated() -> Iterator[int]:
    yield from b"AB"


# Functions, since an iterator can be read only once.
ACCEPTED: dict[str, Callable[[], object]] = {
    "bytes": lambda: b"AB",
    "str": lambda: "AB",
    "bytearray": lambda: bytearray(b"AB"),
    "memoryview": lambda: memoryview(b"AB"),
    "memoryview with gaps": lambda: memoryview(b"A B")[::2],
    "array of bytes": lambda: array.array("B", b"AB"),
    "array of wider items": lambda: array.array("H", b"AB"),
    "memoryview of wider items": lambda: memoryview(array.array("H", b"AB")),
    "subclass of bytes": lambda: Bytes(b"AB"),
    "subclass of str": lambda: Text("AB"),
    "str with an encode of its own": lambda: Encoding("C"),
    "object with __bytes__": WithBytes,
    "list": lambda: [65, 66],
    "tuple": lambda: (65, 66),
    "dict": lambda: {65: "a", 66: "b"},
    "range": lambda: range(65, 67),
    "generator": generated,
    "map": lambda: map(ord, "AB"),
}

NOT_BYTES_LIKE = "expected bytes-like object, not int"
REFUSED: list[tuple[object, str, str]] = [
    (5, "TypeError", NOT_BYTES_LIKE),
    (0, "TypeError", NOT_BYTES_LIKE),
    (True, "TypeError", NOT_BYTES_LIKE),
    (Number(5), "TypeError", NOT_BYTES_LIKE),
    (None, "TypeError", "cannot convert 'NoneType' object to bytes"),
    (1.5, "TypeError", "cannot convert 'float' object to bytes"),
    (object(), "TypeError", "cannot convert 'object' object to bytes"),
]


@every_place
@pytest.mark.parametrize("make", ACCEPTED.values(), ids=ACCEPTED)
def test_any_argument_of_bytes_is_converted(
    h11: ModuleType, place: str, make: Callable[[], object]
) -> None:
    """The result is exactly of the type bytes."""
    kept = PLACES[place](h11, make())
    assert kept == b"AB"
    assert type(kept) is bytes


@every_place
def test_a_set_is_converted_from_its_numbers(h11: ModuleType, place: str) -> None:
    """One element, since a set has no order."""
    assert PLACES[place](h11, {65}) == b"A"
    assert PLACES[place](h11, frozenset({65})) == b"A"


@pytest.mark.parametrize("place", UNCHECKED)
def test_an_object_with_an_index_is_converted_to_nuls(h11: ModuleType, place: str) -> None:
    """bytes() treats it as a length, which is the reason why int is refused."""
    assert PLACES[place](h11, WithIndex()) == b"\0\0"


@every_place
@pytest.mark.parametrize(("value", "kind", "message"), REFUSED)
def test_numbers_and_none_are_refused(
    h11: ModuleType, place: str, value: object, kind: str, message: str
) -> None:
    """Numbers of any class by h11 itself; the others by bytes()."""
    assert refusal(lambda: PLACES[place](h11, value)) == Refusal(kind, message)


@every_place
@pytest.mark.parametrize("value", ["\xe9", "a\u212a", "\ud800", Text("\xe9")], ids=ascii)
def test_text_must_be_ascii(h11: ModuleType, place: str, value: str) -> None:
    """Other text is a ValueError, not a protocol error."""
    with pytest.raises(UnicodeEncodeError, match="'ascii' codec can't encode"):
        PLACES[place](h11, value)


@every_place
@pytest.mark.parametrize(
    ("value", "expected"),
    [([256], ValueError), ([-1], ValueError), (["a"], TypeError), ([b"a"], TypeError)],
)
def test_elements_must_be_bytes(
    h11: ModuleType, place: str, value: object, expected: type[Exception]
) -> None:
    """Elements other than numbers from 0 to 255 are not a protocol error."""
    with pytest.raises(expected) as caught:
        PLACES[place](h11, value)
    assert not isinstance(caught.value, h11.ProtocolError)


@pytest.mark.parametrize("place", UNCHECKED)
@pytest.mark.parametrize("value", [b"", b"\r\n", b"\0", b" 1.1", bytes(range(256))])
def test_versions_and_reasons_are_not_checked(h11: ModuleType, place: str, value: bytes) -> None:
    """A version is refused when it is sent, a reason never."""
    assert PLACES[place](h11, value) == value
