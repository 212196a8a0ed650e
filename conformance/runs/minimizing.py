"""Divergences become findings, each shown by a minimised program.

Owns which of them are reported. How a program is reduced is for the oracle.
"""

from __future__ import annotations

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import divergence_finding
from ...strategies.reduction import cost
from ..checks.check import Result
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import minimise_divergence
from ..oracles.statistics import Progress
from .outcome import Outcome


def minimise(lockstep: Lockstep, outcome: Outcome, progress: Progress) -> None:
    """Turns divergences into findings.

    One that several checks met is made minimal once, and shown by the same program in all of them.
    """
    done: dict[str, Divergence] = {}
    for result in outcome.results:
        oracle = result.check.oracle(lockstep)
        for divergence in _simplest(result, outcome.settings.max_findings):
            if divergence.identity not in done:
                done[divergence.identity] = minimise_divergence(oracle, divergence)
            result.findings.append(divergence_finding(result.check.id, done[divergence.identity]))
            progress(result.statistics)


def _simplest(result: Result, most: int) -> list[Divergence]:
    """Returns the divergences to report: those that fail a run first, shown by short programs."""

    def order(found: Divergence) -> tuple[bool, tuple[int, int, str], str]:
        soft = found.difference.aspect in SOFT_ASPECTS
        return soft, cost(found.program), found.identity

    return sorted(result.statistics.divergences.values(), key=order)[:most]


def note_the_rest(outcome: Outcome) -> None:
    """Turns divergences into findings that nobody had time to make minimal."""
    for result in outcome.results:
        done = sum(finding.kind == "divergence" for finding in result.findings)
        wanted = _simplest(result, outcome.settings.max_findings)
        result.findings += (divergence_finding(result.check.id, each) for each in wanted[done:])
        result.omitted += len(result.statistics.divergences) - len(wanted)
