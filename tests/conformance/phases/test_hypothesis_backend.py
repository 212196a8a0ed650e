"""The Hypothesis backend of the search: strategies get valid values, from the seed alone."""

import inspect
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider

from h11spec.conformance.phases.hypothesis_backend import BACKEND, UniformProvider, draw


def drawn(strategy: st.SearchStrategy[Any], seed: int = 1, count: int = 300) -> list[Any]:
    """Values of a strategy, drawn from a seed."""
    values: list[Any] = []
    draw(strategy, values.append, count=count, seed=seed)
    return values


STRATEGIES: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool]]] = {
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


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", STRATEGIES)
def test_values_are_within_the_bounds_of_the_strategy(name: str) -> None:
    """The values also vary."""
    strategy, allowed = STRATEGIES[name]
    values = drawn(strategy)
    assert all(map(allowed, values))
    assert len(set(map(str, values))) > 3


def test_choices_are_drawn_uniformly() -> None:
    """Each of eight about as often as the others; Hypothesis itself prefers the first."""
    counts = Counter(drawn(st.sampled_from("abcdefgh"), count=1600))
    assert set(counts) == set("abcdefgh")
    assert max(counts.values()) < 2 * min(counts.values())


def test_a_large_range_yields_numbers_of_every_magnitude() -> None:
    values = drawn(st.integers(0, 2**64), count=600)
    assert any(value < 2**8 for value in values)
    assert any(2**20 < value < 2**40 for value in values)
    assert {0, 2**64} <= set(values)


@pytest.mark.unmeasured
def test_the_seed_alone_decides_what_is_drawn() -> None:
    strategy = st.lists(st.tuples(st.integers(), st.binary(), st.floats(0, 1)))
    assert str(drawn(strategy, seed=5)) == str(drawn(strategy, seed=5))
    assert str(drawn(strategy, seed=5)) != str(drawn(strategy, seed=6))


def test_nan_is_drawn_where_it_is_allowed() -> None:
    assert any(map(math.isnan, drawn(st.floats(), count=500)))
    assert not any(map(math.isnan, drawn(st.floats(allow_nan=False), count=500)))


def test_an_exception_from_taking_a_value_ends_the_drawing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It is raised unchanged, nothing is drawn again to reproduce it, and nothing is printed."""
    taken: list[int] = []

    def take(value: int) -> None:
        taken.append(value)
        if len(taken) == 3:
            raise LookupError("enough")

    with pytest.raises(LookupError, match=r"^enough$"):
        draw(st.integers(), take, count=100, seed=0)
    assert len(taken) == 3
    assert capfd.readouterr() == ("", "")


def test_hypothesis_has_the_interface_that_the_backend_implements() -> None:
    """``hypothesis.internal`` may change in any release; this says what of it is relied on."""
    path = f"{UniformProvider.__module__}.{UniformProvider.__qualname__}"
    assert AVAILABLE_PROVIDERS[BACKEND] == path
    methods = ("draw_boolean", "draw_integer", "draw_float", "draw_string", "draw_bytes")
    assert PrimitiveProvider.__abstractmethods__ == set(methods)
    for name in methods:
        theirs = inspect.signature(getattr(PrimitiveProvider, name)).parameters
        ours = inspect.signature(getattr(UniformProvider, name)).parameters
        assert list(theirs) == list(ours), name
    assert list(inspect.signature(PrimitiveProvider).parameters) == ["conjecturedata"]
    assert PrimitiveProvider.lifetime == UniformProvider.lifetime == "test_function"
