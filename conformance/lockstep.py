"""One program on two implementations, step by step.

Owns the pair of sides. Knows nothing of where programs come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..reports.deviations import UPSTREAM_DEVIATIONS
from ..reports.divergence import Comparison, Divergence, compare
from ..strategies.programs import Program
from ..strategies.reduction import reduce
from ..strategies.traces import run


@dataclass(frozen=True)
class Lockstep:
    """The expected side, which is the reference, and the implementation under test."""

    expected: Any
    actual: Any

    def compare(self, program: Program) -> Comparison:
        """Runs the program on both sides and compares what each of them showed."""
        expected, actual = run(self.expected, program), run(self.actual, program)
        return compare(program, expected, actual, UPSTREAM_DEVIATIONS)

    def minimal(self, divergence: Divergence) -> Divergence:
        """Returns the same divergence, by identity, shown by a minimal program."""
        found = divergence

        def shows(program: Program) -> bool:
            nonlocal found
            for candidate in divergences(self.compare(program)):
                if candidate.identity == divergence.identity:
                    found = candidate
                    return True
            return False

        shortest = Program(
            divergence.program.role,
            divergence.program.steps[: divergence.step + 1],
            divergence.program.limit,
        )
        if shows(shortest):
            reduce(shortest, shows)
        return found


def divergences(comparison: Comparison) -> list[Divergence]:
    """Returns all that a comparison found, the one that ended it first."""
    return [*filter(None, [comparison.divergence]), *comparison.soft]
