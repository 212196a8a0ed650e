"""What programs reached, as tables for a terminal.

Owns words and layout.
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
    """Prints the name of each strategy, and the first sentence of what it says of itself."""
    for strategy in strategies:
        says = " ".join((inspect.getdoc(strategy) or "").split())
        console.print(Text(name_of(strategy), style="bold"), soft_wrap=True)
        console.print(Text(f"    {says.partition('. ')[0].rstrip('.')}."), soft_wrap=True)


def show_coverage(reach: ModelCoverage, seed: int, console: Console) -> None:
    """Prints how often each item was met, and what was not met at all."""
    rows = list(reach.table())
    for dimension in DIMENSIONS:
        table = Table("times", dimension, title_justify="left", box=None)
        table.columns[0].justify = "right"
        for _, item, count in (row for row in rows if row[0] == dimension):
            style = "bold red" if not count else ""
            table.add_row(f"{count:,}", Text(item, overflow="fold"), style=style)
        console.print(table)
        console.print()
    console.print(
        f"{reach.programs:,} programs of seed {seed}, {reach.steps:,} steps, one variation each",
        soft_wrap=True,
    )
    known = coverage_items()
    missing = list(reach.missed())
    for dimension in REQUIRED:
        left = sum(1 for name, _ in missing if name == dimension)
        total = len(known[dimension])
        style = "bold red" if left else ""
        console.print(Text(f"{dimension}: {total - left} of {total} met", style=style))
    refused = known["refused event"]
    met = sum(bool(reach.counts["refused event"][item]) for item in refused)
    console.print(f"refused event: {met} of {len(refused)} met, as luck has it")
