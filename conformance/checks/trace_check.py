"""The checks that run programs and judge their traces.

Owns the two ways to judge a trace: by comparison with the expected side, with conditions of the RFC
or the documentation on top, and by a property that needs no expected side. It must not know where
the programs come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from ...reports.findings.finding import REQUIREMENT_BROKEN, requirement_finding
from ...strategies.program import Json, Program
from ...strategies.traces import Trace
from ..execution.executor import Executor, parse_trace
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import Oracle
from ..requirements.conditions import Conditions
from .check import Check, JudgeOptions, Result


@dataclass(frozen=True, kw_only=True)
class TraceCheck(Check):
    """Compares the traces of programs with those of the expected side.

    ``source`` yields the programs. ``conditions`` judge the trace of the first one by the RFC or
    the documentation alone.
    """

    source: Callable[[], Iterable[Program]]
    conditions: Conditions | None = None

    def programs(self) -> Iterable[Program]:
        """Yields the programs, the same ones every time."""
        return self.source()

    @property
    def has_one_cause(self) -> bool:
        """Whether its id alone says what its findings are about, as it has a single program."""
        return self.conditions is not None

    def judged_programs(self) -> Iterable[Program]:
        """Returns the program whose trace is judged by the conditions, if there are any."""
        return () if self.conditions is None else islice(self.programs(), 1)

    def judge(self, lockstep: Lockstep, result: Result, options: JudgeOptions) -> None:
        """Notes which side conforms to the conditions."""
        if self.conditions is None:
            return
        [program] = self.judged_programs()
        trace = run_one(lockstep.actual, program)
        result.conforms = holds(self, program, trace)
        if options.rfc and result.conforms is False and self.level == "MUST":
            result.findings.append(requirement_finding(self.id, program, trace))
        expected = run_one(lockstep.expected, program)
        result.expected_conforms = holds(self, program, expected)

    def differences(self, lockstep: Lockstep, program: Program, sought: str) -> list[str]:
        """Returns the identities of the differences that a program shows on the target.

        Args:
            sought: the difference that is looked for; for a requirement that is not kept, only the
                conditions are judged.
        """
        if sought != REQUIREMENT_BROKEN or self.conditions is None:
            return Check.differences(self, lockstep, program, sought)
        holds = self.conditions.hold(program, run_one(lockstep.actual, program))
        return [] if holds else [sought]

    def details(self) -> Json:
        """Returns what a description of the check has beside the members that all checks have."""
        conditions = list(self.conditions.texts) if self.conditions else []
        return {**Check.details(self), "conditions": conditions}


@dataclass(frozen=True, kw_only=True)
class PropertyCheck(Check):
    """Judges the traces of programs by a property, without an expected side.

    ``source`` yields the programs, ``property_oracle`` makes the test oracle from the executors,
    and ``method`` says how that judges, as a phrase after "by".
    """

    source: Callable[[], Iterable[Program]]
    property_oracle: Callable[[Lockstep], Oracle]
    method: str = "a rule that every trace must keep"

    @property
    def differential(self) -> bool:
        """Never: the property holds of the target alone."""
        return False

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return f"without an expected side, by {self.method}"

    def programs(self) -> Iterable[Program]:
        """Yields the programs, the same ones every time."""
        return self.source()

    def oracle(self, lockstep: Lockstep) -> Oracle:
        """Returns the test oracle of the property."""
        return self.property_oracle(lockstep)


def run_one(executor: Executor, program: Program) -> Trace:
    """Returns the trace of a program on an executor."""
    [shown] = executor.submit([program])()
    return parse_trace(shown)


def holds(check: TraceCheck, program: Program, trace: Trace) -> bool | None:
    """Whether the conditions of a check hold for the trace of a program.

    It is None where the check has none, or the implementation cannot express a step.
    """
    if check.conditions is None or any("inapplicable" in form for form in trace.form):
        return None
    return check.conditions.hold(program, trace)
