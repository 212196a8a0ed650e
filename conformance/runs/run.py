"""One run: a target, settings, phases, a verdict, and the record of all that.

Owns the order of a run. What its outcome is, ``outcome`` knows; how it is shown is for the reports,
and how it was asked for is for the command line.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from ... import __version__, reference
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS, Deviation
from ...reports.record.record import RECORD_VERSION
from ...strategies.programs import Json
from ..baseline.file import Baseline, Where
from ..execution.executor import Executor, InProcessExecutor
from ..execution.opening import opened
from ..execution.signals import deferred_signals
from ..oracles.lockstep import Lockstep
from ..oracles.statistics import Progress
from ..targets.target import Provenance, Target
from .baseline_status import settled
from .minimizing import minimise, note_the_rest
from .outcome import Outcome
from .phase_runner import FollowUp, no_follow_up, run_checks
from .reproduction import reproduced
from .selection import selected
from .settings import Settings


def run(
    target: Target,
    settings: Settings,
    *,
    against: Target | None = None,
    baseline: Baseline | None = None,
    write: Callable[[Json], None] = lambda line: None,
    progress: Progress = lambda statistics: None,
    follow_up: FollowUp = no_follow_up,
) -> Outcome:
    """Runs the checks on ``target`` and returns the outcome.

    Args:
        against: the target on the expected side; None for the reference.
        baseline: the findings that are accepted; None for none of them.
        write: takes the lines of the run record, as they come.
        progress: is told of each check as it goes on.
        follow_up: yields more programs for a check, given what its own have shown.

    Raises TargetError when one of the targets cannot be loaded.
    """
    started = time.monotonic()
    with prepared(target, settings, against=against) as ready:
        write(ready.header(settings))
        outcome = ready.run(settings, progress, baseline=baseline, follow_up=follow_up)
        with (
            deferred_signals()
        ):  # what was found is written down, however often one asks for the end
            outcome.seconds = time.monotonic() - started
            for line in outcome.lines(ready.target.imports):
                write(line)
        return outcome


@dataclass(frozen=True)
class Prepared:
    """A target that is loaded, beside what is expected of it: checks may be run on it."""

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
    ) -> Outcome:
        """Runs the checks that the settings select, and returns what came of them.

        Args:
            baseline: the findings that are accepted; None for none of them.
            follow_up: yields more programs for a check, given what its own have shown.
        """
        where = Where.of(self.origin.python, self.origin.version)
        outcome = Outcome(settings, baseline or Baseline(), where)
        try:
            run_checks(
                settings,
                self.lockstep,
                list(selected(settings, against=self.against is not None)),
                outcome.results,
                progress=progress,
                follow_up=follow_up,
                against=self.against is not None,
            )
            minimise(self.lockstep, outcome, progress)
            outcome.entries = settled(outcome, self.lockstep)
            outcome.reproductions = reproduced(outcome, self.target, self.against)
        except KeyboardInterrupt:
            outcome.interrupted = True
        with deferred_signals():
            note_the_rest(outcome)
        return outcome


@contextmanager
def prepared(
    target: Target, settings: Settings, *, against: Target | None = None
) -> Generator[Prepared]:
    """Loads a target, and what is on the expected side, for the block.

    Raises TargetError when one of them cannot be loaded.
    """
    with (
        opened(
            target, in_process=settings.in_process, limits=settings.limits, jobs=settings.jobs
        ) as (found, side, origin),
        _expected(against, settings) as (expected_side, expected, deviations),
    ):
        lockstep = Lockstep(expected_side, side, deviations)
        yield Prepared(found, origin, lockstep, expected, against)


@contextmanager
def _expected(
    against: Target | None, settings: Settings
) -> Generator[tuple[Executor, Json, tuple[Deviation, ...]]]:
    if against is None:
        form = {"name": "h11spec.reference", "version": reference.__version__}
        yield InProcessExecutor(reference), form, UPSTREAM_DEVIATIONS
    else:
        with opened(
            against, in_process=settings.in_process, limits=settings.limits, jobs=settings.jobs
        ) as (target, side, origin):
            yield side, _target_form(target, origin), ()


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
        # How many processes there are is no matter of what is found, nor of the record.
        "settings": {name: each for name, each in asdict(settings).items() if name != "jobs"},
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
