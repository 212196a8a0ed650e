"""Programs on two implementations, step by step.

Owns the pair of sides and the comparison of what they show. Knows nothing of where programs come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..reports.deviations import Deviation
from ..reports.divergence import AGREES, Comparison, Divergence, compare, step_kind
from ..strategies.programs import Program
from ..strategies.reduction import reduce_in_batches
from .sides import Shown, Side, equal, read

# Candidates of a reduction that are run at once: most fail, and a message costs more than a run.
# A fault costs more than a message.
_BATCH = 20
_FAULTY_BATCH = 5
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

    def _compare(self, program: Program, expected: Shown, actual: Shown) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if equal(expected, actual):
            return AGREES
        return compare(program, read(expected), read(actual), self.deviations)

    def minimal(self, divergence: Divergence) -> Divergence:
        """Returns the same divergence, by identity, shown by a minimal program."""
        found = [divergence]
        faulty = divergence.difference.aspect == "fault"

        def first(some: Sequence[Program]) -> int | None:
            for at, comparison in self._in_turn(some, divergence, hurry=faulty):
                same = _same(divergence, comparison)
                if same is not None:
                    found.append(same)
                    return at
            return None

        steps = divergence.program.steps[: divergence.step + 1]
        shortest = replace(divergence.program, steps=steps)
        if first([shortest]) is not None:
            reduce_in_batches(shortest, first, batch=_FAULTY_BATCH if faulty else _BATCH)
        return self._at_leisure(found) if faulty else found[-1]

    def _at_leisure(self, found: list[Divergence]) -> Divergence:
        """Returns the simplest of ever simpler ones that does not only show in a hurry.

        A step that takes very long may only take long when less is asked of it.
        """
        back = 1
        while back < len(found):
            same = _same(found[0], self.compare(found[-back].program))
            if same is not None:
                return same
            back *= 2
        return found[0]

    def _in_turn(
        self, programs: Sequence[Program], divergence: Divergence, *, hurry: bool
    ) -> Iterator[tuple[int, Comparison]]:
        """Compares programs, and gives out the index of each with what came of it.

        In a hurry, those that do not even get to the step are left out: where a target dies or
        hangs, it mostly does so at other steps too, and each time costs.
        """
        left = list(range(len(programs)))
        if hurry:
            traces = self.expected.submit(programs, hurry=True)()
            left = [at for at in left if _gets_to(divergence, programs[at], traces[at])]
        while left:
            comparisons = self.submit([programs[at] for at in left], hurry=hurry)()
            done = [comparison for comparison in comparisons if comparison is not None]
            yield from zip(left, done, strict=False)
            left = left[len(done) :]


def _gets_to(divergence: Divergence, program: Program, expected: Shown) -> bool:
    """Whether the expected side of a program meets the divergence's step in the same states."""
    before = ("IDLE", "IDLE")
    for step, observation in zip(program.steps, read(expected), strict=False):
        if (step_kind(step), before) == (divergence.step_kind, divergence.before):
            return True
        before = observation.states
    return False


def _same(divergence: Divergence, comparison: Comparison) -> Divergence | None:
    """The same divergence, by identity, if the comparison found it."""
    for candidate in divergences(comparison):
        if candidate.identity == divergence.identity:
            return candidate
    return None


def divergences(comparison: Comparison) -> list[Divergence]:
    """Returns all that a comparison found, the one that ended it first."""
    return [*filter(None, [comparison.divergence]), *comparison.soft]
