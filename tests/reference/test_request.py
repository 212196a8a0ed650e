"""Request: method, target, Host, version, and the order in which they are checked."""

from itertools import combinations
from types import ModuleType
from typing import Any

import pytest
from event_samples import Refusal, local, refusal, sample

TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
VISIBLE = bytes(range(0x21, 0x7F))

BAD_METHOD = local("Illegal method characters")
BAD_TARGET = local("Illegal target characters")
NO_HOST = local("Missing mandatory Host: header")
TWO_HOSTS = local("Found multiple Host: headers")

# In the order in which they are checked.
FAULTS: list[tuple[dict[str, Any], Refusal]] = [
    ({"headers": [("a\n", "b")]}, local(r"Illegal header name b'a\n'")),
    ({"headers": None}, Refusal("TypeError", "'NoneType' object is not iterable")),
    ({"method": 5}, Refusal("TypeError", "expected bytes-like object, not int")),
    ({"target": 1.5}, Refusal("TypeError", "cannot convert 'float' object to bytes")),
    ({"http_version": None}, Refusal("TypeError", "cannot convert 'NoneType' object to bytes")),
    ({"headers": []}, NO_HOST),
    ({"headers": [("Host", "a"), ("host", "a")]}, TWO_HOSTS),
    ({"method": "A B"}, BAD_METHOD),
    ({"target": "/ /"}, BAD_TARGET),
]
PAIRS = [pair for pair in combinations(FAULTS, 2) if pair[0][0].keys() != pair[1][0].keys()]


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_each_fault_is_reported(
    h11: ModuleType, changes: dict[str, Any], expected: Refusal
) -> None:
    """Each has its own message."""
    assert refusal(lambda: sample(h11, "Request", **changes)) == expected


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_first_of_two_faults_is_reported(
    h11: ModuleType, first: tuple[dict[str, Any], Refusal], second: tuple[dict[str, Any], Refusal]
) -> None:
    """Fields, then arguments that are not bytes, then Host, then the method, then the target."""
    changes = second[0] | first[0]
    assert refusal(lambda: sample(h11, "Request", **changes)) == first[1]


@pytest.mark.parametrize(
    "method", ["GET", "get", "Head", "M-SEARCH", "!", "0", TOKEN, b"A" * 100_000]
)
def test_any_token_is_a_method(h11: ModuleType, method: str | bytes) -> None:
    """Its case is kept, and unknown methods are accepted."""
    kept = sample(h11, "Request", method=method).method
    assert kept == (method if isinstance(method, bytes) else method.encode())


@pytest.mark.parametrize("method", ["", " GET", "GET ", "GET\n", "GET /", "G\u0000T", b"G\xc9T"])
def test_a_method_must_be_a_token(h11: ModuleType, method: object) -> None:
    """At least one character, and none that could end the token or its line."""
    assert refusal(lambda: sample(h11, "Request", method=method)) == BAD_METHOD


TARGETS = ["/", "*", "?", "#", "//", "a:443", "http://a/b?c#d", "/%", '/<>"{}|\\^`[]', VISIBLE]


@pytest.mark.parametrize("target", TARGETS)
def test_any_visible_ascii_is_a_target(h11: ModuleType, target: str | bytes) -> None:
    """Neither its form is checked nor whether it fits the method."""
    kept = sample(h11, "Request", target=target).target
    assert kept == (target if isinstance(target, bytes) else target.encode())


@pytest.mark.parametrize("target", ["", " ", "/ ", " /", "/\n", "/\r\nA: b", "/\x7f", b"/\x80"])
def test_a_target_must_be_visible_ascii(h11: ModuleType, target: object) -> None:
    """At least one character, and none that could end the target or its line."""
    assert refusal(lambda: sample(h11, "Request", target=target)) == BAD_TARGET


@pytest.mark.parametrize("version", ["1.0", "0.9", "2.0", "1.2", "", "1.1 ", "1.1\r\nA: b", b"\0"])
def test_only_version_1_1_requires_a_host(h11: ModuleType, version: str | bytes) -> None:
    """Any other text does not, and is kept."""
    request = sample(h11, "Request", http_version=version, headers=[])
    assert request.http_version == (version if isinstance(version, bytes) else version.encode())
    assert refusal(lambda: sample(h11, "Request", headers=[])) == NO_HOST


def test_the_version_is_1_1_by_default(h11: ModuleType) -> None:
    """It is the only one that a connection sends."""
    assert sample(h11, "Request").http_version == b"1.1"


@pytest.mark.parametrize("version", ["1.1", "1.0", "2.0", ""])
@pytest.mark.parametrize("other", ["a", "b", ""])
def test_a_second_host_is_refused_in_any_version(h11: ModuleType, version: str, other: str) -> None:
    """Even if it is equal to the first."""
    hosts = [("Host", "a"), ("X", "y"), ("hOST", other)]
    broken = refusal(lambda: sample(h11, "Request", http_version=version, headers=hosts))
    assert broken == TWO_HOSTS


@pytest.mark.parametrize("host", ["", "a:b:c", "a b", "http://a/", "a, b", b"\xff", "[::1]:80"])
@pytest.mark.parametrize("name", ["Host", "host", "HOST"])
def test_the_value_of_host_is_not_checked(h11: ModuleType, name: str, host: str | bytes) -> None:
    """It only has to be present."""
    request = sample(h11, "Request", headers=[(name, host)])
    value = host if isinstance(host, bytes) else host.encode()
    assert request.headers == [(b"host", value)]


@pytest.mark.parametrize("name", ["Hosts", "X-Host", "Hos"])
def test_host_is_the_whole_name(h11: ModuleType, name: str) -> None:
    """A similar name does not count."""
    assert refusal(lambda: sample(h11, "Request", headers=[(name, "a")])) == NO_HOST
