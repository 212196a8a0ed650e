"""A program with what is expected of it, and who asks for that.

Owns the value, its id and its JSON form. How a form is read that somebody else wrote, and which
are kept, is for whoever has many of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ...strategies.programs import Json, Program

VECTOR_VERSION = 1
# Two of 3,000 vectors would share one of six digits.
_DIGITS = 8


def canonical(form: Any) -> str:
    """Returns the one text that stands for a value in JSON, however its members were ordered."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"))


def identity(program: Program) -> str:
    """Returns the id of a program's vector, such as V-3f9a1c07, which follows from the program."""
    return f"V-{sha256(canonical(program.to_json()).encode()).hexdigest()[:_DIGITS]}"


@dataclass(frozen=True)
class Vector:
    """A program and its trace.

    ``check`` is the id of the check that it was taken from, ``requirements`` has the ids of what it
    shows of the RFCs and the documentation, and ``expected`` one observation for each step.
    """

    id: str
    check: str
    requirements: tuple[str, ...]
    program: Program
    expected: Sequence[Json]

    def to_json(self) -> Json:
        """Returns the JSON form."""
        return {
            "vector": VECTOR_VERSION,
            "id": self.id,
            "check": self.check,
            "requirements": list(self.requirements),
            "program": self.program.to_json(),
            "expected": list(self.expected),
        }


def of_finding(finding: Json) -> Vector | None:
    """Returns the vector that shows a finding; raises ProgramError where its program is none.

    There is none of what was not judged by an expected trace.
    """
    if "expected_trace" not in finding or finding["field"] in ("rule", "relation"):
        return None
    program = Program.from_json(finding["program"])
    expected = finding["expected_trace"]
    return Vector(identity(program), finding["check"], (), program, expected)
