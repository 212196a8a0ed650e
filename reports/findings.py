"""A distinct divergence, with everything known about it.

Owns the identity that is stable from run to run, and what a finding says in words. Knows nothing of
how it was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..strategies.programs import Json, Program
from .divergence import SOFT_ASPECTS, Divergence
from .scripts import script


@dataclass(frozen=True)
class Finding:
    """One distinct divergence, shown by a minimal program.

    ``check`` is the id of the check that met it.
    """

    check: str
    divergence: Divergence

    @property
    def identity(self) -> str:
        """What makes it this finding and no other, as text."""
        return f"{self.check}: {self.divergence.identity}"

    @property
    def id(self) -> str:
        """The identity in short, such as D-3f9a1c."""
        return f"D-{hashlib.sha256(self.identity.encode()).hexdigest()[:6]}"

    @property
    def fails(self) -> bool:
        """Whether it is of an aspect that fails a run."""
        return self.divergence.difference.aspect not in SOFT_ASPECTS

    @property
    def program(self) -> Program:
        """The program up to the step that differs: what follows is of no interest."""
        program = self.divergence.program
        return replace(program, steps=program.steps[: self.divergence.step + 1])

    def to_json(self, *, imports: Sequence[str]) -> Json:
        """Returns what the run record keeps of it.

        Args:
            imports: the lines of a script that import the implementation as ``h11``.
        """
        found = self.divergence.difference
        step = self.divergence.step
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "aspect": found.aspect,
            "field": found.field,
            "fails": self.fails,
            "step": step,
            "before": list(self.divergence.before),
            "expected": found.expected,
            "actual": found.actual,
            "program": self.program.to_json(),
            "script": [*imports, *script(self.program, self.divergence.actual, found.field)],
            "expected_trace": self.divergence.expected.form[: step + 1],
            "actual_trace": self.divergence.actual.form[: step + 1],
        }
