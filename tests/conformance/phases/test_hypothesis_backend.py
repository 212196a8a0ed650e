"""What a search draws from: strategies get what they ask for, and from the seed alone."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from h11spec.conformance.phases.hypothesis_backend import draw


def drawn(strategy: st.SearchStrategy[Any], seed: int = 1, count: int = 300) -> list[Any]:
    """So many values of a strategy, from a seed."""
    values: list[Any] = []
    draw(strategy, values.append, count=count, seed=seed)
    return values


ASKED: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool]]] = {
    "a small range": (st.integers(3, 9), lambda value: 3 <= value <= 9),
    "a large range": (st.integers(-(10**9), 10**30), lambda value: -(10**9) <= value <= 10**30),
    "a range open above": (st.integers(min_value=10**20), lambda value: value >= 10**20),
    "a range open below": (st.integers(max_value=-7), lambda value: value <= -7),
    "any integer": (st.integers(), lambda value: isinstance(value, int)),
    "floats in a range": (st.floats(0.5, 2), lambda value: 0.5 <= value <= 2),
    "any float": (st.floats(), lambda value: isinstance(value, float)),
    "bytes": (st.binary(min_size=2, max_size=5), lambda value: 2 <= len(value) <= 5),
    "text": (
        st.text("xyz", min_size=1, max_size=4),
        lambda value: 1 <= len(value) <= 4 and set(value) <= set("xyz"),
    ),
    "lists": (st.lists(st.booleans(), max_size=3), lambda value: len(value) <= 3),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_is_drawn(name: str) -> None:
    """Always within the bounds, and not always the same."""
    strategy, allowed = ASKED[name]
    values = drawn(strategy)
    assert all(map(allowed, values))
    assert len(set(map(str, values))) > 3


def test_choices_are_spread_evenly() -> None:
    """Of eight, each about as often as every other; Hypothesis itself prefers the first."""
    counts = Counter(drawn(st.sampled_from("abcdefgh"), count=1600))
    assert set(counts) == set("abcdefgh")
    assert max(counts.values()) < 2 * min(counts.values())


def test_a_large_range_has_small_numbers_in_it() -> None:
    values = drawn(st.integers(0, 2**64), count=600)
    assert any(value < 2**8 for value in values)
    assert any(2**20 < value < 2**40 for value in values)
    assert {0, 2**64} <= set(values)


def test_the_seed_alone_decides() -> None:
    strategy = st.lists(st.tuples(st.integers(), st.binary(), st.floats(0, 1)))
    assert str(drawn(strategy, seed=5)) == str(drawn(strategy, seed=5))
    assert str(drawn(strategy, seed=5)) != str(drawn(strategy, seed=6))


def test_not_a_number_is_drawn_where_it_is_allowed() -> None:
    assert any(map(math.isnan, drawn(st.floats(), count=500)))
    assert not any(map(math.isnan, drawn(st.floats(allow_nan=False), count=500)))


def test_whatever_taking_a_value_raises_ends_the_drawing() -> None:
    """It comes out as it is, and nothing is drawn again to see whether it is raised again."""
    taken: list[int] = []

    def take(value: int) -> None:
        taken.append(value)
        if len(taken) == 3:
            raise LookupError("enough")

    with pytest.raises(LookupError, match=r"^enough$"):
        draw(st.integers(), take, count=100, seed=0)
    assert len(taken) == 3
