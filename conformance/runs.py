"""One run: a target, settings, phases, a verdict, and the record of all that.

Owns the order of a run and what its outcome is. How it is shown is for the reports, and how it was
asked for is for the command line.
"""

from __future__ import annotations

import importlib
import platform
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.machinery import PathFinder
from importlib.metadata import version
from pathlib import Path

from .. import __version__, reference
from ..reports.deviations import UPSTREAM_DEVIATIONS, Deviation
from ..reports.findings import Finding
from ..reports.records import RECORD_VERSION
from ..strategies.programs import Json
from . import smoke
from .faults import Closed
from .interrupts import held_back
from .lockstep import Lockstep
from .processes import Limits, Worker
from .search import CHECK, SearchResult, search
from .sides import InProcess, Side
from .targets import (
    NEEDED,
    Provenance,
    Target,
    TargetError,
    found_elsewhere,
    missing_names,
    not_importable,
)
from .worker import import_error, load, provenance

# Exit codes, everywhere. Several at once: the first of these that applies.
INTERRUPTED, BROKEN, USAGE, FAILED, CONFORMS = 130, 3, 2, 1, 0


@dataclass(frozen=True)
class Settings:
    """What a run was asked for.

    ``strict`` makes differences in type and text fail; ``max_time`` is in seconds, None for no
    bound; after ``max_faults`` identical faults that cost a process, programs are cut before it.
    """

    max_examples: int = 1000
    seed: int = 0
    max_time: float | None = None
    strict: bool = False
    in_process: bool = False
    max_faults: int = 3
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    settings: Settings
    result: SearchResult
    seconds: float

    def fails(self, finding: Finding) -> bool:
        """Whether the finding fails this run."""
        return finding.fails or self.settings.strict

    @property
    def complete(self) -> bool:
        """Whether everything was run that was asked for."""
        return not self.result.interrupted and not self.result.cut

    @property
    def exit_code(self) -> int:
        """The exit code that says what came of it."""
        if self.result.interrupted:
            return INTERRUPTED
        if any(map(self.fails, self.result.findings)) or not self.complete:
            return FAILED
        return CONFORMS

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: nothing failed, and not everything was run."""
        if any(map(self.fails, self.result.findings)):
            return "fail"
        return "pass" if self.complete else "inconclusive"


@contextmanager
def loaded(target: Target, settings: Settings) -> Generator[tuple[Target, Side, Provenance]]:
    """Loads a target for the block; gives the target as it was found, its side, and its origin.

    Raises TargetError when it cannot be loaded, or does not get through one exchange each way.
    """
    side: Side
    if settings.in_process:
        side, origin = _import(target)
    else:
        side = worker = Worker(target, settings.limits)
        target, origin = worker.target, worker.provenance
    try:
        smoke.check(target, side)
        yield target, side, origin
    finally:
        side.close()


def _import(target: Target) -> tuple[Side, Provenance]:
    path = list(sys.path)
    try:
        if target.folder is not None:
            _make_way(target, target.folder)
        module = load(target.module, None if target.folder is None else str(target.folder))
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
    for name in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[name]


def run(
    target: Target,
    settings: Settings,
    *,
    against: Target | None = None,
    write: Callable[[Json], None] = lambda line: None,
    progress: Callable[[SearchResult], None] = lambda result: None,
) -> Outcome:
    """Runs the checks on ``target`` and returns the outcome.

    Args:
        against: the target on the expected side; None for the reference.
        write: takes the lines of the run record, as they come.
        progress: is told of the search as it goes on.

    Raises TargetError when one of the targets cannot be loaded.
    """
    started = time.monotonic()
    with (
        loaded(target, settings) as (found, side, origin),
        _expected(against, settings) as expected,
    ):
        expected_side, expected_form, deviations = expected
        write(_header(found, origin, expected_form, settings))
        result = search(
            Lockstep(expected_side, side, deviations),
            Closed(reference, settings.max_faults),
            max_examples=settings.max_examples,
            random_seed=settings.seed,
            max_time=settings.max_time,
            progress=progress,
        )
        outcome = Outcome(settings, result, time.monotonic() - started)
        with held_back():  # what was found is written down, however often one asks for the end
            for finding in result.findings:
                form = finding.to_json(imports=found.imports)
                write({**form, "fails": outcome.fails(finding)})
            write(_result(outcome))
            write(_footer(outcome))
        return outcome


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
        "settings": asdict(settings),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _result(outcome: Outcome) -> Json:
    result = outcome.result
    return {
        "kind": "result",
        "check": CHECK,
        "verdict": outcome.verdict,
        "programs": result.programs,
        "runs": result.runs,
        "steps": result.steps,
        "cut": result.cut,
        "inapplicable": result.inapplicable,
        "findings": [finding.id for finding in result.findings],
        "deviations": dict(sorted(result.deviations.items())),
    }


def _footer(outcome: Outcome) -> Json:
    return {
        "kind": "footer",
        "verdict": outcome.verdict,
        "exit": outcome.exit_code,
        "complete": outcome.complete,
        "interrupted": outcome.result.interrupted,
        "out_of_time": outcome.result.out_of_time,
        "findings": len(outcome.result.findings),
        "seconds": round(outcome.seconds, 3),
    }
