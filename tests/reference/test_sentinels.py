"""The 13 sentinels: two roles, nine states, NEED_DATA and PAUSED; each is a single object."""

import types
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from event_samples import COPIES, Refusal, refusal

NAMES = (
    *("CLIENT", "SERVER", "IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MUST_CLOSE", "CLOSED"),
    *("ERROR", "MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL", "NEED_DATA", "PAUSED"),
)

SHOWN: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "name": lambda sentinel: sentinel.__name__,
    "format": lambda sentinel: f"{sentinel}",
    "in a dict": lambda sentinel: repr({0: sentinel}).removeprefix("{0: ").removesuffix("}"),
}


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_a_sentinel_is_printed_as_its_name(h11: ModuleType, shown: Callable[[Any], str]) -> None:
    """Without module or brackets, by every kind of formatting."""
    assert [shown(getattr(h11, name)) for name in NAMES] == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_sentinel_is_its_own_type(h11: ModuleType, name: str) -> None:
    """It is a class and its own class, so that type() can be used for dispatch."""
    sentinel = getattr(h11, name)
    assert type(sentinel) is sentinel
    assert isinstance(sentinel, sentinel)
    assert isinstance(sentinel, type)


def test_the_type_of_every_result_of_next_event_has_a_name(h11: ModuleType) -> None:
    """Events and sentinels alike, so that one table handles both."""
    conn = h11.Connection(h11.SERVER)
    assert type(conn.next_event()).__name__ == "NEED_DATA"
    conn.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n!")
    names = [type(conn.next_event()).__name__ for _ in range(3)]
    assert names == ["Request", "EndOfMessage", "PAUSED"]


def test_sentinels_equal_only_themselves(h11: ModuleType) -> None:
    """13 different keys, unequal to their names, and not instances of each other."""
    sentinels = [getattr(h11, name) for name in NAMES]
    assert len(set(sentinels)) == 13
    for one in sentinels:
        assert [other for other in sentinels if one == other] == [one]
        assert [other for other in sentinels if isinstance(one, other)] == [one]
        assert one != one.__name__


def test_sentinels_are_true(h11: ModuleType) -> None:
    """``if event:`` does not distinguish NEED_DATA from an event."""
    assert all(getattr(h11, name) for name in NAMES)


def test_sentinels_have_no_order(h11: ModuleType) -> None:
    """A comparison raises, and the message has both names."""
    message = "'<' not supported between instances of 'IDLE' and 'DONE'"
    assert refusal(lambda: h11.IDLE < h11.DONE) == Refusal("TypeError", message)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_is_the_same_object(
    h11: ModuleType, name: str, copied: Callable[[Any], Any]
) -> None:
    """States in a copied or pickled report can still be compared with ``is``."""
    sentinel = getattr(h11, name)
    assert copied(sentinel) is sentinel
    assert copied([sentinel])[0] is sentinel


@pytest.mark.parametrize("name", NAMES)
def test_a_sentinel_cannot_be_called(h11: ModuleType, name: str) -> None:
    """It cannot be instantiated, and cannot create another class as type does."""
    sentinel = getattr(h11, name)
    with pytest.raises(TypeError):
        sentinel()
    with pytest.raises(AssertionError):
        sentinel("another", (), {})


@pytest.mark.parametrize("name", NAMES)
def test_a_sentinel_cannot_be_subclassed(h11: ModuleType, name: str) -> None:
    """No other object can be mistaken for the same state."""
    sentinel = getattr(h11, name)
    with pytest.raises(AssertionError):
        types.new_class("Another", (sentinel,))


def test_attributes_can_be_set_on_a_sentinel(
    h11: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on any class; other sentinels do not have them."""
    monkeypatch.setattr(h11.IDLE, "note", "set by a test", raising=False)
    assert h11.IDLE.note == "set by a test"
    assert not hasattr(h11.DONE, "note")
