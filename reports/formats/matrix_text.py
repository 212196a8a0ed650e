"""A matrix of implementations as text: for a terminal, in Markdown, or as JSON.

Owns layout and labels. It must not know how a cell or a change is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.program import Json
from ..analysis.causes import shown_causes
from ..analysis.implementations import Implementation
from ..analysis.matrix import Column, Matrix
from ..analysis.release_changes import BehaviourChange, CauseOfChanges, ReleaseChanges
from ..analysis.shared_causes import SharedCause
from ..analysis.summary import pluralise, summary
from ..wording.markdown_safe import code_block, code_span, escape_markdown
from ..wording.steps import last_steps
from ..wording.terminal_safe import escape_unprintable, print_line, shorten
from .json_document import dump_json
from .markdown import MAX_LENGTH

MATRIX_VERSION = 2
_SHORT = 160
_FEW = 20
# Reserved for the line that counts what does not fit.
_RESERVE = 300
# What became of that which the title of a cause says.
CHANGE_LABELS = {
    "introduced": "now",
    "altered": "altered",
    "resolved": "no longer",
    "changed": "changed",
}


def show_matrix(matrix: Matrix, updates: Sequence[ReleaseChanges], console: Console) -> None:
    """Prints the implementations, what fails by area, the causes, and what changed.

    Which implementations agree comes before the causes.
    """
    for index, title in enumerate(matrix.titles):
        print_line(console, f"{index + 1:>3}  {title}: {column_result(matrix, index)}")
    for line in matrix.run_differences:
        print_line(console, f"run under other conditions: {line}", "bold yellow")
    print_line(console, "")
    numbers = "".join(f"{index + 1:>6}" for index in range(len(matrix.columns)))
    width = max(map(len, matrix.areas), default=0)
    print_line(console, f"{'failing checks':<{max(width, 16)}}{numbers}", "bold")
    for name, cells in matrix.areas.items():
        row = "".join(f"{_number(failed, run):>6}" for failed, run in cells)
        print_line(console, f"{name:<{max(width, 16)}}{row}")
    print_line(console, "")
    for line in agreement_lines(matrix):
        print_line(console, line)
    _show_causes(matrix, console, numbers)
    for update in updates:
        print_line(console, "")
        print_line(console, _heading(matrix, update), "bold")
        for cause in update.causes[:_FEW]:
            print_line(console, f"  {_line(cause)}", "bold red" if cause.smuggling else "")
        if len(update.causes) > _FEW:
            more = f"{len(update.causes) - _FEW:,} more"
            print_line(console, f"  and {more} (--html shows all of them)")


def _show_causes(matrix: Matrix, console: Console, numbers: str) -> None:
    """Prints a row for each cause that fails a run: its findings in each column, and its title."""
    causes = [each for each in matrix.causes if each.fails]
    if not causes:
        return
    print_line(console, "")
    print_line(console, f"{'causes':<8}{numbers}", "bold")
    for each in causes[:_FEW]:
        cells = "".join(f"{_findings(matrix, each, at):>6}" for at in range(len(matrix.columns)))
        mark = "smuggling-relevant: " if each.smuggling else ""
        line = f"{each.id:<8}{cells}  {mark}{shorten(titled(each), _SHORT)}"
        print_line(console, line, "bold red" if each.smuggling else "")
    if len(causes) > _FEW:
        print_line(console, f"and {len(causes) - _FEW:,} more (--html shows all of them)")


def _findings(matrix: Matrix, cause: SharedCause, at: int) -> str:
    found = matrix.findings(cause, at)
    return "-" if found is None else _number(found, run=True)


def titled(cause: SharedCause | CauseOfChanges) -> str:
    """Returns the title of a cause, with the names of the vulnerabilities that it is about."""
    names = f" ({', '.join(cause.vulnerabilities)})" if cause.vulnerabilities else ""
    return f"{cause.title}{names}"


def matrix_in_markdown(
    matrix: Matrix, updates: Sequence[ReleaseChanges], *, max_length: int = MAX_LENGTH
) -> str:
    """Returns the matrix by area, and what changed, in at most ``max_length`` characters."""
    sections = [*markdown_tables(matrix)]
    sections += (section for update in updates for section in _update(matrix, update))
    text, not_shown = "", 0
    for section in sections:
        if len(text) + len(section) > max_length - _RESERVE:
            not_shown += 1
        else:
            text += section
    if not_shown:
        text += f"\n**{pluralise(not_shown, 'section')} did not fit.**\n"
    return text


def matrix_as_json(matrix: Matrix, updates: Sequence[ReleaseChanges]) -> str:
    """Returns the matrix and what changed as one JSON document."""
    return dump_json(
        {
            "matrix": MATRIX_VERSION,
            "columns": [
                _column(matrix, index, column) for index, column in enumerate(matrix.columns)
            ],
            "run_differences": list(matrix.run_differences),
            "clusters": [[matrix.titles[at] for at in cluster] for cluster in matrix.clusters],
            "checks": [
                {
                    "check": line.check,
                    "level": line.level,
                    "cells": [
                        {
                            "verdict": cell.verdict,
                            "conformance": cell.conformance,
                            "findings": list(cell.findings),
                            "causes": list(cell.causes),
                            "omitted": cell.omitted,
                        }
                        for cell in line.cells
                    ],
                }
                for line in matrix.rows
            ],
            "causes": [
                {
                    "id": each.id,
                    "title": each.title,
                    "fails": each.fails,
                    "smuggling": each.smuggling,
                    "vulnerabilities": list(each.vulnerabilities),
                    "checks": each.checks,
                    "finding": each.shown.clearest,
                    "findings": {
                        matrix.titles[at]: cause.line["findings"]
                        for at, cause in each.causes.items()
                    },
                }
                for each in matrix.causes
            ],
            "release_changes": [_release_changes(matrix, update) for update in updates],
        }
    )


def column_result(matrix: Matrix, index: int) -> str:
    """Returns the result of one column in words."""
    column = matrix.columns[index]
    if column.record is None:
        return f"not compared: {column.problem}"
    failed = sum(failed for failed, _ in (cells[index] for cells in matrix.areas.values()))
    run = sum(run for _, run in (cells[index] for cells in matrix.areas.values()))
    causes = sum(bool(each.line["fails"]) for each in shown_causes(column.record))
    result = f"{failed:,} of {pluralise(run, 'check')} fail, for {pluralise(causes, 'cause')}"
    if column.redacted:
        result += f"; {pluralise(column.redacted_causes, 'more cause')} not disclosed"
    return result if column.complete else f"{result}; the run is incomplete"


def agreement_lines(matrix: Matrix) -> Iterator[str]:
    """Yields a line for each group of implementations that agree, then one for the others.

    An upstream deviation fails nothing, but implementations that differ in one do not agree.
    """
    for cluster in sorted(matrix.clusters, key=len, reverse=True):
        titles = "; ".join(matrix.titles[at] for at in cluster)
        if len(cluster) > 1:
            yield f"agree in everything that was run, upstream deviations included: {titles}"
    single = [matrix.titles[cluster[0]] for cluster in matrix.clusters if len(cluster) == 1]
    if single:
        yield f"agree with no other implementation: {'; '.join(single)}"


def _number(failed: int, run: int | bool) -> str:
    return "-" if not run else str(failed) if failed else "."


def _heading(matrix: Matrix, update: ReleaseChanges) -> str:
    more = f", and {update.soft:,} of wording or types" if update.soft else ""
    unknown = (
        f"; {pluralise(update.not_compared, 'finding')} not compared" if update.not_compared else ""
    )
    causes = update.causes
    changes = pluralise(len(causes), "change")
    changes += "" if update.executed else " by the records alone"
    return f"{matrix.titles[update.old]} → {matrix.titles[update.new]}: {changes}{more}{unknown}"


def change_heading(cause: CauseOfChanges) -> str:
    """Returns what changed: the id of its cause, and what a release does no longer, or does now.

    If it is known only that the releases differ, it says in which step, and how.
    """
    label = f"{cause.id}  {CHANGE_LABELS[cause.kind]}: "
    if cause.title:
        return f"{label}{titled(cause)}"
    change = cause.clearest
    old, new = (shorten(escape_unprintable(each), _SHORT) for each in (change.old, change.new))
    return f"{label}{change.where}: was {old}, is {new}"


def _line(cause: CauseOfChanges) -> str:
    mark = "smuggling-relevant: " if cause.smuggling else ""
    conforming = cause.clearest.conforming
    verdict = f" ({conforming})" if conforming else ""
    return f"{mark}{change_heading(cause)}{verdict}; {_found_by(cause)}"


def _found_by(cause: CauseOfChanges) -> str:
    first, *others = cause.checks
    more = f" and {pluralise(len(others), 'more check')}" if others else ""
    changes = f", with {pluralise(len(cause.changes), 'difference')}"
    return f"found by {first}{more}{changes if len(cause.changes) > 1 else ''}"


def markdown_tables(matrix: Matrix) -> Iterator[str]:
    """Yields the implementations, the causes, what fails by area, and which of them agree."""
    lines = ["| | implementation | result |", "|--:|---|---|"]
    for index, title in enumerate(matrix.titles):
        result = column_result(matrix, index)
        lines.append(f"| {index + 1} | {_prose(title)} | {_prose(result)} |")
    yield "\n".join([*lines, "", ""])
    if matrix.run_differences:
        yield "\n".join([*(f"- ⚠️ {_prose(line)}" for line in matrix.run_differences), "", ""])
    numbers = range(1, len(matrix.columns) + 1)
    causes = [each for each in matrix.causes if each.fails]
    if causes:
        lines = [f"| causes | {' | '.join(map(str, numbers))} |"]
        lines.append(f"|---|{'--:|' * len(matrix.columns)}")
        for each in causes:
            row = " | ".join(_findings(matrix, each, at) for at in range(len(matrix.columns)))
            mark = "🚨 " if each.smuggling else ""
            lines.append(f"| {_prose(each.id)} {mark}{_prose(titled(each), _SHORT)} | {row} |")
        yield "\n".join([*lines, "", ""])
    lines = [f"| failing checks | {' | '.join(map(str, numbers))} |"]
    lines.append(f"|---|{'--:|' * len(matrix.columns)}")
    for name, cells in matrix.areas.items():
        row = " | ".join(_number(failed, run) for failed, run in cells)
        lines.append(f"| {_prose(name)} | {row} |")
    yield "\n".join([*lines, "", ""])
    yield "\n".join([*(f"- {_prose(line, 2_000)}" for line in agreement_lines(matrix)), "", ""])


def _update(matrix: Matrix, update: ReleaseChanges) -> Iterator[str]:
    yield f"### {_prose(_heading(matrix, update))}\n\n"
    for cause in update.causes:
        yield "\n".join([*change_in_markdown(cause), ""])


def change_in_markdown(cause: CauseOfChanges) -> list[str]:
    """Returns a change as folded Markdown: its program, and what both releases do in it."""
    mark = "🚨 " if cause.smuggling else ""
    change = cause.clearest
    lines = [
        f"<details><summary>{mark}{_prose(change_heading(cause), 3 * _SHORT)}</summary>",
        "",
        f"- in: {_prose(change.where, 2 * _SHORT)}",
        f"- was: {code_span(shorten(escape_unprintable(change.old), 2 * _SHORT))}",
        f"- is: {code_span(shorten(escape_unprintable(change.new), 2 * _SHORT))}",
    ]
    if change.finding.get("note"):
        lines.append(f"- of h11: {_prose(change.finding['note'])}")
    if change.conforming:
        cited = ", ".join(change.finding["citations"])
        lines.append(f"- {_prose(f'{change.conforming} ({cited})', 2 * _SHORT)}")
    lines += [f"- {_prose(_found_by(cause))}", ""]
    return [*lines, *code_block(_fitting(change.finding["script"]), "python"), "", "</details>", ""]


def _fitting(script: Sequence[str]) -> list[str]:
    lines = [shorten(line, 2 * _SHORT) for line in script[:_FEW]]
    more = len(script) - len(lines)
    return [*lines, f"# … {pluralise(more, 'more line')}"] if more else lines


def _column(matrix: Matrix, index: int, column: Column) -> Json:
    form: Json = {"title": matrix.titles[index], "name": column.name, "problem": column.problem}
    if column.record is not None:
        run = summary(column.record)
        target = Implementation.from_json(column.record.header["target"])
        form |= {"distribution": target.distribution, "python": target.python, "end": run.end}
        form |= {"redacted": column.redacted, "failing": run.counts.failing}
    return form


def _release_changes(matrix: Matrix, update: ReleaseChanges) -> Json:
    return {
        "old": matrix.titles[update.old],
        "new": matrix.titles[update.new],
        "executed": update.executed,
        "unchanged": update.unchanged,
        "non_failing": update.soft,
        "not_compared": update.not_compared,
        "causes": [
            {
                "id": cause.id,
                "kind": cause.kind,
                "title": cause.title,
                "smuggling": cause.smuggling,
                "vulnerabilities": list(cause.vulnerabilities),
                "checks": cause.checks,
                "changes": list(map(_change, cause.changes)),
            }
            for cause in update.causes
        ],
    }


def _change(change: BehaviourChange) -> Json:
    return {
        "kind": change.kind,
        "difference": change.finding["difference"],
        "old": change.old,
        "new": change.new,
        "conforming": change.conforming,
        "smuggling": change.smuggling,
        "checks": change.checks,
        "finding": change.finding["id"],
        "program": change.finding.get("program"),
        "script": change.finding["script"],
        "steps": last_steps(change.finding),
    }


def _prose(text: str, max_length: int = 300) -> str:
    return escape_markdown(shorten(escape_unprintable(text), max_length))
