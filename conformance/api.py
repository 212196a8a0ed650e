"""A run for a program of one's own, and what came of it as data.

Owns what such a program gives and gets. The run itself is that of the command line, and so are the
words for what cannot be done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType

from rich.console import Console

from ..reports.formats.terminal import show
from ..reports.record.record import Record, RecordWriter
from ..strategies.programs import Json
from .baseline.file import load
from .checks.versions import CATALOGUE, known
from .execution.pool import MOST
from .runs.run import run
from .runs.selection import selecting_nothing
from .runs.settings import PHASES, USUAL, Settings
from .targets.target import Target, parse


@dataclass(frozen=True)
class Report:
    """What came of a run: the lines of its record, the header first and the footer last."""

    lines: tuple[Json, ...]

    @property
    def findings(self) -> list[Json]:
        """The findings as the record has them, those that fail the run first."""
        return [line for line in self.lines if line["kind"] == "finding"]

    @property
    def results(self) -> list[Json]:
        """What came of each check, as the record has it."""
        return [line for line in self.lines if line["kind"] == "result"]

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: nothing failed, and not everything was run."""
        return str(self.lines[-1]["verdict"])

    @property
    def exit_code(self) -> int:
        """What the command would have exited with: 0 conforms; 1 a finding, or incomplete."""
        return int(self.lines[-1]["exit"])

    def __str__(self) -> str:
        """The text that the command would have shown."""
        text = StringIO()
        show(Record.of(self.lines), Console(file=text, force_terminal=False, color_system=None))
        return text.getvalue()


def check(
    target: str | ModuleType,
    *,
    against: str | ModuleType | None = None,
    phases: Sequence[str] = USUAL,
    checks: Sequence[str] = (),
    catalogue: str = CATALOGUE,
    max_examples: int = Settings.max_examples,
    max_time: float | None = None,
    seed: int = Settings.seed,
    strict: bool = False,
    rfc: bool = False,
    in_process: bool = False,
    jobs: int = Settings.jobs,
    baseline: Path | None = None,
    record: Path | None = None,
) -> Report:
    """Checks a target, and returns what was found.

    Args:
        target: as on the command line; or a module, which is checked in this process.
        against: what is expected instead of the reference, given in the same way.
        phases: which to run, in their own order.
        checks: beginnings of the ids of the checks to run; all of the phases, if there are none.
        catalogue: the version of the catalogue that they belong to.
        max_examples: how many programs the search draws.
        max_time: seconds after which the search ends; None for no bound.
        seed: what the search starts from.
        strict: let differences in type and wording fail, too, and those beyond documented input.
        rfc: let each MUST of the RFCs fail that the target does not keep.
        in_process: run the target in this process.
        jobs: in how many processes to run it.
        baseline: the file of the findings that are accepted; None for none of them.
        record: a file that the run record is written to as well.

    Raises:
        ValueError: this cannot be asked for; the message says what can.
        TargetError: a target cannot be loaded.
        BaselineError: the baseline cannot be used.
        RecordError: the record cannot be written.
        KeyboardInterrupt: the run was interrupted.
    """
    here = in_process or isinstance(target, ModuleType) or isinstance(against, ModuleType)
    settings = Settings(
        max_examples=_at_least(1, "max_examples", max_examples),
        seed=seed,
        max_time=max_time,
        phases=_phases(phases),
        checks=tuple([checks] if isinstance(checks, str) else checks),
        strict=strict,
        rfc=rfc,
        in_process=here,
        jobs=min(_at_least(0, "jobs", jobs), MOST),
        catalogue=catalogue,
    )
    targets = _target(target), None if against is None else _target(against)
    _refuse_what_cannot_be(settings, targets)
    accepted = None if baseline is None else load(baseline)
    lines: list[Json] = []
    if record is None:
        outcome = run(
            targets[0], settings, against=targets[1], baseline=accepted, write=lines.append
        )
    else:
        with RecordWriter(record) as writer:

            def write(line: Json) -> None:
                lines.append(line)
                writer.write(line)

            outcome = run(targets[0], settings, against=targets[1], baseline=accepted, write=write)
    if outcome.interrupted:
        raise KeyboardInterrupt
    # As somebody gets them who reads the record: tuples are lists there.
    return Report(tuple(json.loads(json.dumps(lines))))


def _target(target: str | ModuleType) -> Target:
    if isinstance(target, ModuleType):
        return Target(target.__name__, target.__name__, loaded=target)
    return parse(target)


def _phases(phases: Sequence[str]) -> tuple[str, ...]:
    asked = phases.split(",") if isinstance(phases, str) else phases
    unknown = [phase for phase in asked if phase not in PHASES]
    if unknown or not asked:
        what = f"there is no phase {unknown[0]!r}" if unknown else "no phase is named"
        raise ValueError(f"{what}; phases are {', '.join(PHASES)}")
    return tuple(phase for phase in PHASES if phase in asked)


def _at_least(least: int, name: str, value: int) -> int:
    if value < least:
        raise ValueError(f"{name} is {value}; it must be {least} or more")
    return value


def _refuse_what_cannot_be(settings: Settings, targets: tuple[Target, Target | None]) -> None:
    if settings.max_time is not None and not settings.max_time > 0:
        raise ValueError(f"max_time is {settings.max_time}; it must be greater than 0, or None")
    if settings.catalogue not in known():
        there = ", ".join(known())
        raise ValueError(f"there is no catalogue {settings.catalogue!r}; versions are {there}")
    for prefix in selecting_nothing(settings):
        raise ValueError(f"no check of {' and '.join(settings.phases)} begins with {prefix!r}")
    if settings.in_process and any(each and (each.python or each.requirement) for each in targets):
        raise ValueError("in this process only a module can be run, or a folder and a module in it")
    if settings.in_process and settings.jobs > 1:
        raise ValueError("this process is one: leave out jobs, or give a target by its name")
