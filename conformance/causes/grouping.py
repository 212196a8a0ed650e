"""Puts findings together that one change of the target would repair.

Owns which findings are of one cause, and which of them shows it most clearly. It must not know how
an explanation is found, nor what fails a run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from ...reports.findings.finding import Finding
from .cause import Cause, cause_identity


def group(
    findings: Sequence[Finding],
    *,
    requirement: Callable[[Finding], str],
    explanations: Mapping[str, str],
) -> list[Cause]:
    """Returns the causes of findings, each with its findings in their order.

    Args:
        findings: the clearest first.
        requirement: returns the id of the requirement that a finding breaks.
        explanations: what the target does, by the id of a finding.
    """
    groups: dict[Hashable, list[Finding]] = {}
    for finding in findings:
        identity = cause_identity(requirement(finding), finding)
        groups.setdefault(explanations.get(finding.id) or (identity,), []).append(finding)
    return _with_distinct_identities(
        [
            Cause(
                cause_identity(requirement(found[0]), found[0]),
                tuple(found),
                explanations.get(found[0].id, ""),
            )
            for found in groups.values()
        ]
    )


def _with_distinct_identities(causes: Sequence[Cause]) -> list[Cause]:
    """The causes, of which those with the identity of an earlier one have a longer one."""
    known: set[str] = set()
    distinct: list[Cause] = []
    for cause in causes:
        identity = cause.identity
        if identity in known:
            identity = f"{identity}: {cause.clearest.identity}"
        known.add(identity)
        distinct.append(Cause(identity, cause.findings, cause.explanation, cause.places))
    return distinct
