"""The run that the options of a command describe.

Owns how options become settings, and how a run is done from a command line. It must not know which
options there are, nor what a run does.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ...reports.formats.early_causes import EarlyCauses
from ...reports.formats.terminal import show_report
from ...reports.record.record import Record
from ...strategies.program import Json
from ..baseline.file import Baseline, load
from ..execution.limits import Limits
from ..recording import recording
from ..runs.exit_codes import USAGE
from ..runs.outcome import FoundCause, Outcome
from ..runs.phase_runner import FollowUp, no_follow_up
from ..runs.run import Found, nothing_to_say, require_valid, run
from ..runs.settings import Settings
from ..targets.target import Target, parse
from .errors import reported_errors
from .progress import ProgressDisplay, progress

# A run makes millions of traces without cycles. With a greater threshold, the garbage that is left
# costs more than the collections that are saved.
_ALLOCATIONS = 10_000


def run_and_show(**options: Any) -> None:
    """Does the run that the options describe, shows its report, and exits with its exit code."""
    with reported_errors(options["verbose"]):
        baseline = None if options["baseline"] is None else load(options["baseline"])
        console = Console()
        # A report of all findings has no causes.
        early = None if options["verbose"] else EarlyCauses(console)
        outcome = execute(
            options,
            baseline,
            lambda lines: show_report(
                Record.from_lines(lines), console, verbose=options["verbose"], early=early
            ),
            early=early,
        )
    lost = early is not None and early.lost_its_reader
    sys.exit(USAGE if lost else outcome.exit_code)


def execute(
    options: Mapping[str, Any],
    baseline: Baseline | None,
    use: Callable[[list[Json]], None],
    follow_up: FollowUp = no_follow_up,
    early: EarlyCauses | None = None,
) -> Outcome:
    """Does the run that the options describe, and returns its outcome.

    Args:
        baseline: the accepted findings; None for none.
        use: called with the lines of the record before the file that they go to is closed.
        follow_up: yields more programs for a check, given what its own have shown.
        early: prints causes as soon as they are found; None to print none before the end.

    Raises UsageError or TargetError when the run cannot be done.
    """
    target, against, settings = _request(**options)
    with recording(options["record"]) as recorded:
        with progress() as report, _seldom_collected():
            outcome = run(
                target,
                settings,
                against=against,
                baseline=baseline,
                write=recorded.write if early is None else _begun(recorded.write, early, report),
                progress=report,
                follow_up=follow_up,
                found=nothing_to_say if early is None else _announced(early, report),
            )
        use(recorded.lines)
    return outcome


def _begun(
    write: Callable[[Json], None], early: EarlyCauses, report: ProgressDisplay
) -> Callable[[Json], None]:
    """Writes the lines of a record; with its header, it is printed what is checked."""

    def written(line: Json) -> None:
        write(line)
        if line["kind"] == "header":
            with report.removed():
                early.begin(line)

    return written


def _announced(early: EarlyCauses, report: ProgressDisplay) -> Found:
    """Prints causes in the place of the progress line."""

    def found(causes: Sequence[FoundCause]) -> None:
        with report.removed():
            for cause in causes:
                early.add(cause.id, cause.title, cause.finding)

    return found


def _request(
    *,
    target: str,
    step_time: float,
    load_time: float,
    memory: int,
    record: Path | None = None,
    against: str | None = None,
    baseline: Path | None = None,
    verbose: bool = False,
    **options: Any,
) -> tuple[Target, Target | None, Settings]:
    """The target, the one on the expected side, and the settings that the options describe."""
    limits = Limits(step_time, load_time, memory * 2**20, options["max_faults"])
    settings = Settings(**options, limits=limits)
    targets = parse(target), parse(against) if against is not None else None
    try:
        require_valid(settings, *targets)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if "search" in settings.phases:
        # Importing Hypothesis takes longer than a gate.
        from ..phases.hypothesis_backend import keep_tables_in_the_cache

        keep_tables_in_the_cache()
    return (*targets, settings)


@contextmanager
def _seldom_collected() -> Generator[None]:
    """Has Python look for cycles less often for the block.

    Each search goes through everything that is kept. Only a command does this, as it has the
    process for itself.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *thresholds[1:])
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
