"""The reference and h11 side by side: `python benchmarks/reference.py --help`.

Owns the command line and the tables that it prints. A slow implementation is a result, not a
failure: the exit code only says whether there are results.
"""

import importlib
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from types import ModuleType
from typing import TextIO

import click

from h11spec.benchmarks.measure import (
    LINEAR_BELOW,
    Comparison,
    Growth,
    ResultMismatch,
    Spread,
    agree,
    compare,
    grow,
    sizes,
)
from h11spec.benchmarks.workloads import DIMENSIONS, WORKLOADS, Workload

SCHEMA = 1

Growths = Sequence[tuple[Workload, Growth, Growth]]


class NotLoadable(click.ClickException):
    """An implementation cannot be imported."""

    exit_code = 3


def _names() -> str:
    rows = [
        ("Workloads:", ""),
        *((f"  {workload.name}", workload.about) for workload in WORKLOADS),
        ("Dimensions of growth:", ""),
        *((f"  {dimension.name}", dimension.about) for dimension in DIMENSIONS),
    ]
    width = max(len(name) for name, _ in rows)
    # The mark prevents click from re-wrapping the lines as a paragraph.
    return "\b\n" + "\n".join(f"{name:{width}}  {about}".rstrip() for name, about in rows)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_names(),
)
@click.option(
    "--rounds",
    type=click.IntRange(min=2),
    help="Rounds for each workload; two timings of both in each.",
)
@click.option("--quick", is_flag=True, help="Few rounds: a first look, with a wide spread.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    type=click.Choice([workload.name for workload in (*WORKLOADS, *DIMENSIONS)]),
    help="Only this workload or dimension of growth (repeatable).",
)
@click.option("--seed", default=0, show_default=True, help="Where all inputs come from.")
@click.option("--measure", default="h11spec.reference", show_default=True, metavar="MODULE")
@click.option("--against", default="h11", show_default=True, metavar="MODULE")
@click.option(
    "--json",
    "json_file",
    # Opened before anything is measured, so that a wrong path is reported at once.
    type=click.File("w", encoding="utf-8", lazy=False),
    help="Write the numbers to this file, too.",
)
def main(
    rounds: int | None,
    quick: bool,
    only: tuple[str, ...],
    seed: int,
    measure: str,
    against: str,
    json_file: TextIO | None,
) -> None:
    """Measure an implementation of the h11 API against another.

    Both run every workload in turn on inputs that differ from round to round, after they have been
    seen to produce equal results. A ratio above 1.00 says that the measured one is faster.
    """
    ours, theirs = _load(measure), _load(against)
    rounds = rounds or (12 if quick else 75)
    growth_rounds = min(rounds, 3 if quick else 9)
    workloads = [workload for workload in WORKLOADS if not only or workload.name in only]
    dimensions = [dimension for dimension in DIMENSIONS if not only or dimension.name in only]

    click.echo(f"measured  {_describe(ours)}")
    click.echo(f"against   {_describe(theirs)}")
    click.echo(f"python    {_python()}")
    click.echo(f"rounds    {rounds} (growth: {growth_rounds}), seed {seed}")

    comparisons: list[Comparison] = []
    mean: Spread | None = None
    growths: Growths = []
    steps = len(workloads) * (rounds + 1)
    steps += sum(len(sizes(dimension)) for dimension in dimensions) * growth_rounds
    try:
        for workload in (*workloads, *dimensions):
            agree(workload, workload.size, ours, theirs)
        with click.progressbar(length=steps, label="measuring", file=sys.stderr) as bar:
            if workloads:
                comparisons, mean = compare(
                    workloads, ours, theirs, rounds=rounds, seed=seed, tick=lambda: bar.update(1)
                )
            if dimensions:
                growths = grow(
                    dimensions,
                    ours,
                    theirs,
                    rounds=growth_rounds,
                    seed=seed,
                    tick=lambda: bar.update(1),
                )
    except ResultMismatch as mismatch:
        raise click.ClickException(str(mismatch)) from mismatch

    if mean is not None:
        click.echo("\n" + speed_report(comparisons, mean))
    if growths:
        click.echo("\n" + growth_report(growths))
    if json_file is not None:
        record = {
            "schema": SCHEMA,
            "python": _python(),
            "measured": _describe(ours),
            "against": _describe(theirs),
            "rounds": rounds,
            "growth_rounds": growth_rounds,
            "seed": seed,
            **as_data(comparisons, mean, growths),
        }
        json_file.write(json.dumps(record, indent=2) + "\n")


