"""A check: the unit of verdict, with its requirement level, its citations and its programs.

Owns what all checks have in common, and the result of one. It must not know the catalogue, nor the
run that a check is part of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ...reports.findings.divergence import Divergence
from ...reports.findings.finding import Finding, difference_texts
from ...strategies.program import Json, Program
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Oracle, compare, divergences
from ..oracles.statistics import Statistics

Level = Literal["MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR"]
LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR")


def matches(identity: str, prefix: str, ids: Collection[str]) -> bool:
    """Whether a prefix selects a check; a whole id selects that check alone.

    Args:
        ids: the ids of all checks.
    """
    return identity == prefix if prefix in ids else identity.startswith(prefix)


@dataclass(frozen=True)
class JudgeOptions:
    """How a check is judged.

    ``rfc`` makes a MUST that the target does not conform to a finding; ``against`` says that
    another target is on the expected side; ``max_findings`` limits the findings of a check.
    """

    rfc: bool = False
    against: bool = False
    max_findings: int = 20


@dataclass(frozen=True, kw_only=True)
class Check:
    """The members of every check; each kind of check adds how it is run and evaluated.

    ``id`` never changes its meaning; the part before the slash is the area. ``role`` is the role
    that the requirement binds. ``citations`` name document and section. ``requirement`` is one
    sentence. With ``documented`` false, the programs go beyond what h11's documentation allows: a
    difference is shown, and fails only a strict run. ``covers`` has the ids of the requirements and
    promises that the check is for. ``h11`` says in one word what h11 0.16.0 does, ``note`` explains
    it.
    """

    id: str
    level: Level
    role: str
    citations: tuple[str, ...]
    requirement: str
    documented: bool = True
    covers: tuple[str, ...] = ()
    h11: str = ""
    note: str = ""

    @property
    def area(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def differential(self) -> bool:
        """Whether it compares the target with the expected side."""
        return True

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return "against the expected side: the reference, or what --against names"

    def programs(self) -> Iterable[Program]:
        """Yields the programs, the same ones every time; a check may have none."""
        return ()

    @property
    def has_one_cause(self) -> bool:
        """Whether its id alone says what its findings are about, as it has a single program."""
        return False

    def judged_programs(self) -> Iterable[Program]:
        """Returns the programs that ``judge`` runs once more."""
        return ()

    def oracle(self, lockstep: Lockstep) -> Oracle:
        """Returns the test oracle that judges the programs."""
        return lockstep

    def judge(self, lockstep: Lockstep, result: Result, options: JudgeOptions) -> None:
        """Adds to the result what does not follow from comparing programs."""

    def differences(self, lockstep: Lockstep, program: Program, sought: str) -> list[str]:
        """Returns the identities of the differences that a program shows on the target.

        Args:
            sought: the difference that is looked for.
        """
        return [text for found in self.shown(lockstep, program) for text in difference_texts(found)]

    def shown(self, lockstep: Lockstep, program: Program) -> Iterator[Divergence]:
        """Yields the divergences that a program shows on the target, also those behind the first.

        A finding may lie behind a difference that the target has as well.
        """
        oracle = self.oracle(lockstep)
        yield from divergences(compare(oracle, program))
        if oracle is lockstep:
            yield from lockstep.all_divergences(program)

    def answers_differently(self, lockstep: Lockstep, expression: str) -> bool:
        """Whether the target's answer to an expression of this check is not an expected one."""
        return False

    def details(self) -> Json:
        """Returns what a description of the check has beside the members that all checks have."""
        return {"conditions": [], "promise": False, "expressions": []}


@dataclass
class Result:
    """The result of one check in one phase.

    ``conforms`` says whether the target conforms to the RFC or the documentation, whatever the
    expected side does, and ``expected_conforms`` says the same of the expected side; None where
    that was not judged. ``growth`` is the class in which the target's cost or memory grows, if that
    was measured, and ``machine`` the size of the machine whose complete suite the programs are.
    ``omitted`` counts the distinct divergences beyond the maximum that is reported; ``settled`` has
    the identities of those for which it is decided whether they are findings, and ``dismissed``
    those of hangs and limits of memory that did not show again.
    """

    check: Check
    phase: str
    statistics: Statistics
    conforms: bool | None = None
    expected_conforms: bool | None = None
    growth: str | None = None
    machine: Json | None = None
    omitted: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])
    settled: set[str] = field(default_factory=set[str])
    dismissed: set[str] = field(default_factory=set[str])

    @property
    def conforming(self) -> str:
        """Which side conforms: both, target, expected or neither; "" where that was not judged."""
        return conforming(self.conforms, self.expected_conforms)


def conforming(target: bool | None, expected: bool | None) -> str:
    """Returns which side conforms: both, target, expected or neither; "" where one is not judged.

    Args:
        target: whether the target conforms; None where that was not judged.
        expected: the same of the expected side.
    """
    if target is None or expected is None:
        return ""
    names = {
        (True, True): "both",
        (True, False): "target",
        (False, True): "expected",
        (False, False): "neither",
    }
    return names[target, expected]


@dataclass(frozen=True)
class ShownRequirement:
    """The check of the requirement that a finding breaks, and which side conforms to it.

    ``conforming`` is as in a result: both, target, expected or neither; "" where it was not judged.
    """

    check: Check
    conforming: str
