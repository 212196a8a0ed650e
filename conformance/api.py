"""The function ``check``, which does a run for a Python program, and its report.

Owns the arguments and the report. It must not know how a run is done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType

from rich.console import Console

from ..reports.formats.terminal import show_report
from ..reports.record.record import Record
from ..strategies.program import Json
from .baseline.file import load
from .checks.versions import CATALOGUE
from .execution.limits import MAX_JOBS
from .recording import recording
from .runs.run import require_valid, run
from .runs.settings import DEFAULT_PHASES, Settings, parse_phases
from .targets.target import Target, parse


@dataclass(frozen=True)
class Report:
    """The report of a run: the lines of its record, the header first and the footer last."""

    lines: tuple[Json, ...]

    @property
    def findings(self) -> list[Json]:
        """The findings as in the record, those that fail the run first."""
        return [line for line in self.lines if line["kind"] == "finding"]

    @property
    def results(self) -> list[Json]:
        """The result of each check, as in the record."""
        return [line for line in self.lines if line["kind"] == "result"]

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: nothing failed, but not everything was run."""
        return str(self.lines[-1]["verdict"])

    @property
    def exit_code(self) -> int:
        """The exit code of the command: 0 conforms; 1 unexpected finding, or incomplete."""
        return int(self.lines[-1]["exit"])

    def __str__(self) -> str:
        """The text that the command prints."""
        text = StringIO()
        show_report(
            Record.from_lines(self.lines),
            Console(file=text, force_terminal=False, color_system=None),
        )
        return text.getvalue()


def check(
    target: str | ModuleType,
    *,
    against: str | ModuleType | None = None,
    phases: Sequence[str] = DEFAULT_PHASES,
    checks: Sequence[str] = (),
    catalogue: str = CATALOGUE,
    max_examples: int = Settings.max_examples,
    max_time: float | None = None,
    seed: int = Settings.seed,
    strict: bool = False,
    rfc: bool = False,
    in_process: bool = False,
    allow_reexport: bool = False,
    jobs: int = Settings.jobs,
    baseline: Path | None = None,
    record: Path | None = None,
) -> Report:
    """Checks a target, and returns the report.

    Args:
        target: as on the command line; or a module, which is checked in this process.
        against: another target to compare with, instead of the reference.
        phases: the phases to run; they are run in their own order.
        checks: prefixes of the ids of the checks to run; without any, all checks of the phases.
        catalogue: the version of the catalogue whose checks are run.
        max_examples: how many programs the search draws.
        max_time: how long the search may take, in seconds; None for no limit.
        seed: the same seed draws the same programs, with the same release of Hypothesis.
        strict: fail on differences in type and text, and on differences beyond documented input.
        rfc: fail on each MUST of the RFCs that the target does not conform to.
        in_process: run the target in this process.
        allow_reexport: check a target, too, whose Connection is that of another package.
        jobs: the number of processes that run the target.
        baseline: the file with the accepted findings; None for none.
        record: a file to write the run record to.

    Raises:
        ValueError: the arguments make no valid run; the message says why.
        TargetError: a target cannot be loaded, or has no Connection of its own.
        BaselineError: the baseline cannot be used.
        RecordError: the record cannot be written.
        KeyboardInterrupt: the run was interrupted.
    """
    here = in_process or isinstance(target, ModuleType) or isinstance(against, ModuleType)
    settings = Settings(
        max_examples=max_examples,
        seed=seed,
        max_time=max_time,
        phases=parse_phases(phases),
        checks=tuple([checks] if isinstance(checks, str) else checks),
        strict=strict,
        rfc=rfc,
        in_process=here,
        allow_reexport=allow_reexport,
        jobs=min(jobs, MAX_JOBS),
        catalogue=catalogue,
    )
    tested, expected = _target(target), None if against is None else _target(against)
    require_valid(settings, tested, expected)
    accepted = None if baseline is None else load(baseline)
    with recording(record) as recorded:
        outcome = run(tested, settings, against=expected, baseline=accepted, write=recorded.write)
    if outcome.interrupted:
        raise KeyboardInterrupt
    # As a reader of the record gets them: tuples are lists there.
    return Report(tuple(json.loads(json.dumps(recorded.lines))))


def _target(target: str | ModuleType) -> Target:
    if isinstance(target, ModuleType):
        return Target(target.__name__, target.__name__, loaded=target)
    return parse(target)
