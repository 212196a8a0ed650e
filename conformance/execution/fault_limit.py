"""The fault limit: after enough identical faults that cost a process, programs end before them.

Owns the count of identical faults and the truncation of programs. It must not know who runs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ...reports.findings.divergence import Divergence, step_kind
from ...strategies.program import Program
from ...strategies.traces import observe, walk
from .executor import Executor, fault_of

# Kinds of faults that end the process, and with it the program.
COSTLY = ("crash", "hang", "exit", "memory")
# Kinds of faults that a busy machine may cause as well.
UNCERTAIN = ("hang", "memory")
# Places in which a target hangs, and hangs in all, after which it is not worth the time to see
# where else it does.
_MAX_HANG_PLACES = 6
_MAX_HANGS = 50


def is_uncertain(divergence: Divergence) -> bool:
    """Whether a divergence is a fault that a busy machine may cause as well."""
    return divergence.difference.aspect == "fault" and divergence.difference.field in UNCERTAIN


def in_same_process(executor: Executor, before: Sequence[Program]) -> Sequence[Program]:
    """Returns those of some programs that share a process with the program that runs after them.

    They are the ones after the last one that costs its process.
    """
    while before:
        traces = executor.run_in_sequence(before, suspected=True)
        ends = [at for at, raw in enumerate(traces) if fault_of(raw) in COSTLY]
        if not ends:
            break
        before = before[ends[0] + 1 :]
    return before


class TooManyHangs(Exception):
    """The target has hung so often that no more programs are run on it."""


class FaultLimit:
    """Truncates programs before a kind of step, in the states in which it faulted too often.

    ``truncated`` counts the programs that were truncated, and ``hangs`` the hangs of the target.
    ``suspected`` has the identities of hangs, and of limits of memory, that were seen twice.

    Args:
        model: the implementation whose states say where a program gets to: the reference.
        max_faults: how many identical faults are enough.
    """

    def __init__(self, model: object, max_faults: int) -> None:
        self._model = model
        self._max_faults = max_faults
        self._counts: Counter[str] = Counter()
        self._places: set[tuple[str, tuple[str, str]]] = set()
        self._hang_places: set[tuple[str, tuple[str, str]]] = set()
        self.truncated = 0
        self.hangs = 0
        self.suspected: set[str] = set()

    def note(self, divergence: Divergence) -> None:
        """Counts a divergence, if it is a fault that costs a process."""
        found = divergence.difference
        if found.aspect == "fault" and found.field in COSTLY:
            place = divergence.step_kind, divergence.states_before
            self._counts[divergence.identity] += 1
            if self._counts[divergence.identity] >= self._max_faults:
                self._places.add(place)
            if found.field == "hang":
                self._hang_places.add(place)

    @property
    def hangs_too_often(self) -> bool:
        """Whether the target has hung too often, or in too many places, for the run to go on."""
        return len(self._hang_places) >= _MAX_HANG_PLACES or self.hangs >= _MAX_HANGS

    def truncate(self, program: Program) -> Program:
        """Returns the program up to the first step that it must not reach."""
        if not self._places:
            return program
        observations = observe(self._model, program)
        for at, (step, before, _) in enumerate(walk(program, observations)):
            if (step_kind(step), before.states) in self._places:
                self.truncated += 1
                return replace(program, steps=program.steps[:at])
        return program
