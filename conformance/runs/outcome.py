"""The outcome of a run: the results of its checks, its findings, its verdict.

Owns what fails a run, and the lines of the record. It must not know how a run is done, nor how its
record is presented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...reports.findings.finding import Finding
from ...reports.wording.cause_title import cause_title
from ...strategies.program import Json
from ...strategies.simplicity import is_simpler, size
from ..baseline.file import Baseline, Entry, EntryState, RunEnvironment
from ..causes.cause import Cause
from ..causes.explanations import Explanation
from ..causes.grouping import group
from ..checks import versions
from ..checks.check import Result, ShownRequirement
from ..requirements import decisions
from ..requirements.contract import Promise
from .exit_codes import CONFORMS, FAILED, INTERRUPTED
from .settings import Settings

# By script: what it printed in a fresh interpreter, and whether that reproduces the finding.
Reproductions = dict[tuple[str, ...], Json]
_OF_REQUIREMENT = ("requirement_id", "level", "role", "citations", "requirement", "conforming")
_NOT_RUN: Json = {"output": None, "reproduced": None}


@dataclass(frozen=True)
class FoundCause:
    """What is said of a cause while the run goes on.

    ``finding`` is the id of its clearest finding.
    """

    id: str
    title: str
    finding: str


@dataclass
class Outcome:
    """The outcome of a run, up to the present.

    ``baseline`` has what was accepted, and ``entries`` the state of each of its entries, once that
    is known. ``environment`` is what the run was done in. By the id of a finding, ``explanations``
    says what the target does, ``parts`` of which part the vectors are that differ with it, and
    ``in_front`` which finding the same program shows first. ``tolerated`` has what was tolerated in
    each comparison of the vectors: nothing at first, and then what was explained.
    ``causes`` are those of the findings, once ``find_causes`` was called. ``covered`` has the entry
    of the baseline that covers a cause, by the id of the cause. ``reproductions`` has the output of
    each script. ``ended_early`` says that checks were left out after the first failing one.
    ``seconds`` is the duration of the run.
    """

    settings: Settings
    baseline: Baseline = field(default_factory=Baseline)
    environment: RunEnvironment = field(default_factory=RunEnvironment)
    results: list[Result] = field(default_factory=list[Result])
    entries: list[tuple[Entry, EntryState]] = field(default_factory=list[tuple[Entry, EntryState]])
    requirements: dict[str, ShownRequirement] = field(default_factory=dict[str, ShownRequirement])
    explanations: dict[str, str] = field(default_factory=dict[str, str])
    parts: dict[str, int] = field(default_factory=dict[str, int])
    in_front: dict[str, str] = field(default_factory=dict[str, str])
    tolerated: list[tuple[Explanation, ...]] = field(default_factory=lambda: [()])
    causes: list[Cause] = field(default_factory=list[Cause])
    covered: dict[str, Entry] = field(default_factory=dict[str, Entry])
    reproductions: Reproductions = field(default_factory=Reproductions)
    interrupted: bool = False
    ended_early: bool = False
    seconds: float = 0.0

    @property
    def findings(self) -> list[tuple[Result, Finding]]:
        """Each finding once, with the result it belongs to: first those that fail the run, of these
        the smuggling-relevant ones first, then those that break a requirement or a promise, of
        these the specific ones first, of these
        last those in which the target is right, then those with simple programs.

        A finding of several phases has the simplest of their programs, and belongs to the last
        phase, which has judged the check as well.
        """
        found: dict[str, tuple[Result, Finding]] = {}
        for result in self.results:
            for finding in result.findings:
                known = found.get(finding.id, (result, finding))[1]
                found[finding.id] = result, finding if _simpler(finding, known) else known
        return sorted(found.values(), key=self._order)

    def _order(
        self, pair: tuple[Result, Finding]
    ) -> tuple[bool, bool, bool, bool, bool, tuple[int, int, str], str]:
        result, finding = pair
        shown = self._shown(result, finding)
        simplicity = (0, 0, "") if finding.program is None else size(finding.program)
        return (
            not self.fails(*pair),
            not finding.smuggling_risk,
            shown.check.level == "BEHAVIOUR",
            not shown.check.has_one_cause,
            finding.id in self.requirements and shown.conforming == "target",
            simplicity,
            finding.identity,
        )

    def fails(self, result: Result, finding: Finding) -> bool:
        """Whether the finding fails this run, accepted or not."""
        if finding.fails(documented=result.check.documented, strict=self.settings.strict):
            return True
        return self.promise(result, finding) is not None

    def promise(self, result: Result, finding: Finding) -> Promise | None:
        """Returns the promise that decides a finding beyond what its check documents, if any.

        A decision belongs to a version of the catalogue; runs of an earlier one do not have it.
        """
        if finding.kind == "api":
            decision = None
            if not result.check.documented:
                decision = decisions.decision_on_answer(finding.difference)
        elif result.check.documented:
            decision = decisions.decision_on_aspect(finding.aspect, finding.field, finding.actual)
        else:
            decision = None
        if decision is None or not versions.includes(self.settings.catalogue, decision.since):
            return None
        return decisions.promise(decision)

    def accepted(self, finding: Finding) -> Entry | None:
        """Returns the entry of the baseline that covers the finding or its cause, or None."""
        smuggling = bool(finding.smuggling_risk)
        own = self.baseline.covering(finding.id, smuggling=smuggling, environment=self.environment)
        if own is not None:
            return own
        if not self.covered:
            return None
        cause = next((each for each in self.causes if finding in each.findings), None)
        return None if cause is None else self.accepted_cause(cause)

    def accepted_cause(self, cause: Cause) -> Entry | None:
        """Returns the entry of the baseline that covers the cause as a whole, or None."""
        entry = self.covered.get(cause.id)
        if entry is None or entry.smuggling:
            return entry
        return None if any(finding.smuggling_risk for finding in cause.findings) else entry

    def find_causes(self) -> None:
        """Groups the findings by their causes, in the order of the clearest finding of each.

        What fails the run and what does not are never one cause.
        """
        failing: list[Finding] = []
        other: list[Finding] = []
        for result, finding in self.findings:
            (failing if self.fails(result, finding) else other).append(finding)
        own = self.requirement_ids
        self.causes = []
        for findings in (failing, other):
            found = group(
                findings,
                requirement=lambda finding: own[finding.id],
                explanations=self.explanations,
                parts=self.parts,
            )
            # What fails and what does not may break the same requirement in the same way.
            known = {cause.id for cause in self.causes}
            self.causes += [_not_failing(each) if each.id in known else each for each in found]

    @property
    def requirement_ids(self) -> dict[str, str]:
        """The id of the requirement that each finding breaks, by the id of the finding."""
        return {
            finding.id: self._shown(result, finding).check.id for result, finding in self.findings
        }

    def _shown(self, result: Result, finding: Finding) -> ShownRequirement:
        """The requirement that is shown for a finding."""
        own = ShownRequirement(result.check, result.conforming)
        return self.requirements.get(finding.id, own)

    @property
    def unexpected(self) -> list[Finding]:
        """The findings that fail the run and are not in the baseline."""
        return [
            finding
            for result, finding in self.findings
            if self.fails(result, finding) and self.accepted(finding) is None
        ]

    @property
    def unexpected_causes(self) -> list[FoundCause]:
        """The causes up to now with unexpected findings, in their order."""
        unexpected = {finding.id for finding in self.unexpected}
        return [
            FoundCause(
                cause.id, _title(cause, cause.clearest.to_json(imports=[])), cause.clearest.id
            )
            for cause in self.causes
            if any(finding.id in unexpected for finding in cause.findings)
        ]

    @property
    def stale(self) -> list[Entry]:
        """The baseline entries whose finding no longer occurs."""
        return [entry for entry, state in self.entries if state == "stale"]

    @property
    def complete(self) -> bool:
        """Whether everything that was requested was run."""
        if self.interrupted or self.ended_early:
            return False
        return all(result.statistics.complete for result in self.results)

    @property
    def failed(self) -> bool:
        """Whether there is an unexpected finding or a stale baseline entry."""
        return bool(self.unexpected or self.stale)

    @property
    def exit_code(self) -> int:
        """The exit code of the run."""
        if self.interrupted:
            return INTERRUPTED
        return FAILED if self.failed or not self.complete else CONFORMS

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: nothing failed, but not everything was run."""
        if self.failed:
            return "fail"
        return "pass" if self.complete else "inconclusive"

    def lines(self, imports: list[str]) -> Iterator[Json]:
        """Yields the lines of the record after its header.

        Args:
            imports: the lines of a script that import the target as ``h11``.
        """
        findings = self.findings
        forms: dict[str, Json] = {}
        for result, finding in findings:
            entry = self.accepted(finding)
            form = finding.to_json(imports=imports)
            form.update(self.reproductions.get(tuple(form["script"]), _NOT_RUN))
            if form["reproduced"] is False:
                # What shows the same on the expected side reproduces nothing.
                form.update({"script": [], "test": []})
            form.update(
                {
                    **self._requirement(result, finding),
                    "explanation": self.explanations.get(finding.id, ""),
                    "fails": self.fails(result, finding),
                    "accepted": None if entry is None else entry.reason,
                }
            )
            forms[finding.id] = form
            yield form
        yield from (self._cause(cause, forms) for cause in self.causes)
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
            **({"ended_early": True} if self.ended_early else {}),
            "out_of_time": any(result.statistics.out_of_time for result in self.results),
            "causes": len(self.causes),
            "findings": len(findings),
            "failing": sum(self.fails(*pair) for pair in findings),
            "unexpected": len(self.unexpected),
            "stale": len(self.stale),
            "omitted": sum(result.omitted for result in self.results),
            "seconds": round(self.seconds, 3),
        }

    def _requirement(self, result: Result, finding: Finding) -> Json:
        """The members about the requirement that a finding breaks."""
        shown, promise = self._shown(result, finding), self.promise(result, finding)
        check = shown.check
        return {
            "requirement_id": check.id,
            "level": check.level if promise is None else "CONTRACT",
            "role": check.role,
            "citations": list(check.citations) if promise is None else [promise.section],
            "requirement": check.requirement if promise is None else promise.promise,
            "note": check.note,
            "conforming": shown.conforming,
        }

    def _cause(self, cause: Cause, findings: Mapping[str, Json]) -> Json:
        """The line of a cause: what is said of its clearest finding, and which others it has."""
        clearest = findings[cause.clearest.id]
        risks = [each.smuggling_risk for each in cause.findings if each.smuggling_risk]
        reasons = [findings[each.id]["accepted"] for each in cause.findings]
        return {
            "kind": "cause",
            "id": cause.id,
            "identity": cause.identity,
            "title": _title(cause, clearest),
            "places": list(cause.places),
            "edit": cause.edit,
            "fails": clearest["fails"],
            # One that is accepted in part only is not accepted.
            "accepted": None if None in reasons else reasons[0],
            "smuggling": bool(risks),
            "smuggling_risk": next(iter(risks), ""),
            **{name: clearest[name] for name in _OF_REQUIREMENT},
            "findings": [each.id for each in cause.findings],
        }

    def _result(self, result: Result) -> Json:
        statistics = result.statistics
        failing = any(self.fails(result, finding) for finding in result.findings)
        passed = "pass" if statistics.complete and not self.interrupted else "inconclusive"
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
            "h11": result.check.h11,
            "programs": statistics.programs,
            "runs": statistics.runs,
            "steps": statistics.steps,
            "truncated": statistics.truncated,
            "inapplicable": statistics.inapplicable,
            **({"cut_short": True} if statistics.cut_short else {}),
            **({"unrepeated": sorted(statistics.unrepeated)} if statistics.unrepeated else {}),
            "findings": [
                finding.id
                for finding in sorted(result.findings, key=lambda each: self._order((result, each)))
            ],
            "omitted": result.omitted,
            "deviations": dict(sorted(statistics.deviations.items())),
        }


def _title(cause: Cause, clearest: Json) -> str:
    return cause_title({**clearest, "explanation": cause.explanation})


def _simpler(one: Finding, other: Finding) -> bool:
    """Whether a finding has a simpler program than another."""
    if one.program is None or other.program is None:
        return False
    return is_simpler(one.program, other.program)


def _not_failing(cause: Cause) -> Cause:
    """The cause with another identity than that of a cause that fails."""
    return replace(cause, identity=f"{cause.identity}, and does not fail")
