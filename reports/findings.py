"""A distinct divergence, with everything known about it.

Owns the identity that is stable from run to run, and what a finding says in words. Knows nothing of
how it was found.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

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

    def script(self, module: str) -> list[str]:
        """Returns the lines of a script that shows it with the implementation called ``module``."""
        return script(
            self.program,
            self.divergence.actual,
            module=module,
            look_at=self.divergence.difference.field,
        )

    def to_json(self) -> Json:
        """Returns what the run record keeps of it."""
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
            "expected_trace": self.divergence.expected.form[: step + 1],
            "actual_trace": self.divergence.actual.form[: step + 1],
        }


def in_words(value: Any) -> str:
    """Returns a value of an observation as a reader wants to see it: bytes as Python writes them."""
    if isinstance(value, str):
        return repr(value.encode("latin-1", "replace"))
    if isinstance(value, list):
        items: list[str] = [in_words(item) for item in value]  # pyright: ignore
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        form: Json = value  # pyright: ignore[reportUnknownVariableType]
        if "raised" in form:
            raised = form["raised"]
            hint = f", status hint {raised['hint']}" if "hint" in raised else ""
            return f"{raised['by']} raises {raised['class']}: {raised['text']}{hint}"
        if "returned" in form:
            return f"returns {in_words(form['returned'])}"
        if "type" in form:
            fields = (f"{key}={in_words(item)}" for key, item in form.items() if key != "type")
            return f"{form['type']}({', '.join(fields)})"
        [(kind, content)] = form.items()
        if kind == "text":
            return repr(content)
        return f"{kind}({in_words(content) if isinstance(content, str) else content})"
    return "nothing" if value is None else repr(value)
