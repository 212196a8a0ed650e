"""One run: a target, settings, phases, a verdict, and the record of all that.

Owns the order of a run. What its outcome is, ``outcome`` knows; how it is shown is for the reports,
and how it was asked for is for the command line.
"""

from __future__ import annotations

import gc
import importlib
import platform
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import version
from pathlib import Path

from .. import __version__, reference
from ..reports.deviations import UPSTREAM_DEVIATIONS, Deviation
from ..reports.divergence import SOFT_ASPECTS, Divergence
from ..reports.findings import Answer, Breach, Finding, Weight
from ..reports.records import RECORD_VERSION
from ..strategies.programs import Json, Program
from ..strategies.reduction import cost
from . import costs, foreseen, smoke, surface, surface_scripts
from .baseline import Baseline, Where
from .baselining import settled
from .checks import machine
from .checks.catalogue import DRAWN, catalogue
from .checks.check import Check, agreement, begins
from .examination import minimal
from .faults import Closed
from .interrupts import held_back
from .loading import import_error, load, provenance
from .lockstep import Lockstep
from .outcome import PHASES, Outcome, Result, Settings
from .reproducing import reproduced
from .several import working
from .sides import InProcess, Remembering, Side, read
from .tallies import LARGE_BATCH, SMALL_BATCH, Pace, Pipeline, Progress, Tally
from .targets import (
    NEEDED,
    Provenance,
    Target,
    TargetError,
    found_elsewhere,
    missing_names,
    not_importable,
)
from .vectors import corpus
from .vectors.replaying import Replay
from .versions import belongs

# More programs for a check, once its own were run on the target.
Further = Callable[[Side, Tally, Progress], Iterable[Program]]
_TRUE = {"value": True}
# So many objects are made, and not ended, until cycles among them are looked for.
_COLLECTED_AFTER = 10_000
_INAPPLICABLE = {"raised": "Inapplicable"}


def nothing_further(side: Side, tally: Tally, progress: Progress) -> Iterable[Program]:
    """Gives out no more programs."""
    return ()


@contextmanager
def loaded(target: Target, settings: Settings) -> Generator[tuple[Target, Side, Provenance]]:
    """Loads a target for the block; gives the target as it was found, its side, and its origin.

    Raises TargetError when it cannot be loaded, or does not get through one exchange each way.
    """
    if settings.in_process:
        with _kept_modules(target):
            side, origin = _import(target)
            smoke.check(target, side)
            yield target, side, origin
    else:
        with working(target, settings.limits, settings.jobs) as (worker, side):
            smoke.check(worker.target, side)
            yield worker.target, side, worker.provenance


@contextmanager
def _kept_modules(target: Target) -> Generator[None]:
    """Puts back what a target in a folder took the place of, when the block ends."""
    if target.folder is None:
        yield
        return
    before = {name: sys.modules[name] for name in _modules(target)}
    try:
        yield
    finally:
        for name in _modules(target):
            del sys.modules[name]
        sys.modules.update(before)


def _modules(target: Target) -> list[str]:
    """The names of the modules here that have the target's name, or are in its package."""
    top = target.module.partition(".")[0]
    return [name for name in sys.modules if name.partition(".")[0] == top]


def _import(target: Target) -> tuple[Side, Provenance]:
    path = list(sys.path)
    try:
        if target.folder is not None:
            _make_way(target, target.folder)
        folder = str(target.folder or Path.cwd())
        module = load(target.module, folder) if target.loaded is None else target.loaded
        missing = [name for name in NEEDED if not hasattr(module, name)]
    except (Exception, SystemExit) as error:
        if isinstance(error, TargetError):
            raise
        raise not_importable(target, import_error(target.module, error)) from None
    finally:
        sys.path[:] = path
        importlib.invalidate_caches()
    if missing:
        raise missing_names(target, missing)
    return InProcess(module), Provenance(**provenance(module))


