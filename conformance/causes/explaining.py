"""What the target does, in one sentence for each finding that an explanation fits.

Owns which explanations are tried on a target, and which of them a finding gets. It must not know
how the reference is changed, nor how findings are shown.

An explanation is a candidate if the target shows its own program as the changed reference does, and
not as the reference does. It explains a finding if the changed reference shows the finding's whole
program as the target does. Of several, the one that explains most of what is left comes first.

Where a target does several things in one program, no change alone shows what it does: then what was
explained before is changed as well, on both sides of these comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import ModuleType

from ... import reference
from ...reports.findings.divergence import SOFT_ASPECTS, compare
from ...reports.findings.finding import Finding
from ...strategies.program import Program
from ...strategies.traces import Trace, run
from ..execution.executor import CachingExecutor, Executor, InProcessExecutor, parse_trace
from ..oracles.lockstep import Lockstep
from .explanations import ChangeError, Explanation, changed_reference, load


def explain(
    lockstep: Lockstep,
    findings: Sequence[Finding],
    tolerated: Iterable[Sequence[Explanation]] = ((),),
) -> dict[str, str]:
    """Returns the sentences that explain findings, by the findings' ids.

    Args:
        lockstep: the target, and the reference as the expected side.
        findings: those of a run; some may have no explanation.
        tolerated: what else the target may do in a program. For each of these sequences in turn,
            what is left is explained.
    """
    found: dict[str, str] = {}
    programs = {
        each.id: each.program
        for each in findings
        if each.program is not None and _can_be_explained(each)
    }
    answers = {each.id: each for each in findings if each.kind == "api"}
    for each in tolerated:
        left = {name: program for name, program in programs.items() if name not in found}
        asked = [finding for name, finding in answers.items() if name not in found]
        if left or asked:
            found.update(_explained(lockstep, left, asked, each))
    return found


def _explained(
    lockstep: Lockstep,
    programs: Mapping[str, Program],
    answers: Sequence[Finding],
    tolerated: Sequence[Explanation],
) -> dict[str, str]:
    """The sentences that explain findings, by the findings' ids.

    Args:
        programs: those of the findings, by the findings' ids.
        answers: findings of other answers to expressions.
        tolerated: what else the target may do in the programs.
    """
    names: dict[str, set[str]] = {}
    for name, program in programs.items():
        names.setdefault(program.to_text(), set()).add(name)
    distinct = {program.to_text(): program for program in programs.values()}
    shown = _shown(lockstep.actual, [*distinct.values()])
    explained: dict[Explanation, set[str]] = {}
    for each in _candidates(lockstep, tolerated):
        agreeing = (
            names[text]
            for text, program in distinct.items()
            if _agree(lockstep, [*tolerated, each], program, shown[text])
        )
        same = _same_answers([*tolerated, each], answers)
        explained[each] = same.union(*agreeing)
    return _most_first(explained)


def _can_be_explained(finding: Finding) -> bool:
    """Whether a finding is about one program by itself, and not about words or types."""
    return (
        finding.kind == "divergence"
        and finding.program is not None
        and not finding.before
        and not finding.unconfirmed
        and finding.aspect not in SOFT_ASPECTS
    )


def _same_answers(changes: Sequence[Explanation], findings: Sequence[Finding]) -> set[str]:
    """The ids of the findings whose expressions the changed reference answers as the target."""
    changed = _changed(tuple(changes))
    if changed is None or not findings:
        return set()
    # The expression is what differs.
    answers = InProcessExecutor(changed).evaluate([each.difference for each in findings])
    pairs = zip(findings, answers, strict=True)
    return {finding.id for finding, answer in pairs if answer == finding.actual}


def _candidates(lockstep: Lockstep, tolerated: Sequence[Explanation]) -> Iterator[Explanation]:
    """Yields the explanations whose own program the target shows as they say.

    Most are left out before the reference is changed, which takes some milliseconds each. Those
    that follow need no changed reference but their own, so that few of these are kept.
    """
    shown = _shown(lockstep.actual, [each.program for each in load()])
    for each in load():
        trace = shown[each.program.to_text()]
        if not _agree(lockstep, tolerated, each.program, trace) and _agree(
            lockstep, [*tolerated, each], each.program, trace
        ):
            yield each


def _agree(
    lockstep: Lockstep, changes: Sequence[Explanation], program: Program, trace: Trace
) -> bool:
    """Whether the changed reference shows what the target has shown, but for words and types."""
    changed = _changed(tuple(changes))
    if changed is None:
        return False
    comparison = compare(program, run(changed, program), trace, lockstep.deviations)
    return comparison.divergence is None and not comparison.inapplicable


# A target has few candidates, and each of them is tried on every finding.
@lru_cache(maxsize=64)
def _changed(changes: tuple[Explanation, ...]) -> ModuleType | None:
    """The reference with some changes; None if they do not fit together."""
    if not changes:
        return reference
    try:
        return changed_reference(changes)
    except ChangeError:
        return None


def _most_first(explained: Mapping[Explanation, set[str]]) -> dict[str, str]:
    """Takes the explanation of most findings, then that of most that are left, and so on."""
    found: dict[str, str] = {}
    left = {each: set(names) for each, names in explained.items()}
    while any(left.values()):
        best = max(left, key=lambda each: len(left[each]))
        found.update(dict.fromkeys(left[best], best.sentence))
        left = {each: names - found.keys() for each, names in left.items()}
    return found


def _shown(executor: Executor, programs: Sequence[Program]) -> dict[str, Trace]:
    """The traces of programs by their texts; those that a fault prevented are run again."""
    caching = CachingExecutor(executor)
    caching.prefetch(programs)
    traces = caching.submit(programs)()
    return {
        program.to_text(): parse_trace(trace)
        for program, trace in zip(programs, traces, strict=True)
    }
