"""A source of choices for Hypothesis: evenly spread, and from its seed alone.

Owns the distribution of a search. Hypothesis's own also takes constants from whatever source code
lies beside it, and from the modules of a target in this process; it remembers what it drew; and it
prefers what is simple. A search must draw the same programs for every target, wherever it runs, and
makes its findings minimal itself. Strategies work with either.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider
from hypothesis.internal.intervalsets import IntervalSet
from hypothesis.reporting import with_reporter

from ..execution.environments import cache_folder

# Ranges as large as this are not spread evenly: that would leave out what is small.
_LARGE = 2**16
# How often a collection that may end goes on.
_GOES_ON = 0.8


class Even(PrimitiveProvider):
    """Draws every choice as often as every other, where there are not too many of them.

    Implements the backend interface of Hypothesis; that documentation says what the arguments of
    its methods mean.
    """

    lifetime = "test_function"
    seed = 0

    def __init__(self, conjecturedata: Any, /) -> None:
        super().__init__(conjecturedata)
        self._random = random.Random(self.seed)

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
        """Draws an integer; of a large range, as often a small one, a large one, or an end."""
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
        """Draws a float; between infinite ends, one that is not very large."""
        if allow_nan and self._random.random() < 0.05:
            return math.nan
        value = self._random.uniform(max(min_value, -1e9), min(max_value, 1e9))
        return value if abs(value) >= smallest_nonzero_magnitude else max(min_value, 0.0)

    def draw_string(
        self, intervals: IntervalSet, *, min_size: int = 0, max_size: int = 10**10
    ) -> str:
        """Draws a text, mostly short, of characters that are as likely as each other."""
        size = self._size(min_size, max_size) if len(intervals) else 0
        return "".join(chr(intervals[self._index(len(intervals))]) for _ in range(size))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        """Draws bytes, mostly few."""
        return self._random.randbytes(self._size(min_size, max_size))

    def _size(self, least: int, most: int) -> int:
        size = least
        while size < most and self._random.random() < _GOES_ON:
            size += 1
        return size

    def _index(self, length: int) -> int:
        return int(self._random.random() * length)


class _Ended(BaseException):
    """Carries an exception past Hypothesis, which would draw the same again to see whether it is
    reliable.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def draw(
    strategy: st.SearchStrategy[Any], take: Callable[[Any], None], *, count: int, seed: int
) -> None:
    """Draws so many values of a strategy, evenly and from the seed alone, and hands them over.

    Whatever ``take`` raises comes out of here, and ends the drawing.
    """

    # Deadline and too_slow: how long a value takes says nothing about it, and on a busy machine
    # either would end the run. Nothing is shrunk here: findings are reduced as programs.
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        # How long drawing takes says something about the machine, which may be busy.
        suppress_health_check=[HealthCheck.too_slow],
        backend=_backend(seed),
    )
    @given(strategy)
    def test(value: Any) -> None:
        try:
            take(value)
        except Exception as error:
            raise _Ended(error) from error

    try:
        with with_reporter(lambda text: None):  # it has words for whatever ends a test early
            test()
    except _Ended as ended:
        raise ended.error from None


def keep_tables_in_the_cache() -> None:
    """Has Hypothesis keep its tables in the cache, and not wherever a command is given."""
    set_hypothesis_home_dir(cache_folder().with_name("hypothesis"))


def _backend(seed: int) -> str:
    """The name of a backend that draws from this seed."""
    name = "h11spec-even"
    AVAILABLE_PROVIDERS[name] = type("Seeded", (Even,), {"seed": seed})
    return name
