"""What becomes of each entry of a baseline in a run.

Owns how an entry that a run did not meet is looked at again: by its own program, so that whether it
is stale never depends on luck. The file and its rules are ``baseline``'s.
"""

from __future__ import annotations

from ..baseline.file import Entry, State
from ..checks.check import Result
from ..oracles.lockstep import Lockstep
from .outcome import Outcome


def settled(outcome: Outcome, lockstep: Lockstep) -> list[tuple[Entry, State]]:
    """Returns each entry of the outcome's baseline with what became of it."""
    found = {finding.id for _, finding in outcome.findings}
    results = {result.check.id: result for result in outcome.results}
    states: list[tuple[Entry, State]] = []
    for entry in outcome.baseline.entries:
        result = results.get(entry.check)
        state: State
        if not entry.applies(outcome.where):
            state = "elsewhere"
        elif result is None:
            state = "unselected"
        elif entry.id in found or shows(entry, result, lockstep):
            state = "used"
        else:
            state = "stale"
        states.append((entry, state))
    return states


def shows(entry: Entry, result: Result, lockstep: Lockstep) -> bool:
    """Whether the target still shows what the entry is of."""
    check = result.check
    if entry.program is None:
        return check.answers_differently(lockstep, entry.expression)
    return entry.difference in check.differences(lockstep, entry.program, entry.difference)
