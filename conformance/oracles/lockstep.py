"""Programs on two implementations, step by step.

Owns the pair of sides and the comparison of what they show. Knows nothing of where programs come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...reports.findings.deviations import Deviation
from ...reports.findings.divergence import AGREES, Comparison, compare
from ...strategies.programs import Program
from ...strategies.traces import Observation, Trace
from ..execution.executor import NOTHING_KNOWN, Digests, Executor, RawTrace, parse_trace, same_trace
from ..execution.fault_limit import FaultLimit
from ..execution.worker import FORESEEN, GROUP
from .oracle import Comparisons


@dataclass(frozen=True)
class Foreseen:
    """What is known of the expected side, so that it need not run, or not to a program's end.

    ``digests`` are those of groups that a target's own process can tell. ``known`` says whether a
    whole group of programs is known to show the traces that were shown here, and ``one_known`` the
    same of a single program. ``begin`` begins to run any other on it: that goes on as far as
    somebody looks, which is no further than to where the target does otherwise.
    """

    digests: Callable[[], Digests]
    known: Callable[[Sequence[Program], Sequence[RawTrace]], bool]
    one_known: Callable[[Program, Trace], bool]
    begin: Callable[[Program], Iterator[Observation]]


@dataclass(frozen=True)
class Lockstep:
    """The expected side, the implementation under test, and where both may be right.

    ``deviations`` are what the expected side knows of second allowed outcomes; ``foreseen`` is what
    is known of it beforehand, and is asked in its place.
    ``closed`` has the places that programs made on the way are not to get to.
    """

    expected: Executor
    actual: Executor
    deviations: tuple[Deviation, ...] = ()
    foreseen: Foreseen | None = None
    fault_limit: FaultLimit | None = None

    @property
    def model(self) -> Executor:
        """The expected side: where it gets to is where a program should get to."""
        return self.expected

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs on both sides; the function that it returns compares."""
        foreseen = self.foreseen
        known = NOTHING_KNOWN if foreseen is None else foreseen.digests()
        actual = self.actual.submit(programs, short_limits=short_limits, known=known)
        if foreseen is not None:
            return lambda: [
                comparison
                for group, traces in _groups(programs, actual())
                for comparison in self._beside(foreseen, group, traces)
            ]
        expected = self.expected.submit(programs, short_limits=short_limits)
        return lambda: self._compared(programs, expected(), actual())

    def _beside(
        self, foreseen: Foreseen, programs: Sequence[Program], actual: list[RawTrace]
    ) -> Iterator[Comparison | None]:
        if foreseen.known(programs, actual):
            yield from (AGREES for _ in programs)
            return
        for program, shown in zip(programs, actual, strict=True):
            if shown is None:
                yield None
            elif shown is FORESEEN or foreseen.one_known(program, trace := parse_trace(shown)):
                yield AGREES
            else:
                yield compare(program, foreseen.begin(program), trace, self.deviations)

    def _compared(
        self, programs: Sequence[Program], expected: list[RawTrace], actual: list[RawTrace]
    ) -> Comparisons:
        sides = zip(programs, expected, actual, strict=True)
        return [self._compare(*each) for each in sides]

    def _compare(self, program: Program, expected: RawTrace, actual: RawTrace) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if same_trace(expected, actual):
            return AGREES
        return compare(program, parse_trace(expected), parse_trace(actual), self.deviations)


def _groups(
    programs: Sequence[Program], traces: list[RawTrace]
) -> Iterator[tuple[Sequence[Program], list[RawTrace]]]:
    for at in range(0, len(programs), GROUP):
        yield programs[at : at + GROUP], traces[at : at + GROUP]
