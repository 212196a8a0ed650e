"""Examination without an expected side: by a rule, or by what the same target does elsewhere.

Owns how a broken rule becomes a divergence like any other, so that it is made minimal, shown and
recorded in the same way. A mistake that the reference shares with a target is found here, or
nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...reports.findings.difference import Difference
from ...reports.findings.divergence import Comparison, Divergence
from ...strategies.programs import Program
from ...strategies.traces import Trace
from ..execution.executor import Executor, RawTrace, parse_trace
from .lockstep import Lockstep
from .oracle import Comparisons, Oracle


class Violation(NamedTuple):
    """A rule that a step broke: of which aspect, what the rule asks, and what came instead.

    ``kind`` says what came in words that hold no bytes and no values. ``exception`` names the place
    where h11 0.16.0 is known to break this very rule, or is "".
    """

    step: int
    aspect: str
    rule: str
    got: str
    kind: str
    exception: str = ""


Invariant = Callable[[Program, Trace], Iterator[Violation]]


@dataclass(frozen=True)
class InvariantOracle:
    """Examines the target by a rule that each single trace must keep."""

    model: Executor
    actual: Executor
    invariant: Invariant

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns judges their traces."""
        traces = self.actual.submit(programs, short_limits=short_limits)
        return lambda: [self._judge(*each) for each in zip(programs, traces(), strict=True)]

    def _judge(self, program: Program, raw: RawTrace) -> Comparison | None:
        if raw is None:
            return None
        trace = parse_trace(raw)
        return _comparison(program, trace, self.invariant(program, trace))


@dataclass(frozen=True)
class MetamorphicOracle:
    """Examines the target by comparing what it makes of a program and of another way to say it.

    ``other`` gives that other program, or None where there is none; it sees the program's trace,
    as what one side sent may be what the other is to hear. ``relation`` says how both must agree.
    """

    lockstep: Lockstep
    other: Callable[[Program, Trace], Program | None]
    relation: Callable[[Program, Trace, Program, Trace], Iterator[Violation]]

    @property
    def model(self) -> Executor:
        """The side that says which states a program should get to."""
        return self.lockstep.expected

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns runs the others, too."""
        actual, fault_limit = self.lockstep.actual, self.lockstep.fault_limit
        first = actual.submit(programs, short_limits=short_limits)

        def result() -> Comparisons:
            traces = [None if shown is None else parse_trace(shown) for shown in first()]
            others = [
                None if trace is None or _unfit(trace) else self.other(program, trace)
                for program, trace in zip(programs, traces, strict=True)
            ]
            if fault_limit is not None:  # what was cut is not the same said otherwise any more
                others = [
                    None if other is None or fault_limit.truncate(other) != other else other
                    for other in others
                ]
            wanted = [other for other in others if other is not None]
            second_traces = iter(actual.submit(wanted, short_limits=short_limits)())
            compared: Comparisons = []
            for program, trace, other in zip(programs, traces, others, strict=True):
                if trace is None or other is None:
                    alone = None if trace is None else _comparison(program, trace, iter(()))
                    compared.append(alone)
                    continue
                raw = next(second_traces)
                second = None if raw is None else parse_trace(raw)
                compared.append(
                    None
                    if second is None
                    else _comparison(
                        program,
                        trace,
                        self.relation(program, trace, other, second),
                        (other, second),
                    )
                )
            return compared

        return result


def _unfit(trace: Trace) -> bool:
    """Whether there is nothing to compare, because the trace ends in a fault or before its end."""
    return any("fault" in form or "inapplicable" in form for form in trace.form)


def by_invariant(rule: Invariant) -> Callable[[Lockstep], Oracle]:
    """Returns what a check by this rule examines with."""
    return lambda lockstep: InvariantOracle(lockstep.expected, lockstep.actual, rule)


def _comparison(
    program: Program,
    trace: Trace,
    violations: Iterator[Violation],
    other: tuple[Program, Trace] | None = None,
) -> Comparison:
    """What comes of a trace, and of that of the other program if there is one."""
    traces = [trace, *([] if other is None else [other[1]])]
    if any("inapplicable" in form for each in traces for form in each.form):
        return Comparison(None, inapplicable=True)
    for number, each in enumerate(traces):
        at = next((at for at, form in enumerate(each.form) if "fault" in form), None)
        if at is not None:
            where = (program, other[0] if other else program)[number]
            return Comparison(_faulty(where, at, each))
    known: set[str] = set()
    for violation in _readable(violations, len(trace)):
        if violation.exception:
            known.add(violation.exception)
            continue
        at = violation.step
        difference = Difference(
            violation.aspect,
            "rule" if other is None else "relation",
            violation.rule,
            violation.got,
            violation.rule,
            violation.kind,
        )
        before = trace.before(at).states
        if other is None:
            found = Divergence(program, at, before, difference, trace, trace)
        else:
            found = Divergence(program, at, before, difference, other[1], trace, other[0])
        return Comparison(found, deviations=frozenset(known))
    return Comparison(None, deviations=frozenset(known))


def _faulty(program: Program, at: int, trace: Trace) -> Divergence:
    """A fault is one whatever is asked, and is paid for no more often than others are."""
    fault = trace.form[at]["fault"]
    kind = f"{fault['kind']} {fault['detail']}".strip()
    difference = Difference("fault", fault["kind"], None, fault, "no fault", kind)
    return Divergence(program, at, trace.before(at).states, difference, trace, trace)


def _readable(violations: Iterator[Violation], length: int) -> Iterator[Violation]:
    """The violations, up to a value that no rule can read: it is for the other checks to say so."""
    try:
        yield from violations
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        last = max(length - 1, 0)
        yield Violation(last, "type", "values that can be read", str(error), type(error).__name__)
