"""Turns divergences into findings, each with a minimised program that was judged again.

Owns which divergences are reported. It must not know how a program is reduced, nor how a divergence
is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import difference_text, divergence_finding, unconfirmed_finding
from ...strategies.program import Program
from ...strategies.simplicity import is_simpler, size
from ..checks.check import Result
from ..execution.fault_limit import is_uncertain
from ..oracles.confirmation import confirm
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Oracle, compare, divergences
from ..oracles.statistics import Progress
from ..requirements.decisions import decision_on_aspect
from .outcome import Outcome

# Of what other divergences need before them, this much is tried.
_MAX_KNOWN = 4


def minimise(lockstep: Lockstep, outcome: Outcome, progress: Progress) -> None:
    """Adds a finding to the results for each divergence to report, with a minimised program.

    Each check minimises its own programs, so that a check that is run alone has the same ones. A
    divergence that does not show again is noted in the statistics of its check.
    """
    done: list[Divergence | None] = []
    # What confirmed divergences need before them, without repetitions.
    known: dict[tuple[Program, ...], None] = {}
    for result in outcome.results:
        oracle = result.check.oracle(lockstep)
        statistics = result.statistics
        # Judging by its trace what was taken for a hang may add to them.
        while left := _unsettled(result, outcome.settings.max_findings):
            divergence = left[0]
            identity = difference_text(divergence, with_cause=True)
            if _is_one_hang_of_many(outcome, divergence, done):
                statistics.cut_short = True
                result.settled.add(identity)
                continue
            confirmed = confirm(oracle, statistics.occurrences[identity], _first(known))
            # Not before: what a run was interrupted at is reported as it was found.
            result.settled.add(identity)
            done.append(confirmed)
            if confirmed is not None:
                add_finding(result, confirmed)
                if confirmed.before:
                    known[tuple(program for program, _ in confirmed.before)] = None
            elif is_uncertain(divergence):
                result.dismissed.add(identity)
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


def _first(known: Iterable[tuple[Program, ...]]) -> list[tuple[Program, ...]]:
    """The shortest of the programs that others need before them; each takes a run to try."""
    return sorted(known, key=len)[:_MAX_KNOWN]


def _is_one_hang_of_many(
    outcome: Outcome, divergence: Divergence, done: list[Divergence | None]
) -> bool:
    """Whether a run was cut short by hangs, of which another one is confirmed.

    To confirm all of them takes too long.
    """

    def hangs(each: Divergence | None) -> bool:
        return each is not None and each.difference.field == "hang"

    cut_short = any(result.statistics.cut_short for result in outcome.results)
    return cut_short and hangs(divergence) and any(map(hangs, done))


def _judge_by_traces(result: Result, oracle: Oracle, divergence: Divergence) -> None:
    """Judges programs that did not hang again, nor reach a limit of memory, by what they show.

    A step that came after the one which seemed to hang may really hang.
    """
    statistics = result.statistics
    statistics.unconfirmed.setdefault(divergence.identity, divergence)
    for occurrence in [*statistics.occurrences[difference_text(divergence, with_cause=True)]]:
        program = occurrence.divergence.program
        for found in divergences(compare(oracle.behind(()), program)):
            if found.identity != divergence.identity:
                statistics.note(found, [program], 0)


def _unsettled(result: Result, max_findings: int) -> list[Divergence]:
    """The divergences to report that are no findings yet."""
    reported = _to_report(result, max_findings)
    return [
        each for each in reported if difference_text(each, with_cause=True) not in result.settled
    ]


def add_finding(result: Result, divergence: Divergence, behind: Sequence[str] = ()) -> None:
    """Adds the finding of a divergence; of two with the same id, the simpler one stays.

    Args:
        behind: what else the target does in the program of the divergence, in sentences.
    """
    check = result.check
    new = divergence_finding(check.id, divergence, with_cause=not check.has_one_cause)
    new = replace(new, behind=tuple(behind))
    for at, known in enumerate(result.findings):
        if known.id == new.id:
            if known.program and new.program and is_simpler(new.program, known.program):
                result.findings[at] = new
            return
    result.findings.append(new)


def _to_report(result: Result, max_findings: int) -> list[Divergence]:
    """The divergences to report: those that fail a run first, those with short programs first.

    Those that a busy machine has caused take the place of none.
    """

    def order(found: Divergence) -> tuple[bool, tuple[int, int, str], str]:
        difference = found.difference
        aspect, field, actual = difference.aspect, difference.field, difference.actual
        decided = decision_on_aspect(aspect, field, actual) is not None
        return aspect in SOFT_ASPECTS and not decided, size(found.program), found.identity

    found = sorted(_not_dismissed(result), key=order)
    # The first cause of each difference comes before the other causes of any.
    first = {each.identity: each for each in reversed(found)}
    return sorted(found, key=lambda each: first[each.identity] is not each)[:max_findings]


def _not_dismissed(result: Result) -> list[Divergence]:
    found = result.statistics.divergences.items()
    return [divergence for identity, divergence in found if identity not in result.dismissed]


def add_unminimised(outcome: Outcome) -> None:
    """Adds findings for the divergences that were not minimised before the run was interrupted."""
    max_findings = outcome.settings.max_findings
    for result in outcome.results:
        left = _unsettled(result, max_findings)
        for divergence in left:
            add_finding(result, divergence)
        result.omitted += max(len(_not_dismissed(result)) - max_findings, 0)
