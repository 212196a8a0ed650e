"""What the vectors say about findings: which of them are effects of one change.

Owns the way from vectors that differ to the findings that they belong to. It must not know how the
vectors are divided into parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...reports.findings.divergence import compare
from ...reports.findings.finding import Finding, difference_text, short_id
from ...strategies.traces import Trace
from ..checks.check import Check
from ..execution.executor import CachingExecutor, parse_trace
from ..oracles.lockstep import Lockstep
from ..vectors.corpus import StoredVector
from .cause import what_differs
from .partition import partition
from .signatures import StoredSignature, symptom

# In place of the number of a part that is of several changes.
MIXED = -1


@dataclass(frozen=True)
class Parts:
    """What the vectors say about findings, by the ids of the findings.

    ``numbers`` has the part that most vectors of a finding are of; MIXED if no change fits the
    part: a target that does many things differently at once divides its vectors badly. ``names``
    has the change that makes the whole part differ in the same way, where there is one.
    """

    numbers: Mapping[str, int]
    names: Mapping[str, str]


NO_PARTS = Parts({}, {})


def parts_of_findings(
    lockstep: Lockstep,
    checks: Iterable[Check],
    vectors: Mapping[int, StoredVector],
    signatures: Sequence[StoredSignature],
) -> Parts:
    """Returns which parts the vectors of findings are of.

    Args:
        lockstep: the target, and the reference as the expected side.
        checks: those that the vectors belong to.
        vectors: those that differ, by their positions among all.
        signatures: those of the changes that parts may be of.
    """
    by_id = {check.id: check for check in checks}
    executor = CachingExecutor(lockstep.actual)
    programs = [each.program for each in vectors.values()]
    executor.prefetch(programs)
    symptoms: dict[int, int] = {}
    owners: dict[int, str] = {}
    traces = executor.submit(programs)()
    for (position, vector), shown in zip(vectors.items(), traces, strict=True):
        expected = Trace(vector.trace())
        comparison = compare(vector.program, expected, parse_trace(shown), lockstep.deviations)
        found = comparison.divergence
        if found is not None:
            check = by_id[vector.check]
            text = difference_text(found, with_cause=not check.has_one_cause)
            symptoms[position] = symptom(found.step, found.difference)
            owners[position] = short_id(f"{check.id}: {text}")
    votes: dict[str, Counter[int]] = {}
    parts = partition(symptoms, signatures)
    for number, part in enumerate(parts):
        for position, owner in owners.items():
            if part.positions >> position & 1:
                votes.setdefault(owner, Counter())[number] += 1
    most = {owner: counts.most_common(1)[0][0] for owner, counts in votes.items()}
    return Parts(
        {owner: MIXED if parts[at].is_mixed else at for owner, at in most.items()},
        {owner: parts[at].names[0] for owner, at in most.items() if parts[at].is_same},
    )


def parts_behind(
    hidden: Iterable[Finding],
    in_front: Mapping[str, str],
    findings: Iterable[Finding],
    numbers: Mapping[str, int],
) -> dict[str, int]:
    """Returns the parts of findings that came to light behind another one, by their ids.

    A finding is of the part that most others show the same of. If none does, it is mostly an effect
    of what is in front of it.

    Args:
        hidden: the findings behind another one.
        in_front: by their ids, that of the other one.
        findings: all findings.
        numbers: the parts of findings that the vectors show, by their ids.
    """
    shown: dict[tuple[str, ...], Counter[int]] = {}
    for finding in findings:
        if finding.id in numbers and finding.id not in in_front:
            shown.setdefault(what_differs(finding), Counter())[numbers[finding.id]] += 1
    found: dict[str, int] = {}
    for finding in hidden:
        same, front = shown.get(what_differs(finding)), in_front[finding.id]
        if same is not None:
            found[finding.id] = same.most_common(1)[0][0]
        elif front in numbers:
            found[finding.id] = numbers[front]
    return found
