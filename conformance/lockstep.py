"""Programs on two implementations, step by step.

Owns the pair of sides and the comparison of what they show. Knows nothing of where programs come
from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..reports.deviations import Deviation
from ..reports.divergence import AGREES, Comparison, Divergence, compare
from ..strategies.programs import Program
from ..strategies.reduction import reduce_in_batches
from ..strategies.traces import Trace
from .sides import Side, TraceText

# Candidates of a reduction that are run at once: most fail, and a message costs more than a run.
_BATCH = 20
# Comparisons in the order of the programs; None for a program that was not run.
Comparisons = list[Comparison | None]


@dataclass(frozen=True)
class Lockstep:
    """The expected side, the implementation under test, and where both may be right.

    ``deviations`` are what the expected side knows of second allowed outcomes.
    """

    expected: Side
    actual: Side
    deviations: tuple[Deviation, ...] = ()

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

    def compare(self, program: Program, *, hurry: bool = False) -> Comparison:
        """Runs one program on both sides and compares what each of them showed."""
        return self.submit([program], hurry=hurry)()[0] or AGREES

    def _compare(
        self, program: Program, expected: TraceText, actual: TraceText
    ) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if expected == actual:
            return AGREES
        traces = Trace(json.loads(expected)), Trace(json.loads(actual))
        return compare(program, *traces, self.deviations)

    def minimal(self, divergence: Divergence) -> Divergence:
        """Returns the same divergence, by identity, shown by a minimal program."""
        found = divergence
        faulty = divergence.difference.aspect == "fault"

        def first(some: Sequence[Program]) -> int | None:
            nonlocal found
            for at, comparison in enumerate(self.submit(some, hurry=faulty)()):
                for candidate in divergences(comparison or AGREES):
                    if candidate.identity == divergence.identity:
                        found = candidate
                        return at
            return None

        steps = divergence.program.steps[: divergence.step + 1]
        shortest = replace(divergence.program, steps=steps)
        if first([shortest]) is not None:
            # A program that costs a process is better asked about alone.
            reduce_in_batches(shortest, first, batch=1 if faulty else _BATCH)
        return found


def divergences(comparison: Comparison) -> list[Divergence]:
    """Returns all that a comparison found, the one that ended it first."""
    return [*filter(None, [comparison.divergence]), *comparison.soft]
