"""A distinct divergence, with everything known about it.

Owns the identity that is stable from run to run, and what a finding says in words. Knows nothing of
how it was found.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ...strategies.programs import Json, Program
from ...strategies.traces import Trace
from .divergence import SOFT_ASPECTS, Divergence
from .regression import regression
from .script import script
from .smuggling import disagreement


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
    def hard(self) -> bool:
        """Whether ``fails`` is all there is to say, whatever input and settings were."""
        return False

    @property
    def disagreement(self) -> str:
        """What two parties would disagree about if they framed messages so, or ""."""
        return ""

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
            "difference": self.shows,
            "fails": self.fails,
            "smuggling": bool(self.disagreement),
            "smuggling_risk": self.disagreement,
            **self._details(imports),
        }

    @abstractmethod
    def _details(self, imports: Sequence[str]) -> Json:
        """What the record keeps of this kind of finding beside that, the script last."""


@dataclass(frozen=True)
class Answer(Found):
    """An expression over the API with another answer than expected; both answers are JSON.

    ``lines`` print the answer of the implementation that was imported as ``h11``.
    """

    expression: str
    expected: Json
    actual: Json
    promised: bool = True
    lines: tuple[str, ...] = ()

    @property
    def shows(self) -> str:
        """What differs, in text that has no values."""
        return self.expression

    @property
    def fails(self) -> bool:
        """Whether it was promised."""
        return self.promised

    def _details(self, imports: Sequence[str]) -> Json:
        return {
            "aspect": "fault" if "fault" in self.actual else "api",
            "field": "answer",
            "expression": self.expression,
            "expected": self.expected,
            "actual": self.actual,
            "script": [*imports, *self.lines],
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

    @property
    def hard(self) -> bool:
        """Always: there is no stricter run."""
        return True

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
class Breach(Found):
    """A requirement that the target does not keep, whether or not it differs from anything."""

    program: Program
    trace: Trace
    SHOWS: ClassVar = "the requirement is not kept"

    @property
    def shows(self) -> str:
        """That it is broken; which it is, the check says."""
        return self.SHOWS

    @property
    def fails(self) -> bool:
        """Always: nobody asks for it but those who want the run to fail for it."""
        return True

    @property
    def hard(self) -> bool:
        """Always: there is no stricter run."""
        return True

    def _details(self, imports: Sequence[str]) -> Json:
        return {
            "aspect": "rfc",
            "field": "rule",
            "expected": "it is kept",
            "actual": "it is broken",
            "program": self.program.to_json(),
            "script": [*imports, *script(self.program, self.trace, "")],
            "actual_trace": self.trace.form,
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
    def disagreement(self) -> str:
        """What two parties would disagree about if they framed messages so, or ""."""
        return disagreement(self.check, self.divergence)

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
        test: list[str] = []
        if other is None and found.field != "rule":
            name = self.id.lower().replace("-", "_")
            observed = self.divergence.expected, self.divergence.actual
            test = [
                *imports,
                "",
                "",
                *regression(name, self.identity, self.program, found, *observed),
            ]
        return {
            "aspect": found.aspect,
            "field": found.field,
            "step": step,
            "states_before": list(self.divergence.before),
            "expected": found.expected,
            "actual": found.actual,
            "program": self.program.to_json(),
            **more,
            "script": [*imports, *lines],
            "test": test,
            "expected_trace": expected,
            "actual_trace": self.divergence.actual.form[: step + 1],
        }
