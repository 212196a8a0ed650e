"""Finds the causes of the findings of a run, from all the evidence that there is.

Owns which evidence is looked for, and in which order. It must not know how any of it is found.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..causes import signatures
from ..causes.evidence import parts_of_findings
from ..causes.explaining import explain
from ..causes.locating import located
from ..causes.requirement_choice import RequirementChoice, choose_requirements
from ..checks.catalogue import catalogue
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
    choice = RequirementChoice(lockstep, outcome.settings.catalogue)
    outcome.requirements = choose_requirements(outcome.results, choice.choose)
    if not against:
        outcome.explanations = explain(lockstep, [finding for _, finding in outcome.findings])
        outcome.parts = _parts(lockstep, differing)
    outcome.find_causes()


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


def _parts(lockstep: Lockstep, differing: Sequence[StoredVector]) -> dict[str, int]:
    """The part that the vectors of each finding are of."""
    if not differing or not corpus.current():
        return {}
    order = {vector.id: position for position, vector in enumerate(corpus.stored())}
    vectors = {order[vector.id]: vector for vector in differing}
    return parts_of_findings(lockstep, catalogue(), vectors, signatures.load())
