"""Property oracles, which compare with no trace: the invariant oracle and the metamorphic oracle.

Owns how a violated property becomes a divergence like any other, so that it is minimised, shown and
recorded in the same way. It must not know any property. What the expected side shows is of no
interest, so that a bug which it shares with the target is found. But a program with which the
reference violates the property shows that the property asks too much there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from ... import reference
from ...reports.findings.difference import Difference
from ...reports.findings.divergence import Comparison, Divergence
from ...strategies.program import Program
from ...strategies.traces import Trace
from ..execution.executor import (
    Executor,
    InProcessExecutor,
    RawTrace,
    SequenceExecutor,
    parse_trace,
)
from .lockstep import Lockstep
from .oracle import Comparisons, Oracle


class Violation(NamedTuple):
    """A step that violates a property.

    ``required`` is what the property requires, ``actual`` what the target showed, and ``kind`` the
    same without bytes and values. ``exception`` names the upstream bug if h11 0.16.0 is known to
    violate the property here, or is "".
    """

    step: int
    aspect: str
    required: str
    actual: str
    kind: str
    exception: str = ""


_REFERENCE = InProcessExecutor(reference)
Invariant = Callable[[Program, Trace], Iterator[Violation]]


@dataclass(frozen=True)
class InvariantOracle:
    """Judges each trace of the target by an invariant that the reference keeps."""

    model: Executor
    actual: Executor
    invariant: Invariant

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> InvariantOracle:
        """Returns an oracle whose target runs each program in a new process behind others."""
        return replace(self, actual=SequenceExecutor(self.actual, before, suspected=suspected))

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns judges their traces."""
        traces = self.actual.submit(programs, short_limits=short_limits)
        return lambda: [
            _unless_on_reference(self._judge(program, raw), partial(self._judge_reference, program))
            for program, raw in zip(programs, traces(), strict=True)
        ]

    def _judge_reference(self, program: Program) -> Comparison | None:
        [raw] = _REFERENCE.submit([program])()
        return self._judge(program, raw)

    def _judge(self, program: Program, raw: RawTrace) -> Comparison | None:
        if raw is None:
            return None
        trace = parse_trace(raw)
        return _fault_in((program, trace)) or _first_violation(
            program, trace, self.invariant(program, trace)
        )


def by_invariant(invariant: Invariant) -> Callable[[Lockstep], Oracle]:
    """Returns what makes an oracle of the invariant from the executors of a lockstep."""
    return lambda lockstep: InvariantOracle(lockstep.expected, lockstep.actual, invariant)


