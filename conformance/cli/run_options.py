"""What a run can be asked for on the command line, and how it is carried out.

Owns the options that ``check`` and ``gate`` share. What the values of options may be is for
``options``, and the run itself for ``runs``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ...reports.formats.terminal import show
from ...reports.record.record import Record, RecordWriter
from ...strategies.programs import Json
from ..baseline.file import Baseline, load
from ..checks.machine import MOST_EXTRA
from ..checks.versions import CATALOGUE
from ..execution.limits import Limits
from ..execution.pool import MAX_JOBS
from ..runs.outcome import Outcome
from ..runs.phase_runner import FollowUp, no_follow_up
from ..runs.run import run
from ..runs.selection import selecting_nothing
from ..runs.settings import PHASES, Settings
from ..targets.target import Target, parse
from .configuration import read_settings
from .errors import failures_said
from .option_types import CheckIds, Phases, Seconds, Seed, Version
from .progress import progress

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_TARGET: _Decorator = click.argument("target")
_OPTIONS: dict[str, _Decorator] = {
    "against": click.option(
        "--against", metavar="TARGET2", help="Expect what this target does, not the reference."
    ),
    "max-examples": click.option(
        "--max-examples",
        type=click.IntRange(min=1),
        default=Settings.max_examples,
        show_default=True,
        help="How many programs to draw.",
    ),
    "max-time": click.option(
        "--max-time",
        type=Seconds(),
        metavar="DURATION",
        help="Stop drawing programs after this long.",
    ),
    "seed": click.option(
        "--seed",
        type=Seed(),
        metavar="NUMBER|random",
        default=Settings.seed,
        show_default=True,
        help="What to start drawing from; the same seed draws the same programs.",
    ),
    "checks": click.option(
        "--checks",
        type=CheckIds(),
        multiple=True,
        metavar="PREFIX",
        help="Run only checks whose id begins so; may be given several times.",
    ),
    "catalogue": click.option(
        "--catalogue",
        type=Version(),
        metavar="VERSION",
        default=CATALOGUE,
        show_default=True,
        help="Run the checks as of this version of the catalogue.",
    ),
    "extra-states": click.option(
        "--extra-states",
        type=click.IntRange(0, MOST_EXTRA),
        metavar="NUMBER",
        default=Settings.extra_states,
        show_default=True,
        help="How many states more than the reference's a machine may have for all to be found.",
    ),
    "strict": click.option(
        "--strict/--no-strict",
        help="Let differences in type and wording fail, too, and those beyond documented input.",
    ),
    "rfc": click.option("--rfc/--no-rfc", help="Let each MUST of the RFCs fail that is not kept."),
    "record": click.option(
        "--record",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the run record, JSON Lines, to this file.",
    ),
    "jobs": click.option(
        "-n",
        "--jobs",
        type=click.IntRange(0, MAX_JOBS),
        metavar="NUMBER",
        default=Settings.jobs,
        show_default=True,
        help="Run the target in so many processes at once; 0 is one, too.",
    ),
    "in-process": click.option(
        "--in-process/--no-in-process",
        help="Run the target in this process: quicker to start, and a crash ends the run.",
    ),
    "step-time": click.option(
        "--step-time",
        type=Seconds(),
        metavar="DURATION",
        default=Limits.step_time,
        show_default=True,
        help="How long one step may take.",
    ),
    "load-time": click.option(
        "--load-time",
        type=Seconds(),
        metavar="DURATION",
        default=Limits.load_time,
        show_default=True,
        help="How long importing the target may take.",
    ),
    "memory": click.option(
        "--memory",
        type=click.IntRange(min=16),
        metavar="MIB",
        default=Limits.memory // 2**20,
        show_default=True,
        help="How much more memory a program may use than the loaded target.",
    ),
    "max-faults": click.option(
        "--max-faults",
        type=click.IntRange(min=1),
        default=Settings.max_faults,
        show_default=True,
        help="Cut programs before a place where the target died or hung this often.",
    ),
    "max-findings": click.option(
        "--max-findings",
        type=click.IntRange(min=1),
        default=Settings.max_findings,
        show_default=True,
        help="Make this many findings of a check minimal, and count the others.",
    ),
    "baseline": click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The findings that were accepted, each with a reason (TOML).",
    ),
    "verbose": click.option(
        "--verbose/--no-verbose", help="Show what the tools that failed had to say."
    ),
    "config": click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=read_settings,
        help="Read [tool.h11spec] of this file, not of the nearest pyproject.toml.",
    ),
}


def run_options(phases: tuple[str, ...]) -> _Decorator:
    """Returns a decorator that gives a command the options of a run, and these phases to begin
    with.
    """
    return _with((_TARGET, phases_option(phases), *_OPTIONS.values()))


def some_options(*names: str) -> _Decorator:
    """Returns a decorator that gives a command a target, and these of the options of a run."""
    return _with((_TARGET, options(*names)))


def options(*names: str) -> _Decorator:
    """Returns a decorator that gives a command these of the options of a run."""
    return _with(tuple(_OPTIONS[name] for name in names))


def _with(parameters: tuple[_Decorator, ...]) -> _Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for parameter in reversed(parameters):
            command = parameter(command)
        return command

    return decorate


def phases_option(usual: tuple[str, ...]) -> _Decorator:
    """Returns a decorator that gives a command the option of phases, and these to begin with."""
    return click.option(
        "--phases",
        type=Phases(),
        metavar="PHASE,...",
        default=",".join(usual),
        show_default=True,
        help=f"What to run, of {', '.join(PHASES)}.",
    )


def settings_of(
    *,
    target: str,
    step_time: float,
    load_time: float,
    memory: int,
    record: Path | None = None,
    against: str | None = None,
    baseline: Path | None = None,
    verbose: bool = False,
    **asked: Any,
) -> tuple[Target, Target | None, Settings]:
    """Returns what the options of a run ask for: the target, the expected one, and the settings.

    Raises UsageError, or TargetError, when they make no sense.
    """
    limits = Limits(step_time, load_time, memory * 2**20, asked["max_faults"])
    settings = Settings(**asked, limits=limits)
    for prefix in selecting_nothing(settings):
        raise click.UsageError(
            f"no check of {' and '.join(settings.phases)} begins with {prefix!r}; h11spec checks "
            "lists them"
        )
    if "search" in settings.phases:
        from ..phases.hypothesis_backend import keep_tables_in_the_cache

        keep_tables_in_the_cache()
    targets = parse(target), parse(against) if against is not None else None
    elsewhere = any(each and (each.python or each.requirement) for each in targets)
    if settings.in_process and elsewhere:
        raise click.UsageError("--in-process takes a module, or a folder and a module in it")
    if settings.in_process and settings.jobs > 1:
        raise click.UsageError(
            "--in-process runs the target in this process, which is one; leave out -n, or leave "
            "out --in-process"
        )
    return (*targets, settings)


def carry_out(**asked: Any) -> None:
    """Does the run that the options ask for, shows it, and exits with what came of it."""
    with failures_said(asked["verbose"]):
        accepted = None if asked["baseline"] is None else load(asked["baseline"])
        outcome = done(asked, accepted, lambda lines: show(Record.of(lines), Console()))
    sys.exit(outcome.exit_code)


def done(
    asked: dict[str, Any],
    accepted: Baseline | None,
    see: Callable[[list[Json]], None],
    follow_up: FollowUp = no_follow_up,
) -> Outcome:
    """Does the run that the options ask for, and returns what came of it.

    Args:
        see: is given the lines of the record, before the file that they go to is closed.
        follow_up: yields more programs for a check, given what its own have shown.
    """
    target, against, settings = settings_of(**asked)
    lines: list[Json] = []
    with RecordWriter(asked["record"]) if asked["record"] else nullcontext() as writer:

        def write(line: Json) -> None:
            lines.append(line)
            if writer:
                writer.write(line)

        with progress() as say:
            outcome = run(
                target,
                settings,
                against=against,
                baseline=accepted,
                write=write,
                progress=say,
                follow_up=follow_up,
            )
        see(lines)
    return outcome
