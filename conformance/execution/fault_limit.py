"""The fault limit: after enough identical faults that cost a process, programs end before them.

Owns the count of identical faults and the truncation of programs. It must not know who runs them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ...reports.findings.divergence import Divergence, step_kind
from ...strategies.program import Program
from ...strategies.traces import observe, walk

# Kinds of faults that end the process, and with it the program.
COSTLY = ("crash", "hang", "exit", "memory")


class FaultLimit:
    """Truncates programs before a kind of step, in the states in which it faulted too often.

    ``truncated`` counts the programs that were truncated.

    Args:
        model: the implementation whose states say where a program gets to: the reference.
        max_faults: how many identical faults are enough.
    """

    def __init__(self, model: object, max_faults: int) -> None:
        self._model = model
        self._max_faults = max_faults
        self._counts: Counter[str] = Counter()
        self._places: set[tuple[str, tuple[str, str]]] = set()
        self.truncated = 0

    def note(self, divergence: Divergence) -> None:
        """Counts a divergence, if it is a fault that costs a process."""
        found = divergence.difference
        if found.aspect == "fault" and found.field in COSTLY:
            self._counts[divergence.identity] += 1
            if self._counts[divergence.identity] >= self._max_faults:
                self._places.add((divergence.step_kind, divergence.states_before))

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
