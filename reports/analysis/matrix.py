"""Many implementations beside many checks: what each came to, and who agrees with whom.

Owns what stands in a cell, what counts as the same, and what is counted and not shown. Everything
is taken from the records; what changed between two of them is for ``updates``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from packaging.version import InvalidVersion, Version

from ...strategies.programs import Json
from ..record.record import Record
from .implementations import Side
from .rows import Row, rows
from .summary import Group, area, grouped, summary

# What is expected of a head that is too long: an implementation that goes on grows without bound.
_TOO_LONG = ": expected RemoteProtocolError 431, "


@dataclass(frozen=True)
class Column:
    """An implementation: ``name`` is what it was asked for by.

    ``problem`` says why there is no record. Of one that ``others`` maintain, ``withheld`` counts
    the findings that are taken out of the record because they come first; nothing then says which
    checks these were of.
    """

    name: str
    record: Record | None
    problem: str = ""
    others: bool = False
    withheld: int = 0

    @property
    def distribution(self) -> tuple[str, Version] | None:
        """What was installed, and its version; None where nobody knows, or it is no version."""
        said = "" if self.record is None else Side.of(self.record.header["target"]).distribution
        name, _, version = said.rpartition(" ")
        try:
            return (name, Version(version)) if name else None
        except InvalidVersion:
            return None

    @property
    def whole(self) -> bool:
        """Whether what is missing from the record is missing from the implementation, too."""
        return self.record is not None and summary(self.record).end == "complete"


@dataclass(frozen=True)
class Cell:
    """What one implementation came to in one check.

    ``verdict`` is "" where the check was not run, or where saying it would say what is withheld.
    ``found`` has the keys of the differences, of which ``omitted`` more are not in the record.
    """

    verdict: str = ""
    keeps: str = ""
    found: tuple[str, ...] = ()
    omitted: int = 0


@dataclass(frozen=True)
class Line:
    """A check, and its cell in each column."""

    check: str
    level: str
    cells: tuple[Cell, ...]

    @property
    def area(self) -> str:
        """The area it is of."""
        return area(self.check)

    @property
    def differs(self) -> bool:
        """Whether anybody fails it, or nobody knows."""
        return any(cell.verdict in ("fail", "inconclusive") for cell in self.cells)


@dataclass(frozen=True)
class Difference:
    """What differs alike in some of the columns, whichever check found it.

    ``groups`` has the findings of each of these columns; ``key`` is the id of the one to show.
    """

    groups: Mapping[int, Group]

    @cached_property
    def finding(self) -> Json:
        """The one with the shortest program."""
        simplest = (group.simplest for group in self.groups.values())
        return min(simplest, key=lambda each: len(str(each.get("program"))))

    @property
    def key(self) -> str:
        """The id of the finding that shows it best."""
        return str(self.finding["id"])

    @property
    def smuggling(self) -> bool:
        """Whether it touches where a message ends, anywhere."""
        return any(group.smuggling for group in self.groups.values())

    @property
    def fails(self) -> bool:
        """Whether it is of a kind that fails a run, anywhere."""
        return any(group.fails for group in self.groups.values())

    @property
    def checks(self) -> list[str]:
        """The checks that found it."""
        return sorted({each["check"] for group in self.groups.values() for each in group.findings})


@dataclass(frozen=True)
class Matrix:
    """Implementations beside checks.

    ``unlike`` has in sentences what was not the same about the runs: what they show then is no
    matter of the implementations alone.
    """

    columns: tuple[Column, ...]

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """What each column is called: shortly, and each otherwise than the others."""
        titles = [_distribution(each) or _name(each) for each in self.columns]
        for more in (_python, _asked_for):
            titles = [
                title
                if titles.count(title) == 1 or not more(column)
                else f"{title}, {more(column)}"
                for title, column in zip(titles, self.columns, strict=True)
            ]
        seen = [titles[:at].count(title) for at, title in enumerate(titles)]
        return tuple(
            f"{title} ({before + 1})" if before else title
            for title, before in zip(titles, seen, strict=True)
        )

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What differs in any column, each once: what touches where messages end comes first, then
        what fails, then what most columns have.
        """
        found: dict[str, dict[int, Group]] = {}
        for at, column in enumerate(self.columns):
            for group in grouped(column.record.findings if column.record else ()):
                there = found.setdefault(group.simplest["difference"], {})
                if at in there:  # fails in one check, and not in another
                    both = (*there[at].findings, *group.findings)
                    group = Group(there[at].simplest, both)
                there[at] = group
        differences = map(Difference, found.values())
        return tuple(
            sorted(differences, key=lambda each: (not each.smuggling, not each.fails, each.key))
        )

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The checks, in the order of their ids, those of an area together."""
        keys = {each.finding["difference"]: each.key for each in self.differences}
        by_column = [_cells(column, keys) for column in self.columns]
        levels = {
            result["check"]: result["level"]
            for column in self.columns
            for result in (column.record.results if column.record else ())
        }
        return tuple(
            Line(check, levels[check], tuple(each.get(check, Cell()) for each in by_column))
            for check in sorted(levels)
        )

    @cached_property
    def areas(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """For each area and column, how many checks fail, and how many were run."""
        by_area: dict[str, list[Line]] = {}
        for line in self.lines:
            by_area.setdefault(line.area, []).append(line)
        return {
            name: tuple(
                (
                    sum(line.cells[at].verdict == "fail" for line in lines),
                    sum(self._was_run(line.check, at) for line in lines),
                )
                for at in range(len(self.columns))
            )
            for name, lines in by_area.items()
        }

    def _was_run(self, check: str, at: int) -> bool:
        return check in self._checks[at]

    @cached_property
    def _checks(self) -> list[set[str]]:
        return [
            {result["check"] for result in column.record.results} if column.record else set()
            for column in self.columns
        ]

    @cached_property
    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """Columns that agree with each other: the same verdicts, and the same findings.

        A column of which not all is known agrees with nobody.
        """
        clusters: dict[object, list[int]] = {}
        for at, column in enumerate(self.columns):
            known = column.whole and not column.withheld
            clusters.setdefault(self._shown(at) if known else at, []).append(at)
        return tuple(map(tuple, clusters.values()))

    def _shown(self, at: int) -> frozenset[tuple[str, Cell]]:
        return frozenset((line.check, line.cells[at]) for line in self.lines)

    @cached_property
    def unlike(self) -> tuple[str, ...]:
        """What was not the same about the runs, in sentences."""
        return tuple(_unlike(self))


def matrix(columns: Iterable[Column]) -> Matrix:
    """Returns the matrix of these columns, in their order."""
    return Matrix(tuple(columns))


def withholding(column: Column) -> Column:
    """Returns a column without the findings of which maintainers are told first.

    They are those that touch where messages end; what kills, hangs or floods a process; and what
    lets a buffer grow beyond its limit.
    """
    if column.record is None:
        return replace(column, others=True)
    findings = column.record.findings
    shown = [each for each in findings if not _sensitive(each)]
    record = replace(column.record, findings=shown)
    return replace(column, record=record, others=True, withheld=len(findings) - len(shown))


def failing(column: Column) -> Column:
    """Returns a column with the findings alone that fail a run."""
    if column.record is None:
        return column
    findings = [each for each in column.record.findings if each["fails"]]
    return replace(column, record=replace(column.record, findings=findings))


def _sensitive(finding: Json) -> bool:
    return (
        finding["smuggling"] or finding["aspect"] == "fault" or _TOO_LONG in finding["difference"]
    )


def _distribution(column: Column) -> str:
    return "" if column.record is None else Side.of(column.record.header["target"]).distribution


def _name(column: Column) -> str:
    return column.name if column.record is None else str(column.record.header["target"]["name"])


def _python(column: Column) -> str:
    return Side.of(column.record.header["target"]).python if column.record else ""


def _asked_for(column: Column) -> str:
    return "" if column.name == _name(column) else column.name


def _cells(column: Column, keys: Mapping[str, str]) -> dict[str, Cell]:
    """The cells of a column; of one that withholds something, only what is shown fails."""
    if column.record is None:
        return {}
    findings = {each["id"]: each for each in column.record.findings}
    made = rows(column.record.results)
    return {check: _cell(row, column, findings, keys) for check, row in made.items()}


def _cell(row: Row, column: Column, findings: Mapping[str, Json], keys: Mapping[str, str]) -> Cell:
    shown = [findings[id] for id in row.findings if id in findings]
    found = tuple(dict.fromkeys(keys[each["difference"]] for each in shown))
    if column.withheld:
        return Cell("fail" if any(each["fails"] for each in shown) else "", "", found)
    return Cell(row.verdict, row.keeps, found, row.omitted)


def _unlike(made: Matrix) -> Iterator[str]:
    """What most records have of each condition is not told of."""
    said = [
        {"expected": each.header["expected"], "h11spec": each.header["h11spec"]}
        | {name: each.header["settings"].get(name) for name in ("phases", "checks", "catalogue")}
        | {name: each.header["settings"].get(name) for name in ("strict", "max_findings", "seed")}
        for each in (column.record for column in made.columns)
        if each is not None
    ]
    titles = [title for title, each in zip(made.titles, made.columns, strict=True) if each.record]
    for name in said[0] if said else ():
        values = [_words(each[name]) for each in said]
        usual = _most(values)
        for title, value in zip(titles, values, strict=True):
            if value != usual:
                yield f"{title}: {name.replace('_', ' ')} {value}, and elsewhere {usual}"
    for title, column in zip(made.titles, made.columns, strict=True):
        if column.record is not None and not column.whole:
            yield f"{title}: the run {_ENDS[summary(column.record).end]}"


_ENDS = {
    "broke off": "broke off",
    "interrupted": "was interrupted",
    "cut short": "was cut short: the target died or hung too often",
}


def _most(values: Sequence[str]) -> str:
    return Counter(values).most_common(1)[0][0]


def _words(value: object) -> str:
    if isinstance(value, dict):
        # Of what JSON holds no types are known.
        return str(value["name"])  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"  # pyright: ignore[reportUnknownArgumentType]
    return "none" if value is None else str(value)
