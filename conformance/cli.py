"""The command line: what can be asked for, and what is said when it cannot be had.

Owns options, messages and exit codes. The runner and the reports do the work.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from hypothesis.configuration import set_hypothesis_home_dir
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from .. import __version__
from ..reports.reach import show_reach, show_strategies
from ..reports.records import RecordError, RecordWriter
from ..reports.terminal import show
from ..strategies.listing import STRATEGIES
from ..strategies.programs import Json
from . import environments
from .interrupts import heed
from .processes import Limits
from .reaching import measured
from .runs import BROKEN, CONFORMS, FAILED, INTERRUPTED, Settings, run
from .search import SearchResult
from .targets import TargetError, parse


class _Seed(click.ParamType[int]):
    """A number, or ``random`` for one that nobody chose."""

    name = "seed"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if value == "random":
            return random.SystemRandom().randrange(2**32)
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor 'random'", param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="h11spec")
def main() -> None:
    """Checks implementations of the h11 API.

    Exit codes: 0 conforms; 1 a finding, or an incomplete run; 2 wrong usage, or an output that
    cannot be written; 3 the target cannot be loaded, or h11spec itself broke; 130 interrupted.
    """


class _Seconds(click.ParamType[float]):
    """More than none, and not for ever."""

    name = "seconds"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{value!r} is no number of seconds; give one greater than 0", param, ctx)
        return seconds


_SECONDS = _Seconds()


@main.command()
@click.argument("target")
@click.option(
    "--against", metavar="TARGET2", help="Expect what this target does, not the reference."
)
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    default=Settings.max_examples,
    show_default=True,
    help="How many programs to draw.",
)
@click.option(
    "--max-time", type=_SECONDS, metavar="SECONDS", help="Stop drawing programs after this long."
)
@click.option(
    "--seed",
    type=_Seed(),
    metavar="NUMBER|random",
    default=Settings.seed,
    show_default=True,
    help="What to start drawing from; the same seed draws the same programs.",
)
@click.option("--strict", is_flag=True, help="Let differences in type and wording fail, too.")
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the run record, JSON Lines, to this file.",
)
@click.option(
    "--in-process",
    is_flag=True,
    help="Run the target in this process: quicker to start, and a crash ends the run.",
)
@click.option(
    "--step-time",
    type=_SECONDS,
    metavar="SECONDS",
    default=Limits.step_time,
    show_default=True,
    help="How long one step may take.",
)
@click.option(
    "--load-time",
    type=_SECONDS,
    metavar="SECONDS",
    default=Limits.load_time,
    show_default=True,
    help="How long importing the target may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=16),
    metavar="MIB",
    default=Limits.memory // 2**20,
    show_default=True,
    help="How much more memory a program may use than the loaded target.",
)
@click.option(
    "--max-faults",
    type=click.IntRange(min=1),
    default=Settings.max_faults,
    show_default=True,
    help="Cut programs before a place where the target died or hung this often.",
)
@click.option("--verbose", is_flag=True, help="Show what the tools that failed had to say.")
def check(
    target: str,
    against: str | None,
    max_examples: int,
    max_time: float | None,
    seed: int,
    strict: bool,
    record: Path | None,
    in_process: bool,
    step_time: float,
    load_time: float,
    memory: int,
    max_faults: int,
    verbose: bool,
) -> None:
    """Check TARGET against the reference.

    TARGET is a module that can be imported here; a folder, or a Python of any kind, and a module in
    it; or something to install first, into an environment that is kept for the next time. Its code
    is run in a process of its own.

    \b
        h11spec check h11
        h11spec check my_fork/src::h11
        h11spec check /usr/bin/pypy3::h11
        h11spec check pip:h11==0.14.0 --against pip:h11==0.15.0
        h11spec check h11 --max-examples 20000 --seed random --record run.jsonl
    """
    limits = Limits(step_time, load_time, memory * 2**20, max_faults)
    settings = Settings(max_examples, seed, max_time, strict, in_process, max_faults, limits)
    _keep_hypothesis_out_of_here()
    lines: list[Json] = []
    with _failures_said(verbose):
        targets = parse(target), parse(against) if against is not None else None
        if in_process and any(asked and (asked.python or asked.requirement) for asked in targets):
            raise click.UsageError("--in-process takes a module, or a folder and a module in it")
        with RecordWriter(record) if record else nullcontext() as writer:

            def write(line: Json) -> None:
                lines.append(line)
                if writer:
                    writer.write(line)

            with _progress() as progress:
                outcome = run(
                    targets[0], settings, against=targets[1], write=write, progress=progress
                )
            show(lines, Console())
    sys.exit(outcome.exit_code)


@main.command()
@click.option("--stats", is_flag=True, help="Show what the programs reach, and how often.")
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="How many programs to draw.",
)
@click.option(
    "--seed",
    "seeds",
    type=_Seed(),
    metavar="NUMBER|random",
    multiple=True,
    default=(Settings.seed,),
    show_default=True,
    help="What to start drawing from; may be given several times.",
)
def strategies(stats: bool, max_examples: int, seeds: tuple[int, ...]) -> None:
    """Show what programs can be made of, or what those that are drawn reach.

    With --stats: how often each joint state, transition, error site, framing, corruption and so on
    was met on the reference, by programs as they are drawn, without variations. Exits with 1 when
    a seed leaves out anything that there is to meet.
    """
    console = Console()
    if not stats:
        show_strategies(STRATEGIES, console)
        return
    _keep_hypothesis_out_of_here()
    complete = True
    for seed in seeds:
        reach = measured(programs=max_examples, seed=seed)
        show_reach(reach, seed, console)
        complete = complete and not any(reach.never_met())
    sys.exit(CONFORMS if complete else FAILED)


@main.group()
def targets() -> None:
    """The environments that were made for targets, kept for the next time."""


@targets.command("list")
def targets_list() -> None:
    """List the environments: what is installed in them, their size, and where they are."""
    for made in environments.environments():
        click.echo(f"pip:{made.requirement}  {made.size / 2**20:.0f} MiB  {made.folder}")


@targets.command("clear")
def targets_clear() -> None:
    """Remove all environments; they are made again when they are needed."""
    count = environments.clear()
    click.echo(f"{count} removed from {environments.cache_folder()}")


@contextmanager
def _failures_said(verbose: bool) -> Generator[None]:
    """Says in a sentence what went wrong, and exits with the code that stands for it."""
    leave = heed()
    try:
        yield
    except TargetError as error:
        if verbose and error.details:
            click.echo(error.details, err=True)
        more = "" if verbose or not error.details else " (--verbose shows more)"
        click.echo(f"h11spec: {error}{more}", err=True)
        sys.exit(BROKEN)
    except RecordError as error:
        raise click.UsageError(str(error)) from None
    except click.ClickException:
        raise
    except KeyboardInterrupt:
        click.echo("h11spec: interrupted before anything was checked", err=True)
        sys.exit(INTERRUPTED)
    except Exception:
        Console(stderr=True).print_exception()
        click.echo("h11spec: this is a fault of h11spec itself; please report it", err=True)
        sys.exit(BROKEN)
    finally:
        leave()


def _keep_hypothesis_out_of_here() -> None:
    """Hypothesis keeps its tables in the cache, and not wherever the command is given."""
    set_hypothesis_home_dir(environments.cache_folder().with_name("hypothesis"))


@contextmanager
def _progress() -> Generator[Callable[[SearchResult], None]]:
    """Shows what a search is doing, where somebody is looking."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda result: None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("loading")

        def say(result: SearchResult) -> None:
            bar.update(
                task,
                description=f"{result.programs:,} programs, {result.steps:,} steps, "
                f"{len(result.divergences)} divergences, {len(result.findings)} made minimal",
            )

        yield say
