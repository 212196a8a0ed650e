"""A vector: a program with its expected trace and the requirements that it shows.

Owns the value, its id and its JSON form. It must not know how vectors are chosen, or how foreign
ones are validated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ...strategies.program import Json, Program

VECTOR_VERSION = 1
# With six digits, two of 3,000 vectors would share an id.
_DIGITS = 8


def canonical_json(form: Any) -> str:
    """Returns the canonical JSON text of a value, with its members sorted."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"))


def vector_id(program: Program) -> str:
    """Returns the id of the vector of a program, such as V-3f9a1c07."""
    return f"V-{sha256(canonical_json(program.to_json()).encode()).hexdigest()[:_DIGITS]}"


@dataclass(frozen=True)
class Vector:
    """A program and its expected trace.

    ``check`` is the id of the check that the program comes from. ``requirements`` has the ids of
    the requirements and promises that it shows, ``expected`` one observation for each step.
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


def vector_of_finding(finding: Json) -> Vector | None:
    """Returns the vector that shows a finding; raises ProgramError if its program is invalid.

    A finding that was not judged by an expected trace has no vector; nor has one that needs other
    programs before its own.
    """
    if "expected_trace" not in finding or finding["field"] in ("rule", "relation"):
        return None
    if finding.get("before"):
        return None
    program = Program.from_json(finding["program"])
    expected = finding["expected_trace"]
    return Vector(vector_id(program), finding["check"], (), program, expected)
