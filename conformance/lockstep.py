"""Programs on two implementations, step by step.

Owns the pair of sides and the comparison of what they show. Knows nothing of where programs come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..reports.deviations import Deviation
from ..reports.divergence import AGREES, Comparison, compare
from ..strategies.programs import Program
from .examination import Comparisons
from .sides import Shown, Side, equal, read


@dataclass(frozen=True)
class Lockstep:
    """The expected side, the implementation under test, and where both may be right.

    ``deviations`` are what the expected side knows of second allowed outcomes.
    """

    expected: Side
    actual: Side
    deviations: tuple[Deviation, ...] = ()

    @property
    def model(self) -> Side:
        """The expected side: where it gets to is where a program should get to."""
        return self.expected

    def submit(
        self, programs: Sequence[Program], *, hurry: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs on both sides; the function that it returns compares."""
        actual = self.actual.submit(programs, hurry=hurry)
        expected = self.expected.submit(programs, hurry=hurry)

        def result() -> Comparisons:
            sides = zip(programs, expected(), actual(), strict=True)
            return [self._compare(program, *texts) for program, *texts in sides]

        return result

    def _compare(self, program: Program, expected: Shown, actual: Shown) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if equal(expected, actual):
            return AGREES
        return compare(program, read(expected), read(actual), self.deviations)
