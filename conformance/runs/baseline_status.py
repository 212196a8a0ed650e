"""The state of each baseline entry after a run.

Owns the decision whether an entry is stale. If the run did not report the accepted finding, the
program of the entry is run again, so that the result does not depend on which programs were drawn.
It must not know the format of the file.
"""

from __future__ import annotations

from ..baseline.file import Entry, EntryState
from ..checks.check import Check
from ..oracles.lockstep import Lockstep
from .outcome import Outcome


def entry_states(outcome: Outcome, lockstep: Lockstep) -> list[tuple[Entry, EntryState]]:
    """Returns each entry of the outcome's baseline with its state."""
    found = {finding.id for _, finding in outcome.findings}
    found.update(cause.id for cause in outcome.causes)
    checks = {result.check.id: result.check for result in outcome.results}
    states: list[tuple[Entry, EntryState]] = []
    for entry in outcome.baseline.entries:
        check = checks.get(entry.check)
        state: EntryState
        if not entry.applies(outcome.environment):
            state = "elsewhere"
        elif check is None:
            state = "unselected"
        elif entry.id in found or _reproduces(entry, check, lockstep):
            state = "used"
        else:
            state = "stale"
        states.append((entry, state))
    return states


def _reproduces(entry: Entry, check: Check, lockstep: Lockstep) -> bool:
    """Whether the target still shows the difference that the entry accepts."""
    if entry.program is None:
        return check.answers_differently(lockstep, entry.expression)
    return entry.difference in check.differences(lockstep, entry.program, entry.difference)
