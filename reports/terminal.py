"""A run as text for a terminal, from its record alone.

Owns words and layout.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ..strategies.programs import Json
from .words import side_in_words

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
    # Nothing from a target is taken for markup, or for orders to the terminal; and lines are left
    # as long as they are, so that they can be copied.
    console.print(Text(_printable(text, console.encoding), style=style), soft_wrap=True)


def _printable(text: str, encoding: str) -> str:
    shown = (char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)
    return "".join(shown).encode(encoding, "backslashreplace").decode(encoding)


def _show_finding(finding: Json, console: Console) -> None:
    style = "bold red" if finding["fails"] else "bold yellow"
    note = "" if finding["fails"] else " (shown, does not fail)"
    _print(console, f"{finding['id']}  {finding['identity']}{note}", style)
    for side in ("expected", "actual"):
        words = side_in_words(finding, side)
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
    if result["inapplicable"]:
        count = f"{result['inapplicable']:,}"
        _print(console, f"  inapplicable: {count} ended at a step that the target cannot express")
    if result["cut"]:
        _print(
            console,
            f"  cut: {result['cut']:,} ended before a step at which it died or hung too often",
        )


def _show_verdict(header: Json, footer: Json, console: Console) -> None:
    target, expected = header["target"], header["expected"]
    who, against = _side(target), _side(expected)
    if target["borrowed_from"]:
        _print(
            console,
            f"{target['module']} has no Connection of its own: it hands out the one of "
            f"{target['borrowed_from']}, which is what was checked",
            "bold yellow",
        )
    if target["added"]:
        _print(
            console,
            f"{target['module']} imports h11 without saying that it needs it; {target['added']} "
            "was installed beside it",
            "bold yellow",
        )
    count = footer["findings"]
    findings = "1 distinct finding" if count == 1 else f"{count} distinct findings"
    if footer["verdict"] == "fail":
        _print(console, f"DIFFERS: {who} from {against}: {findings}", "bold red")
    elif footer["verdict"] == "pass":
        _print(console, f"AGREES: {who} with {against}", "bold green")
    if not footer["complete"]:
        why = "interrupted" if footer["interrupted"] else "programs were cut short"
        _print(console, f"INCOMPLETE: {why}; {who} was not checked to the end", "bold yellow")
    if footer["out_of_time"]:
        _print(console, "The search ended when its time was up.")


def _side(side: Json) -> str:
    if "module" not in side:
        return f"{side['name']}, which is h11 {side['version']}"
    kind = "compiled, " if side["compiled"] else ""
    return (
        f"{side['name']} ({side['distribution'] or 'version ' + side['version']}, {kind}"
        f"{side['python']}, {side['connection_file'] or side['file']})"
    )
