"""The command ``strategies``."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from ....reports.formats.model_coverage import show_coverage, show_strategies
from ....strategies.registry import STRATEGIES
from ...phases.hypothesis_backend import keep_tables_in_the_cache
from ...phases.model_coverage import measure_coverage
from ...runs.exit_codes import CONFORMS, FAILED
from ...runs.settings import Settings
from ..option_types import Seed


@click.command("strategies")
@click.option("--stats", is_flag=True, help="Show what drawn programs cover, and how often.")
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="The number of programs to draw.",
)
@click.option(
    "--seed",
    "seeds",
    type=Seed(),
    metavar="NUMBER|random",
    multiple=True,
    default=(Settings.seed,),
    show_default=True,
    help="The seed to draw from; may be repeated.",
)
def command(stats: bool, max_examples: int, seeds: tuple[int, ...]) -> None:
    """List the strategies, or measure the coverage of drawn programs.

    With --stats, shows how often each joint state, transition, error site, framing, corruption and
    so on was covered on the reference, by programs without variants, and what share of the programs
    of each role has each shape of calls. Exits with 1 if any of them was not covered with some
    seed.

    \b
        h11spec strategies
        h11spec strategies --stats --max-examples 5000 --seed 0 --seed 1
    """
    console = Console()
    if not stats:
        show_strategies(STRATEGIES, console)
        return
    keep_tables_in_the_cache()
    complete = True
    for seed in seeds:
        reach = measure_coverage(programs=max_examples, seed=seed)
        show_coverage(reach, seed, console)
        complete = complete and not any(reach.missed())
    sys.exit(CONFORMS if complete else FAILED)
