"""What the target does, in one sentence for each finding that an explanation fits.

Owns which explanations are tried on a target, and which of them a finding gets. It must not know
how the reference is changed, nor how findings are shown.

An explanation is a candidate if the target shows its own program as the changed reference does, and
not as the reference does. It explains a finding if the changed reference shows the finding's whole
program as the target does. Of several, the one that explains most of what is left comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import ModuleType

from ... import reference
from ...reports.findings.divergence import SOFT_ASPECTS, compare
from ...reports.findings.finding import Finding
from ...strategies.program import Program
from ...strategies.traces import Trace, run
from ..execution.executor import CachingExecutor, Executor, parse_trace
from ..oracles.lockstep import Lockstep
from .explanations import Explanation, changed_reference, load


def explain(lockstep: Lockstep, findings: Sequence[Finding]) -> dict[str, str]:
    """Returns the sentences that explain findings, by the findings' ids.

    Args:
        lockstep: the target, and the reference as the expected side.
        findings: those of a run; some may have no explanation.
    """
    programs = {each.id: each.program for each in findings if _can_be_explained(each)}
    shown = _shown(lockstep.actual, [each for each in programs.values() if each is not None])
    if not shown:
        return {}
    explained = {
        each: {
            name
            for name, program in programs.items()
            if program is not None and _agree(lockstep, each, program, shown[program.to_text()])
        }
        for each in _candidates(lockstep)
    }
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


def _candidates(lockstep: Lockstep) -> list[Explanation]:
    """The explanations whose own program the target shows as they say.

    Most are left out before the reference is changed, which takes some milliseconds each.
    """
    shown = _shown(lockstep.actual, [each.program for each in load()])
    found: list[Explanation] = []
    for each in load():
        trace = shown[each.program.to_text()]
        usual = compare(each.program, run(reference, each.program), trace, lockstep.deviations)
        if usual.divergence is not None and _agree(lockstep, each, each.program, trace):
            found.append(each)
    return found


def _agree(lockstep: Lockstep, each: Explanation, program: Program, trace: Trace) -> bool:
    """Whether the changed reference shows what the target has shown, but for words and types."""
    comparison = compare(program, run(_changed(each), program), trace, lockstep.deviations)
    return comparison.divergence is None and not comparison.inapplicable


# A target has few candidates, and each of them is tried on every finding.
@lru_cache(maxsize=64)
def _changed(each: Explanation) -> ModuleType:
    return changed_reference([each])


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
