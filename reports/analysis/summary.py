"""What a reader asks first of a run: how it ended, who was checked, and what there is to look at.

Owns what is counted, what belongs together and what comes first, from the record alone. Knows
nothing of layout, and escapes nothing: the texts are those of the record, whatever is in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ...strategies.programs import Json, is_list, is_object
from ..record.record import Record
from .implementations import Side
from .totals import Document, Phase, documents, totals

# How a run ended: with everything done that was asked for, with programs that were cut before a
# step at which the target died or hung too often, by somebody who stopped it, or in no way that its
# record knows of.
End = Literal["complete", "cut short", "interrupted", "broke off"]
# The words of a statement, the one that matters most first.
_WEIGHT = ("BROKE OFF", "DIFFERS", "BREAKS", "STALE", "INCOMPLETE", "ACCEPTED", "AGREES")
_ENTRY_STATES = (
    ("used", "accepted and still so"),
    ("stale", "accepted and no longer so"),
    ("elsewhere", "for other conditions than these"),
    ("unselected", "of checks that were not run"),
)


@dataclass(frozen=True)
class Statement:
    """A part of the verdict: a word in capitals, and the rest of the sentence.

    ``tone`` says what it means for the target: ``bad`` fails a run, ``unclear`` leaves it open.
    """

    word: str
    text: str
    tone: Literal["good", "bad", "unclear"]


@dataclass(frozen=True)
class Group:
    """Findings of several checks that show the same, at least one; ``simplest`` has the shortest
    program, and is the one to show.
    """

    simplest: Json
    findings: tuple[Json, ...]

    @property
    def fails(self) -> bool:
        """Whether it is of a kind that fails the run, accepted or not."""
        return bool(self.simplest["fails"])

    @property
    def accepted(self) -> bool:
        """Whether each of them is in the baseline."""
        return all(each["accepted"] is not None for each in self.findings)

    @property
    def smuggling(self) -> bool:
        """Whether any of them touches where a message ends."""
        return any(each["smuggling"] for each in self.findings)

    @property
    def others(self) -> tuple[Json, ...]:
        """The findings beside the simplest."""
        return tuple(each for each in self.findings if each is not self.simplest)


@dataclass(frozen=True)
class Entries:
    """The entries of the baseline that are in one state, and that state in words."""

    state: str
    words: str
    entries: tuple[Json, ...]


@dataclass(frozen=True)
class Counts:
    """How many findings there are, and what else a reader wants to have counted.

    ``failing`` are of a kind that fails the run, ``unexpected`` those of them that nobody accepted;
    ``breaches`` are requirements that are not kept, and not accepted; ``omitted`` were found, and
    are too many to be shown.
    """

    findings: int
    failing: int
    unexpected: int
    smuggling: int
    breaches: int
    stale: int
    omitted: int
    checks: int

    @property
    def accepted(self) -> int:
        """Those that would fail the run if they were not in the baseline."""
        return self.failing - self.unexpected

    @property
    def harmless(self) -> int:
        """Those that are shown, and do not fail."""
        return self.findings - self.failing


@dataclass(frozen=True)
class Summary:
    """A record, as somebody reads it who has a minute.

    Everything is computed from the lines that are there: a run that broke off has a summary, too.
    """

    record: Record

    @cached_property
    def target(self) -> Side:
        """Who was checked."""
        return Side.of(self.record.header["target"])

    @cached_property
    def expected(self) -> Side:
        """What it was compared with."""
        return Side.of(self.record.header["expected"])

    @cached_property
    def end(self) -> End:
        """How the run ended."""
        footer = self.record.footer
        if footer is None:
            return "broke off"
        if footer["interrupted"]:
            return "interrupted"
        return "complete" if footer["complete"] else "cut short"

    @cached_property
    def counts(self) -> Counts:
        """How many of what there are."""
        findings, results = self.record.findings, self.record.results
        failing = [each for each in findings if each["fails"]]
        return Counts(
            findings=len(findings),
            failing=len(failing),
            unexpected=sum(each["accepted"] is None for each in failing),
            smuggling=sum(each["smuggling"] for each in findings),
            breaches=sum(each["aspect"] == "rfc" and not each["accepted"] for each in findings),
            stale=sum(entry["state"] == "stale" for entry in self.record.entries),
            omitted=sum(result["omitted"] for result in results),
            checks=len({result["check"] for result in results}),
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The verdict, in as many parts as it has."""
        return tuple(self._statements())

    @property
    def verdict(self) -> Statement:
        """The part of the verdict that matters most."""
        return min(self.statements, key=lambda each: _WEIGHT.index(each.word))

    def _statements(self) -> Iterator[Statement]:
        counts, footer = self.counts, self.record.footer
        who, against = str(self.target), str(self.expected)
        if footer is None:
            yield Statement(
                "BROKE OFF",
                f"this record of {who} has no footer: the run broke, or was ended, before it had "
                "written down all it found; what is here is what there was by then",
                "unclear",
            )
        if counts.stale:
            yield Statement("STALE", f"{counts.stale} of what was accepted is not so", "bad")
        if counts.unexpected > counts.breaches:
            findings = counted(counts.unexpected, "distinct finding")
            more = self._and_more()
            yield Statement("DIFFERS", f"{who} from {against}: {findings}{more}", "bad")
        elif counts.breaches:
            yield Statement("BREAKS", f"{who} does not keep each MUST of the RFCs", "bad")
        elif footer is not None and counts.failing:
            findings = counted(counts.failing, "finding")
            words = f"{who} differs from {against} in {findings}, and in nothing else"
            yield Statement("ACCEPTED", words, "good")
        elif footer is not None and footer["verdict"] == "pass":
            yield Statement("AGREES", f"{who} with {against}", "good")
        if self.end in ("interrupted", "cut short"):
            why = "interrupted" if self.end == "interrupted" else "programs were cut short"
            text = f"{why}; {who} was not checked to the end"
            yield Statement("INCOMPLETE", text, "unclear")

    def _and_more(self) -> str:
        """What else there is beside the findings that fail the run unexpectedly."""
        counts = self.counts
        more = f", and {counts.accepted} that are accepted" if counts.accepted else ""
        more += f", and {counts.harmless} more that do not fail" if counts.harmless else ""
        more += f", and {counts.omitted:,} that are not shown" if counts.omitted else ""
        return more

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What was found, each once: what fails and was not accepted first, and of that what
        touches where a message ends.
        """

        def order(group: Group) -> tuple[bool, bool, bool]:
            return not group.fails, group.accepted, not group.smuggling

        return tuple(sorted(grouped(self.record.findings), key=order))

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """What was run, phase by phase, in their order."""
        return totals(self.record.results, "phase")

    @cached_property
    def areas(self) -> tuple[Phase, ...]:
        """What was run, area by area: the part of a check's id before the stroke."""
        results = [{**result, "area": area(result["check"])} for result in self.record.results]
        return tuple(sorted(totals(results, "area"), key=lambda total: total.name))

    @cached_property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """How many results there are of each verdict: fail, inconclusive, pass."""
        return tuple(sorted(Counter(each["verdict"] for each in self.record.results).items()))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """What the RFCs and the documentation say, whether or not anything differs."""
        return documents(self.record.results)

    @cached_property
    def baseline(self) -> tuple[Entries, ...]:
        """What became of the entries of the baseline: each state that any is in."""
        entries = self.record.entries
        states = [
            Entries(state, words, tuple(each for each in entries if each["state"] == state))
            for state, words in _ENTRY_STATES
        ]
        return tuple(each for each in states if each.entries)

    @cached_property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """Who ran it, on what, and how: labels and values."""
        header, settings = self.record.header, self.record.header["settings"]
        lines = [
            ("target", str(self.target)),
            ("expected", str(self.expected)),
            ("made by", f"h11spec {header['h11spec']}, {header['python']}"),
            ("platform", header["platform"]),
            ("started", header["started"]),
        ]
        if self.record.footer is not None:
            lines.append(("took", f"{self.record.footer['seconds']:,.1f} seconds"))
        if "hypothesis" in header:
            lines.append(("hypothesis", header["hypothesis"]))
        return (*lines, *((name.replace("_", " "), _said(settings[name])) for name in settings))


def summary(record: Record) -> Summary:
    """Returns what there is to say of a record."""
    return Summary(record)


def grouped(findings: Iterable[Json]) -> list[Group]:
    """Puts together the findings that show the same, in the order of the first of each."""
    groups: dict[tuple[str, bool], list[Json]] = {}
    for finding in findings:
        groups.setdefault((finding["difference"], finding["fails"]), []).append(finding)
    return [
        Group(min(same, key=lambda each: len(str(each.get("program")))), tuple(same))
        for same in groups.values()
    ]


def area(check: str) -> str:
    """Returns the area that a check is of: what its id begins with."""
    return check.partition("/")[0]


def counted(number: int, what: str) -> str:
    """Returns so many of something, in words."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _said(value: Any) -> str:
    """A setting in words, as far as it has any."""
    if is_object(value):
        return ", ".join(f"{name.replace('_', ' ')} {_said(each)}" for name, each in value.items())
    if is_list(value):
        return ", ".join(map(_said, value)) or "all"
    if value is None:
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
