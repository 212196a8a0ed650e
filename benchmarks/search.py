"""How fast a search runs steps on an implementation, and how many faults it finds.

One run answers two questions: how many steps a second are run on an implementation, and what the
time is spent on; and how many planted faults are found in the same processor time with and without
variants of each drawn program.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from types import ModuleType

import click
from rich.console import Console
from rich.table import Table

from h11spec import reference
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import compare, divergences
from h11spec.conformance.phases.hypothesis_backend import draw
from h11spec.conformance.phases.search import MAX_VARIANTS, with_variants
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import Program

FAULTS = Path(__file__).parent.parent / "tests" / "faulty"
# Targets for tests of the worker, which break their process, and modules that are not targets.
NO_FAULTS = ("process_", "showing", "copying", "exits", "no_connection", "strange_words")


class Clock:
    """Processor time by what it was spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def on(self, what: str) -> Generator[None]:
        """Adds the time that the block takes."""
        started = time.process_time()
        try:
            yield
        finally:
            self.spent[what] = self.spent.get(what, 0) + time.process_time() - started


class Timed(InProcessExecutor):
    """A side in this process, timed under a name."""

    def __init__(self, implementation: ModuleType, clock: Clock, name: str) -> None:
        super().__init__(implementation)
        self._clock, self._name = clock, name

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Returns a function that runs them, on the clock."""
        run = super().submit(programs, short_limits=short_limits)

        def timed() -> list[RawTrace]:
            with self._clock.on(self._name):
                return run()

        return timed


class Enough(Exception):
    """Ends the drawing."""


def rate(target: ModuleType, *, examples: int, seed: int, most: int) -> tuple[int, Clock]:
    """Returns how many steps were run on each side, and what the time was spent on."""
    clock = Clock()
    sides = Timed(reference, clock, "reference"), Timed(target, clock, "target")
    lockstep = Lockstep(*sides, UPSTREAM_DEVIATIONS)
    steps = turn = 0

    def take(program: Program) -> None:
        nonlocal steps, turn
        turn += 1
        with clock.on("not drawing"):
            ways = list(with_variants(program, most, turn=turn))
            lockstep.submit(ways)()
        steps += sum(len(program.steps) for program in ways)

    with clock.on("all"):
        draw(programs(), take, count=examples, seed=seed)
    return steps, clock


def time_to_find(
    target: ModuleType, *, seconds: float, seed: int, most: int
) -> tuple[float | None, int]:
    """Returns the processor seconds until a divergence, and how many programs were drawn.

    The seconds are None if no divergence was found in time.
    """
    lockstep = Lockstep(
        InProcessExecutor(reference), InProcessExecutor(target), UPSTREAM_DEVIATIONS
    )
    started = time.process_time()
    drawn = 0
    found: float | None = None

    def take(program: Program) -> None:
        nonlocal found, drawn
        drawn += 1
        for way in with_variants(program, most, turn=drawn):
            if divergences(compare(lockstep, way)):
                found = time.process_time() - started
                raise Enough
            if time.process_time() - started > seconds:
                raise Enough

    with suppress(Enough):
        draw(programs(), take, count=10**9, seed=seed)
    return found, drawn


def planted() -> Iterator[tuple[str, ModuleType]]:
    """Yields the faulty implementations of the tests, by name."""
    sys.path.insert(0, str(FAULTS.parent))
    try:
        for path in sorted(FAULTS.glob("*.py")):
            if not path.stem.startswith(NO_FAULTS):
                yield path.stem, importlib.import_module(f"{FAULTS.name}.{path.stem}")
    finally:
        sys.path.remove(str(FAULTS.parent))


@click.command()
@click.option("--target", default="h11", show_default=True, help="The module to measure with.")
@click.option("--examples", default=600, show_default=True, help="Programs to draw for the rate.")
@click.option("--seconds", default=2.0, show_default=True, help="For each fault, at most.")
@click.option("--seeds", default=2, show_default=True, help="How many searches for each fault.")
@click.option("--only", multiple=True, metavar="FAULT", help="Look for these faults alone.")
def main(target: str, examples: int, seconds: float, seeds: int, only: tuple[str, ...]) -> None:
    """Measure a search: steps in a second, and planted faults found in equal time."""
    console = Console()
    show_rate(importlib.import_module(target), examples, console)
    chosen = [(name, module) for name, module in planted() if not only or name in only]
    show_power(chosen, seconds, seeds, console)


def show_rate(target: ModuleType, examples: int, console: Console) -> None:
    """Prints the rate and the shares of time, with and without variants."""
    table = Table("variations", "steps", "steps/s", "drawing", "reference", "target", "comparison")
    # Twice, in balanced order, because the first use of anything is the slowest.
    for most in (MAX_VARIANTS, 1, 1, MAX_VARIANTS):
        steps, clock = rate(target, examples=examples, seed=0, most=most)
        total, both = clock.spent["all"], clock.spent["reference"] + clock.spent["target"]
        shares = {
            "drawing": total - clock.spent["not drawing"],
            "reference": clock.spent["reference"],
            "target": clock.spent["target"],
            "comparison": clock.spent["not drawing"] - both,
        }
        percent = (f"{100 * share / total:.0f} %" for share in shares.values())
        table.add_row(str(most), f"{steps:,}", f"{steps / total:,.0f}", *percent)
    console.print(table)


def show_power(
    faults: Sequence[tuple[str, ModuleType]], seconds: float, seeds: int, console: Console
) -> None:
    """Prints what is found, and the seconds until then, with and without variants."""
    kinds = {"with": MAX_VARIANTS, "without": 1}
    table = Table("planted fault", *(f"{name} variations" for name in kinds))
    searches = dict.fromkeys(kinds, 0)
    distinct = dict.fromkeys(kinds, 0)
    for name, module in faults:
        cells: list[str] = []
        for kind, most in kinds.items():
            times = [
                time_to_find(module, seconds=seconds, seed=seed, most=most)[0]
                for seed in range(seeds)
            ]
            hits = [found for found in times if found is not None]
            searches[kind] += len(hits)
            distinct[kind] += bool(hits)
            cells.append(f"{len(hits)}/{seeds} {median(hits):.2f} s" if hits else f"0/{seeds}")
        table.add_row(name, *cells)
    console.print(table)
    for kind in kinds:
        console.print(
            f"{kind} variations: {distinct[kind]} of {len(faults)} faults found, in "
            f"{searches[kind]} of {len(faults) * seeds} searches of {seconds:g} s"
        )


if __name__ == "__main__":
    main()
