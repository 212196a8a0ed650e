"""One run: a target, settings, phases, a verdict, and the record of all that.

Owns the order of a run. What its outcome is, ``outcome`` knows; how it is shown is for the reports,
and how it was asked for is for the command line.
"""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from ... import __version__, reference
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS, Deviation
from ...reports.record.record import RECORD_VERSION
from ...strategies.programs import Json, Program
from ..baseline.file import Baseline, Where
from ..checks import machine
from ..checks.catalogue import DRAWN
from ..checks.check import Check
from ..execution.executor import InProcess, Remembering, Side
from ..execution.fault_limit import Closed
from ..execution.opening import loaded
from ..execution.signals import held_back
from ..oracles import golden
from ..oracles.lockstep import Lockstep
from ..oracles.pipeline import LARGE_BATCH, SMALL_BATCH, Pace, Pipeline
from ..oracles.tally import Progress, Tally
from ..phases.vectors import Replay
from ..targets.target import Provenance, Target
from ..vectors import corpus
from .baseline_status import settled
from .judgement import ask, judge, weigh
from .minimizing import minimise, note_the_rest
from .outcome import Outcome, Result
from .reproduction import reproduced
from .selection import selected
from .settings import Settings

# More programs for a check, once its own were run on the target.
Further = Callable[[Side, Tally, Progress], Iterable[Program]]
# So many objects are made, and not ended, until cycles among them are looked for.
_COLLECTED_AFTER = 10_000


def nothing_further(side: Side, tally: Tally, progress: Progress) -> Iterable[Program]:
    """Gives out no more programs."""
    return ()


def run(
    target: Target,
    settings: Settings,
    *,
    against: Target | None = None,
    baseline: Baseline | None = None,
    write: Callable[[Json], None] = lambda line: None,
    progress: Progress = lambda tally: None,
    further: Further = nothing_further,
) -> Outcome:
    """Runs the checks on ``target`` and returns the outcome.

    Args:
        against: the target on the expected side; None for the reference.
        baseline: the findings that are accepted; None for none of them.
        write: takes the lines of the run record, as they come.
        progress: is told of each check as it goes on.
        further: gives out more programs for a check, by what its own have shown.

    Raises TargetError when one of the targets cannot be loaded.
    """
    started = time.monotonic()
    with _seldom_collected(), prepared(target, settings, against=against) as ready:
        write(ready.header(settings))
        outcome = ready.run(settings, progress, baseline=baseline, further=further)
        with held_back():  # what was found is written down, however often one asks for the end
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
        progress: Progress = lambda tally: None,
        *,
        baseline: Baseline | None = None,
        further: Further = nothing_further,
    ) -> Outcome:
        """Runs the checks that the settings select, and returns what came of them.

        Args:
            baseline: the findings that are accepted; None for none of them.
            further: gives out more programs for a check, by what its own have shown.
        """
        where = Where.of(self.origin.python, self.origin.version)
        outcome = Outcome(settings, baseline or Baseline(), where)
        try:
            _check(self.lockstep, outcome, progress, further, against=self.against is not None)
            minimise(self.lockstep, outcome, progress)
            outcome.entries = settled(outcome, self.lockstep)
            outcome.reproductions = reproduced(outcome, self.target, self.against)
        except KeyboardInterrupt:
            outcome.interrupted = True
        with held_back():
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
        loaded(
            target, in_process=settings.in_process, limits=settings.limits, jobs=settings.jobs
        ) as (found, side, origin),
        _expected(against, settings) as (expected_side, expected, deviations),
    ):
        lockstep = Lockstep(expected_side, side, deviations)
        yield Prepared(found, origin, lockstep, expected, against)


@contextmanager
def _seldom_collected() -> Generator[None]:
    """Has cycles looked for less often, for the block.

    Traces are made by the million, and have none; each search goes through all that is kept.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_COLLECTED_AFTER, *thresholds[1:])
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def _check(
    lockstep: Lockstep, outcome: Outcome, progress: Progress, further: Further, *, against: bool
) -> None:
    """Runs the phases that were asked for, one after the other."""
    settings = outcome.settings
    closed = Closed(reference, settings.max_faults)
    pace = Pace(SMALL_BATCH if settings.in_process else LARGE_BATCH)
    # What is known beforehand is known of the reference.
    known = {} if against else {"sweeps": golden.SWEEPS, "machine": machine.MACHINE}
    chosen = list(selected(settings, against=against))
    replay = _replay(replace(lockstep, closed=closed), chosen, against=against)
    if not settings.in_process:
        judged = [check for _, check in chosen if check.conforms is not None]
        programs = [next(iter(check.programs())) for check in judged]
        lockstep = replace(lockstep, actual=Remembering(lockstep.actual, programs))
    for phase, check in chosen:
        tally = Tally(check.id, phase)
        result = Result(check, phase, tally)
        outcome.results.append(result)
        if phase == "machine":
            result.machine = machine.sizes(check, settings.extra_states)
        if phase == "vectors":
            replay.tell(tally, closed, progress)
        elif phase == "cost":
            weigh(lockstep, result, progress)
        elif check is DRAWN:
            from ..phases.search import (
                search,  # Hypothesis takes longer to import than a gate to run
            )

            search(
                lockstep,
                closed,
                tally,
                max_examples=settings.max_examples,
                random_seed=settings.seed,
                max_time=settings.max_time,
                progress=progress,
            )
        else:
            examined = replace(lockstep, closed=closed, foreseen=known.get(phase))
            pipeline = Pipeline(check.examine(examined), closed, tally, progress, pace)
            pipeline.run(check.programs())
            pipeline.run(further(lockstep.actual, tally, progress))
            judge(lockstep, result, rfc=settings.rfc)
            ask(lockstep, result, settings.max_findings, against=against)


def _replay(lockstep: Lockstep, chosen: list[tuple[str, Check]], *, against: bool) -> Replay:
    """Runs the vectors of the checks that were chosen."""
    ids = {check.id for phase, check in chosen if phase == "vectors"}
    vectors = [vector for vector in corpus.kept() if vector.check in ids] if ids else []
    known = not against and bool(vectors) and corpus.current()
    return Replay(lockstep, vectors, known=known)


@contextmanager
def _expected(
    against: Target | None, settings: Settings
) -> Generator[tuple[Side, Json, tuple[Deviation, ...]]]:
    if against is None:
        form = {"name": "h11spec.reference", "version": reference.__version__}
        yield InProcess(reference), form, UPSTREAM_DEVIATIONS
    else:
        with loaded(
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
