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


def short_id(identity: str) -> str:
    """Returns an identity in short, such as D-3f9a1c."""
    return f"D-{hashlib.sha256(identity.encode()).hexdigest()[:6]}"


@dataclass(frozen=True)
class Answer:
    """An expression over the API with another answer than expected; both answers are JSON."""

    check: str
    expression: str
    expected: Json
    actual: Json
    fails: bool = True

    @property
    def identity(self) -> str:
        """What makes it this finding and no other, as text."""
        return f"{self.check}: {self.expression}"

    @property
    def id(self) -> str:
        """The identity in short."""
        return short_id(self.identity)

    def to_json(self, *, imports: Sequence[str]) -> Json:
        """Returns what the run record keeps of it.

        Args:
            imports: the lines of a script that import the implementation as ``h11``.
        """
        evaluate = f"print(evaluate(h11, [{self.expression!r}]))"
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "shows": self.expression,
            "aspect": "fault" if "fault" in self.actual else "api",
            "field": "answer",
            "fails": self.fails,
            "expression": self.expression,
            "expected": self.expected,
            "actual": self.actual,
            "script": [*imports, "from h11spec.conformance.surface import evaluate", evaluate],
        }


@dataclass(frozen=True)
class Weight:
    """A dimension in which the cost grows in another class than expected; it fails no run."""

    check: str
    dimension: str
    sizes: tuple[int, ...]
    expected: str
    actual: str
    fails: bool = False

    @property
    def identity(self) -> str:
        """What makes it this finding and no other, as text."""
        return f"{self.check}: cost: expected {self.expected}, got {self.actual}"

    @property
    def id(self) -> str:
        """The identity in short."""
        return short_id(self.identity)

    def to_json(self, *, imports: Sequence[str]) -> Json:
        """Returns what the run record keeps of it: classes and sizes, and no seconds.

        Args:
            imports: the lines of a script that import the implementation as ``h11``.
        """
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "shows": self.identity,
            "aspect": "cost",
            "field": "growth",
            "fails": self.fails,
            "sizes": list(self.sizes),
            "expected": self.expected,
            "actual": self.actual,
            "script": [
                *imports,
                "from h11spec.strategies import growth, interpreter, timing",
                f"for size in {list(self.sizes)}:",
                f"    program = growth.program({self.dimension!r}, size).to_json()",
                "    print(size, timing.cost(interpreter, h11, program)['nanoseconds'])",
            ],
        }


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
        return short_id(self.identity)

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
        lines = script(self.program, self.divergence.actual, found.field)
        other, more = self.divergence.other, {}
        expected = self.divergence.expected.form[: step + 1]
        if other is not None:
            expected = self.divergence.expected.form
            more = {"other_program": other.to_json()}
            lines += ["# and said otherwise:", *script(other, self.divergence.expected, "")]
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "shows": self.divergence.identity,
            "aspect": found.aspect,
            "field": found.field,
            "fails": self.fails,
            "step": step,
            "before": list(self.divergence.before),
            "expected": found.expected,
            "actual": found.actual,
            "program": self.program.to_json(),
            **more,
            "script": [*imports, *lines],
            "expected_trace": expected,
            "actual_trace": self.divergence.actual.form[: step + 1],
        }
