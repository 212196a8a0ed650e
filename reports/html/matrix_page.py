"""The page of a matrix: implementations beside checks, with the details of every cell.

Owns what a cell shows and which part of the page it links to. It must not know how cells and
changes are computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ... import __version__
from ..analysis.matrix import Cell, Matrix, MatrixRow, SharedDifference
from ..analysis.release_changes import BehaviourChange, ReleaseChanges
from ..analysis.shared_causes import SharedCause, shared_causes
from ..analysis.summary import pluralise
from ..formats.matrix_text import CHANGE_LABELS, agreement_lines, column_result
from ..wording.values import format_side
from .citations import Citation, citation
from .html_safe import copyable, text
from .template import asset, content_security_policy, environment

_VALUE, _SENTENCE, _COPYABLE = 600, 2_000, 4_000
# The number of checks named with a difference; the last section lists them all.
_FEW = 6
_SIGNS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "": ""}


@dataclass(frozen=True)
class CellView:
    """A cell: its sign, the id of the element that it links to, and its text for screen readers."""

    sign: str
    tone: str
    target: str
    label: str


@dataclass(frozen=True)
class RowView:
    """A check with its cells, and its differences with the numbers of their columns."""

    id: str
    row: MatrixRow
    cells: list[CellView]
    differences: list[tuple[SharedDifference, str]]


@dataclass(frozen=True)
class CauseView:
    """A cause and its number of findings in each column; "" for a column without a record.

    ``target`` is the id of the element that shows its clearest finding.
    """

    cause: SharedCause
    cells: list[str]
    target: str


@dataclass(frozen=True)
class DifferenceView:
    """A difference: the columns that have it, and what each of them does.

    ``script`` is empty if the difference fails no run.
    """

    difference: SharedDifference
    columns: str
    citations: list[Citation]
    expected: Markup
    actual: list[tuple[str, Markup]]
    script: Markup


@dataclass(frozen=True)
class ChangeView:
    """A change from one release to the next."""

    change: BehaviourChange
    label: str
    old: Markup
    new: Markup
    citations: list[Citation]
    script: Markup


def matrix_page(matrix: Matrix, changes: Sequence[ReleaseChanges]) -> str:
    """Returns a matrix as one HTML file; the same matrix always gives the same page."""
    script = asset("matrix_page.js")
    rows = list(_rows(matrix))
    return (
        environment(_SENTENCE)
        .get_template("matrix_page.html.jinja")
        .render(
            matrix=matrix,
            version=__version__,
            results=[column_result(matrix, index) for index in range(len(matrix.columns))],
            agreements=list(agreement_lines(matrix)),
            causes=list(_causes(matrix)),
            rows=rows,
            areas=sorted({view.row.area for view in rows}),
            levels=sorted({view.row.level for view in rows}),
            differences=[_difference(matrix, each) for each in matrix.differences],
            releases=[(each, [_change(change) for change in each.changes]) for each in changes],
            pluralise=pluralise,
            few=_FEW,
            style=Markup(asset("page.css") + asset("matrix_page.css")),
            script=Markup(script),
            policy=content_security_policy(script),
        )
    )


def _causes(matrix: Matrix) -> Iterator[CauseView]:
    for cause in shared_causes(matrix):
        column = next(at for at, each in cause.causes.items() if each is cause.shown)
        cells = [
            "" if column.record is None else str(cause.findings(at) or "·")
            for at, column in enumerate(matrix.columns)
        ]
        target = matrix.difference_keys[column][cause.shown.clearest["id"]]
        yield CauseView(cause, cells, target)


def _rows(matrix: Matrix) -> Iterator[RowView]:
    by_key = {each.key: each for each in matrix.differences}
    for number, row in enumerate(matrix.rows, 1):
        id = f"c{number}"
        keys = dict.fromkeys(key for cell in row.cells for key in cell.differences)
        differences = [(by_key[key], _numbers(_columns_with(row, key))) for key in keys]
        yield RowView(id, row, [_cell(cell, id) for cell in row.cells], differences)


def _columns_with(row: MatrixRow, key: str) -> list[int]:
    return [index for index, cell in enumerate(row.cells) if key in cell.differences]


def _titles(matrix: Matrix, indices: Sequence[int]) -> str:
    return ", ".join(matrix.titles[index] for index in sorted(indices))


def _numbers(indices: Sequence[int]) -> str:
    """Columns by their numbers in the list of implementations, such as "1 to 3, 7"."""
    ranges: list[list[int]] = []
    for index in indices:
        if ranges and ranges[-1][-1] == index - 1:
            ranges[-1].append(index)
        else:
            ranges.append([index])
    return ", ".join(
        f"{each[0] + 1}" if len(each) == 1 else f"{each[0] + 1} to {each[-1] + 1}"
        for each in ranges
    )


def _cell(cell: Cell, row_id: str) -> CellView:
    sign, number = _SIGNS.get(cell.verdict, "?"), len(cell.differences) + cell.omitted
    if cell.verdict == "fail" and number > 1:
        sign += f" {number}"
    if cell.conformance == "broken":
        sign += " §"
    if len(cell.differences) == 1:
        target = cell.differences[0]
    else:
        target = row_id if cell.differences else ""
    broken = ", requirement broken" if cell.conformance == "broken" else ""
    tone = {"fail": "bad", "inconclusive": "unclear"}.get(cell.verdict, "")
    return CellView(sign, tone, target, f"{cell.verdict or 'no verdict'}{broken}")


def _difference(matrix: Matrix, difference: SharedDifference) -> DifferenceView:
    finding = difference.finding
    by_outcome: dict[str, list[int]] = {}
    for index, group in difference.groups.items():
        by_outcome.setdefault(format_side(group.simplest, "actual"), []).append(index)
    return DifferenceView(
        difference,
        _titles(matrix, list(difference.groups)),
        [citation(name) for name in finding["citations"]],
        text(format_side(finding, "expected"), _VALUE),
        [(_titles(matrix, indices), text(words, _VALUE)) for words, indices in by_outcome.items()],
        _script(finding["script"] if difference.fails else []),
    )


def _change(change: BehaviourChange) -> ChangeView:
    return ChangeView(
        change,
        CHANGE_LABELS[change.kind],
        text(change.old, _VALUE),
        text(change.new, _VALUE),
        [citation(name) for name in change.finding["citations"]],
        _script(change.finding["script"]),
    )


def _script(lines: Sequence[str]) -> Markup:
    content = "\n".join(lines)
    return copyable(content) if len(content) <= _COPYABLE else text(content, _COPYABLE)
