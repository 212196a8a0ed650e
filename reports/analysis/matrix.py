"""Many implementations beside many checks and causes.

Owns the cells, and which columns agree. Everything comes from the records. It must not know what
changed between two columns, which ``release_changes`` owns, nor what of a column may be published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from packaging.version import InvalidVersion, Version

from ...strategies.program import Json, is_list, is_object
from ..record.record import Record
from .groups import area
from .implementations import Implementation
from .rows import Row, rows
from .shared_causes import SharedCause, shared_causes
from .summary import summary

# Members of the header and settings whose values should be the same in all records.
_RUN_MEMBERS = ("expected", "h11spec")
_RUN_SETTINGS = ("phases", "checks", "catalogue", "strict", "max_findings", "seed")
_ENDS = {
    "broke off": "broke off",
    "interrupted": "was interrupted",
    "ended early": "ended after the first failing check",
    "cut short": "was cut short: the target died or hung too often",
}


@dataclass(frozen=True)
class Column:
    """An implementation; ``name`` is the one that the user gave.

    ``problem`` says why a record is missing. The column of an ``external`` implementation is
    redacted: ``redacted`` counts the findings that were removed because its maintainers get them
    first, and ``redacted_causes`` their causes. No cell then shows which checks they are of.
    """

    name: str
    record: Record | None
    problem: str = ""
    external: bool = False
    redacted: int = 0
    redacted_causes: int = 0

    @property
    def distribution(self) -> tuple[str, Version] | None:
        """The installed distribution and its version; None where there is none, or no version."""
        name, _, version = self.distribution_name.rpartition(" ")
        try:
            return (name, Version(version)) if name else None
        except InvalidVersion:
            return None

    @property
    def distribution_name(self) -> str:
        """The installed distribution with its version, as the record has it, or ""."""
        return "" if self.record is None else self._target(self.record).distribution

    @property
    def python(self) -> str:
        """The Python that the implementation was run on, or ""."""
        return "" if self.record is None else self._target(self.record).python

    @property
    def target_name(self) -> str:
        """The name of the target in the record; without a record, the one that the user gave."""
        return self.name if self.record is None else str(self.record.header["target"]["name"])

    @staticmethod
    def _target(record: Record) -> Implementation:
        return Implementation.from_json(record.header["target"])

    @property
    def complete(self) -> bool:
        """Whether the record is of a complete run."""
        return self.record is not None and summary(self.record).end == "complete"


@dataclass(frozen=True)
class Cell:
    """The result of one implementation in one check.

    ``verdict`` is "" where the check was not run, or where the column is redacted and the verdict
    would reveal a removed finding. ``findings`` has the ids of the findings that the record shows,
    ``causes`` those of their causes, and ``omitted`` counts the findings that it does not show.
    """

    verdict: str = ""
    conformance: str = ""
    findings: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    omitted: int = 0


@dataclass(frozen=True)
class MatrixRow:
    """A check and its cell in each column."""

    check: str
    level: str
    cells: tuple[Cell, ...]

    @property
    def area(self) -> str:
        """The area of the check."""
        return area(self.check)

    @property
    def differs(self) -> bool:
        """Whether any implementation fails the check, or has no conclusive result."""
        return any(cell.verdict in ("fail", "inconclusive") for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """Implementations beside checks."""

    columns: tuple[Column, ...]

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """A short and unique title for each column."""
        titles = [each.distribution_name or each.target_name for each in self.columns]
        pythons = [each.python for each in self.columns]
        given = ["" if each.name == each.target_name else each.name for each in self.columns]
        return tuple(_numbered(_distinguished(_distinguished(titles, pythons), given)))

    @cached_property
    def causes(self) -> tuple[SharedCause, ...]:
        """The causes in any column: smuggling-relevant ones first, then those that fail."""
        return shared_causes([column.record for column in self.columns])

    def findings(self, cause: SharedCause, at: int) -> int | None:
        """Returns how many findings of a cause a column has.

        It is None where that is not known: nothing was run, or the cause may be a withheld one.
        """
        column, found = self.columns[at], cause.findings(at)
        if column.record is None or (column.redacted and not found):
            return None
        return found

    @cached_property
    def rows(self) -> tuple[MatrixRow, ...]:
        """The checks, in the order of their ids."""
        by_column = list(map(_cells, self.columns, self._cause_ids))
        levels = {
            result["check"]: result["level"]
            for column in self.columns
            for result in (column.record.results if column.record else ())
        }
        return tuple(
            MatrixRow(check, levels[check], tuple(each.get(check, Cell()) for each in by_column))
            for check in sorted(levels)
        )

    @cached_property
    def _cause_ids(self) -> tuple[dict[str, str], ...]:
        """For each column, the id of the cause of each finding, by the id of the finding."""
        return tuple(
            {
                finding["id"]: each.id
                for each in self.causes
                if at in each.causes
                for finding in each.causes[at].findings
            }
            for at in range(len(self.columns))
        )

    @cached_property
    def areas(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """For each area and column, how many checks fail, and how many were run."""
        by_area: dict[str, list[MatrixRow]] = {}
        for row in self.rows:
            by_area.setdefault(row.area, []).append(row)
        return {
            name: tuple(
                (
                    sum(row.cells[at].verdict == "fail" for row in some),
                    sum(row.check in self._checks[at] for row in some),
                )
                for at in range(len(self.columns))
            )
            for name, some in by_area.items()
        }

    @cached_property
    def _checks(self) -> list[set[str]]:
        return [
            {result["check"] for result in column.record.results} if column.record else set()
            for column in self.columns
        ]

    @cached_property
    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """The columns that agree with each other in all verdicts and all findings.

        A column that is incomplete or redacted agrees with no other.
        """
        clusters: dict[object, list[int]] = {}
        for at, column in enumerate(self.columns):
            comparable = column.complete and not column.redacted
            clusters.setdefault(self._cells_at(at) if comparable else at, []).append(at)
        return tuple(map(tuple, clusters.values()))

    def _cells_at(self, at: int) -> frozenset[tuple[str, Cell]]:
        return frozenset((row.check, row.cells[at]) for row in self.rows)

    @cached_property
    def run_differences(self) -> tuple[str, ...]:
        """How the runs differ in their settings and their ends, in sentences.

        What such runs found does not depend on the implementations alone.
        """
        return (*_unusual_conditions(self), *_early_ends(self))


def matrix(columns: Iterable[Column]) -> Matrix:
    """Returns the matrix of these columns, in their order."""
    return Matrix(tuple(columns))


def _distinguished(titles: list[str], additions: list[str]) -> list[str]:
    """The titles, with an addition to each that is not unique."""
    return [
        f"{title}, {addition}" if addition and titles.count(title) > 1 else title
        for title, addition in zip(titles, additions, strict=True)
    ]


def _numbered(titles: list[str]) -> Iterator[str]:
    """The titles, with a number after each that occurred before."""
    for at, title in enumerate(titles):
        before = titles[:at].count(title)
        yield f"{title} ({before + 1})" if before else title


def _cells(column: Column, causes: Mapping[str, str]) -> dict[str, Cell]:
    if column.record is None:
        return {}
    findings = {each["id"]: each for each in column.record.findings}
    return {
        check: _cell(row, column, findings, causes)
        for check, row in rows(column.record.results).items()
    }


def _cell(
    row: Row, column: Column, findings: Mapping[str, Json], causes: Mapping[str, str]
) -> Cell:
    shown = tuple(id for id in row.findings if id in findings)
    of_causes = tuple(dict.fromkeys(causes[id] for id in shown))
    if column.redacted:
        fails = any(findings[id]["fails"] for id in shown)
        return Cell("fail" if fails else "", "", shown, of_causes)
    return Cell(row.verdict, row.conformance, shown, of_causes, row.omitted)


def _unusual_conditions(made: Matrix) -> Iterator[str]:
    """Yields the conditions of each run that are not those of most runs."""
    runs = [
        (title, _conditions(column.record))
        for title, column in zip(made.titles, made.columns, strict=True)
        if column.record is not None
    ]
    for name in (*_RUN_MEMBERS, *_RUN_SETTINGS):
        counts = Counter(conditions[name] for _, conditions in runs)
        for title, conditions in runs:
            usual = counts.most_common(1)[0][0]
            if conditions[name] != usual:
                words = name.replace("_", " ")
                yield f"{title}: {words} {conditions[name]}, and elsewhere {usual}"


def _conditions(record: Record) -> dict[str, str]:
    header = record.header
    values: dict[str, Any] = {name: header[name] for name in _RUN_MEMBERS}
    values |= {name: header["settings"].get(name) for name in _RUN_SETTINGS}
    return {name: _in_words(value) for name, value in values.items()}


def _early_ends(made: Matrix) -> Iterator[str]:
    for title, column in zip(made.titles, made.columns, strict=True):
        if column.record is not None and not column.complete:
            yield f"{title}: the run {_ENDS[summary(column.record).end]}"


def _in_words(value: Any) -> str:
    if is_object(value):
        return str(value["name"])
    if is_list(value):
        return ", ".join(map(str, value)) or "all"
    return "none" if value is None else str(value)
