"""The command line: what can be asked for, and what is said when it cannot be had.

Owns options, messages and exit codes. The runner and the reports do the work.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from .. import __version__
from ..reports.records import RecordError, RecordWriter
from ..reports.terminal import show
from ..strategies.programs import Json
from .runs import BROKEN, INTERRUPTED, Settings, run
from .search import SearchResult
from .targets import TargetError, load


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

    Exit codes: 0 conforms; 1 a finding; 2 wrong usage, or an output that cannot be written;
    3 the target cannot be loaded, or h11spec itself broke; 130 interrupted.
    """


@main.command()
@click.argument("target")
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    default=Settings.max_examples,
    show_default=True,
    help="How many programs to draw.",
)
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop drawing programs after this long.",
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
def check(
    target: str,
    max_examples: int,
    max_time: float | None,
    seed: int,
    strict: bool,
    record: Path | None,
) -> None:
    """Check TARGET against the reference.

    TARGET is a module that can be imported here, or a folder and a module in it. Its code is run in
    this process.

    \b
        h11spec check h11
        h11spec check my_fork/src::h11
        h11spec check h11 --max-examples 20000 --seed random --record run.jsonl
    """
    settings = Settings(max_examples, seed, max_time, strict)
    with _failures_said():
        loaded = load(target)
        lines: list[Json] = []
        with RecordWriter(record) if record else nullcontext() as writer, _progress() as progress:

            def write(line: Json) -> None:
                lines.append(line)
                if writer:
                    writer.write(line)

            outcome = run(loaded, settings, write=write, progress=progress)
        show(lines, Console())
    sys.exit(outcome.exit_code)


@contextmanager
def _failures_said() -> Generator[None]:
    """Says in a sentence what went wrong, and exits with the code that stands for it."""
    try:
        yield
    except TargetError as error:
        click.echo(f"h11spec: {error}", err=True)
        sys.exit(BROKEN)
    except RecordError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("h11spec: interrupted", err=True)
        sys.exit(INTERRUPTED)
    except Exception:
        Console(stderr=True).print_exception()
        click.echo("h11spec: this is a fault of h11spec itself; please report it", err=True)
        sys.exit(BROKEN)


@contextmanager
def _progress() -> Generator[Callable[[SearchResult], None]]:
    """Shows what a search is doing, where somebody is looking."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda result: None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting")

        def say(result: SearchResult) -> None:
            bar.update(
                task,
                description=f"{result.programs:,} programs, {result.steps:,} steps, "
                f"{len(result.divergences)} divergences, {len(result.findings)} made minimal",
            )

        yield say
