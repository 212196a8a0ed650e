"""The phrases that several formats share, so that one count has the same word in each of them.

Owns the wording of what a run skipped, and of the requirements that a target satisfies. It must not
know any format, and escapes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.implementations import Implementation
from ..analysis.summary import pluralise
from ..analysis.totals import Document, Totals, describe_assumption, describe_suite

CUT_SHORT = "cut short: the target hung so often that not all of its programs were run"


def truncated(programs: int) -> str:
    """Returns how many programs ended early because the target kept failing."""
    ended = pluralise(programs, "program")
    return f"truncated: {ended} ended before a step at which the target died or hung too often"


def unrepeated(differences: int) -> str:
    """Returns how many differences were seen, and were not when their programs ran again."""
    seen = pluralise(differences, "difference")
    return f"not seen again: {seen} that did not show when the same programs were run once more"


def inapplicable(programs: int) -> str:
    """Returns how many programs ended early because the target lacks what they need."""
    ended = pluralise(programs, "program")
    return f"inapplicable: {ended} ended at a step that the target cannot express"


def omitted(findings: int) -> str:
    """Returns how many findings the record lacks."""
    return f"omitted from the record (--max-findings): {pluralise(findings, 'finding')}"


def phase_notes(phase: Totals) -> Iterator[str]:
    """Yields a sentence for everything remarkable about a phase."""
    for suite in phase.machines:
        yield f"{suite.role}: {describe_suite(suite)}"
    yield from dict.fromkeys(map(describe_assumption, phase.machines))
    for name, count in phase.deviations:
        yield f"upstream deviation, allowed: {name} ({pluralise(count, 'time')})"
    for check, count in phase.omitted:
        yield f"{omitted(count)} of {check}"
    yield from limits(phase)


def limits(phase: Totals) -> Iterator[str]:
    """Yields a sentence for each reason why a phase has not run everything."""
    if phase.inapplicable:
        yield inapplicable(phase.inapplicable)
    if phase.truncated:
        yield truncated(phase.truncated)
    if phase.cut_short:
        yield CUT_SHORT
    if phase.unrepeated:
        yield unrepeated(phase.unrepeated)


def requirements_satisfied(document: Document, target: Implementation) -> str:
    """Returns how many requirements of a document the target satisfies, and how many it breaks."""
    broken_musts = f" ({document.broken_musts} of level MUST)" if document.broken_musts else ""
    return (
        f"{document.name}: {target.name} satisfies {document.judged - document.broken} of "
        f"{pluralise(document.judged, 'requirement')} and breaks {document.broken}{broken_musts}"
    )


def requirements_of_target_only(document: Document) -> Iterator[str]:
    """Yields the checks in which the target and the expected side do not conform alike."""
    if document.only_target_conforms:
        yield f"satisfied only by the target: {', '.join(document.only_target_conforms)}"
    if document.only_target_breaks:
        yield f"broken only by the target: {', '.join(document.only_target_breaks)}"
    if document.broken_as_by_h11:
        yield f"broken as by h11 0.16.0: {', '.join(document.broken_as_by_h11)}"
