"""The causes that many implementations show, each once, with the findings of every one.

Owns which causes of two implementations are the same one. It must not know any layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .causes import ShownCause, shown_causes
from .matrix import Matrix


@dataclass(frozen=True)
class SharedCause:
    """One cause, in all columns that have it.

    ``causes`` has that of each column, by its position.
    """

    causes: Mapping[int, ShownCause]

    @cached_property
    def shown(self) -> ShownCause:
        """The cause whose clearest finding has the shortest program, which is the one to show."""
        return min(self.causes.values(), key=lambda each: len(str(each.clearest.get("program"))))

    @property
    def id(self) -> str:
        """The id of the cause to show."""
        return str(self.shown.line["id"])

    @property
    def title(self) -> str:
        """The title of the cause to show."""
        return str(self.shown.line["title"])

    @property
    def smuggling(self) -> bool:
        """Whether it is smuggling-relevant in any column."""
        return any(each.line["smuggling"] for each in self.causes.values())

    @property
    def fails(self) -> bool:
        """Whether it fails the run of any column."""
        return any(each.line["fails"] for each in self.causes.values())

    def findings(self, column: int) -> int:
        """Returns how many findings it has in a column."""
        return len(self.causes[column].findings) if column in self.causes else 0


def shared_causes(matrix: Matrix) -> tuple[SharedCause, ...]:
    """Returns the causes in any column: smuggling-relevant ones first, then those that fail.

    Of these, the causes come first that most columns have.
    """
    by_key: dict[str, dict[int, ShownCause]] = {}
    for at, column in enumerate(matrix.columns):
        for cause in shown_causes(column.record) if column.record else ():
            by_key.setdefault(_key(cause), {})[at] = cause
    return tuple(
        sorted(
            map(SharedCause, by_key.values()),
            key=lambda each: (not each.smuggling, not each.fails, -len(each.causes), each.id),
        )
    )


def _key(cause: ShownCause) -> str:
    """The id of a cause; of one that only has the id of a finding, what differs."""
    id = str(cause.line["id"])
    return str(cause.clearest["difference"]) if id == cause.clearest["id"] else id
