"""Which cause a change between two releases is an effect of.

Owns what the causes in the records of both say about a change. It must not know what counts as one
change, nor any layout.

The strongest evidence comes first: a cause that one of the records alone has, and that an
explanation of the change confirms; such a cause if one of its findings is about what differs; an
explanation. What none of them explains is a cause of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..record.record import Record
from .causes import ShownCause, shown_causes
from .shared_causes import named_vulnerabilities

# Which of two releases does what the title of a cause says.
Release = Literal["older", "newer"]
Direction = Literal["introduced", "resolved", ""]
# What a release does, and which of the two it is.
ReleaseExplanation = tuple[str, Release]
_DIRECTIONS: Mapping[Release, Direction] = {"older": "resolved", "newer": "introduced"}
_OTHER: Mapping[Release, Release] = {"older": "newer", "newer": "older"}


@dataclass(frozen=True)
class ChangeCause:
    """A cause of a change: its id, and what a release does, or "" if that is not known.

    ``direction`` says whether the newer release began or ceased to do it; it is "" where both
    releases have the cause, or neither. ``vulnerabilities`` are those that the requirement names.
    """

    id: str
    title: str = ""
    direction: Direction = ""
    vulnerabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class CauseInOne:
    """A cause that one of two records alone has."""

    cause: ChangeCause
    shown: ShownCause


class CauseFinder:
    """Finds the causes of the changes between two records."""

    def __init__(self, old: Record, new: Record) -> None:
        self._causes: dict[Release, tuple[ShownCause, ...]] = {
            "older": shown_causes(old),
            "newer": shown_causes(new),
        }
        self._by_finding: dict[Release, dict[str, ShownCause]] = {
            "older": dict(_by_finding(self._causes["older"])),
            "newer": dict(_by_finding(self._causes["newer"])),
        }
        self._titles: dict[Release, set[str]] = {
            "older": {str(each.line["title"]) for each in self._causes["older"]},
            "newer": {str(each.line["title"]) for each in self._causes["newer"]},
        }
        # The id of each cause that an explanation alone makes.
        self._explained: dict[tuple[str, Direction], str] = {}
        old_ids, new_ids = (
            {each.line["id"] for each in causes} for causes in self._causes.values()
        )
        self._both = old_ids & new_ids
        self._alone = {
            (each.cause.title, each.cause.direction): each.cause for each in self.only_in_one()
        }

    def only_in_one(self, findings: Collection[str] | None = None) -> Iterator[CauseInOne]:
        """Yields the failing causes that one of the records alone has.

        Args:
            findings: the ids of findings of which a cause must have one; None for any.
        """
        for release, causes in self._causes.items():
            for each in causes:
                cause = self._of(each, release)
                ids = {finding["id"] for finding in each.findings}
                if (
                    cause.direction
                    and each.line["fails"]
                    and (findings is None or not ids.isdisjoint(findings))
                ):
                    yield CauseInOne(cause, each)

    def of_finding(self, id: str, release: Release) -> ChangeCause:
        """Returns the cause of a finding that one of the records has."""
        return self._of(self._by_finding[release][id], release)

    def of_difference(
        self, sources: Iterable[str], explanations: Iterable[ReleaseExplanation], own: str
    ) -> ChangeCause:
        """Returns the cause of a difference between the releases, both of which were run.

        Args:
            sources: the ids of the findings that are about what differs.
            explanations: those that fit, the best first. What both releases do explains nothing.
            own: the id of a cause that has nothing but this difference.
        """
        fitting: list[tuple[str, Direction]] = [
            (sentence, _DIRECTIONS[release])
            for sentence, release in explanations
            if sentence not in self._titles[_OTHER[release]]
        ]
        votes = Counter(self._candidates(sources))
        confirmed = [each for each in votes if (each.title, each.direction) in fitting]
        if confirmed or votes:
            return max(confirmed or votes, key=lambda each: votes[each])
        for each in fitting:
            if each in self._alone:
                return self._alone[each]
        if not fitting:
            return ChangeCause(own)
        # All that one explanation fits is of one cause.
        return ChangeCause(self._explained.setdefault(fitting[0], own), *fitting[0])

    def _candidates(self, sources: Iterable[str]) -> Iterator[ChangeCause]:
        """The causes of findings that one of the records alone has."""
        for source in sorted(sources):
            for release, by_finding in self._by_finding.items():
                if source in by_finding:
                    cause = self._of(by_finding[source], release)
                    if cause.direction:
                        yield cause

    def _of(self, cause: ShownCause, release: Release) -> ChangeCause:
        id = str(cause.line["id"])
        return ChangeCause(
            id,
            str(cause.line["title"]),
            "" if id in self._both else _DIRECTIONS[release],
            named_vulnerabilities([cause.clearest]),
        )


def _by_finding(causes: Iterable[ShownCause]) -> Iterator[tuple[str, ShownCause]]:
    for cause in causes:
        for finding in cause.findings:
            yield finding["id"], cause
