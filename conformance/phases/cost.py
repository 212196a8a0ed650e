"""The cost phase: how the cost of a conversation grows with its length.

Owns the measurement and the two classes of growth. What grows is the strategies' business. Seconds
are nobody's: they are of one machine and one moment, and only ratios of sizes beside each other
are kept.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from ...reports.findings.finding import complexity_finding
from ...strategies.programs import Program
from ...strategies.scaling import DIMENSIONS, Dimension
from ..checks.check import Check, JudgeOptions, Result
from ..execution.executor import Executor
from ..oracles.lockstep import Lockstep

DOUBLINGS = 3
LINEAR, SUPER_LINEAR = "linear", "super-linear"
# No class of growth: it ended in a fault; or it refused what the other side takes, or took what it
# refuses, so that there is nothing to compare.
FAULTY, CUT_SHORT = "a fault", "another course"
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


def growth(dimension: Dimension, expected: Executor, actual: Executor) -> tuple[str, str]:
    """Returns the classes in which the costs of both sides grow with the dimension."""
    programs = [dimension.program(size) for size in sizes(dimension)]
    calls = [cost.get("calls") for cost in expected.measure(programs)]
    return _class(expected, programs, calls), _class(actual, programs, calls)


def _class(side: Executor, programs: Sequence[Program], calls: list[int | None]) -> str:
    for _ in range(_TRIES):
        costs = side.measure(programs)
        faults = [cost["fault"]["kind"] for cost in costs if "fault" in cost]
        if faults:
            # What gets through the first sizes and takes too long for the last grows too fast.
            return SUPER_LINEAR if set(faults) == {"hang"} and "fault" not in costs[0] else FAULTY
        if [cost["calls"] for cost in costs] != calls:
            return CUT_SHORT
        if exponent([cost["nanoseconds"] for cost in costs]) < _MOST:
            return LINEAR
    return SUPER_LINEAR


@dataclass(frozen=True, kw_only=True)
class CostCheck(Check):
    """Compares how the cost of both sides grows with a dimension of a conversation."""

    dimension: Dimension

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return "by how the cost grows, beside that of the expected side"

    def judge(self, lockstep: Lockstep, result: Result, options: JudgeOptions) -> None:
        """Measures the growth on both sides; a difference is a finding."""
        expected, actual = growth(self.dimension, lockstep.expected, lockstep.actual)
        result.growth = actual
        result.statistics.programs = DOUBLINGS + 1
        if actual != expected:
            result.findings.append(
                complexity_finding(
                    self.id,
                    self.dimension.name,
                    sizes(self.dimension),
                    expected,
                    actual,
                    faulty=actual == FAULTY,
                )
            )


CHECKS = tuple(
    CostCheck(
        id=f"cost/{dimension.name}",
        level="BEHAVIOUR",
        role="both",
        citations=("h11 0.16.0, by execution",),
        requirement=f"The cost grows linearly with the number of {dimension.unit}.",
        dimension=dimension,
    )
    for dimension in DIMENSIONS
)
