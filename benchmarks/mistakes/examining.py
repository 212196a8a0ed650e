"""Examines mistakes: which phase of a user's run is the first to fail on each.

Owns the order of the phases, and when an examination ends. Knows nothing of what a mistake is.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from h11spec.benchmarks.mistakes.mistake import Mistake, plant
from h11spec.conformance.checks.check import Check
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.run import Session, open_session
from h11spec.conformance.runs.selection import select
from h11spec.conformance.runs.settings import DEFAULT_PHASES, Settings
from h11spec.conformance.targets.target import Target, TargetError
from h11spec.reports.findings.finding import Finding, divergence_finding

# Loading the target, and one exchange in each role.
SMOKE = "smoke"
PHASES = DEFAULT_PHASES
DETERMINISTIC = (SMOKE, *DEFAULT_PHASES[:3])
# Programs that are run in about a second.
_MOMENT = 2000
_context = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Verdict:
    """The result of examining a mistake.

    ``phase`` is the first that finds it, or "", and ``check`` and ``shows`` say how. ``run`` has
    the phases that were run. ``seconds`` is the processor time, the target's included. ``broken``
    has the traceback of an error in the suite itself.
    """

    name: str
    run: tuple[str, ...]
    phase: str = ""
    check: str = ""
    shows: str = ""
    seconds: float = 0.0
    broken: str = ""

    @classmethod
    def of(cls, form: dict[str, Any]) -> Verdict:
        """Returns the verdict with these members, as JSON has them."""
        return replace(cls(**form), run=tuple(form["run"]))


class _FoundError(Exception):
    """Ends an examination at the first difference that fails a run."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.identity)
        self.finding = finding


@dataclass(frozen=True)
class Task:
    """A mistake, the settings of a run with the phases to try, and the verdict until now."""

    mistake: Mistake
    settings: Settings
    verdict: Verdict


def task(mistake: Mistake, settings: Settings, known: Verdict | None = None) -> Task | None:
    """Returns what is left to do to examine a mistake, or None.

    Args:
        known: the verdict of an earlier examination.
    """
    verdict = known or Verdict(mistake.name, (SMOKE,))
    left = tuple(phase for phase in settings.phases if phase not in verdict.run)
    if verdict.phase or not left:
        return None
    return Task(mistake, replace(settings, phases=left), replace(verdict, broken=""))


def examined(tasks: Sequence[Task], *, jobs: int) -> Iterator[Verdict]:
    """Examines each mistake in a process of its own, and yields the verdicts as they arrive.

    Args:
        jobs: the number of mistakes to examine at once.
    """
    for phase in {phase for each in tasks for phase in each.settings.phases}:
        _by_size((phase,))  # once, for all processes
    with _context.Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(examine, tasks)


def examine(task: Task) -> Verdict:
    """Plants a mistake, and runs one phase after the other until one fails."""
    mistake, verdict = task.mistake, task.verdict
    try:
        with tempfile.TemporaryDirectory(prefix="h11spec-mistakes-") as folder:
            plant(mistake, Path(folder))
            target = Target(mistake.name, mistake.module, folder=Path(folder))
            verdict = _run(target, task.settings, verdict)
    except Exception:
        verdict = replace(verdict, broken=traceback.format_exc())
    return replace(verdict, seconds=task.verdict.seconds + _processor_time())


def _run(target: Target, settings: Settings, verdict: Verdict) -> Verdict:
    try:
        with open_session(target, settings) as session:
            for phase in settings.phases:
                verdict = replace(verdict, run=(*verdict.run, phase))
                found = _run_phase(session, replace(settings, phases=(phase,)))
                if found is not None:
                    check, shows = found
                    return replace(verdict, phase=phase, check=check, shows=shows)
    except TargetError as error:
        return replace(verdict, phase=SMOKE, check="smoke/exchange", shows=str(error))
    return verdict


def _run_phase(session: Session, settings: Settings) -> tuple[str, str] | None:
    """Returns the check that fails, and the difference, or None."""
    for some in _by_size(settings.phases):
        found = _run_checks(session, replace(settings, checks=some))
        if found is not None:
            return found
    return None


@cache
def _by_size(phases: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The ids of the checks of the phases: first those that take a moment, then the others."""
    sizes = {
        check.id: sum(1 for _ in islice(check.programs(), _MOMENT))
        for _, check in select(Settings(phases=phases))
    }
    small = tuple(each for each, size in sizes.items() if size < _MOMENT)
    return tuple(
        some for some in (small, tuple(each for each in sizes if each not in small)) if some
    )


def _run_checks(session: Session, settings: Settings) -> tuple[str, str] | None:
    checks = {check.id: check for _, check in select(settings)}
    try:
        outcome = session.run(settings, partial(_end_when_found, checks))
    except _FoundError as found:
        return found.finding.check, _words(found.finding)
    if outcome.unexpected:
        return outcome.unexpected[0].check, _words(outcome.unexpected[0])
    return None if outcome.exit_code == 0 else ("", "the run was not complete")


def _end_when_found(checks: dict[str, Check], statistics: Statistics) -> None:
    """Raises _FoundError for a divergence that fails a run.

    A fault, such as a hang, may be the machine's: it is for the run to confirm.
    """
    check = checks.get(statistics.check)
    for divergence in statistics.divergences.values():
        finding = divergence_finding(statistics.check, divergence)
        if check and finding.aspect != "fault" and finding.fails(documented=check.documented):
            raise _FoundError(finding)


def _words(finding: Finding) -> str:
    return f"{finding.difference}: {finding.expected!r}, not {finding.actual!r}"[:300]


def _processor_time() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
