"""Faults that cost a process each, and when they have been paid for often enough.

Owns the count of identical ones, and the point at which later programs are cut before they get
there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ...reports.findings.divergence import Divergence, step_kind
from ...strategies.programs import Program
from ...strategies.traces import observe, walk

# Kinds of faults that no program gets past.
COSTLY = ("crash", "hang", "exit", "memory")


class FaultLimit:
    """The places at which no program goes on: kinds of step, with the states they meet.

    Args:
        model: the implementation whose states say where a program gets to: the reference.
        after: how many identical faults are enough.
    """

    def __init__(self, model: object, after: int) -> None:
        self._model = model
        self._after = after
        self._seen: Counter[str] = Counter()
        self._places: set[tuple[str, tuple[str, str]]] = set()
        self.truncated = 0

    def note(self, divergence: Divergence) -> None:
        """Counts a divergence, if it is a fault that costs a process."""
        found = divergence.difference
        if found.aspect == "fault" and found.field in COSTLY:
            self._seen[divergence.identity] += 1
            if self._seen[divergence.identity] >= self._after:
                self._places.add((divergence.step_kind, divergence.before))

    def truncate(self, program: Program) -> Program:
        """Returns the program up to the first closed place in it."""
        if not self._places:
            return program
        observations = observe(self._model, program)
        for at, (step, before, _) in enumerate(walk(program, observations)):
            if (step_kind(step), before.states) in self._places:
                self.truncated += 1
                return replace(program, steps=program.steps[:at])
        return program
