"""The command line: what can be asked for, and what is said when it cannot be had.

Owns options, messages and exit codes. The runner and the reports do the work.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from hypothesis.configuration import set_hypothesis_home_dir
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn

from .. import __version__
from ..reports.checks import show_check, show_checks
from ..reports.reach import show_reach, show_strategies
from ..reports.records import RecordError, RecordWriter
from ..reports.terminal import show
from ..strategies.listing import STRATEGIES
from ..strategies.programs import Json
from . import environments
from .checks.check import LEVELS
from .descriptions import NothingSelected, chosen, in_full, in_short
from .interrupts import heed
from .options import Phases, Seconds, Seed
from .outcome import BROKEN, CONFORMS, FAILED, INTERRUPTED, PHASES, USUAL, Settings
from .processes import Limits
from .reaching import measured
from .runs import run, selecting_nothing
from .tallies import Progress, Tally
from .targets import TargetError, parse


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="h11spec")
def main() -> None:
    """Checks implementations of the h11 API.

    Exit codes: 0 conforms; 1 a finding, or an incomplete run; 2 wrong usage, or an output that
    cannot be written; 3 the target cannot be loaded, or h11spec itself broke; 130 interrupted.
    """


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
    "--max-time", type=Seconds(), metavar="SECONDS", help="Stop drawing programs after this long."
)
@click.option(
    "--seed",
    type=Seed(),
    metavar="NUMBER|random",
    default=Settings.seed,
    show_default=True,
    help="What to start drawing from; the same seed draws the same programs.",
)
@click.option(
    "--phases",
    type=Phases(),
    metavar="PHASE,...",
    default=",".join(USUAL),
    show_default=True,
    help=f"What to run, of {', '.join(PHASES)}.",
)
@click.option(
    "--checks",
    multiple=True,
    metavar="PREFIX",
    help="Run only checks whose id begins so; may be given several times.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Let differences in type and wording fail, too, and those beyond documented input.",
)
@click.option("--rfc", is_flag=True, help="Let each MUST of the RFCs fail that is not kept.")
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
    type=Seconds(),
    metavar="SECONDS",
    default=Limits.step_time,
    show_default=True,
    help="How long one step may take.",
)
@click.option(
    "--load-time",
    type=Seconds(),
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
@click.option(
    "--max-findings",
    type=click.IntRange(min=1),
    default=Settings.max_findings,
    show_default=True,
    help="Make this many findings of a check minimal, and count the others.",
)
@click.option("--verbose", is_flag=True, help="Show what the tools that failed had to say.")
def check(
    target: str,
    against: str | None,
    max_examples: int,
    max_time: float | None,
    seed: int,
    phases: tuple[str, ...],
    checks: tuple[str, ...],
    strict: bool,
    rfc: bool,
    record: Path | None,
    in_process: bool,
    step_time: float,
    load_time: float,
    memory: int,
    max_faults: int,
    max_findings: int,
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
    settings = Settings(
        max_examples=max_examples,
        seed=seed,
        max_time=max_time,
        phases=phases,
        checks=checks,
        strict=strict,
        rfc=rfc,
        in_process=in_process,
        max_faults=max_faults,
        max_findings=max_findings,
        limits=limits,
    )
    for prefix in selecting_nothing(settings):
        raise click.UsageError(
            f"no check of {' and '.join(phases)} begins with {prefix!r}; h11spec checks lists them"
        )
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
    type=Seed(),
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


@main.command()
@click.argument("prefixes", nargs=-1, metavar="[PREFIX]...")
@click.option("--level", type=click.Choice(LEVELS), help="Only those of this level.")
@click.option(
    "--section",
    metavar="SECTION",
    help='Only those that cite this, such as "RFC 9112 §6", or a section below it.',
)
@click.option("--area", metavar="AREA", help="Only those of this area, such as framing.")
def checks(
    prefixes: tuple[str, ...], level: str | None, section: str | None, area: str | None
) -> None:
    """List the checks, or explain one.

    Lists those whose id begins with one of the PREFIXes, or all. The whole id of a check explains
    it: what is required and where, how that is judged, and by which programs.

    \b
        h11spec checks --level MUST --section "RFC 9112 §6"
        h11spec checks framing/ chunked/
        h11spec checks numbers/chunk-size-received
    """
    try:
        found = chosen(prefixes, level=level or "", section=section or "", area=area or "")
    except NothingSelected as error:
        raise click.UsageError(str(error)) from None
    if prefixes == (found[0][1].id,):
        show_check(in_full(*found[0]), Console())
    else:
        show_checks([in_short(check) for _, check in found], Console())


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
def _progress() -> Generator[Progress]:
    """Shows what a run is doing, where somebody is looking."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda tally: None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("loading")

        def say(tally: Tally) -> None:
            bar.update(
                task,
                description=f"{tally.check}: {tally.programs:,} programs, {tally.steps:,} steps, "
                f"{len(tally.divergences)} divergences",
            )

        yield say
