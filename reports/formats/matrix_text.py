"""A matrix as text: for a terminal, in Markdown, or as data.

Owns words and layout; what is in the matrix, and what changed, is for ``matrix`` and ``updates``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.programs import Json
from ..analysis.implementations import Side
from ..analysis.matrix import Column, Matrix
from ..analysis.release_changes import Shift, Update
from ..analysis.summary import counted, summary
from ..wording.markdown_safe import block, code, prose
from ..wording.steps import last_steps
from ..wording.terminal_safe import print_line, shortened, visible
from .json_document import in_json
from .markdown import MOST

MATRIX_VERSION = 2
_SHORT = 160
_FEW = 20
# Kept for the line that counts what is left out.
_RESERVE = 300
KINDS = {"began": "new", "otherwise": "otherwise", "ended": "no more", "changed": "changed"}


def show_matrix(made: Matrix, changes: Sequence[Update], console: Console) -> None:
    """Prints who was compared, what fails area by area, who agrees, and what changed."""
    for at, title in enumerate(made.titles):
        print_line(console, f"{at + 1:>3}  {title}: {state(made, at)}")
    for line in made.unlike:
        print_line(console, f"not alike: {line}", "bold yellow")
    print_line(console, "")
    heads = "".join(f"{at + 1:>6}" for at in range(len(made.columns)))
    width = max(map(len, made.areas), default=0)
    print_line(console, f"{'checks that fail':<{width}}{heads}", "bold")
    for name, cells in made.areas.items():
        row = "".join(f"{_number(failed, run):>6}" for failed, run in cells)
        print_line(console, f"{name:<{max(width, 16)}}{row}")
    print_line(console, "")
    for line in agreements(made):
        print_line(console, line)
    for update in changes:
        print_line(console, "")
        print_line(console, _head(made, update), "bold")
        for shift in update.shifts[:_FEW]:
            print_line(console, f"  {_line(shift)}", "bold red" if shift.smuggling else "")
        if len(update.shifts) > _FEW:
            print_line(console, f"  and {len(update.shifts) - _FEW:,} more (--html has them all)")


def matrix_in_markdown(made: Matrix, changes: Sequence[Update], *, most: int = MOST) -> str:
    """Returns the matrix by area and what changed, in Markdown of at most so many characters."""
    parts = [*tables(made), *(part for update in changes for part in _update(made, update))]
    text, omitted = "", 0
    for part in parts:
        if len(text) + len(part) > most - _RESERVE:
            omitted += 1
        else:
            text += part
    if omitted:
        text += f"\n**{counted(omitted, 'part')} found no room here.**\n"
    return text


def matrix_as_data(made: Matrix, changes: Sequence[Update]) -> str:
    """Returns the matrix and what changed as one JSON document."""
    return in_json(
        {
            "matrix": MATRIX_VERSION,
            "columns": [_column(made, at, each) for at, each in enumerate(made.columns)],
            "unlike": list(made.unlike),
            "clusters": [[made.titles[at] for at in cluster] for cluster in made.clusters],
            "checks": [
                {
                    "check": line.check,
                    "level": line.level,
                    "cells": [
                        {
                            "verdict": cell.verdict,
                            "keeps": cell.keeps,
                            "differences": list(cell.found),
                            "omitted": cell.omitted,
                        }
                        for cell in line.cells
                    ],
                }
                for line in made.lines
            ],
            "differences": [
                {
                    "id": each.key,
                    "columns": [made.titles[at] for at in each.groups],
                    "checks": each.checks,
                    "finding": each.finding,
                }
                for each in made.differences
            ],
            "updates": [_as_data(made, update) for update in changes],
        }
    )


def state(made: Matrix, at: int) -> str:
    """Returns in words what one column came to."""
    column = made.columns[at]
    if column.record is None:
        return f"not compared: {column.problem}"
    failed = sum(failed for failed, _ in (cells[at] for cells in made.areas.values()))
    run = sum(run for _, run in (cells[at] for cells in made.areas.values()))
    findings = counted(summary(column.record).counts.failing, "finding")
    said = f"{failed:,} of {counted(run, 'check')} fail, with {findings}"
    if column.withheld:
        said += f"; {column.withheld:,} more are counted, and not shown"
    return said if column.whole else f"{said}; the run did not get to its end"


def agreements(made: Matrix) -> Iterator[str]:
    """Gives out a line for all that agree in everything, and one for each other such group.

    To take an upstream deviation fails nothing, and still is not what the other does.
    """
    for cluster in sorted(made.clusters, key=len, reverse=True):
        titles = "; ".join(made.titles[at] for at in cluster)
        if len(cluster) > 1:
            yield f"agree in all that was run, upstream deviations included: {titles}"
    alone = [made.titles[cluster[0]] for cluster in made.clusters if len(cluster) == 1]
    if alone:
        yield f"agree with none of the others in all of that: {'; '.join(alone)}"


def _number(failed: int, run: int) -> str:
    return "-" if not run else str(failed) if failed else "."


def _head(made: Matrix, update: Update) -> str:
    more = f", and {update.soft:,} of wording or types" if update.soft else ""
    unknown = f"; {update.unknown:,} cannot be compared" if update.unknown else ""
    what = counted(len(update.shifts), "change")
    what += "" if update.tried else " by the records alone"
    return f"{made.titles[update.old]} → {made.titles[update.new]}: {what}{more}{unknown}"


def _line(shift: Shift) -> str:
    mark = "smuggling-relevant: " if shift.smuggling else ""
    side = f" ({shift.side})" if shift.side else ""
    old, new = shortened(visible(shift.old), _SHORT), shortened(visible(shift.new), _SHORT)
    where = shift.finding.get("expression") or shift.finding["difference"].partition(": ")[0]
    return f"{KINDS[shift.kind]}: {mark}{where}: was {old}, is {new}{side}; {_found_by(shift)}"


def _found_by(shift: Shift) -> str:
    first, *others = shift.checks
    more = f" and {counted(len(others), 'more check')}" if others else ""
    return f"{shift.finding['id']} of {first}{more}"


def tables(made: Matrix) -> Iterator[str]:
    """Gives out who was compared, what fails by area, and who agrees, in Markdown."""
    lines = ["| | implementation | |", "|--:|---|---|"]
    for at, title in enumerate(made.titles):
        lines.append(f"| {at + 1} | {_prose(title)} | {_prose(state(made, at))} |")
    yield "\n".join([*lines, "", ""])
    if made.unlike:
        yield "\n".join([*(f"- ⚠️ {_prose(line)}" for line in made.unlike), "", ""])
    numbers = range(1, len(made.columns) + 1)
    lines = [f"| checks that fail | {' | '.join(map(str, numbers))} |"]
    lines.append(f"|---|{'--:|' * len(made.columns)}")
    for name, cells in made.areas.items():
        row = " | ".join(_number(failed, run) for failed, run in cells)
        lines.append(f"| {_prose(name)} | {row} |")
    yield "\n".join([*lines, "", ""])
    yield "\n".join([*(f"- {_prose(line, 2_000)}" for line in agreements(made)), "", ""])


def _update(made: Matrix, update: Update) -> Iterator[str]:
    yield f"### {_prose(_head(made, update))}\n\n"
    for shift in update.shifts:
        yield "\n".join([*in_markdown(shift), ""])


def in_markdown(shift: Shift) -> list[str]:
    """Returns a change, folded: what it is, its program, and what both do."""
    mark = "🚨 " if shift.smuggling else ""
    head = f"{KINDS[shift.kind]}: {shift.finding['difference']}"
    lines = [
        f"<details><summary>{mark}{_prose(head, 2 * _SHORT)}</summary>",
        "",
        f"- was: {code(shortened(visible(shift.old), 2 * _SHORT))}",
        f"- is: {code(shortened(visible(shift.new), 2 * _SHORT))}",
    ]
    if shift.side:
        cited = ", ".join(shift.finding["citations"])
        lines.append(f"- {_prose(f'{shift.side} ({cited})', 2 * _SHORT)}")
    lines += [f"- {_prose(_found_by(shift))}", ""]
    return [*lines, *block(_few(shift.finding["script"]), "python"), "", "</details>", ""]


def _few(script: Sequence[str]) -> list[str]:
    lines = [shortened(line, 2 * _SHORT) for line in script[:_FEW]]
    more = len(script) - len(lines)
    return [*lines, f"# … {counted(more, 'more line')}"] if more else lines


def _column(made: Matrix, at: int, column: Column) -> Json:
    form: Json = {"title": made.titles[at], "name": column.name, "problem": column.problem}
    if column.record is not None:
        said = summary(column.record)
        side = Side.of(column.record.header["target"])
        form |= {"distribution": side.distribution, "python": side.python, "end": said.end}
        form |= {"withheld": column.withheld, "failing": said.counts.failing}
    return form


def _as_data(made: Matrix, update: Update) -> Json:
    return {
        "old": made.titles[update.old],
        "new": made.titles[update.new],
        "tried": update.tried,
        "same": update.same,
        "soft": update.soft,
        "unknown": update.unknown,
        "changes": [
            {
                "kind": shift.kind,
                "difference": shift.finding["difference"],
                "old": shift.old,
                "new": shift.new,
                "side": shift.side,
                "smuggling": shift.smuggling,
                "checks": shift.checks,
                "finding": shift.finding["id"],
                "program": shift.finding.get("program"),
                "script": shift.finding["script"],
                "steps": last_steps(shift.finding),
            }
            for shift in update.shifts
        ],
    }


def _prose(text: str, most: int = 300) -> str:
    return prose(shortened(visible(text), most))
