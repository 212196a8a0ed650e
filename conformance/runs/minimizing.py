"""Turns divergences into findings, each with a minimised program.

Owns which divergences are reported. It must not know how a program is reduced.
"""

from __future__ import annotations

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import divergence_finding
from ...strategies.reduction import cost
from ..checks.check import Result
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import minimise_divergence
from ..oracles.statistics import Progress
from ..requirements.decisions import decision_on_aspect
from .outcome import Outcome


def minimise(lockstep: Lockstep, outcome: Outcome, progress: Progress) -> None:
    """Adds a finding to the results for each divergence to report, with a minimised program.

    A divergence that several checks found is minimised once, and has the same program in all of
    them.
    """
    done: dict[str, Divergence] = {}
    for result in outcome.results:
        oracle = result.check.oracle(lockstep)
        for divergence in _to_report(result, outcome.settings.max_findings):
            if divergence.identity not in done:
                done[divergence.identity] = minimise_divergence(oracle, divergence)
            result.findings.append(divergence_finding(result.check.id, done[divergence.identity]))
            progress(result.statistics)


def _to_report(result: Result, max_findings: int) -> list[Divergence]:
    """The divergences to report: those that fail a run first, those with short programs first."""

    def order(found: Divergence) -> tuple[bool, tuple[int, int, str], str]:
        difference = found.difference
        aspect, field, actual = difference.aspect, difference.field, difference.actual
        decided = decision_on_aspect(aspect, field, actual) is not None
        return aspect in SOFT_ASPECTS and not decided, cost(found.program), found.identity

    return sorted(result.statistics.divergences.values(), key=order)[:max_findings]


def add_unminimised(outcome: Outcome) -> None:
    """Adds findings for the divergences that were not minimised before the run was interrupted."""
    for result in outcome.results:
        done = sum(finding.kind == "divergence" for finding in result.findings)
        reported = _to_report(result, outcome.settings.max_findings)
        result.findings += (divergence_finding(result.check.id, each) for each in reported[done:])
        result.omitted += len(result.statistics.divergences) - len(reported)
