"""The page of a matrix: implementations beside causes and checks, with the details of every cause.

Owns what a cell shows and which part of the page it links to. It must not know how cells, causes
and changes are computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ... import __version__
from ..analysis.matrix import Cell, Matrix, MatrixRow
from ..analysis.release_changes import BehaviourChange, CauseOfChanges, ReleaseChanges
from ..analysis.shared_causes import SharedCause
from ..analysis.summary import pluralise
from ..formats.matrix_text import agreement_lines, change_heading, column_result, titled
from ..wording.values import format_side
from .citations import Citation, citation
from .html_safe import copyable, text
from .template import asset, content_security_policy, environment

_VALUE, _SENTENCE, _COPYABLE = 600, 2_000, 4_000
# The number of checks named with a cause; the last section lists them all.
_FEW = 6
# The number of other differences listed below a cause, and of other changes.
_MANY = 30
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
    """A check with its cells, and its causes with the numbers of their columns."""

    id: str
    row: MatrixRow
    cells: list[CellView]
    causes: list[tuple[SharedCause, str]]


@dataclass(frozen=True)
class CauseView:
    """A cause: its number of findings in each column, and what it looks like.

    A cell is "" where the number is not known. ``places`` has the columns with the places in their
    source, ``actual`` those with what they do where ``expected`` is expected. ``others`` are the
    differences of its other findings, with the numbers of their columns, and ``more`` counts those
    that are not listed. ``script`` is empty if the cause fails no run.
    """

    cause: SharedCause
    title: str
    cells: list[str]
    columns: str
    citations: list[Citation]
    places: list[tuple[str, str]]
    expected: Markup
    actual: list[tuple[str, Markup]]
    script: Markup
    others: list[tuple[str, str]]
    more: int


@dataclass(frozen=True)
class ChangeView:
    """What changed from one release to the next, by its cause.

    ``others`` are the other changes with this cause, of which ``more`` are not listed.
    """

    cause: CauseOfChanges
    heading: str
    old: Markup
    new: Markup
    citations: list[Citation]
    script: Markup
    others: tuple[BehaviourChange, ...]
    more: int


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
            releases=[(each, list(map(_change, each.causes))) for each in changes],
            pluralise=pluralise,
            few=_FEW,
            style=Markup(asset("page.css") + asset("matrix_page.css")),
            script=Markup(script),
            policy=content_security_policy(script),
        )
    )


def _causes(matrix: Matrix) -> Iterator[CauseView]:
    for cause in matrix.causes:
        finding = cause.shown.clearest
        outcomes = ((format_side(each.clearest, "actual"), at) for at, each in cause.causes.items())
        places = (("; ".join(each.line["places"]), at) for at, each in cause.causes.items())
        others = _other_differences(cause)
        yield CauseView(
            cause,
            titled(cause),
            [_number(matrix.findings(cause, at)) for at in range(len(matrix.columns))],
            _titles(matrix, list(cause.causes)),
            [citation(name) for name in cause.shown.line["citations"]],
            [(_titles(matrix, some), place) for place, some in _together(places) if place],
            text(format_side(finding, "expected"), _VALUE),
            [(_titles(matrix, some), text(words, _VALUE)) for words, some in _together(outcomes)],
            _script(finding["script"] if cause.fails else []),
            others[:_MANY],
            max(0, len(others) - _MANY),
        )


def _number(findings: int | None) -> str:
    return "" if findings is None else str(findings or "·")


def _together(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    """Each text once, with all the columns that it is of."""
    columns: dict[str, list[int]] = {}
    for words, at in pairs:
        columns.setdefault(words, []).append(at)
    return list(columns.items())


def _other_differences(cause: SharedCause) -> list[tuple[str, str]]:
    """The differences of its findings but the one that is shown, with their columns."""
    found = (
        (finding["difference"], at)
        for at, each in cause.causes.items()
        for finding in each.findings
        if finding["difference"] != cause.shown.clearest["difference"]
    )
    return [(words, _numbers(sorted(set(some)))) for words, some in _together(found)]


def _rows(matrix: Matrix) -> Iterator[RowView]:
    by_id = {each.id: each for each in matrix.causes}
    for number, row in enumerate(matrix.rows, 1):
        id = f"c{number}"
        ids = dict.fromkeys(id for cell in row.cells for id in cell.causes)
        causes = [(by_id[each], _numbers(_columns_with(row, each))) for each in ids]
        yield RowView(id, row, [_cell(cell, id) for cell in row.cells], causes)


def _columns_with(row: MatrixRow, cause: str) -> list[int]:
    return [index for index, cell in enumerate(row.cells) if cause in cell.causes]


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
    sign, number = _SIGNS.get(cell.verdict, "?"), len(cell.causes)
    if cell.verdict == "fail" and number > 1:
        sign += f" {number}"
    if cell.conformance == "broken":
        sign += " §"
    target = row_id if number > 1 else "".join(cell.causes)
    broken = ", requirement broken" if cell.conformance == "broken" else ""
    tone = {"fail": "bad", "inconclusive": "unclear"}.get(cell.verdict, "")
    return CellView(sign, tone, target, f"{cell.verdict or 'no verdict'}{broken}")


def _change(cause: CauseOfChanges) -> ChangeView:
    change = cause.clearest
    return ChangeView(
        cause,
        change_heading(cause),
        text(change.old, _VALUE),
        text(change.new, _VALUE),
        [citation(name) for name in change.finding["citations"]],
        _script(change.finding["script"]),
        cause.changes[1 : _MANY + 1],
        max(0, len(cause.changes) - _MANY - 1),
    )


def _script(lines: Sequence[str]) -> Markup:
    content = "\n".join(lines)
    return copyable(content) if len(content) <= _COPYABLE else text(content, _COPYABLE)
