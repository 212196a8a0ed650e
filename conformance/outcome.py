"""What came of a run: the results of its checks, its findings, its verdict.

Owns what fails a run, and the lines of the record that say so. How it is run is for ``runs``, how
it is shown for the reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..reports.findings import Found, Weight
from ..strategies.programs import Json
from .checks.check import Check
from .processes import Limits
from .tallies import Tally
from .versions import CATALOGUE

# Exit codes, everywhere. Several at once: the first of these that applies.
INTERRUPTED, BROKEN, USAGE, FAILED, CONFORMS = 130, 3, 2, 1, 0
PHASES = ("sweeps", "search", "cost")
# Cost has to be asked for: it takes its time, and is of no use on a machine that is busy.
USUAL = PHASES[:2]


@dataclass(frozen=True)
class Settings:
    """What a run was asked for.

    ``checks`` are beginnings of ids, and select all checks if there are none; ``strict`` makes
    differences in type and text fail, and those beyond documented input; ``rfc`` makes a MUST of an
    RFC fail that the target does not keep; ``max_time`` is in seconds and bounds the search, None
    for no bound; after ``max_faults`` identical faults that cost a process, programs are cut before
    it; at most ``max_findings`` of a check are made minimal and reported. ``jobs`` is the number of
    processes that run the target, which changes nothing but the time that it takes; ``catalogue``
    is the version of the catalogue whose checks are run.
    """

    max_examples: int = 1000
    seed: int = 0
    max_time: float | None = None
    phases: tuple[str, ...] = USUAL
    checks: tuple[str, ...] = ()
    strict: bool = False
    rfc: bool = False
    in_process: bool = False
    max_faults: int = 3
    max_findings: int = 20
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    catalogue: str = CATALOGUE


@dataclass
class Result:
    """What came of one check.

    ``keeps`` says whether the target keeps what the check requires, by the words of the RFC or the
    documentation alone, and ``expected_keeps`` the same of the expected side; None where nobody
    judged. ``growth`` is the class in which the target's cost grows, where that was measured.
    ``left_out`` counts the distinct divergences that are too many to be reported.
    """

    check: Check
    phase: str
    tally: Tally
    keeps: bool | None = None
    expected_keeps: bool | None = None
    growth: str | None = None
    left_out: int = 0
    findings: list[Found] = field(default_factory=list[Found])

    @property
    def side(self) -> str:
        """Whose side the RFC or the documentation takes, as far as it takes any."""
        if self.keeps is None or self.expected_keeps is None:
            return ""
        names = {
            (True, True): "both",
            (True, False): "target",
            (False, True): "expected",
            (False, False): "neither",
        }
        return names[self.keeps, self.expected_keeps]


@dataclass
class Outcome:
    """What came of a run, so far."""

    settings: Settings
    results: list[Result] = field(default_factory=list[Result])
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def findings(self) -> list[tuple[Result, Found]]:
        """All findings with the results they belong to, those that fail the run first."""
        found = [(result, finding) for result in self.results for finding in result.findings]
        return sorted(found, key=lambda pair: (not self.fails(*pair), pair[1].identity))

    def fails(self, result: Result, finding: Found) -> bool:
        """Whether the finding fails this run."""
        if isinstance(finding, Weight):
            return finding.fails
        return (finding.fails and result.check.documented) or self.settings.strict

    def violates(self, result: Result) -> bool:
        """Whether the target breaks a MUST of an RFC, and the run was to fail for that."""
        return self.settings.rfc and result.check.level == "MUST" and result.keeps is False

    @property
    def complete(self) -> bool:
        """Whether everything was run that was asked for."""
        return not self.interrupted and not any(result.tally.cut for result in self.results)

    @property
    def failed(self) -> bool:
        """Whether anything that was found fails the run."""
        return any(self.fails(*pair) for pair in self.findings) or any(
            map(self.violates, self.results)
        )

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
        for result, finding in findings:
            form = finding.to_json(imports=imports)
            check = result.check
            yield {
                **form,
                "level": check.level,
                "party": check.party,
                "citations": list(check.citations),
                "requirement": check.requirement,
                "side": result.side,
                "fails": self.fails(result, finding),
            }
        for result in self.results:
            yield self._result(result, [found for owner, found in findings if owner is result])
        yield {
            "kind": "footer",
            "verdict": self.verdict,
            "exit": self.exit_code,
            "complete": self.complete,
            "interrupted": self.interrupted,
            "out_of_time": any(result.tally.out_of_time for result in self.results),
            "findings": len(findings),
            "failing": sum(self.fails(*pair) for pair in findings),
            "left_out": sum(result.left_out for result in self.results),
            "seconds": round(self.seconds, 3),
        }

    def _result(self, result: Result, found: list[Found]) -> Json:
        tally = result.tally
        failing = any(self.fails(result, finding) for finding in found)
        passed = "inconclusive" if tally.cut or self.interrupted else "pass"
        return {
            "kind": "result",
            "check": result.check.id,
            "phase": result.phase,
            "level": result.check.level,
            "verdict": "fail" if failing or self.violates(result) else passed,
            **({} if result.growth is None else {"growth": result.growth}),
            "keeps": result.keeps,
            "expected_keeps": result.expected_keeps,
            "programs": tally.programs,
            "runs": tally.runs,
            "steps": tally.steps,
            "cut": tally.cut,
            "inapplicable": tally.inapplicable,
            "findings": [finding.id for finding in found],
            "left_out": result.left_out,
            "deviations": dict(sorted(tally.deviations.items())),
        }
