"""Looks behind differences that are explained: what else differs in the same programs.

Owns what is tolerated, and the findings that come to light. It must not know how an explanation is
found, nor how findings become causes.

A comparison ends at the first difference of a program. If an explanation fits it, the vectors that
differ are compared once more, with a reference that does the same; and so on, as long as there is
something new that is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...reports.findings.finding import difference_text, divergence_finding
from ...strategies.traces import observe
from ..causes.explaining import explain
from ..causes.explanations import ChangeError, Explanation, changed_reference, load
from ..oracles.confirmation import confirm
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import compare
from ..oracles.statistics import Progress, Statistics
from ..oracles.tolerance import TolerantLockstep
from ..vectors.corpus import StoredVector
from .minimizing import add_finding
from .outcome import Outcome

# Each takes as long as finding the causes; the oldest releases of h11 need three.
_MAX_ROUNDS = 6


def look_behind(
    outcome: Outcome, lockstep: Lockstep, differing: Sequence[StoredVector], progress: Progress
) -> None:
    """Adds the findings that lie behind explained ones to the results of the vectors.

    Args:
        lockstep: the target, and the reference as the expected side.
        differing: the vectors that differ.
    """
    if any(result.statistics.truncated for result in outcome.results):
        return
    explained: dict[str, str] = {}
    for _ in range(_MAX_ROUNDS):
        tolerated = outcome.tolerated[-1]
        left = [each for _, each in outcome.findings if each.id not in explained]
        found = explain(lockstep, left, [tolerated])
        explained.update(found)
        wider = _fitting(tolerated, [*found.values()])
        if not differing or len(wider) == len(tolerated):
            return
        outcome.tolerated.append(wider)
        tolerant = TolerantLockstep(lockstep, partial(observe, changed_reference(wider)))
        differing = _add_findings(outcome, tolerant, differing, wider, progress)


def _fitting(tolerated: Sequence[Explanation], sentences: Sequence[str]) -> tuple[Explanation, ...]:
    """What is tolerated, and those of the explanations that fit together with it.

    Those that explain most findings come first.
    """
    known = {each.sentence: each for each in load()}
    fitting = [*tolerated]
    for sentence in sorted(set(sentences), key=lambda each: (-sentences.count(each), each)):
        if known[sentence] in fitting:
            continue
        try:
            changed_reference([*fitting, known[sentence]])
        except ChangeError:
            continue
        fitting.append(known[sentence])
    return tuple(fitting)


def _add_findings(
    outcome: Outcome,
    oracle: TolerantLockstep,
    vectors: Sequence[StoredVector],
    tolerated: Sequence[Explanation],
    progress: Progress,
) -> list[StoredVector]:
    """Adds what the vectors still show; returns those that do."""
    programs = [each.program for each in vectors]
    left: list[StoredVector] = []
    seen: dict[str, Statistics] = {}
    for vector, comparison in zip(vectors, oracle.submit(programs)(), strict=True):
        if comparison is not None and comparison.divergence is not None:
            left.append(vector)
            statistics = seen.setdefault(vector.check, Statistics(vector.check, "vectors"))
            statistics.note(comparison.divergence, [vector.program], 0)
    known = {finding.id for _, finding in outcome.findings}
    behind = [each.sentence for each in tolerated]
    for result in outcome.results:
        if result.phase != "vectors" or result.check.id not in seen:
            continue
        found = seen[result.check.id]
        for divergence in found.divergences.values():
            with_cause = not result.check.has_one_cause
            id = divergence_finding(result.check.id, divergence, with_cause=with_cause).id
            if id in known:
                continue
            if len(result.findings) >= outcome.settings.max_findings:
                result.omitted += 1
                continue
            text = difference_text(divergence, with_cause=True)
            confirmed = confirm(oracle, found.occurrences[text])
            if confirmed is not None:
                add_finding(result, confirmed, behind)
                first = compare(oracle.lockstep, divergence.program).divergence
                if first is not None:
                    front = divergence_finding(result.check.id, first, with_cause=with_cause)
                    outcome.in_front.setdefault(id, front.id)
            progress(result.statistics)
    return left
