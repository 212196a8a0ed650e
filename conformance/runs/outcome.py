"""What came of a run: the results of its checks, its findings, its verdict.

Owns what fails a run, and the lines of the record that say so. How it is run is for ``runs``, how
it is shown for the reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...reports.findings.finding import Finding
from ...strategies.programs import Json
from ...strategies.reduction import is_simpler
from ..baseline.file import Baseline, Entry, State, Where
from ..checks.check import Result
from .exit_codes import CONFORMS, FAILED, INTERRUPTED
from .settings import Settings

# What a script printed in an interpreter of its own, and whether that shows the finding.
Reproductions = dict[tuple[str, ...], Json]
_NOT_RUN: Json = {"output": None, "reproduced": None}


@dataclass
class Outcome:
    """What came of a run, so far.

    ``baseline`` is what was accepted, ``where`` what the run is of, and ``entries`` what became of
    each entry of the baseline, and ``reproductions`` of each script, once that is known.
    """

    settings: Settings
    baseline: Baseline = field(default_factory=Baseline)
    where: Where = field(default_factory=Where)
    results: list[Result] = field(default_factory=list[Result])
    entries: list[tuple[Entry, State]] = field(default_factory=list[tuple[Entry, State]])
    reproductions: Reproductions = field(default_factory=Reproductions)
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def findings(self) -> list[tuple[Result, Finding]]:
        """Each finding once, with the result it belongs to: those that fail the run first, and of
        these the smuggling-relevant ones.

        What was met in several phases is shown by the simplest program, and belongs to the last of
        them, which has judged it as well.
        """
        found: dict[str, tuple[Result, Finding]] = {}
        for result in self.results:
            for finding in result.findings:
                known = found.get(finding.id, (result, finding))[1]
                found[finding.id] = result, finding if _simpler(finding, known) else known
        return sorted(found.values(), key=self._order)

    def _order(self, pair: tuple[Result, Finding]) -> tuple[bool, bool, str]:
        return not self.fails(*pair), not pair[1].smuggling_risk, pair[1].identity

    def fails(self, result: Result, finding: Finding) -> bool:
        """Whether the finding is one that fails this run, accepted or not."""
        return finding.fails(documented=result.check.documented, strict=self.settings.strict)

    def accepted(self, finding: Finding) -> Entry | None:
        """Returns the entry of the baseline that covers the finding, or None."""
        smuggling = bool(finding.smuggling_risk)
        return self.baseline.covering(finding.id, smuggling=smuggling, where=self.where)

    @property
    def unexpected(self) -> list[Finding]:
        """The findings that fail the run, and that the baseline does not cover."""
        return [
            finding
            for result, finding in self.findings
            if self.fails(result, finding) and self.accepted(finding) is None
        ]

    @property
    def stale(self) -> list[Entry]:
        """The entries of the baseline that nothing shows any more."""
        return [entry for entry, state in self.entries if state == "stale"]

    @property
    def complete(self) -> bool:
        """Whether everything was run that was asked for."""
        return not self.interrupted and not any(
            result.statistics.truncated for result in self.results
        )

    @property
    def failed(self) -> bool:
        """Whether anything fails the run that nobody accepted, or was accepted for nothing."""
        return bool(self.unexpected or self.stale)

    @property
    def exit_code(self) -> int:
        """The exit code that says what came of it."""
        if self.interrupted:
            return INTERRUPTED
        return FAILED if self.failed or not self.complete else CONFORMS

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: nothing failed, and not everything was run."""
        if self.failed:
            return "fail"
        return "pass" if self.complete else "inconclusive"

    def lines(self, imports: list[str]) -> Iterator[Json]:
        """Gives out the lines of the record behind its header.

        Args:
            imports: the lines of a script that import the target as ``h11``.
        """
        findings = self.findings
        # A finding without a verdict of its own inherits that of a finding with the same identity.
        conforming = {
            finding.difference: result.conforming
            for result, finding in findings
            if result.conforming
        }
        for result, finding in findings:
            entry = self.accepted(finding)
            form = finding.to_json(imports=imports)
            form.update(self.reproductions.get(tuple(form["script"]), _NOT_RUN))
            check = result.check
            yield {
                **form,
                "level": check.level,
                "role": check.role,
                "citations": list(check.citations),
                "requirement": check.requirement,
                "note": check.note,
                "conforming": result.conforming or conforming.get(finding.difference, ""),
                "fails": self.fails(result, finding),
                "accepted": None if entry is None else entry.reason,
            }
        for result in self.results:
            yield self._result(result)
        for entry, state in self.entries:
            yield {"kind": "entry", "id": entry.id, "difference": entry.difference, "state": state}
        yield {
            "kind": "footer",
            "verdict": self.verdict,
            "exit": self.exit_code,
            "complete": self.complete,
            "interrupted": self.interrupted,
            "out_of_time": any(result.statistics.out_of_time for result in self.results),
            "findings": len(findings),
            "failing": sum(self.fails(*pair) for pair in findings),
            "unexpected": len(self.unexpected),
            "stale": len(self.stale),
            "omitted": sum(result.omitted for result in self.results),
            "seconds": round(self.seconds, 3),
        }

    def _result(self, result: Result) -> Json:
        statistics = result.statistics
        failing = any(self.fails(result, finding) for finding in result.findings)
        passed = "inconclusive" if statistics.truncated or self.interrupted else "pass"
        return {
            "kind": "result",
            "check": result.check.id,
            "phase": result.phase,
            "level": result.check.level,
            "verdict": "fail" if failing else passed,
            **({} if result.growth is None else {"growth": result.growth}),
            **({} if result.machine is None else {"machine": result.machine}),
            "conforms": result.conforms,
            "expected_conforms": result.expected_conforms,
            "programs": statistics.programs,
            "runs": statistics.runs,
            "steps": statistics.steps,
            "truncated": statistics.truncated,
            "inapplicable": statistics.inapplicable,
            "findings": [
                finding.id
                for finding in sorted(result.findings, key=lambda each: self._order((result, each)))
            ],
            "omitted": result.omitted,
            "deviations": dict(sorted(statistics.deviations.items())),
        }


def _simpler(one: Finding, other: Finding) -> bool:
    """Whether a finding is shown by a simpler program than another."""
    if one.program is None or other.program is None:
        return False
    return is_simpler(one.program, other.program)
