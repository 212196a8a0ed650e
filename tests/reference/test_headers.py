"""How fields are normalised: containers, names, values, and the framing fields."""

from collections.abc import Callable
from itertools import permutations, product
from types import ModuleType
from typing import Any

import pytest
from event_samples import WITH_HEADERS, Refusal, headers, local, refusal, sample

BAD_LENGTH = local("bad Content-Length")
CONFLICT = local("conflicting Content-Length headers")
UNSUPPORTED = local("Only Transfer-Encoding: chunked is supported", 501)
REPEATED = local("multiple Transfer-Encoding headers", 501)

LENGTH, CODING = "Content-Length", "Transfer-Encoding"

# Functions, since an iterator can be read only once.
CONTAINERS: dict[str, Callable[[], object]] = {
    "list of tuples": lambda: [("A", "b"), ("c", "d")],
    "tuple of lists": lambda: (["A", "b"], ["c", "d"]),
    "iterator": lambda: iter([("A", "b"), ("c", "d")]),
    "generator of generators": lambda: ((x for x in pair) for pair in ("Ab", "cd")),
    "items of a dict": lambda: {"A": "b", "c": "d"}.items(),
    "dict of pairs": lambda: {("A", "b"): 1, ("c", "d"): 2},
    "text of two characters": lambda: ["Ab", "cd"],
    "map": lambda: map(tuple, ["Ab", "cd"]),
    "zip": lambda: zip("Ac", "bd", strict=True),
}

# The texts that every version of Python uses.
TOO_MANY, TOO_FEW = "too many values to unpack", "not enough values to unpack"
NO_INT, NO_PAIR = "'int' object is not iterable", "cannot unpack non-iterable"
MISSHAPEN: list[tuple[object, type[Exception], str]] = [
    ({"Host": "a"}, ValueError, TOO_MANY),
    ([("a",)], ValueError, TOO_FEW),
    ([("a", "b", "c")], ValueError, TOO_MANY),
    ([()], ValueError, TOO_FEW),
    ("a", ValueError, TOO_FEW),
    (5, TypeError, NO_INT),
    (0, TypeError, NO_INT),
    ([5], TypeError, NO_PAIR),
    ([None], TypeError, NO_PAIR),
    (b"ab", TypeError, NO_PAIR),
]


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_any_iterable_of_pairs_is_accepted(h11: ModuleType, make: Callable[[], object]) -> None:
    """A pair may be of any two values that can be converted to bytes; the order is kept."""
    fields = sample(h11, "EndOfMessage", headers=make()).headers
    assert fields == [(b"a", b"b"), (b"c", b"d")]
    assert fields.raw_items() == [(b"A", b"b"), (b"c", b"d")]


def test_a_set_of_pairs_is_accepted(h11: ModuleType) -> None:
    """One element, since a set has no order."""
    assert headers(h11, *{("A", "b")}) == [(b"a", b"b")]
    assert sample(h11, "Response", headers=frozenset({("A", "b")})).headers == [(b"a", b"b")]


@pytest.mark.parametrize(("fields", "expected", "message"), MISSHAPEN)
@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_other_values_are_refused(
    h11: ModuleType, kind: str, fields: object, expected: type[Exception], message: str
) -> None:
    """A dict is refused, too, because its keys are read as pairs; no error is a protocol error."""
    with pytest.raises(expected, match=f"^{message}"):
        sample(h11, kind, headers=fields)


@pytest.mark.parametrize("kind", ["Request", "Response", "InformationalResponse"])
def test_a_head_does_not_accept_none_as_fields(h11: ModuleType, kind: str) -> None:
    """Only EndOfMessage does."""
    expected = Refusal("TypeError", "'NoneType' object is not iterable")
    assert refusal(lambda: sample(h11, kind, headers=None)) == expected


