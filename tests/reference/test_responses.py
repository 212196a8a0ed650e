"""Response and InformationalResponse: status codes, reasons, and the order of the checks."""

from enum import IntEnum
from functools import partial
from http import HTTPStatus
from itertools import combinations
from types import ModuleType
from typing import Any

import pytest
from event_samples import Refusal, local, refusal, sample

RANGES = {"Response": range(200, 1000), "InformationalResponse": range(100, 200)}
NO_INTEGER = local("status code must be integer")

either = pytest.mark.parametrize("kind", RANGES)


class Status(IntEnum):
    """An enumeration of status codes."""

    EARLY = 103
    TEAPOT = 418


class Number(int):
    """A subclass of int."""


class WithIndex:
    """An object with an __index__ method that is not a number."""

    def __index__(self) -> int:
        return 200


def out_of_range(kind: str, status_code: int) -> Refusal:
    codes = RANGES[kind]
    return local(
        f"{kind} status_code should be in range [{codes.start}, {codes.stop}), not {status_code}"
    )


# In the order in which they are checked; 200 is out of range for an InformationalResponse.
FAULTS: list[tuple[dict[str, Any], Refusal]] = [
    ({"headers": [("a\n", "b")]}, local(r"Illegal header name b'a\n'")),
    ({"reason": 5}, Refusal("TypeError", "expected bytes-like object, not int")),
    ({"http_version": 1.5}, Refusal("TypeError", "cannot convert 'float' object to bytes")),
    ({"status_code": "100"}, NO_INTEGER),
    ({"status_code": 200}, out_of_range("InformationalResponse", 200)),
]
PAIRS = [pair for pair in combinations(FAULTS, 2) if pair[0][0].keys() != pair[1][0].keys()]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_first_of_two_faults_is_reported(
    h11: ModuleType, first: tuple[dict[str, Any], Refusal], second: tuple[dict[str, Any], Refusal]
) -> None:
    """Fields, then reason and version that are not bytes, then the status code's type and range."""
    changes = second[0] | first[0]
    assert refusal(lambda: sample(h11, "InformationalResponse", **changes)) == first[1]


@either
def test_each_class_has_its_range_of_status_codes(h11: ModuleType, kind: str) -> None:
    """1xx is interim and 200 to 999 final; the error for any other code names the range."""
    for status_code in (*range(-2, 1101), 10**30, -(10**30)):
        if status_code in RANGES[kind]:
            assert sample(h11, kind, status_code=status_code).status_code == status_code
        else:
            broken = refusal(partial(sample, h11, kind, status_code=status_code))
            assert broken == out_of_range(kind, status_code)


@either
@pytest.mark.parametrize(
    "status_code", ["200", b"200", 200.0, 100.0, None, WithIndex(), [200], float("nan"), 100j]
)
def test_a_status_code_must_be_an_int(h11: ModuleType, kind: str, status_code: object) -> None:
    """Neither its text nor any other value that could be converted."""
    assert refusal(lambda: sample(h11, kind, status_code=status_code)) == NO_INTEGER


@pytest.mark.parametrize(
    ("kind", "status_code", "number"),
    [
        ("Response", HTTPStatus.NOT_FOUND, 404),
        ("Response", Status.TEAPOT, 418),
        ("Response", Number(299), 299),
        ("InformationalResponse", HTTPStatus.CONTINUE, 100),
        ("InformationalResponse", Status.EARLY, 103),
        ("InformationalResponse", Number(199), 199),
    ],
)
def test_a_status_code_is_kept_as_a_plain_int(
    h11: ModuleType, kind: str, status_code: int, number: int
) -> None:
    """Even from an enumeration, so that it is printed as a number."""
    kept = sample(h11, kind, status_code=status_code).status_code
    assert kept == number
    assert type(kept) is int


@either
@pytest.mark.parametrize("value", [True, False])
def test_a_bool_is_out_of_range(h11: ModuleType, kind: str, value: bool) -> None:
    """It is an int, and the message shows its number."""
    broken = refusal(lambda: sample(h11, kind, status_code=value))
    assert broken == out_of_range(kind, int(value))


@either
def test_the_error_names_the_range_of_the_class_of_h11(h11: ModuleType, kind: str) -> None:
    """The error of a subclass has the name of h11's class, too."""
    subclass = type("Ours", (getattr(h11, kind),), {})
    broken = refusal(lambda: subclass(headers=[], status_code=99))
    assert broken == out_of_range(kind, 99)


@either
def test_reason_and_version_have_defaults(h11: ModuleType, kind: str) -> None:
    """No reason, and 1.1; the phrase is not derived from the status code."""
    event = sample(h11, kind)
    assert (event.reason, event.http_version) == (b"", b"1.1")


@either
@pytest.mark.parametrize("reason", [b"\r\nSet-Cookie: a=b", b"\0", b" OK ", b"\xff", b"a" * 10**5])
def test_a_reason_is_kept_unchanged(h11: ModuleType, kind: str, reason: bytes) -> None:
    """Even if it would split the response."""
    assert sample(h11, kind, reason=reason).reason == reason


def test_a_line_end_in_a_reason_reaches_the_wire(h11: ModuleType) -> None:
    """h11 leaves this to its callers; nothing between the event and the bytes checks it."""
    conn = h11.Connection(h11.SERVER)
    split = sample(h11, "Response", status_code=204, reason=b"\r\nA: c", headers=[])
    assert conn.send(split) == b"HTTP/1.1 204 \r\nA: c\r\n\r\n"


@either
def test_responses_need_no_host(h11: ModuleType, kind: str) -> None:
    """It is an ordinary field there, and may be repeated."""
    hosts = [("Host", "a"), ("Host", "b")]
    assert sample(h11, kind, headers=hosts).headers == [(b"host", b"a"), (b"host", b"b")]
