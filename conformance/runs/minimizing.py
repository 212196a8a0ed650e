"""Turns divergences into findings, each with a minimised program that was judged again.

Owns which divergences are reported. It must not know how a program is reduced, nor how a divergence
is confirmed.
"""

from __future__ import annotations

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import divergence_finding, unconfirmed_finding
from ...strategies.reduction import cost
from ..checks.check import Result
from ..execution.fault_limit import is_uncertain
from ..oracles.confirmation import confirm
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Oracle, compare, divergences
from ..oracles.statistics import Progress
from ..requirements.decisions import decision_on_aspect
from .outcome import Outcome


def minimise(lockstep: Lockstep, outcome: Outcome, progress: Progress) -> None:
    """Adds a finding to the results for each divergence to report, with a minimised program.

    A divergence that several checks found is minimised once, and has the same program in all of
    them. One that does not show again is noted in the statistics of its check.
    """
    done: dict[str, Divergence | None] = {}
    for result in outcome.results:
        oracle = result.check.oracle(lockstep)
        statistics = result.statistics
        # Judging by its trace what was taken for a hang may add to them.
        while left := _unsettled(result, outcome.settings.max_findings):
            divergence = left[0]
            identity = divergence.identity
            result.settled.add(identity)
            if identity not in done:
                if _is_one_hang_of_many(outcome, divergence, done):
                    statistics.cut_short = True
                    continue
                done[identity] = confirm(oracle, statistics.occurrences[identity])
            confirmed = done[identity]
            if confirmed is not None:
                result.findings.append(divergence_finding(result.check.id, confirmed))
            elif is_uncertain(divergence):
                _judge_by_traces(result, oracle, divergence)
            else:
                statistics.unrepeated.add(identity)
            progress(statistics)
        found = {finding.difference for finding in result.findings}
        result.findings += (
            unconfirmed_finding(result.check.id, divergence)
            for identity, divergence in statistics.unconfirmed.items()
            if identity not in found
        )


def _is_one_hang_of_many(
    outcome: Outcome, divergence: Divergence, done: dict[str, Divergence | None]
) -> bool:
    """Whether a run was cut short by hangs, of which another one is confirmed.

    To confirm all of them takes too long.
    """

    def hangs(each: Divergence | None) -> bool:
        return each is not None and each.difference.field == "hang"

    cut_short = any(result.statistics.cut_short for result in outcome.results)
    return cut_short and hangs(divergence) and any(map(hangs, done.values()))


def _judge_by_traces(result: Result, oracle: Oracle, divergence: Divergence) -> None:
    """Judges programs that did not hang again, nor reach a limit of memory, by what they show."""
    statistics = result.statistics
    statistics.unconfirmed.setdefault(divergence.identity, divergence)
    for occurrence in [*statistics.occurrences[divergence.identity]]:
        program = occurrence.divergence.program
        for found in divergences(compare(oracle.behind(()), program)):
            if not is_uncertain(found):
                statistics.note(found, [program], 0)


def _unsettled(result: Result, max_findings: int) -> list[Divergence]:
    """The divergences to report that are no findings yet."""
    reported = _to_report(result, max_findings)
    return [each for each in reported if each.identity not in result.settled]


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
    max_findings = outcome.settings.max_findings
    for result in outcome.results:
        left = _unsettled(result, max_findings)
        result.findings += (divergence_finding(result.check.id, each) for each in left)
        result.omitted += max(len(result.statistics.divergences) - max_findings, 0)