def test_names_are_lower_case_except_in_raw_items(h11: ModuleType) -> None:
    """One view is for look-ups, the other for sending; values are equal in both."""
    fields = headers(h11, ("X-One", "Two"), ("ETAG", "A"), ("lower", "B"), ("X-one", "Three"))
    assert list(fields) == [
        *[(b"x-one", b"Two"), (b"etag", b"A"), (b"lower", b"B"), (b"x-one", b"Three")]
    ]
    assert [name for name, _ in fields.raw_items()] == [b"X-One", b"ETAG", b"lower", b"X-one"]


@pytest.mark.parametrize("name", ["Set-Cookie", "Host", "Connection", "Accept"])
def test_repeated_fields_are_kept_separate(h11: ModuleType, name: str) -> None:
    """They are neither joined nor sorted, whether or not their values are lists."""
    key = name.lower().encode()
    fields = headers(h11, (name, "b"), ("X", "y"), (name, "a"), (name, "b"))
    assert fields == [(key, b"b"), (b"x", b"y"), (key, b"a"), (key, b"b")]


@pytest.mark.parametrize("value", ["", "a b", "a\tb", "a, b", '"', b"\x80\xff", b"\x01\x1f\x7f"])
def test_values_are_kept_unchanged(h11: ModuleType, value: str | bytes) -> None:
    """At any length."""
    raw = value if isinstance(value, bytes) else value.encode()
    assert headers(h11, ("a", value)) == [(b"a", raw)]
    assert headers(h11, ("a", b"c" * 10**6)) == [(b"a", b"c" * 10**6)]


@pytest.mark.parametrize("length", ["0", "5", "05", "0" * 20, "9" * 20])
def test_a_content_length_has_up_to_20_digits(h11: ModuleType, length: str) -> None:
    """Leading zeros are kept."""
    assert headers(h11, (LENGTH, length)) == [(b"content-length", length.encode())]


@pytest.mark.parametrize(
    "length",
    [
        *(
            "",
            ",",
            ",,",
            ", ,",
            "+5",
            "-5",
            "0x5",
            "1_0",
            "5.0",
            "5 5",
            "5e1",
            "x",
            "x, x",
            "+5, +5",
        ),
        *("0" * 21, "1" * 21, "1" * 21 + ", " + "1" * 21, b"\xb2", b"5\xa0"),
    ],
)
def test_other_content_lengths_are_refused(h11: ModuleType, length: str | bytes) -> None:
    """Even if int() accepts them."""
    assert refusal(lambda: headers(h11, (LENGTH, length))) == BAD_LENGTH


@pytest.mark.parametrize("repeated", ["5,5", "5, 5", "5 ,5", "5\t,\t5", "5,5,5", "5 , 5,  5"])
def test_a_repeated_content_length_in_a_list_counts_once(h11: ModuleType, repeated: str) -> None:
    """RFC 9112 section 6.3 allows a reader to use the repeated number."""
    assert headers(h11, (LENGTH, repeated)) == [(b"content-length", b"5")]


@pytest.mark.parametrize("different", ["5,6", "5, 05", "5,", ",5", "5,,5", "5, x", "5, +5"])
def test_a_contradictory_content_length_is_refused(h11: ModuleType, different: str) -> None:
    """The numbers are compared as text, and an empty element counts as one."""
    assert refusal(lambda: headers(h11, (LENGTH, different))) == CONFLICT


@pytest.mark.parametrize("second", ["5", "5, 5", "5,5,5"])
def test_repeated_content_lengths_collapse_into_the_first(h11: ModuleType, second: str) -> None:
    """Its place and case are kept."""
    fields = headers(h11, ("A", "b"), ("Content-LENGTH", "5"), ("C", "d"), (LENGTH, second))
    assert fields.raw_items() == [(b"A", b"b"), (b"Content-LENGTH", b"5"), (b"C", b"d")]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("5", "6", CONFLICT),
        ("5", "05", CONFLICT),
        ("5", "5, 6", CONFLICT),
        ("5, 5", "6", CONFLICT),
        ("5", "x", BAD_LENGTH),
        ("x", "5", BAD_LENGTH),
        ("x", "x", BAD_LENGTH),
        ("5", "", BAD_LENGTH),
    ],
)
def test_repeated_content_lengths_must_agree(
    h11: ModuleType, first: str, second: str, expected: Refusal
) -> None:
    """Each must be valid itself first."""
    fields = (LENGTH, first), ("content-length", second)
    assert refusal(lambda: headers(h11, *fields)) == expected


