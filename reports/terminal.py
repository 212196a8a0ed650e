"""A run as text for a terminal, from its record alone.

Owns words and layout.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ..strategies.programs import Json
from .words import in_words

_SHORT = 300


def show(lines: Sequence[Json], console: Console) -> None:
    """Prints the findings of a record, and then its verdict."""
    header, footer = lines[0], lines[-1]
    results = [line for line in lines if line["kind"] == "result"]
    for finding in (line for line in lines if line["kind"] == "finding"):
        _show_finding(finding, console)
    for result in results:
        _show_result(result, header, console)
    _show_verdict(header, footer, console)


def _print(console: Console, text: str, style: str = "") -> None:
    # Text, so that nothing from a target is taken for markup; soft, so that lines can be copied.
    console.print(Text(text, style=style), soft_wrap=True)


def _show_finding(finding: Json, console: Console) -> None:
    style = "bold red" if finding["fails"] else "bold yellow"
    note = "" if finding["fails"] else " (shown, does not fail)"
    _print(console, f"{finding['id']}  {finding['identity']}{note}", style)
    for side in ("expected", "actual"):
        words = in_words(finding[side])
        if len(words) > _SHORT:
            words = f"{words[:_SHORT]} … ({len(words)} characters; the record has them all)"
        _print(console, f"  {'got' if side == 'actual' else side:<9} {words}")
    _print(console, "")
    for line in finding["script"]:
        _print(console, f"    {line}")
    _print(console, "")


def _show_result(result: Json, header: Json, console: Console) -> None:
    seed = header["settings"]["seed"]
    _print(
        console,
        f"{result['check']}: {result['programs']:,} programs in {result['runs']:,} variations, "
        f"{result['steps']:,} steps, seed {seed}",
    )
    for name, count in result["deviations"].items():
        _print(console, f"  upstream deviation, allowed: {name} ({count:,} times)")


def _show_verdict(header: Json, footer: Json, console: Console) -> None:
    target, expected = header["target"], header["expected"]
    who = f"{target['name']} (version {target['version']}, {target['file']})"
    against = f"{expected['name']}, which is h11 {expected['version']}"
    if footer["interrupted"]:
        _print(console, f"INTERRUPTED: {who} was not checked to the end", "bold yellow")
    elif footer["exit"]:
        count = footer["findings"]
        findings = "1 distinct finding" if count == 1 else f"{count} distinct findings"
        _print(console, f"DIFFERS: {who} from {against}: {findings}", "bold red")
    else:
        _print(console, f"AGREES: {who} with {against}", "bold green")
    if footer["out_of_time"]:
        _print(console, "The search ended when its time was up.")
