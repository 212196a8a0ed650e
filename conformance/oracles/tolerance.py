"""An oracle that looks behind differences which are known already.

Owns which later difference counts: one that a tolerant expected side shows, which differs where the
target is known to, and that the expected side shows in the same step. So a difference is never an
effect of what is tolerated, and its program reproduces it on the expected side as it is. This
module must not know what is tolerated, nor why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...reports.findings.divergence import AGREES, Comparison, all_divergences, compare
from ...strategies.program import Program
from ...strategies.traces import Observation, Trace
from ..execution.executor import Executor, RawTrace, parse_trace
from .lockstep import Lockstep
from .oracle import Comparisons, Oracle

Observe = Callable[[Program], Iterator[Observation]]


@dataclass(frozen=True)
class TolerantLockstep:
    """Compares the target with a tolerant expected side, and reports against the expected side.

    ``observe`` runs a program on the tolerant side step by step.
    """

    lockstep: Lockstep
    observe: Observe

    @property
    def model(self) -> Executor:
        """The expected side."""
        return self.lockstep.model

    @property
    def actual(self) -> Executor:
        """The executor that runs the target."""
        return self.lockstep.actual

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Oracle:
        """Returns the same oracle for a target that runs each program behind others."""
        return replace(self, lockstep=self.lockstep.behind(before, suspected=suspected))

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns compares their traces."""
        actual = self.lockstep.actual.submit(programs, short_limits=short_limits)
        return lambda: [
            None if raw is None else self._compare(program, raw)
            for program, raw in zip(programs, actual(), strict=True)
        ]

    def _compare(self, program: Program, raw: RawTrace) -> Comparison:
        trace, deviations = parse_trace(raw), self.lockstep.deviations
        found = compare(program, self.observe(program), trace, deviations).divergence
        if found is None:
            return AGREES
        expected: Trace = parse_trace(self.lockstep.expected.submit([program])()[0])
        for each in all_divergences(program, expected, trace, deviations):
            if each.step == found.step and str(each.difference) == str(found.difference):
                return Comparison(each)
        return AGREES