@dataclass(frozen=True)
class MetamorphicOracle:
    """Judges the target by comparing its traces of two equivalent programs.

    ``other`` returns the second program, or None if there is none; it is given the first one's
    trace, as the second program may have to receive what the first one sent. ``relation`` says how
    both traces must agree.
    """

    lockstep: Lockstep
    other: Callable[[Program, Trace], Program | None]
    relation: Callable[[Program, Trace, Program, Trace], Iterator[Violation]]

    @property
    def model(self) -> Executor:
        """The executor that says which states a program should get to."""
        return self.lockstep.expected

    @property
    def actual(self) -> Executor:
        """The executor that runs the target."""
        return self.lockstep.actual

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> MetamorphicOracle:
        """Returns an oracle whose target runs each program in a new process behind others."""
        return replace(self, lockstep=self.lockstep.behind(before, suspected=suspected))

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns runs the second ones, too."""
        judged = self._run(self.lockstep.actual, programs, short_limits=short_limits)
        return lambda: [
            _unless_on_reference(comparison, partial(self._judge_reference, program))
            for program, comparison in zip(programs, judged(), strict=True)
        ]

    def _judge_reference(self, program: Program) -> Comparison | None:
        [comparison] = self._run(_REFERENCE, [program], short_limits=False)()
        return comparison

    def _run(
        self, executor: Executor, programs: Sequence[Program], *, short_limits: bool
    ) -> Callable[[], Comparisons]:
        """Starts running both programs of each pair on one side."""
        running = executor.submit(programs, short_limits=short_limits)

        def result() -> Comparisons:
            traces = [None if raw is None else parse_trace(raw) for raw in running()]
            others = [
                None if trace is None else self._other(program, trace)
                for program, trace in zip(programs, traces, strict=True)
            ]
            wanted = [other for other in others if other is not None]
            second_traces = iter(executor.submit(wanted, short_limits=short_limits)())
            return [
                None
                if trace is None
                else self._judge(
                    program, trace, other, None if other is None else next(second_traces)
                )
                for program, trace, other in zip(programs, traces, others, strict=True)
            ]

        return result

    def _other(self, program: Program, trace: Trace) -> Program | None:
        """The second program, if it can be compared."""
        if any("fault" in form or "inapplicable" in form for form in trace.form):
            return None
        other = self.other(program, trace)
        fault_limit = self.lockstep.fault_limit
        if other is None or fault_limit is None:
            return other
        # A truncated program is not equivalent to the first one any more.
        return other if fault_limit.truncate(other) == other else None

    def _judge(
        self, program: Program, trace: Trace, other: Program | None, raw: RawTrace
    ) -> Comparison | None:
        if other is None:
            return _fault_in((program, trace)) or Comparison(None)
        if raw is None:
            return None
        second = parse_trace(raw)
        return _fault_in((program, trace), (other, second)) or _first_violation(
            program, trace, self.relation(program, trace, other, second), (other, second)
        )


def _unless_on_reference(
    comparison: Comparison | None, on_reference: Callable[[], Comparison | None]
) -> Comparison | None:
    """The comparison, without a divergence that the same program shows on the reference."""
    if comparison is None or comparison.divergence is None:
        return comparison
    other = on_reference()
    divergence = None if other is None else other.divergence
    if divergence is None or divergence.identity != comparison.divergence.identity:
        return comparison
    return replace(comparison, divergence=None)


def _fault_in(*runs: tuple[Program, Trace]) -> Comparison | None:
    """The comparison for traces that cannot be judged, as one ends in a fault or is inapplicable.

    A fault is a divergence whatever the property, and counts for the fault limit as any other.
    """
    if any("inapplicable" in form for _, trace in runs for form in trace.form):
        return Comparison(None, inapplicable=True)
    for program, trace in runs:
        for step, form in enumerate(trace.form):
            if "fault" in form:
                fault = form["fault"]
                kind = f"{fault['kind']} {fault['detail']}".strip()
                difference = Difference("fault", fault["kind"], None, fault, "no fault", kind)
                before = trace.before(step).states
                return Comparison(Divergence(program, step, before, difference, trace, trace))
    return None


def _first_violation(
    program: Program,
    trace: Trace,
    violations: Iterator[Violation],
    other: tuple[Program, Trace] | None = None,
) -> Comparison:
    """The comparison for a program, and for the equivalent one if the property is a relation."""
    upstream: set[str] = set()
    for violation in _readable(violations, len(trace)):
        if violation.exception:
            upstream.add(violation.exception)
            continue
        difference = Difference(
            violation.aspect,
            "rule" if other is None else "relation",
            violation.required,
            violation.actual,
            violation.required,
            violation.kind,
        )
        before = trace.before(violation.step).states
        second, expected = (None, trace) if other is None else other
        found = Divergence(program, violation.step, before, difference, expected, trace, second)
        return Comparison(found, deviations=frozenset(upstream))
    return Comparison(None, deviations=frozenset(upstream))


def _readable(violations: Iterator[Violation], length: int) -> Iterator[Violation]:
    """Yields violations up to a value that the property cannot read, which is one of aspect type.

    Differential checks report what is wrong with such a value.
    """
    try:
        yield from violations
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        last = max(length - 1, 0)
        yield Violation(last, "type", "values that can be read", str(error), type(error).__name__)
