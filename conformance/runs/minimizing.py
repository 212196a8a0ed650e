"""Turns divergences into findings, each with a minimised program that was judged again.

Owns which divergences are reported. It must not know how a program is reduced, nor how a divergence
is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import difference_text, divergence_finding, unconfirmed_finding
from ...strategies.program import Program
from ...strategies.simplicity import is_simpler, size
from ..checks.check import Result
from ..execution.executor import CachingExecutor
from ..execution.fault_limit import is_uncertain
from ..oracles.confirmation import confirm
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Minimised, Oracle, compare, divergences, shortest_program
from ..oracles.statistics import Progress
from ..requirements.decisions import decision_on_aspect
from .outcome import Outcome

# Of what other divergences need before them, this much is tried.
_MAX_KNOWN = 4


class Minimiser:
    """Minimises the programs of divergences, and remembers what it has run.

    Programs that show the same become alike, whatever they were.

    Args:
        lockstep: both sides.
        max_findings: how many findings of a check are reported.
    """

    def __init__(self, lockstep: Lockstep, max_findings: int) -> None:
        self._max_findings = max_findings
        self._actual = CachingExecutor(lockstep.actual, each_alone=True)
        self._lockstep = replace(
            lockstep, actual=self._actual, expected=CachingExecutor(lockstep.expected)
        )
        self._minimised = Minimised()
        self._done: list[Divergence | None] = []
        # What confirmed divergences need before them, without repetitions.
        self._known: dict[tuple[Program, ...], None] = {}

    def minimise(self, results: Sequence[Result], progress: Progress) -> None:
        """Adds a finding to the results for each divergence to report, with a minimised program.

        Each check minimises its own programs, so that a check that is run alone has the same ones.
        A divergence that does not show again is noted in the statistics of its check.

        Args:
            results: those up to now; what was minimised before is not minimised again.
            progress: called after each divergence.
        """
        # Each batch costs a process.
        self._actual.prefetch([shortest_program(each) for each in self._without_faults(results)])
        cut_short = any(result.statistics.cut_short for result in results)
        for result in results:
            self._minimise(result, progress, cut_short=cut_short)

    def _minimise(self, result: Result, progress: Progress, *, cut_short: bool) -> None:
        oracle = result.check.oracle(self._lockstep)
        minimised = self._minimised if oracle is self._lockstep else Minimised()
        statistics = result.statistics
        # Judging by its trace what was taken for a hang may add to them.
        while left := _unsettled(result, self._max_findings):
            divergence = left[0]
            identity = difference_text(divergence, with_cause=True)
            if cut_short and self._is_one_hang_of_many(divergence):
                statistics.cut_short = True
                result.settled.add(identity)
                continue
            occurrences = statistics.occurrences[identity]
            confirmed = confirm(oracle, occurrences, _first(self._known), minimised)
            # Not before: what a run was interrupted at is reported as it was found.
            result.settled.add(identity)
            self._done.append(confirmed)
            if confirmed is not None:
                add_finding(result, confirmed)
                if confirmed.before:
                    self._known[tuple(program for program, _ in confirmed.before)] = None
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

    def _without_faults(self, results: Iterable[Result]) -> Iterator[Divergence]:
        """Yields the divergences to confirm that cost the target no process."""
        for result in results:
            for each in _unsettled(result, self._max_findings):
                if each.difference.aspect != "fault":
                    yield each

    def _is_one_hang_of_many(self, divergence: Divergence) -> bool:
        """Whether it is a hang, and another one was confirmed.

        To confirm all of them takes too long in a run that was cut short by them.
        """

        def hangs(each: Divergence | None) -> bool:
            return each is not None and each.difference.field == "hang"

        return hangs(divergence) and any(map(hangs, self._done))


def _first(known: Iterable[tuple[Program, ...]]) -> list[tuple[Program, ...]]:
    """The shortest of the programs that others need before them; each takes a run to try."""
    return sorted(known, key=len)[:_MAX_KNOWN]


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
