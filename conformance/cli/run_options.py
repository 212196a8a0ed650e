"""The options of a run, which several commands share.

Owns their names, defaults and help texts. It must not know what a run does with them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..checks.machine import MAX_EXTRA_STATES
from ..checks.versions import CATALOGUE
from ..execution.limits import MAX_JOBS, Limits
from ..runs.settings import PHASES, Settings
from .configuration import read_settings
from .option_types import CheckIds, Phases, Seconds, Seed, Version

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
        type=click.IntRange(0, MAX_EXTRA_STATES),
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
    """Returns a decorator that adds TARGET and all options of a run to a command.

    Args:
        phases: the default of ``--phases``.
    """
    return _with((_TARGET, phases_option(phases), *_OPTIONS.values()))


def target_and_options(*names: str) -> _Decorator:
    """Returns a decorator that adds TARGET and the named options of a run to a command."""
    return _with((_TARGET, some_options(*names)))


def some_options(*names: str) -> _Decorator:
    """Returns a decorator that adds the named options of a run to a command."""
    return _with(tuple(_OPTIONS[name] for name in names))


def _with(parameters: tuple[_Decorator, ...]) -> _Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for parameter in reversed(parameters):
            command = parameter(command)
        return command

    return decorate


def phases_option(default: tuple[str, ...]) -> _Decorator:
    """Returns a decorator that adds the option ``--phases`` to a command."""
    return click.option(
        "--phases",
        type=Phases(),
        metavar="PHASE,...",
        default=",".join(default),
        show_default=True,
        help=f"What to run, of {', '.join(PHASES)}.",
    )
