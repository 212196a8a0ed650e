"""One run: validates the request, loads a target, runs the checks, and writes the record.

Owns the order of a run. It must not know what fails a run, nor who requested it.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from ... import __version__, reference
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS, Deviation
from ...reports.record.record import RECORD_VERSION
from ...strategies.program import Json
from ..baseline.file import Baseline, RunEnvironment
from ..execution.executor import Executor, InProcessExecutor
from ..execution.opening import opened
from ..execution.signals import deferred_signals
from ..oracles.lockstep import Lockstep
from ..oracles.statistics import Progress
from ..targets.target import Provenance, Target
from ..vectors.corpus import StoredVector
from .baseline_status import apply_baseline
from .finding_causes import CauseFinder
from .looking_behind import look_behind
from .minimizing import Minimiser, add_unminimised
from .outcome import FoundCause, Outcome
from .phase_runner import FollowUp, no_follow_up, no_pause, run_checks
from .reproduction import run_scripts
from .selection import select, unmatched_prefixes
from .settings import Settings

# Is called with causes, in the order in which they are shown.
Found = Callable[[Sequence[FoundCause]], None]


def nothing_to_say(causes: Sequence[FoundCause]) -> None:
    """Does nothing with the causes up to now, which therefore need not be found."""


def problems(settings: Settings, *targets: Target | None) -> Iterator[str]:
    """Yields what makes a run of these settings on these targets impossible, one sentence each."""
    yield from settings.problems()
    for prefix in unmatched_prefixes(settings):
        yield (
            f"no check of {' and '.join(settings.phases)} begins with {prefix!r}; "
            "'h11spec checks' lists them"
        )
    if settings.in_process and any(each and (each.python or each.requirement) for each in targets):
        yield (
            "a run in this process (--in-process) needs a target that is a module, or a folder and "
            "a module in it"
        )


def require_valid(settings: Settings, *targets: Target | None) -> None:
    """Raises ValueError with the first problem, if there is one."""
    for problem in problems(settings, *targets):
        raise ValueError(problem)


def run(
    target: Target,
    settings: Settings,
    *,
    against: Target | None = None,
    baseline: Baseline | None = None,
    write: Callable[[Json], None] = lambda line: None,
    progress: Progress = lambda statistics: None,
    follow_up: FollowUp = no_follow_up,
    found: Found = nothing_to_say,
) -> Outcome:
    """Runs the checks on ``target`` and returns the outcome.

    Args:
        against: the target on the expected side; None for the reference.
        baseline: the accepted findings; None for none.
        write: called with each line of the run record.
        progress: called after each batch of programs.
        follow_up: yields more programs for a check, given what its own have shown.
        found: called with the unexpected causes up to now, after each phase that found something.

    Raises TargetError when one of the targets cannot be loaded, or is not to be checked.
    """
    started = time.monotonic()
    with open_session(target, settings, against=against) as session:
        write(session.header(settings))
        outcome = session.run(
            settings, progress, baseline=baseline, follow_up=follow_up, found=found
        )
        # The findings are written however often the run is interrupted.
        with deferred_signals():
            outcome.seconds = time.monotonic() - started
            for line in outcome.lines(session.target.imports):
                write(line)
        return outcome


@dataclass(frozen=True)
class Session:
    """A loaded target and the expected side, on which checks can be run.

    ``expected`` describes the expected side in the record; ``against`` is the target on it, None
    for the reference.
    """

    target: Target
    origin: Provenance
    lockstep: Lockstep
    expected: Json
    against: Target | None

    def header(self, settings: Settings) -> Json:
        """Returns the first line of the record of a run with these settings."""
        return _header(self.target, self.origin, self.expected, settings)

    def run(
        self,
        settings: Settings,
        progress: Progress = lambda statistics: None,
        *,
        baseline: Baseline | None = None,
        follow_up: FollowUp = no_follow_up,
        found: Found = nothing_to_say,
    ) -> Outcome:
        """Runs the checks that the settings select, and returns the outcome.

        Args:
            baseline: the accepted findings; None for none.
            follow_up: yields more programs for a check, given what its own have shown.
            found: called with the unexpected causes up to now, after each phase that found
                something. Later findings may join them with others.
        """
        environment = RunEnvironment.of(self.origin.python, self.origin.version)
        outcome = Outcome(settings, baseline or Baseline(), environment)
        selection = list(select(settings, against=self.against is not None))
        search = _CauseSearch(self, outcome, progress)

        def is_last(differing: Sequence[StoredVector]) -> bool:
            return settings.exitfirst and search.last_fails(differing)

        def after_phase(differing: Sequence[StoredVector]) -> None:
            if search.minimise():
                found(search.causes_up_to_now(differing))

        try:
            differing = run_checks(
                settings,
                self.lockstep,
                selection,
                outcome.results,
                progress=progress,
                follow_up=follow_up,
                against=self.against is not None,
                is_last=is_last,
                after_phase=no_pause if found is nothing_to_say else after_phase,
            )
            search.minimise()
            if self.against is None:
                look_behind(outcome, self.lockstep, differing, progress)
            search.find_causes(outcome, differing)
            found(outcome.unexpected_causes)
            left_out = len(selection) > len(outcome.results)
            outcome.ended_early = settings.exitfirst and left_out and bool(outcome.unexpected)
            outcome.reproductions = run_scripts(outcome, self.target, self.against)
        except KeyboardInterrupt:
            outcome.interrupted = True
        with deferred_signals():
            add_unminimised(outcome)
            if outcome.interrupted:
                search.keep_evidence()
                outcome.find_causes()
        return outcome


class _CauseSearch:
    """The way from the divergences of a run to its causes, which can be gone more than once."""

    def __init__(self, session: Session, outcome: Outcome, progress: Progress) -> None:
        settings = outcome.settings
        self._outcome = outcome
        self._progress = progress
        self._lockstep = session.lockstep
        self._early: Outcome | None = None
        self._minimiser = Minimiser(session.lockstep, settings.max_findings)
        self._finder = CauseFinder(
            session.lockstep, settings.catalogue, against=session.against is not None
        )

    def minimise(self) -> bool:
        """Minimises the programs of all findings; returns whether there are new findings."""
        before = self._count()
        self._minimiser.minimise(self._outcome.results, self._progress)
        return self._count() > before

    def find_causes(self, outcome: Outcome, differing: Sequence[StoredVector]) -> None:
        """Finds the causes of the findings, and which of them the baseline covers."""
        self._finder.differing = differing
        self._finder.find(outcome)
        apply_baseline(outcome, self._lockstep, self._finder.find)

    def causes_up_to_now(self, differing: Sequence[StoredVector]) -> list[FoundCause]:
        """Returns the unexpected causes, and leaves the outcome of the run as it is."""
        results = [replace(each, findings=[*each.findings]) for each in self._outcome.results]
        outcome = self._outcome
        early = Outcome(outcome.settings, outcome.baseline, outcome.environment, results)
        self.find_causes(early, differing)
        self._early = early
        return early.unexpected_causes

    def keep_evidence(self) -> None:
        """Gives the outcome of an interrupted run what was found out before, if it has nothing."""
        if self._early is not None and not self._outcome.causes:
            self._outcome.requirements = self._early.requirements
            self._outcome.explanations = self._early.explanations
            self._outcome.parts = self._early.parts

    def last_fails(self, differing: Sequence[StoredVector]) -> bool:
        """Whether the last result up to now has a failing finding that is not accepted.

        Its findings are minimised, and the causes of all findings found, as at the end.
        """
        last = self._outcome.results[-1]
        self._minimiser.minimise([last], self._progress)
        if not any(self._outcome.fails(last, finding) for finding in last.findings):
            return False
        self.find_causes(self._outcome, differing)
        return bool(self._outcome.unexpected)

    def _count(self) -> int:
        return sum(len(result.findings) for result in self._outcome.results)


@contextmanager
def open_session(
    target: Target, settings: Settings, *, against: Target | None = None
) -> Generator[Session]:
    """Loads a target and the expected side for the block.

    Raises TargetError when one of the targets cannot be loaded, or is not to be checked.
    """
    with (
        _opened(target, settings) as (found, executor, origin),
        _open_expected(against, settings) as (expected_executor, expected, deviations),
    ):
        lockstep = Lockstep(expected_executor, executor, deviations)
        yield Session(found, origin, lockstep, expected, against)


@contextmanager
def _open_expected(
    against: Target | None, settings: Settings
) -> Generator[tuple[Executor, Json, tuple[Deviation, ...]]]:
    if against is None:
        form = {"name": "h11spec.reference", "version": reference.__version__}
        yield InProcessExecutor(reference), form, UPSTREAM_DEVIATIONS
    else:
        with _opened(against, settings) as (target, executor, origin):
            yield executor, _target_form(target, origin), ()


def _opened(
    target: Target, settings: Settings
) -> AbstractContextManager[tuple[Target, Executor, Provenance]]:
    return opened(
        target,
        in_process=settings.in_process,
        limits=settings.limits,
        jobs=settings.jobs,
        allow_reexport=settings.allow_reexport,
    )


def _target_form(target: Target, origin: Provenance) -> Json:
    borrowed = origin.borrowed_from(target.module)
    return {
        "name": target.name,
        "module": target.module,
        **asdict(origin),
        "borrowed_from": borrowed,
    }


def _header(target: Target, origin: Provenance, expected: Json, settings: Settings) -> Json:
    return {
        "kind": "header",
        "record": RECORD_VERSION,
        "h11spec": __version__,
        "hypothesis": version("hypothesis"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "target": _target_form(target, origin),
        "expected": expected,
        # The number of processes changes no finding, so the record does not have it.
        "settings": {name: each for name, each in asdict(settings).items() if name != "jobs"},
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
