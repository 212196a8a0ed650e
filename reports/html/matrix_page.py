"""The matrix as a page: implementations beside checks, with all there is to say of each cell.

Owns what a cell shows and where it leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ... import __version__
from ..analysis.matrix import Cell, Difference, Line, Matrix
from ..analysis.release_changes import Shift, Update
from ..analysis.summary import counted
from ..formats.matrix_text import KINDS, agreements, state
from ..wording.values import side_in_words
from .citations import Citation, citation
from .html_safe import text, whole
from .template import environment, part, policy

_VALUE, _SENTENCE, _WHOLE = 600, 2_000, 4_000
# Checks that are named where a difference is told of; below, each check has its own.
_FEW = 6
_SIGNS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "": ""}


@dataclass(frozen=True)
class Shown:
    """A cell: its sign, what it leads to, and what somebody hears who does not see it."""

    sign: str
    tone: str
    target: str
    said: str


@dataclass(frozen=True)
class Row:
    """A check: its cells, and what was found in it, each with the numbers of its columns."""

    key: str
    line: Line
    cells: list[Shown]
    found: list[tuple[Difference, str]]


@dataclass(frozen=True)
class Article:
    """A difference: who has it, what it is, and what each of them does.

    The script shows it; of what fails nobody there is none.
    """

    of: Difference
    columns: str
    citations: list[Citation]
    expected: Markup
    actual: list[tuple[str, Markup]]
    script: Markup


@dataclass(frozen=True)
class Changed:
    """A change from one release to the next."""

    of: Shift
    kind: str
    old: Markup
    new: Markup
    citations: list[Citation]
    script: Markup


def matrix_page(made: Matrix, changes: Sequence[Update]) -> str:
    """Returns a matrix as HTML: one file, which needs no other. The same matrix, the same page."""
    script = part("matrix_page.js")
    rows = list(_rows(made))
    return (
        environment(_SENTENCE)
        .get_template("matrix_page.html.jinja")
        .render(
            made=made,
            version=__version__,
            states=[state(made, at) for at in range(len(made.columns))],
            agreements=list(agreements(made)),
            rows=rows,
            areas=sorted({row.line.area for row in rows}),
            levels=sorted({row.line.level for row in rows}),
            articles=[_article(made, each) for each in made.differences],
            updates=[(update, [_changed(each) for each in update.shifts]) for update in changes],
            counted=counted,
            few=_FEW,
            style=Markup(part("page.css") + part("matrix_page.css")),
            script=Markup(script),
            policy=policy(script),
        )
    )


def _rows(made: Matrix) -> Iterator[Row]:
    by_key = {each.key: each for each in made.differences}
    for at, line in enumerate(made.lines, 1):
        keys = dict.fromkeys(key for cell in line.cells for key in cell.found)
        found = [(by_key[key], _numbers(_having(line, key))) for key in keys]
        cells = [_shown(cell, f"c{at}") for cell in line.cells]
        yield Row(f"c{at}", line, cells, found)


def _having(line: Line, key: str) -> list[int]:
    return [at for at, cell in enumerate(line.cells) if key in cell.found]


def _columns(made: Matrix, places: Sequence[int]) -> str:
    return ", ".join(made.titles[at] for at in sorted(places))


def _numbers(places: Sequence[int]) -> str:
    """Columns by their numbers in the list of implementations, which are shorter than titles."""
    runs: list[list[int]] = []
    for at in places:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return ", ".join(
        f"{run[0] + 1}" if len(run) == 1 else f"{run[0] + 1} to {run[-1] + 1}" for run in runs
    )


def _shown(cell: Cell, row: str) -> Shown:
    sign, many = _SIGNS.get(cell.verdict, "?"), len(cell.found) + cell.omitted
    if cell.verdict == "fail" and many > 1:
        sign += f" {many}"
    if cell.keeps == "broken":
        sign += " §"
    target = cell.found[0] if len(cell.found) == 1 else row if cell.found else ""
    broken = ", requirement broken" if cell.keeps == "broken" else ""
    tone = {"fail": "bad", "inconclusive": "unclear"}.get(cell.verdict, "")
    return Shown(sign, tone, target, f"{cell.verdict or 'not told'}{broken}")


def _article(made: Matrix, difference: Difference) -> Article:
    finding = difference.finding
    by_words: dict[str, list[int]] = {}
    for at, group in difference.groups.items():
        by_words.setdefault(side_in_words(group.simplest, "actual"), []).append(at)
    return Article(
        difference,
        _columns(made, list(difference.groups)),
        [citation(name) for name in finding["citations"]],
        text(side_in_words(finding, "expected"), _VALUE),
        [(_columns(made, places), text(words, _VALUE)) for words, places in by_words.items()],
        _script(finding["script"] if difference.fails else []),
    )


def _changed(shift: Shift) -> Changed:
    return Changed(
        shift,
        KINDS[shift.kind],
        text(shift.old, _VALUE),
        text(shift.new, _VALUE),
        [citation(name) for name in shift.finding["citations"]],
        _script(shift.finding["script"]),
    )


def _script(lines: Sequence[str]) -> Markup:
    content = "\n".join(lines)
    return whole(content) if len(content) <= _WHOLE else text(content, _WHOLE)
