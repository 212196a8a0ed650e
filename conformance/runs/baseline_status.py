"""The state of each baseline entry after a run, and which causes of the run the entries cover.

Owns both decisions. The program of an entry is run again, so that they do not depend on which
programs were drawn. It must not know the format of the file, nor how causes are found.

An entry covers the cause that its own finding belongs to, and no other; and only if that breaks no
other requirements than it did, as then another fault may hide in it. If the run did not come
across this finding, the causes are found a second time, with the findings of the entries added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...reports.findings.finding import (
    REQUIREMENT_BROKEN,
    Finding,
    difference_text,
    divergence_finding,
    requirement_finding,
)
from ..baseline.file import Entry, EntryState
from ..causes.cause import Cause
from ..checks.catalogue import DRAWN, catalogue
from ..checks.check import Check, JudgeOptions, Result
from ..checks.trace_check import TraceCheck, run_one
from ..oracles.lockstep import Lockstep
from ..oracles.statistics import Statistics
from .outcome import Outcome

# Finds the causes of an outcome.
FindCauses = Callable[[Outcome], None]


def apply_baseline(outcome: Outcome, lockstep: Lockstep, find_causes: FindCauses) -> None:
    """Decides which causes of an outcome its baseline covers, and the state of each entry."""
    outcome.covered, outcome.entries = {}, []
    if not outcome.baseline.entries:
        return
    shown = _shown(outcome, lockstep)
    outcome.covered = _covered(outcome, shown, lockstep, find_causes)
    for at, entry in enumerate(outcome.baseline.entries):
        outcome.entries.append((entry, _state(at, entry, outcome, shown, lockstep)))


def _state(
    at: int, entry: Entry, outcome: Outcome, shown: Mapping[int, Finding | None], lockstep: Lockstep
) -> EntryState:
    check = next((each.check for each in outcome.results if each.check.id == entry.check), None)
    if not entry.applies(outcome.environment):
        return "elsewhere"
    if any(each is entry for each in outcome.covered.values()):
        return "used"
    if check is None:
        return "unselected"
    if entry.of_cause:
        return "used" if at in shown else "stale"
    found = any(finding.id == entry.id for _, finding in outcome.findings)
    return "used" if found or _reproduces(entry, check, lockstep) else "stale"


def _shown(outcome: Outcome, lockstep: Lockstep) -> dict[int, Finding | None]:
    """The entries of causes whose difference the target shows now, by their positions.

    Each has its finding, except for an answer that the run did not ask for.
    """
    found = {finding.id: finding for _, finding in outcome.findings}
    checks = {each.id: each for each in (*catalogue(), DRAWN)}
    shown: dict[int, Finding | None] = {}
    for at, entry in enumerate(outcome.baseline.entries):
        check = checks.get(entry.check)
        if check is None or not entry.of_cause or not entry.applies(outcome.environment):
            continue
        if entry.program is not None:
            finding = _replayed(entry, check, lockstep)
            if finding is not None:
                shown[at] = found.get(finding.id, finding)
        elif entry.finding_id in found:
            shown[at] = found[entry.finding_id]
        elif check.answers_differently(lockstep, entry.expression):
            shown[at] = None
    return shown


def _replayed(entry: Entry, check: Check, lockstep: Lockstep) -> Finding | None:
    """The finding that the program of an entry shows now, if it is the one that was accepted."""
    assert entry.program is not None
    if entry.before:
        lockstep = lockstep.behind(entry.before)
    if entry.difference == REQUIREMENT_BROKEN and isinstance(check, TraceCheck):
        trace = run_one(lockstep.actual, entry.program)
        kept = check.conditions is None or check.conditions.hold(entry.program, trace)
        return None if kept else requirement_finding(check.id, entry.program, trace)
    with_cause = not check.has_one_cause
    for found in check.shown(lockstep, entry.program):
        if difference_text(found, with_cause=with_cause) == entry.difference:
            return divergence_finding(check.id, found, with_cause=with_cause)
    return None


def _covered(
    outcome: Outcome,
    shown: Mapping[int, Finding | None],
    lockstep: Lockstep,
    find_causes: FindCauses,
) -> dict[str, Entry]:
    """The entry that covers a cause, by the id of the cause."""
    known = {finding.id for _, finding in outcome.findings}
    if not known:
        return {}
    missing = [each for each in shown.values() if each is not None and each.id not in known]
    causes = outcome.causes
    if missing:
        added = [_result(finding, lockstep) for finding in missing]
        extended = replace(outcome, results=[*outcome.results, *added])
        find_causes(extended)
        causes = extended.causes
    covered: dict[str, Entry] = {}
    for at, finding in shown.items():
        entry = outcome.baseline.entries[at]
        own = next((each for each in causes if finding and finding.id in _ids(each)), None)
        for cause in outcome.causes if own is not None else ():
            assert own is not None
            if entry.id not in (cause.id, own.id) or not _ids(cause) <= _ids(own):
                continue
            if entry.breaks is not None and not _broken(cause, outcome) <= entry.breaks:
                continue
            # Of two entries for several environments, the one that accepts more.
            if cause.id not in covered or entry.smuggling:
                covered[cause.id] = entry
    return covered


def _broken(cause: Cause, outcome: Outcome) -> set[str]:
    """The checks of a single requirement that fail with a cause.

    In a run with vectors, these are those that the vectors show: what else a run shows depends on
    its phases.
    """
    vectors = [result for result in outcome.results if result.phase == "vectors"]
    results = vectors or outcome.results
    return {
        result.check.id
        for result in results
        for finding in result.findings
        if result.check.has_one_cause
        and finding.id in _ids(cause)
        and outcome.fails(result, finding)
    }


def _result(finding: Finding, lockstep: Lockstep) -> Result:
    """The result of a check that has a finding, and says which side conforms to it."""
    check = next(each for each in (*catalogue(), DRAWN) if each.id == finding.check)
    result = Result(check, "", Statistics(check.id))
    if isinstance(check, TraceCheck):
        check.judge(lockstep, result, JudgeOptions())
    result.findings = [finding]
    return result


def _ids(cause: Cause) -> set[str]:
    return {finding.id for finding in cause.findings}


def _reproduces(entry: Entry, check: Check, lockstep: Lockstep) -> bool:
    """Whether the target still shows the difference that the entry of a finding accepts."""
    if entry.program is None:
        return check.answers_differently(lockstep, entry.expression)
    return entry.difference in check.differences(lockstep, entry.program, entry.difference)
