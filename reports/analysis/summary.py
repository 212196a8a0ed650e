"""The summary of a run: how it ended, what was checked, and which causes matter most.

Owns what is counted, and the verdict in words, from the record alone. It must not know
any layout, and escapes nothing: texts are those of the record, whatever they contain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ...strategies.program import Json, is_list, is_object
from ..record.record import Record
from .causes import ShownCause, shown_causes
from .groups import Group, area, group_findings
from .implementations import Implementation
from .totals import Document, Totals, documents, totals

# How a run ended: complete; after the first failing check, as the user wished; with programs
# truncated or not run, as the target died or hung too often, or with differences that did not show
# again; interrupted by the user; or without writing a footer.
End = Literal["complete", "ended early", "cut short", "interrupted", "broke off"]
# The words of statements, the most important one first.
_BY_IMPORTANCE = ("BROKE OFF", "DIFFERS", "BREAKS", "STALE", "INCOMPLETE", "ACCEPTED", "AGREES")
_ENTRY_STATES = (
    ("used", "accepted and still found"),
    ("stale", "accepted and no longer found"),
    ("elsewhere", "for other conditions than these"),
    ("unselected", "of checks that were not run"),
)


@dataclass(frozen=True)
class Statement:
    """A part of the verdict: a word in capitals, and the rest of the sentence.

    A ``bad`` statement fails the run, an ``unclear`` one leaves the verdict open.
    """

    word: str
    text: str
    tone: Literal["good", "bad", "unclear"]


@dataclass(frozen=True)
class Entries:
    """The entries of the baseline that are in one state, and a description of that state."""

    state: str
    description: str
    entries: tuple[Json, ...]


@dataclass(frozen=True)
class Counts:
    """The counts of causes, findings, checks and stale entries.

    ``unexpected_causes`` fail the run and are not accepted, and ``smuggling_causes`` of these are
    smuggling-relevant; ``accepted_causes`` would fail it if they were not in the baseline.
    ``failing`` findings fail the run unless the baseline accepts them; ``unexpected`` ones are not
    accepted. ``broken_requirements`` are the requirement findings that are not accepted.
    ``omitted`` findings are not in the record, because a check has too many.
    """

    causes: int
    unexpected_causes: int
    smuggling_causes: int
    accepted_causes: int
    findings: int
    failing: int
    unexpected: int
    smuggling: int
    broken_requirements: int
    stale: int
    omitted: int
    checks: int

    @property
    def accepted(self) -> int:
        """How many findings would fail the run if they were not in the baseline."""
        return self.failing - self.unexpected

    @property
    def non_failing_causes(self) -> int:
        """How many causes are recorded and do not fail."""
        return self.causes - self.unexpected_causes - self.accepted_causes

    @property
    def non_failing(self) -> int:
        """How many findings are shown and do not fail."""
        return self.findings - self.failing


@dataclass(frozen=True)
class Summary:
    """The summary of a record, with or without a footer."""

    record: Record

    @cached_property
    def target(self) -> Implementation:
        """The implementation that was checked."""
        return Implementation.from_json(self.record.header["target"])

    @cached_property
    def expected(self) -> Implementation:
        """The implementation that it was compared with."""
        return Implementation.from_json(self.record.header["expected"])

    @cached_property
    def end(self) -> End:
        """How the run ended."""
        footer = self.record.footer
        if footer is None:
            return "broke off"
        if footer["interrupted"]:
            return "interrupted"
        if footer.get("ended_early"):
            return "ended early"
        return "complete" if footer["complete"] else "cut short"

    @cached_property
    def counts(self) -> Counts:
        """The counts of causes, findings, checks and stale entries."""
        findings, results = self.record.findings, self.record.results
        failing = [each for each in findings if each["fails"]]
        unexpected = [each for each in self.causes if each.unexpected]
        return Counts(
            causes=len(self.causes),
            unexpected_causes=len(unexpected),
            smuggling_causes=sum(bool(each.line["smuggling"]) for each in unexpected),
            accepted_causes=sum(each.accepted for each in self.causes),
            findings=len(findings),
            failing=len(failing),
            unexpected=sum(each["accepted"] is None for each in failing),
            smuggling=sum(each["smuggling"] for each in findings),
            broken_requirements=sum(
                each["aspect"] == "rfc" and not each["accepted"] for each in findings
            ),
            stale=sum(entry["state"] == "stale" for entry in self.record.entries),
            omitted=sum(result["omitted"] for result in results),
            checks=len({result["check"] for result in results}),
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The verdict, in one or more statements."""
        return tuple(self._statements())

    @property
    def verdict(self) -> Statement:
        """The most important statement of the verdict."""
        return min(self.statements, key=lambda each: _BY_IMPORTANCE.index(each.word))

    def _statements(self) -> Iterator[Statement]:
        counts, footer = self.counts, self.record.footer
        who, against = self.target.brief, self.expected.brief
        if footer is None:
            yield Statement(
                "BROKE OFF",
                f"this record of {who} has no footer: the run ended before it had written all "
                "its findings",
                "unclear",
            )
        if counts.stale:
            stale = pluralise(counts.stale, "accepted difference")
            yield Statement("STALE", f"{who} no longer shows {stale}", "bad")
        if counts.unexpected > counts.broken_requirements:
            causes = self._causes([each for each in self.causes if each.unexpected])
            more = self._other_causes()
            yield Statement("DIFFERS", f"{who} from {against}: {causes}{more}", "bad")
        elif counts.broken_requirements:
            broken = pluralise(counts.broken_requirements, "requirement")
            yield Statement("BREAKS", f"{who} breaks {broken} of level MUST", "bad")
        elif footer is not None and counts.failing:
            causes = self._causes([each for each in self.causes if each.accepted])
            words = f"{who} differs from {against} in {causes}, and in nothing else"
            yield Statement("ACCEPTED", words, "good")
        elif footer is not None and footer["verdict"] == "pass":
            yield Statement("AGREES", f"{who} with {against}", "good")
        if self.end in ("interrupted", "ended early", "cut short"):
            text = f"{self._why_incomplete()}; {who} was not checked to the end"
            yield Statement("INCOMPLETE", text, "unclear")

    def _why_incomplete(self) -> str:
        if self.end == "interrupted":
            return "interrupted"
        if self.end == "ended early":
            return "ended after the first failing check (-x)"
        if any(phase.truncated or phase.cut_short for phase in self.phases):
            return "programs were cut short"
        return "differences did not show again"

    @staticmethod
    def _causes(causes: Sequence[ShownCause]) -> str:
        """The number of causes and of their findings."""
        findings = sum(len(each.findings) for each in causes)
        return f"{pluralise(len(causes), 'cause')} ({pluralise(findings, 'finding')})"

    def _other_causes(self) -> str:
        """How many of the unexpected causes are smuggling-relevant, and the other causes."""
        counts = self.counts
        more = f", {counts.smuggling_causes} smuggling-relevant" if counts.smuggling_causes else ""
        more += f"; {counts.accepted_causes} accepted" if counts.accepted_causes else ""
        if counts.non_failing_causes:
            do = "does" if counts.non_failing_causes == 1 else "do"
            more += f"; {counts.non_failing_causes} {do} not fail"
        return f"{more}; {counts.omitted:,} findings omitted" if counts.omitted else more

    @cached_property
    def causes(self) -> tuple[ShownCause, ...]:
        """The causes, in the order in which they are shown."""
        return shown_causes(self.record)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups of findings: those that fail and are not accepted come first, and of these
        the smuggling-relevant ones.
        """

        def order(group: Group) -> tuple[bool, bool, bool]:
            return not group.fails, group.accepted, not group.smuggling

        return tuple(sorted(group_findings(self.record.findings), key=order))

    @cached_property
    def phases(self) -> tuple[Totals, ...]:
        """The totals of each phase, in the order of the phases."""
        return totals(self.record.results, "phase")

    @cached_property
    def areas(self) -> tuple[Totals, ...]:
        """The totals of each area, sorted by name."""
        results = [{**result, "area": area(result["check"])} for result in self.record.results]
        return tuple(sorted(totals(results, "area"), key=lambda total: total.name))

    @cached_property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """The number of results with each verdict: fail, inconclusive, pass."""
        return tuple(sorted(Counter(each["verdict"] for each in self.record.results).items()))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """How the target conforms to the RFCs and to the documentation."""
        return documents(self.record.results)

    @cached_property
    def baseline(self) -> tuple[Entries, ...]:
        """The entries of the baseline by their state, without empty states."""
        entries = self.record.entries
        states = [
            Entries(state, description, tuple(each for each in entries if each["state"] == state))
            for state, description in _ENTRY_STATES
        ]
        return tuple(each for each in states if each.entries)

    @cached_property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """The conditions of the run, as labels and values."""
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
        return (*lines, *((name.replace("_", " "), _in_words(settings[name])) for name in settings))


def summary(record: Record) -> Summary:
    """Returns the summary of a record."""
    return Summary(record)


def pluralise(number: int, noun: str) -> str:
    """Returns a number with a noun, such as ``3 findings``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _in_words(value: Any) -> str:
    """The value of a setting, in words."""
    if is_object(value):
        return ", ".join(
            f"{name.replace('_', ' ')} {_in_words(each)}" for name, each in value.items()
        )
    if is_list(value):
        return ", ".join(map(_in_words, value)) or "all"
    if value is None:
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