def test_chunked_may_be_written_in_any_case(h11: ModuleType) -> None:
    """raw_items keeps the case of the name, but has this value in lower case, too."""
    for letters in product(*zip("chunked", "CHUNKED", strict=True)):
        fields = headers(h11, (CODING, "".join(letters)))
        assert fields.raw_items() == [(b"Transfer-Encoding", b"chunked")]


@pytest.mark.parametrize(
    "coding",
    [
        *("", "gzip", "identity", "gzip, chunked", "chunked, chunked", "chunked,", ",chunked"),
        *("chunked;q=1", "chunke", "xchunked", "chunked\x1f", "chunked chunked", b"chun\xe9ed"),
    ],
)
@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_other_transfer_codings_are_not_supported(
    h11: ModuleType, version: str, coding: str | bytes
) -> None:
    """The hint is 501 (Not Implemented), in any version."""
    fields = [("Host", "a"), (CODING, coding)]
    broken = refusal(lambda: sample(h11, "Request", headers=fields, http_version=version))
    assert broken == UNSUPPORTED


@pytest.mark.parametrize("second", ["chunked", "CHUNKED", "", "gzip"])
def test_a_second_transfer_encoding_is_not_supported(h11: ModuleType, second: str) -> None:
    """Even if it is the same."""
    fields = (CODING, "chunked"), ("A", "b"), ("transfer-encoding", second)
    assert refusal(lambda: headers(h11, *fields)) == REPEATED


@pytest.mark.parametrize("order", [1, -1])
def test_both_framing_fields_are_accepted_together(h11: ModuleType, order: int) -> None:
    """The body decides which of them applies."""
    fields = [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")][::order]
    assert headers(h11, *fields) == fields


FAULTY: list[tuple[Any, Refusal]] = [
    (("a b", "c"), local("Illegal header name b'a b'")),
    (("", "c"), local("Illegal header name b''")),
    (("a", " b"), local("Illegal header value b' b'")),
    (("a", "b\n"), local(r"Illegal header value b'b\n'")),
    ((LENGTH, "x"), BAD_LENGTH),
    ((LENGTH, "1, 2"), CONFLICT),
    ((CODING, "gzip"), UNSUPPORTED),
    ((5, "b"), Refusal("TypeError", "expected bytes-like object, not int")),
    (("a", None), Refusal("TypeError", "cannot convert 'NoneType' object to bytes")),
    (("a",), Refusal("ValueError", "not enough values to unpack (expected 2, got 1)")),
]


@pytest.mark.parametrize(("first", "second"), list(permutations(FAULTY, 2)))
def test_the_first_bad_field_is_reported(
    h11: ModuleType, first: tuple[Any, Refusal], second: tuple[Any, Refusal]
) -> None:
    """In the order of the list, regardless of the error; valid fields do not matter."""
    fields = ("A", "b"), first[0], (LENGTH, "5"), second[0]
    assert refusal(lambda: headers(h11, *fields)) == first[1]


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ((5, None), Refusal("TypeError", "expected bytes-like object, not int")),
        (("a b", None), Refusal("TypeError", "cannot convert 'NoneType' object to bytes")),
        (("a b", "c\n"), local("Illegal header name b'a b'")),
        ((LENGTH, "x\n"), local(r"Illegal header value b'x\n'")),
        ((CODING, "chunked "), local("Illegal header value b'chunked '")),
    ],
)
def test_the_name_of_a_field_is_checked_first(
    h11: ModuleType, pair: object, expected: Refusal
) -> None:
    """Both must be bytes, then the name a token, then the value legal, then it is interpreted."""
    assert refusal(lambda: headers(h11, pair)) == expected
