"""The generated parts of docs/reference/state-machine.md.

Owns the table of input symbols and the table of sizes. It must not know the rest of the page, which
is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...conformance.checks.machine import checks, sizes, suite
from ...reports.wording.steps import format_step
from ...strategies.machine.alphabet import ROLES, InputSymbol, alphabet
from .markdown import table


def input_symbols() -> Iterator[str]:
    """Yields the table of the input symbols of both roles, with their steps."""
    roles: dict[InputSymbol, list[str]] = {}
    for role in ROLES:
        for symbol in alphabet(role):
            roles.setdefault(symbol, []).append(role)
    rows = [
        (symbol.name, " and ".join(of), "; ".join(_steps(symbol))) for symbol, of in roles.items()
    ]
    yield from table(("input symbol", "role", "steps"), rows)


def _steps(symbol: InputSymbol) -> Iterator[str]:
    for step in symbol.steps:
        words = format_step(step.to_json())
        yield f"`{words}`" if "'" in words else words


def machine_sizes() -> Iterator[str]:
    """Yields the table of the sizes of the machines and their suites."""
    rows: list[tuple[object, ...]] = []
    for check, role in zip(checks(), ROLES, strict=True):
        size = sizes(check, 0)
        length = sum(map(len, suite(role)))
        row = (f"`{check.id}`", size["input_symbols"], size["states"], size["sequences"], length)
        rows.append(row)
    header = ("check", "input symbols", "states", "sequences", "symbols in them")
    yield from table(header, rows)


PARTS: dict[str, Callable[[], Iterable[str]]] = {
    "input_symbols": input_symbols,
    "machine_sizes": machine_sizes,
}
