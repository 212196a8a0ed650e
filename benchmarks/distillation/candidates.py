"""The programs that vectors are taken from.

Owns which checks they come from, in which order, and what makes two of them the same. Knows nothing
of what they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.checks.check import Check
from h11spec.reports.findings.vector import Vector, canonical_json, vector_id
from h11spec.strategies.program import Program
from h11spec.strategies.traces import Trace

# What is longer comes again at every step of its trace, and takes more room than many others.
_LONGEST = 5_000


@dataclass(frozen=True)
class Candidate:
    """A program, the check that it is from, and its place among those of the check.

    ``requirements`` are what it shows, from any check; with any of them, it is always selected.
    """

    check: str
    at: int
    program: Program
    requirements: tuple[str, ...] = ()

    def vector(self, expected: Trace) -> Vector:
        """Returns the vector that it makes."""
        requirements = self.requirements
        return Vector(
            vector_id(self.program), self.check, requirements, self.program, expected.form
        )


def taken() -> list[Candidate]:
    """Returns the programs that are always taken: one for each requirement and promise.

    Those of several requirements are one, of the first check.
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
    """Yields the programs of the sweeps whose differences fail a run, some of them twice."""
    for check in catalogue():
        if _counts(check):
            for at, program in enumerate(check.programs()):
                if len(str(program.to_json())) <= _LONGEST:
                    yield Candidate(check.id, at, program)


def _counts(check: Check) -> bool:
    """Whether a check is one of many programs, judged by comparison alone."""
    return check.differential and check.documented and not check.covers
