"""Finds the causes of the findings of a run, from all the evidence that there is.

Owns which evidence is looked for, and in which order. It must not know how any of it is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...reports.findings.finding import Finding
from ..causes import signatures
from ..causes.evidence import NO_PARTS, Parts, parts_of_findings
from ..causes.explaining import explain
from ..causes.explanations import changed_reference, load
from ..causes.locating import located
from ..causes.requirement_choice import RequirementChoice, choose_requirements
from ..checks.catalogue import catalogue
from ..checks.check import Result, ShownRequirement
from ..execution.executor import InProcessExecutor
from ..oracles.lockstep import Lockstep
from ..vectors import corpus
from ..vectors.corpus import StoredVector
from .outcome import Outcome


def find_causes(
    outcome: Outcome, lockstep: Lockstep, differing: Sequence[StoredVector], *, against: bool
) -> None:
    """Gives each finding of an outcome its requirement and its cause, which has no places yet.

    A target that keeps faulting would take long to answer more programs: then only what the
    findings look like is compared.

    Args:
        differing: the vectors that differ.
        against: whether another target is on the expected side; explanations and signatures are
            those of the reference.
    """
    if any(result.statistics.truncated for result in outcome.results):
        outcome.find_causes()
        return
    if not against:
        findings = [finding for _, finding in outcome.findings]
        parts = _parts(lockstep, differing)
        outcome.parts = dict(parts.numbers)
        # A program may show more than one difference; that of the whole part is the same one.
        known = {each.name: each.sentence for each in load()}
        by_parts = {id: known[name] for id, name in parts.names.items() if name in known}
        by_programs = explain(lockstep, findings, outcome.tolerated)
        outcome.explanations = {**by_parts, **by_programs}
    choose = _Choice(lockstep, outcome.settings.catalogue, outcome.explanations)
    outcome.requirements = choose_requirements(outcome.results, choose)
    outcome.find_causes()


class _Choice:
    """Chooses the requirement that a finding breaks.

    Where an explanation fits, it says which, or the requirement is chosen as for an implementation
    that does nothing else: another difference of the target may break requirements as well, in the
    programs of many findings.
    """

    def __init__(self, lockstep: Lockstep, catalogue: str, explanations: Mapping[str, str]) -> None:
        self._lockstep = lockstep
        self._catalogue = catalogue
        self._explanations = explanations
        self._of_target = RequirementChoice(lockstep, catalogue)
        self._of_explanation: dict[str, RequirementChoice] = {}

    def __call__(self, result: Result, finding: Finding) -> ShownRequirement:
        sentence = self._explanations.get(finding.id)
        if sentence is None:
            return self._of_target.choose(result, finding)
        [explanation] = (each for each in load() if each.sentence == sentence)
        if explanation.requirement:
            [check] = (each for each in catalogue() if each.id == explanation.requirement)
            return ShownRequirement(check, "expected")
        if sentence not in self._of_explanation:
            changed = InProcessExecutor(changed_reference([explanation]))
            lockstep = replace(self._lockstep, actual=changed)
            self._of_explanation[sentence] = RequirementChoice(lockstep, self._catalogue)
        return self._of_explanation[sentence].choose(result, finding)


def locate(
    outcome: Outcome, lockstep: Lockstep, differing: Sequence[StoredVector], *, against: bool
) -> None:
    """Gives each failing cause of an outcome its places in the target's source.

    Causes with the same place are joined.

    Args:
        differing: the vectors that differ.
        against: whether another target is on the expected side.
    """
    if any(result.statistics.truncated for result in outcome.results):
        return
    ids = {finding.id for result, finding in outcome.findings if outcome.fails(result, finding)}
    failing = [each for each in outcome.causes if each.clearest.id in ids]
    if failing and not against:
        others = [each for each in outcome.causes if each.clearest.id not in ids]
        names = {vector.id for vector in differing}
        vectors = [each for each in corpus.stored() if each.id not in names]
        outcome.causes = [*located(lockstep, failing, vectors), *others]


def _parts(lockstep: Lockstep, differing: Sequence[StoredVector]) -> Parts:
    """The parts that the vectors of findings are of."""
    if not differing or not corpus.current():
        return NO_PARTS
    order = {vector.id: position for position, vector in enumerate(corpus.stored())}
    vectors = {order[vector.id]: vector for vector in differing}
    return parts_of_findings(lockstep, catalogue(), vectors, signatures.load())
