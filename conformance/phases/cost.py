"""The cost phase: how the cost of a conversation grows with its size.

Owns the measurement and the classes of growth. It must not report seconds: they depend on the
machine and the moment, and only the ratios between sizes are used.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from ...reports.findings.finding import complexity_finding
from ...strategies.program import Program
from ...strategies.scaling import DIMENSIONS, Dimension
from ..checks.check import Check, JudgeOptions, Result
from ..execution.executor import Executor
from ..oracles.lockstep import Lockstep

DOUBLINGS = 3
LINEAR, SUPER_LINEAR = "linear", "super-linear"
# Not classes of growth: a program ended in a fault; or the sides made a different number of calls,
# and cannot be compared.
FAULTY, OTHER_CALLS = "a fault", "another course"
# A power of the size. Linear growth with noise stays well below it, quadratic growth with a linear
# part is above it.
_MAX_EXPONENT = 1.4
# Growth above it is measured again, as it may be noise.
_TRIES = 4


def exponent(costs: Sequence[float]) -> float:
    """Returns the power of the size with which the cost grows; each size is twice the last."""
    sizes = [math.log(2) * at for at in range(len(costs))]
    return statistics.linear_regression(sizes, [math.log(max(cost, 1)) for cost in costs]).slope


def sizes(dimension: Dimension) -> tuple[int, ...]:
    """Returns the sizes at which a dimension is measured."""
    return tuple(dimension.min_size << doubling for doubling in range(DOUBLINGS + 1))


def growth(dimension: Dimension, expected: Executor, actual: Executor) -> tuple[str, str]:
    """Returns the classes in which the costs of both sides grow with the dimension."""
    programs = [dimension.program(size) for size in sizes(dimension)]
    calls = [cost.get("calls") for cost in expected.measure(programs)]
    return _class(expected, programs, calls), _class(actual, programs, calls)


def _class(executor: Executor, programs: Sequence[Program], calls: list[int | None]) -> str:
    for _ in range(_TRIES):
        costs = executor.measure(programs)
        faults = [cost["fault"]["kind"] for cost in costs if "fault" in cost]
        if faults:
            # A hang at the larger sizes only counts as super-linear.
            return SUPER_LINEAR if set(faults) == {"hang"} and "fault" not in costs[0] else FAULTY
        if [cost["calls"] for cost in costs] != calls:
            return OTHER_CALLS
        if exponent([cost["nanoseconds"] for cost in costs]) < _MAX_EXPONENT:
            return LINEAR
    return SUPER_LINEAR


@dataclass(frozen=True, kw_only=True)
class CostCheck(Check):
    """Compares how the cost of both sides grows with a dimension of a conversation."""

    dimension: Dimension

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return "by comparing how the cost grows with that of the expected side"

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
