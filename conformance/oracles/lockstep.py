"""Lockstep: the differential oracle, which runs programs on two implementations.

Owns the pair of executors and the comparison of what they show. It must not know where programs
come from, nor where golden digests do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...reports.findings.deviations import Deviation
from ...reports.findings.divergence import AGREES, Comparison, Divergence, all_divergences, compare
from ...strategies.program import Program
from ...strategies.traces import Observation, Trace
from ..execution.executor import Executor, RawTrace, SequenceExecutor, parse_trace, same_trace
from ..execution.fault_limit import FaultLimit
from ..execution.shipped.protocol import GOLDEN
from .oracle import Comparisons


@dataclass(frozen=True)
class Lockstep:
    """The expected side and the implementation under test.

    ``deviations`` are the second outcomes that the expected side allows. ``fault_limit`` has the
    places that programs made on the way must not reach. ``observe`` runs a program on the expected
    side step by step, only as far as the target agrees; without it, ``expected`` runs every program
    to its end. ``agrees`` says whether a trace is known to be the expected one.
    """

    expected: Executor
    actual: Executor
    deviations: tuple[Deviation, ...] = ()
    fault_limit: FaultLimit | None = None
    observe: Callable[[Program], Iterator[Observation]] | None = None
    agrees: Callable[[Program, Trace], bool] | None = None

    @property
    def model(self) -> Executor:
        """The expected side, which says which states a program should get to."""
        return self.expected

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Lockstep:
        """Returns a lockstep whose target runs each program in a new process behind others."""
        actual = SequenceExecutor(self.actual, before, suspected=suspected)
        return replace(self, actual=actual)

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns compares their traces."""
        actual = self.actual.submit(programs, short_limits=short_limits)
        observe = self.observe
        if observe is not None:
            return lambda: [
                self._compare_steps(program, observe, raw)
                for program, raw in zip(programs, actual(), strict=True)
            ]
        expected = self.expected.submit(programs, short_limits=short_limits)
        return lambda: [
            self._compare_traces(*each) for each in zip(programs, expected(), actual(), strict=True)
        ]

    def all_divergences(self, program: Program) -> Iterator[Divergence]:
        """Yields the differences of all steps of a program, also those behind the first."""
        [expected], [actual] = self.expected.submit([program])(), self.actual.submit([program])()
        if expected is not None and actual is not None:
            sides = parse_trace(expected), parse_trace(actual)
            yield from all_divergences(program, *sides, self.deviations)

    def _compare_steps(
        self,
        program: Program,
        observe: Callable[[Program], Iterator[Observation]],
        actual: RawTrace,
    ) -> Comparison | None:
        if actual is None:
            return None
        if actual is GOLDEN:
            return AGREES
        trace = parse_trace(actual)
        if self.agrees is not None and self.agrees(program, trace):
            return AGREES
        return compare(program, observe(program), trace, self.deviations)

    def _compare_traces(
        self, program: Program, expected: RawTrace, actual: RawTrace
    ) -> Comparison | None:
        if expected is None or actual is None:
            return None
        if same_trace(expected, actual):
            return AGREES
        return compare(program, parse_trace(expected), parse_trace(actual), self.deviations)
