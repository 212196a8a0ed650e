"""The cost phase: how the cost of a conversation grows with its length.

Owns the measurement and the two classes of growth. What grows is the strategies' business. Seconds
are nobody's: they are of one machine and one moment, and only ratios of sizes beside each other
are kept.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from ..strategies.growth import DIMENSIONS, Dimension
from .checks.check import Check
from .sides import Side

DOUBLINGS = 3
LINEAR, SUPER_LINEAR = "linear", "super-linear"
# A power of the size. What is linear but for its noise stays well below, what is quadratic with a
# linear part beside it comes above.
_MOST = 1.4
# What seems to grow too fast is measured again: noise is no verdict.
_TRIES = 4


def exponent(costs: Sequence[float]) -> float:
    """Returns the power of the size that the cost grows with, each size twice the one before."""
    sizes = [math.log(2) * at for at in range(len(costs))]
    return statistics.linear_regression(sizes, [math.log(max(cost, 1)) for cost in costs]).slope


def sizes(dimension: Dimension) -> tuple[int, ...]:
    """Returns the sizes at which a dimension is measured."""
    return tuple(dimension.least << doubling for doubling in range(DOUBLINGS + 1))


def growth(dimension: Dimension, side: Side) -> str:
    """Returns the class in which a side's cost grows with the dimension."""
    programs = [dimension.program(size) for size in sizes(dimension)]
    for _ in range(_TRIES):
        if exponent(side.costs(programs)) < _MOST:
            return LINEAR
    return SUPER_LINEAR


def _check(dimension: Dimension) -> Check:
    return Check(
        id=f"cost/{dimension.name}",
        level="BEHAVIOUR",
        party="both",
        citations=("h11 0.16.0, by execution",),
        requirement=f"The cost grows linearly with the number of {dimension.unit}.",
    )


CHECKS = {_check(dimension).id: (_check(dimension), dimension) for dimension in DIMENSIONS}
