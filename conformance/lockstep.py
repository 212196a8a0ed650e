"""Programs on two implementations, step by step.

Owns the pair of sides and the comparison of what they show. Knows nothing of where programs come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..reports.deviations import Deviation
from ..reports.divergence import AGREES, Comparison, compare
from ..strategies.programs import Program
from .examination import Comparisons
from .faults import Closed
from .sides import Shown, Side, equal, read, unpacked

# What is foreseen is foreseen of so many programs at once.
GROUP = 50


Foreseen = Callable[[Sequence[Program], Sequence[Shown]], Sequence[bool]]


@dataclass(frozen=True)
class Lockstep:
    """The expected side, the implementation under test, and where both may be right.

    ``deviations`` are what the expected side knows of second allowed outcomes. ``foreseen`` says of
    a group of programs which of them the expected side is known to show these traces for, so that
    it need not run them.
    ``closed`` has the places that programs made on the way are not to get to.
    """

    expected: Side
    actual: Side
    deviations: tuple[Deviation, ...] = ()
    foreseen: Foreseen | None = None
    closed: Closed | None = None

    @property
    def model(self) -> Side:
        """The expected side: where it gets to is where a program should get to."""
        return self.expected

    def submit(
        self, programs: Sequence[Program], *, hurry: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs on both sides; the function that it returns compares."""
        actual = self.actual.submit(programs, hurry=hurry)
        known = self.foreseen
        if known is not None:
            return lambda: [
                comparison
                for group, traces in _groups(programs, actual())
                for comparison in self._unless(known(group, traces), group, traces)
            ]
        expected = self.expected.submit(programs, hurry=hurry)
        return lambda: self._compared(programs, expected(), actual())

    def _unless(
        self, known: Sequence[bool], programs: Sequence[Program], actual: list[Shown]
    ) -> Comparisons:
        left = [at for at, each in enumerate(known) if not each]
        comparisons: Comparisons = [AGREES for _ in programs]
        if left:
            some = [programs[at] for at in left]
            expected = self.expected.submit(some)()
            # Where one of a group differs most do; so none is written out to be compared as text.
            compared = self._compared(some, expected, [unpacked(actual[at]) for at in left])
            for at, comparison in zip(left, compared, strict=True):
                comparisons[at] = comparison
        return comparisons

    def _compared(
        self, programs: Sequence[Program], expected: list[Shown], actual: list[Shown]
    ) -> Comparisons:
        sides = zip(programs, expected, actual, strict=True)
        return [self._compare(*each) for each in sides]

    def _compare(self, program: Program, expected: Shown, actual: Shown) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if equal(expected, actual):
            return AGREES
        return compare(program, read(expected), read(actual), self.deviations)


def _groups(
    programs: Sequence[Program], traces: list[Shown]
) -> Iterator[tuple[Sequence[Program], list[Shown]]]:
    for at in range(0, len(programs), GROUP):
        yield programs[at : at + GROUP], traces[at : at + GROUP]