def _make_way(target: Target, folder: Path) -> None:
    """Sees to it that the module is taken from its folder, and from nowhere else.

    Otherwise one of the same name that is installed, or was loaded before, would be checked.
    """
    top = target.module.partition(".")[0]
    importlib.invalidate_caches()
    if PathFinder.find_spec(top, [str(folder)]) is None:
        raise found_elsewhere(target)
    for name in _modules(target):
        del sys.modules[name]


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
            _make_minimal(self.lockstep, outcome, progress)
            outcome.entries = settled(outcome, self.lockstep)
            outcome.reproductions = reproduced(outcome, self.target, self.against)
        except KeyboardInterrupt:
            outcome.interrupted = True
        with held_back():
            _note_the_rest(outcome)
        return outcome


@contextmanager
def prepared(
    target: Target, settings: Settings, *, against: Target | None = None
) -> Generator[Prepared]:
    """Loads a target, and what is on the expected side, for the block.

    Raises TargetError when one of them cannot be loaded.
    """
    with (
        loaded(target, settings) as (found, side, origin),
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
    known = {} if against else {"sweeps": foreseen.SWEEPS, "machine": foreseen.MACHINE}
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
            _weigh(lockstep, result, progress)
        elif check is DRAWN:
            from .search import search  # Hypothesis takes longer to import than a gate to run

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
            _judge(lockstep, result, rfc=settings.rfc)
            _ask(lockstep, result, settings.max_findings, against=against)


def _replay(lockstep: Lockstep, chosen: list[tuple[str, Check]], *, against: bool) -> Replay:
    """Runs the vectors of the checks that were chosen."""
    ids = {check.id for phase, check in chosen if phase == "vectors"}
    vectors = [vector for vector in corpus.kept() if vector.check in ids] if ids else []
    known = not against and bool(vectors) and corpus.current()
    return Replay(lockstep, vectors, known=known)


def selected(settings: Settings, *, against: bool = False) -> Iterator[tuple[str, Check]]:
    """Gives out the checks that were asked for, each with its phase, in their order.

    Args:
        against: leave out what has no expected side: a target on it is not to blame for a rule.
    """
    for phase, check in _all(settings):
        wanted = not settings.checks or any(
            begins(check.id, prefix, all_ids()) for prefix in settings.checks
        )
        if wanted and not (against and check.examine is not agreement):
            yield phase, check


def _all(settings: Settings) -> Iterator[tuple[str, Check]]:
    weighed = tuple(check for check, _ in costs.CHECKS.values())
    vectors = corpus.kept() if "vectors" in settings.phases else ()
    kept = {vector.check for vector in vectors}
    shown = tuple(check for check in catalogue() if check.id in kept)
    phases = {
        "vectors": shown,
        "sweeps": catalogue(),
        "machine": machine.checks(settings.extra_states),
        "search": (DRAWN,),
        "cost": weighed,
    }
    for phase, checks in phases.items():
        if phase in settings.phases:
            for check in checks:
                if belongs(check.id, settings.catalogue):
                    yield phase, check


@cache
def all_ids() -> frozenset[str]:
    """Returns the ids of all checks, of whichever phase."""
    return frozenset(check.id for _, check in _all(Settings(phases=PHASES)))


def selecting_nothing(settings: Settings) -> list[str]:
    """Returns the beginnings of ids that were asked for and select no check of the phases."""
    ids = [check.id for _, check in _all(settings)]
    return [
        prefix
        for prefix in settings.checks
        if not any(begins(identity, prefix, all_ids()) for identity in ids)
    ]


def _judge(lockstep: Lockstep, result: Result, *, rfc: bool) -> None:
    """Finds out whether the sides keep what the check requires, whether or not they agree.

    Args:
        rfc: a MUST that the target does not keep is a finding.
    """
    conditions = result.check.conforms
    if conditions is not None:
        program = next(iter(result.check.programs()))
        for name, side in ("keeps", lockstep.actual), ("expected_keeps", lockstep.expected):
            [shown] = side.submit([program])()
            trace = read(shown)
            if not any("inapplicable" in form for form in trace.form):
                setattr(result, name, conditions.hold(program, trace))
            if rfc and name == "keeps" and result.keeps is False and result.check.level == "MUST":
                result.findings.append(Breach(result.check.id, program, trace))


def _ask(lockstep: Lockstep, result: Result, most: int, *, against: bool) -> None:
    """Compares what both sides answer to the expressions of a check.

    Where h11 breaks a promise that the reference keeps, either has somebody on its side.
    """
    asked = result.check.expressions
    if not asked:
        return
    texts = [each.text for each in asked]
    expected, actual = lockstep.expected.evaluate(texts), lockstep.actual.evaluate(texts)
    result.tally.programs += len(asked)
    if result.check.promise and _INAPPLICABLE not in (expected[0], actual[0]):
        result.keeps, result.expected_keeps = actual[0] == _TRUE, expected[0] == _TRUE
    for at, each in enumerate(asked):
        free = result.check.promise and result.check.h11 == "breaks" and not against
        if _INAPPLICABLE in (expected[at], actual[at]):
            result.tally.inapplicable += 1
        elif free and "fault" not in actual[at]:
            continue
        elif surface.differences([expected[at]], [actual[at]], (each,)):
            answers = each.text, expected[at], actual[at], each.promised
            lines = surface_scripts.script(each.text)
            result.findings.append(Answer(result.check.id, *answers, lines))
    # Those that fail a run are not to be left out for others.
    result.findings.sort(key=lambda found: not found.fails)
    result.left_out = len(result.findings[most:])
    del result.findings[most:]


def _weigh(lockstep: Lockstep, result: Result, progress: Progress) -> None:
    """Compares how the cost of both sides grows."""
    _, dimension = costs.CHECKS[result.check.id]
    progress(result.tally)
    expected, actual = costs.growth(dimension, lockstep.expected, lockstep.actual)
    result.growth = actual
    result.tally.programs = costs.DOUBLINGS + 1
    if actual != expected:
        size = costs.sizes(dimension)
        fails = actual == costs.FAULTY
        weight = Weight(result.check.id, dimension.name, size, expected, actual, fails)
        result.findings.append(weight)


def _make_minimal(lockstep: Lockstep, outcome: Outcome, progress: Progress) -> None:
    """Turns divergences into findings.

    One that several checks met is made minimal once, and shown by the same program in all of them.
    """
    done: dict[str, Divergence] = {}
    for result in outcome.results:
        examiner = result.check.examine(lockstep)
        for divergence in _simplest(result, outcome.settings.max_findings):
            if divergence.identity not in done:
                done[divergence.identity] = minimal(examiner, divergence)
            result.findings.append(Finding(result.check.id, done[divergence.identity]))
            progress(result.tally)


def _simplest(result: Result, most: int) -> list[Divergence]:
    """Returns the divergences to report: those that fail a run first, shown by short programs."""

    def order(found: Divergence) -> tuple[bool, tuple[int, int, str], str]:
        soft = found.difference.aspect in SOFT_ASPECTS
        return soft, cost(found.program), found.identity

    return sorted(result.tally.divergences.values(), key=order)[:most]


def _note_the_rest(outcome: Outcome) -> None:
    """Turns divergences into findings that nobody had time to make minimal."""
    for result in outcome.results:
        done = sum(isinstance(finding, Finding) for finding in result.findings)
        wanted = _simplest(result, outcome.settings.max_findings)
        result.findings += (Finding(result.check.id, each) for each in wanted[done:])
        result.left_out += len(result.tally.divergences) - len(wanted)


@contextmanager
def _expected(
    against: Target | None, settings: Settings
) -> Generator[tuple[Side, Json, tuple[Deviation, ...]]]:
    if against is None:
        form = {"name": "h11spec.reference", "version": reference.__version__}
        yield InProcess(reference), form, UPSTREAM_DEVIATIONS
    else:
        with loaded(against, settings) as (target, side, origin):
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
