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
from .option_types import CatalogueVersion, CheckPrefix, Duration, Phases, Seed

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_TARGET: _Decorator = click.argument("target")
_OPTIONS: dict[str, _Decorator] = {
    "against": click.option(
        "--against", metavar="TARGET2", help="Compare with this target, not with the reference."
    ),
    "max-examples": click.option(
        "--max-examples",
        type=click.IntRange(min=1),
        default=Settings.max_examples,
        show_default=True,
        help="The number of programs to draw.",
    ),
    "max-time": click.option(
        "--max-time", type=Duration(), metavar="DURATION", help="Limit the time of the search."
    ),
    "seed": click.option(
        "--seed",
        type=Seed(),
        metavar="NUMBER|random",
        default=Settings.seed,
        show_default=True,
        help="The seed of the search; the same seed draws the same programs.",
    ),
    "checks": click.option(
        "--checks",
        type=CheckPrefix(),
        multiple=True,
        metavar="PREFIX",
        help="Run only the checks whose id begins with PREFIX; may be repeated.",
    ),
    "catalogue": click.option(
        "--catalogue",
        type=CatalogueVersion(),
        metavar="VERSION",
        default=CATALOGUE,
        show_default=True,
        help="Run the checks of this version of the catalogue.",
    ),
    "extra-states": click.option(
        "--extra-states",
        type=click.IntRange(0, MAX_EXTRA_STATES),
        metavar="NUMBER",
        default=Settings.extra_states,
        show_default=True,
        help="Find every difference of a machine with up to this many more states.",
    ),
    "strict": click.option(
        "--strict/--no-strict",
        help="Fail on differences in type and text, and on differences beyond documented input.",
    ),
    "rfc": click.option(
        "--rfc/--no-rfc", help="Fail on each MUST of the RFCs that the target does not conform to."
    ),
    "record": click.option(
        "--record",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the run record (JSON Lines) to this file.",
    ),
    "jobs": click.option(
        "-n",
        "--jobs",
        type=click.IntRange(0, MAX_JOBS),
        metavar="NUMBER",
        default=Settings.jobs,
        show_default=True,
        help="The number of processes that run the target; 0 means 1.",
    ),
    "in-process": click.option(
        "--in-process/--no-in-process",
        help="Run the target in this process: starts faster, but a crash ends the run.",
    ),
    "allow-reexport": click.option(
        "--allow-reexport/--no-allow-reexport",
        help="Check a target, too, whose Connection is that of another package.",
    ),
    "step-time": click.option(
        "--step-time",
        type=Duration(),
        metavar="DURATION",
        default=Limits.step_time,
        show_default=True,
        help="The processor time that a step may take.",
    ),
    "load-time": click.option(
        "--load-time",
        type=Duration(),
        metavar="DURATION",
        default=Limits.load_time,
        show_default=True,
        help="The time limit for importing the target.",
    ),
    "memory": click.option(
        "--memory",
        type=click.IntRange(min=16),
        metavar="MIB",
        default=Limits.memory // 2**20,
        show_default=True,
        help="The memory that a program may use in addition to the loaded target.",
    ),
    "max-faults": click.option(
        "--max-faults",
        type=click.IntRange(min=1),
        default=Settings.max_faults,
        show_default=True,
        help="Truncate programs before a step at which the target crashed or hung this often.",
    ),
    "max-findings": click.option(
        "--max-findings",
        type=click.IntRange(min=1),
        default=Settings.max_findings,
        show_default=True,
        help="Minimise and report this many findings per check, and count the rest.",
    ),
    "baseline": click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The accepted causes, each with a reason (TOML).",
    ),
    "verbose": click.option(
        "--verbose/--no-verbose",
        help="Show all findings of a run, and the output of a tool that failed.",
    ),
    "config": click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=read_settings,
        help="Read [tool.h11spec] from this file, not from the nearest pyproject.toml.",
    ),
}


exitfirst_option: _Decorator = click.option(
    "-x",
    "--exitfirst",
    is_flag=True,
    help="End the run after the first failing check that the baseline does not accept.",
)


def run_options(phases: tuple[str, ...]) -> _Decorator:
    """Returns a decorator that adds TARGET and the options of every run to a command.

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
        help=f"The phases to run, of {', '.join(PHASES)}.",
    )
