"""The programs among which vectors are chosen.

Owns which checks they come from, their order, and when two of them are the same. Knows nothing of
what they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.checks.check import Check
from h11spec.reports.findings.vector import Vector, canonical_json, vector_id
from h11spec.strategies.program import Program
from h11spec.strategies.traces import Trace

# Longer programs are excluded: each step of the trace repeats the unread bytes.
_LONGEST = 5_000


@dataclass(frozen=True)
class Candidate:
    """A program, the check that it is from, and its place among the programs of the check.

    ``requirements`` are the requirements that it covers, of any check; if there are any, the
    program is always selected.
    """

    check: str
    at: int
    program: Program
    requirements: tuple[str, ...] = ()

    def vector(self, expected: Trace) -> Vector:
        """Returns the program as a vector."""
        requirements = self.requirements
        return Vector(
            vector_id(self.program), self.check, requirements, self.program, expected.form
        )


def taken() -> list[Candidate]:
    """Returns the programs that are always taken: one for each requirement and promise.

    A program that several requirements share is returned once, for the first check.
    """
    found: dict[str, Candidate] = {}
    for check in catalogue():
        for program in check.programs() if check.covers else ():
            key = canonical_json(program.to_json())
            first = found.get(key) or Candidate(check.id, 0, program)
            requirements = (*first.requirements, *check.covers)
            found[key] = Candidate(first.check, 0, first.program, requirements)
    return list(found.values())


def swept() -> Iterator[Candidate]:
    """Yields the programs of sweeps whose differences fail a run; some programs come twice."""
    for check in catalogue():
        if _counts(check):
            for at, program in enumerate(check.programs()):
                if len(str(program.to_json())) <= _LONGEST:
                    yield Candidate(check.id, at, program)


def _counts(check: Check) -> bool:
    """Whether a check only compares traces, and its differences fail a run."""
    return check.differential and check.documented and not check.covers
