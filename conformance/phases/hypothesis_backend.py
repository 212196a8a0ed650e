"""A Hypothesis backend that draws uniformly, and from its seed alone.

Owns the distribution of a search. Hypothesis's own provider also takes constants from the source
code around it and from modules of the target in this process, remembers what it drew, and prefers
simple values. A search must draw the same programs for every target, wherever it runs, and
minimises its findings itself. The strategies work with either.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

# Hypothesis documents this module for authors of backends, and may change it in any release; the
# tests say what is relied on.
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider

from ..execution.environments import cache_folder

BACKEND = "h11spec-uniform"
# The seed of the draw that is under way.
_SEED: ContextVar[int] = ContextVar("seed")

# Ranges as large as this are not drawn uniformly: small numbers would never occur.
_LARGE = 2**16
# The probability that a collection that may end has another element.
_CONTINUE = 0.8


class _CodePoints(Protocol):
    """The code points that a text may have, in order, as Hypothesis passes them."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> int: ...


class UniformProvider(PrimitiveProvider):
    """Draws every choice with the same probability, where there are not too many of them.

    Implements the backend interface of Hypothesis, whose documentation explains the arguments.
    """

    lifetime = "test_function"

    def __init__(self, conjecturedata: Any, /) -> None:
        super().__init__(conjecturedata)
        self._random = random.Random(_SEED.get())

    def draw_boolean(self, p: float = 0.5) -> bool:
        """Draws True with probability ``p``."""
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        """Draws an integer; from a large range, one of any magnitude, or an end of it."""
        if weights is not None:
            left = self._random.random()
            for value, weight in weights.items():
                left -= weight
                if left < 0:
                    return value
        low = shrink_towards - 2**64 if min_value is None else min_value
        high = max(low, shrink_towards) + 2**64 if max_value is None else max_value
        if high - low >= _LARGE:
            return self._large(low, high, min(max(shrink_towards, low), high))
        return low + int(self._random.random() * (high - low + 1))

    def _large(self, low: int, high: int, centre: int) -> int:
        if self._random.random() < 0.1:
            return self._random.choice([low, high, centre])
        bits = self._random.randint(1, (high - low).bit_length())
        distance = self._random.getrandbits(bits) * self._random.choice([-1, 1])
        return min(max(centre + distance, low), high)

    def draw_float(
        self,
        *,
        min_value: float = -math.inf,
        max_value: float = math.inf,
        allow_nan: bool = True,
        smallest_nonzero_magnitude: float,
    ) -> float:
        """Draws a float; without bounds, one of a moderate size."""
        if allow_nan and self._random.random() < 0.05:
            return math.nan
        value = self._random.uniform(max(min_value, -1e9), min(max_value, 1e9))
        return value if abs(value) >= smallest_nonzero_magnitude else max(min_value, 0.0)

    def draw_string(
        self, intervals: _CodePoints, *, min_size: int = 0, max_size: int = 10**10
    ) -> str:
        """Draws a text, mostly short, with uniformly drawn characters."""
        size = self._size(min_size, max_size) if len(intervals) else 0
        return "".join(chr(intervals[self._index(len(intervals))]) for _ in range(size))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        """Draws bytes, mostly a few."""
        return self._random.randbytes(self._size(min_size, max_size))

    def _size(self, min_size: int, max_size: int) -> int:
        size = min_size
        while size < max_size and self._random.random() < _CONTINUE:
            size += 1
        return size

    def _index(self, length: int) -> int:
        return int(self._random.random() * length)


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{UniformProvider.__name__}"


class _Stopped(BaseException):
    """Carries an exception past Hypothesis, which would repeat the draw to see whether it is
    raised again.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def draw(
    strategy: st.SearchStrategy[Any], take: Callable[[Any], None], *, count: int, seed: int
) -> None:
    """Draws values of a strategy, uniformly and from the seed alone, and passes each to a function.

    Args:
        take: gets each value; an exception that it raises ends the drawing and is raised here.
        count: how many values to draw.
        seed: the same seed draws the same values, with the same release of Hypothesis.
    """

    # Nothing is shrunk here: findings are reduced as programs.
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        # How long a draw takes depends on how busy the machine is.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        # Or it would print whatever ends the test early.
        verbosity=Verbosity.quiet,
        backend=BACKEND,
    )
    @given(strategy)
    def test(value: Any) -> None:
        try:
            take(value)
        except Exception as error:
            raise _Stopped(error) from error

    token = _SEED.set(seed)
    try:
        test()
    except _Stopped as stopped:
        raise stopped.error from None
    finally:
        _SEED.reset(token)


def keep_tables_in_the_cache() -> None:
    """Makes Hypothesis keep its tables in the cache folder, not in the current folder."""
    set_hypothesis_home_dir(cache_folder().with_name("hypothesis"))
