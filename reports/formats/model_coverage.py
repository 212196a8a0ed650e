"""Model coverage and strategies as text for a terminal.

Owns labels and layout. It must not know how coverage is measured.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...strategies.model_coverage import DIMENSIONS, REQUIRED, ModelCoverage, coverage_items
from ...strategies.registry import name_of


def show_strategies(strategies: Iterable[Callable[..., Any]], console: Console) -> None:
    """Prints the name of each strategy, and the first sentence of its docstring."""
    for strategy in strategies:
        docstring = " ".join((inspect.getdoc(strategy) or "").split())
        console.print(Text(name_of(strategy), style="bold"), soft_wrap=True)
        console.print(Text(f"    {docstring.partition('. ')[0].rstrip('.')}."), soft_wrap=True)


def show_coverage(coverage: ModelCoverage, seed: int, console: Console) -> None:
    """Prints how often each item was covered, and how many of them were.

    Call shapes have the share of the programs of their role beside them.
    """
    rows = list(coverage.table())
    for dimension in DIMENSIONS:
        has_shares = dimension == "call shape"
        table = Table("times", *["share"] * has_shares, dimension, box=None)
        for column in table.columns[:-1]:
            column.justify = "right"
        for _, item, count in (row for row in rows if row[0] == dimension):
            style = "bold red" if not count else ""
            share = [f"{coverage.share(item):.1%}"] * has_shares
            table.add_row(f"{count:,}", *share, Text(item, overflow="fold"), style=style)
        console.print(table)
        console.print()
    console.print(
        f"{coverage.programs:,} programs of seed {seed} without variants, {coverage.steps:,} steps",
        soft_wrap=True,
    )
    items = coverage_items()
    missed = list(coverage.missed())
    for dimension in REQUIRED:
        number = sum(1 for name, _ in missed if name == dimension)
        total = len(items[dimension])
        style = "bold red" if number else ""
        console.print(Text(f"{dimension}: {total - number} of {total} covered", style=style))
    refused = items["refused event"]
    covered = sum(bool(coverage.counts["refused event"][item]) for item in refused)
    console.print(f"refused event: {covered} of {len(refused)} covered (not required)")
