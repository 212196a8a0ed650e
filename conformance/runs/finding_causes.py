"""Finds the causes of the findings of a run, from all the evidence that there is.

Owns which evidence is looked for, in which order, and what is remembered from one phase to the
next. It must not know how any of it is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...reports.findings.finding import Finding
from ..causes import signatures
from ..causes.cause import Cause
from ..causes.evidence import NO_PARTS, Parts, parts_behind, parts_of_findings
from ..causes.explaining import explain
from ..causes.explanations import changed_reference, load
from ..causes.grouping import cause_of, with_distinct_identities
from ..causes.locating import located
from ..causes.requirement_choice import RequirementChoice, choose_requirements
from ..checks.catalogue import catalogue
from ..checks.check import Result, ShownRequirement
from ..execution.executor import InProcessExecutor
from ..oracles.lockstep import Lockstep
from ..vectors import corpus
from ..vectors.corpus import StoredVector
from .outcome import Outcome


@dataclass
class CauseFinder:
    """Finds the causes of the findings that a run has up to now.

    What it finds does not depend on how often, and how early, it was asked before.

    ``against`` says whether another target is on the expected side: explanations and signatures are
    those of the reference. ``differing`` are the vectors that differ, once they were run.
    """

    lockstep: Lockstep
    version: str
    against: bool
    differing: Sequence[StoredVector] = field(default=())

    def find(self, outcome: Outcome) -> None:
        """Gives each finding its requirement and its cause, and each failing cause its places.

        A target that keeps faulting would take long to answer more programs: then only what the
        findings look like is compared.
        """
        if any(result.statistics.truncated for result in outcome.results):
            outcome.find_causes()
            return
        if not self.against:
            findings = [finding for _, finding in outcome.findings]
            parts = self._parts if self.differing else NO_PARTS
            # A program may show more than one difference; that of the whole part is the same one.
            known = {each.name: each.sentence for each in load()}
            by_parts = {id: known[name] for id, name in parts.names.items() if name in known}
            by_programs = explain(self.lockstep, findings, outcome.tolerated)
            outcome.explanations = {**by_parts, **by_programs}
            hidden = [
                each
                for each in findings
                if each.id in outcome.in_front and each.id not in outcome.explanations
            ]
            behind = parts_behind(hidden, outcome.in_front, findings, parts.numbers)
            outcome.parts = {**behind, **parts.numbers}

        def choose(result: Result, finding: Finding) -> ShownRequirement:
            return self._choose(result, finding, outcome.explanations.get(finding.id))

        outcome.requirements = choose_requirements(outcome.results, choose)
        outcome.find_causes()
        self._locate(outcome)

    def _choose(self, result: Result, finding: Finding, sentence: str | None) -> ShownRequirement:
        """The requirement that a finding breaks.

        Where an explanation fits, it says which, or the requirement is chosen as for an
        implementation that does nothing else: another difference of the target may break
        requirements as well, in the programs of many findings.
        """
        if sentence is None:
            return self._of_target.choose(result, finding)
        [explanation] = (each for each in load() if each.sentence == sentence)
        if explanation.requirement:
            [check] = (each for each in catalogue() if each.id == explanation.requirement)
            return ShownRequirement(check, "expected")
        if sentence not in self._of_explanation:
            changed = InProcessExecutor(changed_reference([explanation]))
            lockstep = replace(self.lockstep, actual=changed)
            self._of_explanation[sentence] = RequirementChoice(lockstep, self.version)
        return self._of_explanation[sentence].choose(result, finding)

    def _locate(self, outcome: Outcome) -> None:
        """Gives each failing cause its places in the target's source, and joins those of one place.

        An entry of a baseline covers a cause as it is shown, joined with others.
        """
        ids = {finding.id for result, finding in outcome.findings if outcome.fails(result, finding)}
        failing = [each for each in outcome.causes if each.clearest.id in ids]
        if failing and not self.against:
            others = [each for each in outcome.causes if each.clearest.id not in ids]
            names = {vector.id for vector in self.differing}
            vectors = [each for each in corpus.stored() if each.id not in names]
            own = outcome.requirement_ids

            def made(findings: Sequence[Finding]) -> Cause:
                return cause_of(
                    findings,
                    requirement=lambda finding: own[finding.id],
                    explanations=outcome.explanations,
                )

            found = located(self.lockstep, failing, vectors, made)
            outcome.causes = with_distinct_identities([*found, *others])

    @cached_property
    def _of_target(self) -> RequirementChoice:
        return RequirementChoice(self.lockstep, self.version)

    @cached_property
    def _of_explanation(self) -> dict[str, RequirementChoice]:
        """By sentence, the choice for the reference with the change of an explanation."""
        return {}

    @cached_property
    def _parts(self) -> Parts:
        """The parts that the vectors of findings are of."""
        if not corpus.current():
            return NO_PARTS
        order = {vector.id: position for position, vector in enumerate(corpus.stored())}
        vectors = {order[vector.id]: vector for vector in self.differing}
        return parts_of_findings(self.lockstep, catalogue(), vectors, signatures.load())
