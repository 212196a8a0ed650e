"""A distinct divergence, with everything known about it.

Owns the identity that is stable from run to run, and what a finding says in words. Knows nothing of
how it was found.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..strategies.programs import Json, Program
from .divergence import SOFT_ASPECTS, Divergence
from .scripts import script


def short_id(identity: str) -> str:
    """Returns an identity in short, such as D-3f9a1c."""
    return f"D-{hashlib.sha256(identity.encode()).hexdigest()[:6]}"


@dataclass(frozen=True)
class Found(ABC):
    """What a check found; ``check`` is its id."""

    check: str

    @property
    @abstractmethod
    def shows(self) -> str:
        """What differs, in text that has no values."""

    @property
    @abstractmethod
    def fails(self) -> bool:
        """Whether it is of a kind that fails a run."""

    @property
    def identity(self) -> str:
        """What makes it this finding and no other, as text."""
        return f"{self.check}: {self.shows}"

    @property
    def id(self) -> str:
        """The identity in short, such as D-3f9a1c."""
        return short_id(self.identity)

    def to_json(self, *, imports: Sequence[str]) -> Json:
        """Returns what the run record keeps of it.

        Args:
            imports: the lines of a script that import the implementation as ``h11``.
        """
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "shows": self.shows,
            "fails": self.fails,
            **self._details(imports),
        }

    @abstractmethod
    def _details(self, imports: Sequence[str]) -> Json:
        """What the record keeps of this kind of finding beside that, the script last."""


@dataclass(frozen=True)
class Answer(Found):
    """An expression over the API with another answer than expected; both answers are JSON."""

    expression: str
    expected: Json
    actual: Json
    promised: bool = True

    @property
    def shows(self) -> str:
        """What differs, in text that has no values."""
        return self.expression

    @property
    def fails(self) -> bool:
        """Whether it was promised."""
        return self.promised

    def _details(self, imports: Sequence[str]) -> Json:
        evaluate = f"print(evaluate(h11, [{self.expression!r}]))"
        return {
            "aspect": "fault" if "fault" in self.actual else "api",
            "field": "answer",
            "expression": self.expression,
            "expected": self.expected,
            "actual": self.actual,
            "script": [*imports, "from h11spec.conformance.surface import evaluate", evaluate],
        }


@dataclass(frozen=True)
class Weight(Found):
    """A dimension in which the cost grows in another class than expected, or ends in a fault."""

    dimension: str
    sizes: tuple[int, ...]
    expected: str
    actual: str
    faulty: bool = False

    @property
    def shows(self) -> str:
        """What differs, in text that has no values."""
        return f"cost of {self.dimension}: expected {self.expected}, got {self.actual}"

    @property
    def fails(self) -> bool:
        """Whether it is a fault: growth alone fails no run."""
        return self.faulty

    def _details(self, imports: Sequence[str]) -> Json:
        """Classes and sizes, and no seconds."""
        return {
            "aspect": "cost",
            "field": "growth",
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
class Finding(Found):
    """One distinct divergence, shown by a minimal program."""

    divergence: Divergence

    @property
    def shows(self) -> str:
        """What differs, in text that has no values."""
        return self.divergence.identity

    @property
    def fails(self) -> bool:
        """Whether it is of an aspect that fails a run."""
        return self.divergence.difference.aspect not in SOFT_ASPECTS

    @property
    def program(self) -> Program:
        """The program up to the step that differs: what follows is of no interest."""
        program = self.divergence.program
        return replace(program, steps=program.steps[: self.divergence.step + 1])

    def _details(self, imports: Sequence[str]) -> Json:
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
            "aspect": found.aspect,
            "field": found.field,
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