def speed_report(comparisons: Sequence[Comparison], mean: Spread) -> str:
    """One line for each workload, the geometric mean, and which implementation is slower."""
    rows: list[tuple[str, ...]] = [
        ("workload", "a", "measured", "against", "ratio", "interval", "middle half")
    ]
    for one in comparisons:
        workload = one.workload
        costs = (_duration(one.measured_ns), _duration(one.against_ns))
        rows.append((workload.name, workload.unit, *costs, *_spread(one.ratio)))
    rows.append(("geometric mean", "", "", "", *_spread(mean)))
    slower = [one for one in comparisons if one.ratio.median < 1]
    sure = [_ratio(one) for one in slower if one.ratio.high < 1]
    unsure = [_ratio(one) for one in slower if one.ratio.high >= 1]
    return (
        "Speed: median cost of a unit; ratio = against / measured within a round, median of\n"
        "the rounds; interval: where the median of 95 repetitions in 100 would lie\n\n"
        f"{_aligned(rows, left=2)}\n\n"
        f"below 1.00x:                           {', '.join(sure) or 'none'}\n"
        f"below 1.00x, but 1.00 in the interval: {', '.join(unsure) or 'none'}"
    )


def growth_report(growths: Growths) -> str:
    """One line for each dimension: the cost factor of each doubling, and the resulting exponent."""
    rows: list[tuple[str, ...]] = [
        ("dimension", "sizes", "measured x2 x4 x8", "exponent", "against x2 x4 x8", "exponent")
    ]
    for dimension, ours, theirs in growths:
        span = f"{ours.sizes[0]:,} to {ours.sizes[-1]:,} {dimension.unit}s"
        numbers = [
            text
            for growth in (ours, theirs)
            for text in (
                " ".join(f"{factor:.2f}" for factor in growth.factors),
                f"{growth.exponent:.2f}",
            )
        ]
        rows.append((dimension.name, span, *numbers))
    steeper = [
        f"{dimension.name} ({ours.exponent:.2f})"
        for dimension, ours, _ in growths
        if not ours.linear
    ]
    return (
        "Growth: how many times more each doubling of the size costs; exponent 1 = linear\n\n"
        f"{_aligned(rows, left=2)}\n\n"
        f"not linear (exponent of {LINEAR_BELOW} or more): {', '.join(steeper) or 'none'}"
    )


def as_data(
    comparisons: Sequence[Comparison], mean: Spread | None, growths: Growths
) -> dict[str, object]:
    """The numbers of both reports, unrounded."""
    return {
        "workloads": [
            {
                "name": one.workload.name,
                "unit": one.workload.unit,
                "measured_ns": one.measured_ns,
                "against_ns": one.against_ns,
                "ratio": asdict(one.ratio),
            }
            for one in comparisons
        ],
        "geometric_mean": asdict(mean) if mean else None,
        "growth": [
            {
                "name": dimension.name,
                "unit": dimension.unit,
                "sizes": ours.sizes,
                "measured": _growth_data(ours),
                "against": _growth_data(theirs),
            }
            for dimension, ours, theirs in growths
        ],
    }


def _growth_data(growth: Growth) -> dict[str, object]:
    return {
        "costs_ns": growth.costs_ns,
        "factors": growth.factors,
        "exponent": growth.exponent,
        "linear": growth.linear,
    }


def _spread(spread: Spread) -> tuple[str, str, str]:
    return (
        f"{spread.median:.2f}x",
        f"{spread.low:.2f}-{spread.high:.2f}",
        f"{spread.lower:.2f}-{spread.upper:.2f}",
    )


def _ratio(comparison: Comparison) -> str:
    return f"{comparison.workload.name} ({comparison.ratio.median:.3f}x)"


def _duration(nanoseconds: float) -> str:
    for unit, length in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= length:
            return f"{nanoseconds / length:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def _aligned(rows: Sequence[tuple[str, ...]], *, left: int) -> str:
    """Columns two spaces apart, the first `left` of them flush left and the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def _load(name: str) -> ModuleType:
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise NotLoadable(f"cannot import {name!r}: {error}") from error
    if not hasattr(module, "Connection"):
        raise NotLoadable(f"{name!r} is not an implementation of the h11 API: it has no Connection")
    return module


def _describe(module: ModuleType) -> str:
    version = getattr(module, "__version__", None)
    return f"{module.__name__} {version}" if version else module.__name__


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}"


if __name__ == "__main__":
    main()
