"""A finding: one distinct way in which a target differs, with the program that shows it.

Owns the identity that is stable from run to run, and the members of the run record. It must not
know how a finding was found, or which run it is of.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from ...strategies.program import Json, Program
from ...strategies.traces import Trace
from .cause import cause
from .divergence import SOFT_ASPECTS, Divergence
from .regression import regression
from .script import Setup, script
from .smuggling import smuggling_risk

# What was compared: two traces, two answers of the API, two growths of cost; what memory does with
# what it should do; or a trace with what a requirement says of it.
Kind = Literal["divergence", "api", "complexity", "memory", "requirement"]
# The ``difference`` of every requirement finding: the check says which requirement it is.
REQUIREMENT_BROKEN = "the requirement is not kept"


class Severity(enum.Enum):
    """When a finding fails a run."""

    ALWAYS = "always"
    DOCUMENTED = "on documented input, and in a strict run on all input"
    STRICT = "in a strict run only"
    NEVER = "never"


def short_id(identity: str) -> str:
    """Returns an identity in short, such as D-3f9a1c."""
    return f"D-{hashlib.sha256(identity.encode()).hexdigest()[:6]}"


def finding_identity(check: str, difference: str) -> str:
    """Returns the text by which two findings are compared: equal text means the same finding."""
    return f"{check}: {difference}"


@dataclass(frozen=True)
class Finding:
    """What a check found.

    ``check`` is the id of the check. ``difference`` says what differs, in text without values;
    ``expected`` and ``actual`` are the values, as JSON. ``smuggling_risk`` says what two parties
    would disagree about if they framed messages so, or is "". ``cause`` names the element that the
    finding is about, where its difference alone does not say it, or is "". ``program`` ends with
    the step that differs; a finding without a program has ``None``. ``before`` are the programs
    that must run before it in the same process. ``behind`` says what else the target does in the
    program, one sentence each, if the finding is not its first difference. ``unconfirmed`` says
    that it was seen once, and never again: a hang or a limit of memory, of which a busy machine may
    be the cause. ``reproduction`` returns the members of the record that show how to reproduce it,
    for the lines that import the implementation.
    """

    check: str
    kind: Kind
    severity: Severity
    difference: str
    aspect: str
    field: str
    expected: Any
    actual: Any
    reproduction: Callable[[Finding, Sequence[str]], Json] = dataclasses.field(
        repr=False, compare=False
    )
    smuggling_risk: str = ""
    cause: str = ""
    program: Program | None = None
    before: tuple[Program, ...] = ()
    behind: tuple[str, ...] = ()
    unconfirmed: bool = False

    @property
    def identity(self) -> str:
        """The text by which two findings are compared: equal text means the same finding."""
        return finding_identity(self.check, self.difference)

    @property
    def id(self) -> str:
        """The identity in short, such as D-3f9a1c."""
        return short_id(self.identity)

    def fails(self, *, documented: bool = True, strict: bool = False) -> bool:
        """Returns whether the finding fails a run.

        Args:
            documented: whether the check keeps to documented input.
            strict: whether the run is strict.
        """
        if self.severity in (Severity.ALWAYS, Severity.NEVER):
            return self.severity is Severity.ALWAYS
        return strict or (documented and self.severity is Severity.DOCUMENTED)

    def to_json(self, *, imports: Sequence[str]) -> Json:
        """Returns the members of the run record that do not depend on the run.

        Args:
            imports: the lines of a script that import the implementation as ``h11``.
        """
        return {
            "kind": "finding",
            "id": self.id,
            "identity": self.identity,
            "check": self.check,
            "difference": self.difference,
            "fails": self.fails(),
            "smuggling": bool(self.smuggling_risk),
            "smuggling_risk": self.smuggling_risk,
            **({"cause": self.cause} if self.cause else {}),
            "aspect": self.aspect,
            "field": self.field,
            "expected": self.expected,
            "actual": self.actual,
            **({} if self.program is None else {"program": self.program.to_json()}),
            **({"before": [each.to_json() for each in self.before]} if self.before else {}),
            **({"behind": list(self.behind)} if self.behind else {}),
            **({"unconfirmed": True} if self.unconfirmed else {}),
            **self.reproduction(self, imports),
        }


def difference_text(divergence: Divergence, *, with_cause: bool) -> str:
    """Returns what differs, in text without values.

    Args:
        with_cause: whether to name the element that the divergence is about, as the programs of a
            check differ in the same way for different reasons.
    """
    about = cause(divergence) if with_cause else ""
    return f"{divergence.identity} ({about})" if about else divergence.identity


def difference_texts(divergence: Divergence) -> tuple[str, str]:
    """Returns what differs, without and with the element that the divergence is about."""
    return divergence.identity, difference_text(divergence, with_cause=True)


def divergence_finding(check: str, divergence: Divergence, *, with_cause: bool = False) -> Finding:
    """Returns the finding that two traces differ.

    Args:
        with_cause: whether the finding's identity names the element that it is about.
    """
    difference, program = divergence.difference, divergence.program
    soft = difference.aspect in SOFT_ASPECTS
    return Finding(
        check=check,
        kind="divergence",
        severity=Severity.STRICT if soft else Severity.DOCUMENTED,
        difference=difference_text(divergence, with_cause=with_cause),
        aspect=difference.aspect,
        field=difference.field,
        expected=difference.expected,
        actual=difference.actual,
        reproduction=partial(_reproduce_divergence, divergence),
        smuggling_risk=smuggling_risk(check, divergence),
        cause=cause(divergence),
        program=replace(program, steps=program.steps[: divergence.step + 1]),
        before=tuple(each for each, _ in divergence.before),
    )


def unconfirmed_finding(check: str, divergence: Divergence) -> Finding:
    """Returns the finding of a hang, or of a limit of memory, that did not show again.

    It fails no run, and nothing reproduces it.
    """

    def reproduction(finding: Finding, imports: Sequence[str]) -> Json:
        form = _reproduce_divergence(divergence, finding, imports)
        return {**form, "script": [], "test": []}

    finding = divergence_finding(check, divergence)
    return replace(finding, severity=Severity.NEVER, unconfirmed=True, reproduction=reproduction)


def _reproduce_divergence(divergence: Divergence, finding: Finding, imports: Sequence[str]) -> Json:
    assert finding.program is not None
    step, other = divergence.step, divergence.other
    lines = _script_lines(divergence, finding.program)
    expected, variant = divergence.expected.form[: step + 1], {}
    if other is not None:
        expected = divergence.expected.form
        variant = {"other_program": other.to_json()}
        lines += ["# the equivalent program:", *script(other, divergence.expected, "")]
    return {
        "step": step,
        "states_before": list(divergence.states_before),
        **variant,
        "script": [*imports, *lines],
        "test": _regression_test(divergence, finding, finding.program, imports),
        "expected_trace": expected,
        "actual_trace": divergence.actual.form[: step + 1],
    }


def _script_lines(divergence: Divergence, program: Program) -> list[str]:
    """The lines that run the program and print what differs."""
    difference = divergence.difference
    lines = [
        line
        for earlier, trace in divergence.before
        for line in Setup(earlier, trace).lines(len(earlier.steps))
    ]
    lines += script(program, divergence.actual, difference.field)
    if difference.field == "raw_headers":
        # An event does not show them when it is printed; the calls of the last step end the script.
        last = divergence.actual[len(program.steps) - 1]
        at = difference.at - len(last.events) - (last.raised is not None)
        lines[at] = f"{lines[at].removesuffix(')')}.headers.raw_items())"
    return lines


def _regression_test(
    divergence: Divergence, finding: Finding, program: Program, imports: Sequence[str]
) -> list[str]:
    """The lines of a test; none for a rule or a relation, which have no expected trace.

    Nor are there any for a sequence of programs: tests run in any order, and in the same process.
    """
    if divergence.other is not None or finding.field == "rule" or divergence.before:
        return []
    name = finding.id.lower().replace("-", "_")
    traces = divergence.expected, divergence.actual
    test = regression(name, finding.identity, program, divergence.difference, *traces)
    return [*imports, "", "", *test]


def api_finding(
    check: str,
    expression: str,
    expected: Json,
    actual: Json,
    *,
    documented: bool = True,
    lines: Sequence[str] = (),
) -> Finding:
    """Returns the finding that an expression over the API has another answer than expected.

    Args:
        documented: whether h11's documentation promises the expected answer.
        lines: print the answer of the implementation that was imported as ``h11``.
    """

    def reproduction(_: Finding, imports: Sequence[str]) -> Json:
        return {"expression": expression, "script": [*imports, *lines]}

    return Finding(
        check=check,
        kind="api",
        severity=Severity.DOCUMENTED if documented else Severity.STRICT,
        difference=expression,
        aspect="fault" if "fault" in actual else "api",
        field="answer",
        expected=expected,
        actual=actual,
        reproduction=reproduction,
    )


def complexity_finding(
    check: str, dimension: str, sizes: Sequence[int], expected: str, actual: str, *, faulty: bool
) -> Finding:
    """Returns the finding that cost grows in another class than expected.

    Args:
        dimension: what grows.
        sizes: those at which cost was measured.
        expected: the class in which the cost of the expected side grows.
        actual: the class of the target, or the fault that it ended in.
        faulty: whether it ended in a fault, which fails a run; growth alone does not.
    """

    def reproduction(_: Finding, imports: Sequence[str]) -> Json:
        # No seconds: they differ from run to run.
        return {
            "sizes": list(sizes),
            "script": [
                *imports,
                "from h11spec.strategies import interpreter, scaling, timing",
                f"for size in {list(sizes)}:",
                f"    program = scaling.program({dimension!r}, size).to_json()",
                "    print(size, timing.cost(interpreter, h11, program)['nanoseconds'])",
            ],
        }

    return Finding(
        check=check,
        kind="complexity",
        severity=Severity.ALWAYS if faulty else Severity.NEVER,
        difference=f"cost of {dimension}: expected {expected}, got {actual}",
        aspect="cost",
        field="growth",
        expected=expected,
        actual=actual,
        reproduction=reproduction,
    )


def memory_finding(
    check: str, what: str, expected: str, actual: str, lines: Sequence[str], *, faulty: bool
) -> Finding:
    """Returns the finding that memory grows with the number of repetitions.

    Args:
        what: what was repeated.
        expected: the class in which memory should grow.
        actual: the class of the target, or the kind of fault that it ended in.
        lines: print the class of the implementation that was imported as ``h11``.
        faulty: whether it ended in a fault.
    """

    def reproduction(_: Finding, imports: Sequence[str]) -> Json:
        return {"script": [*imports, *lines]}

    return Finding(
        check=check,
        kind="memory",
        severity=Severity.ALWAYS if faulty else Severity.DOCUMENTED,
        difference=f"memory of {what}: expected {expected}, got {actual}",
        aspect="fault" if faulty else "memory",
        field="growth",
        expected=expected,
        actual=actual,
        reproduction=reproduction,
    )


def requirement_finding(check: str, program: Program, trace: Trace) -> Finding:
    """Returns the finding that the target breaks a requirement, whether or not traces differ.

    Args:
        trace: of the target.
    """

    def reproduction(_: Finding, imports: Sequence[str]) -> Json:
        return {"script": [*imports, *script(program, trace, "")], "actual_trace": trace.form}

    return Finding(
        check=check,
        kind="requirement",
        severity=Severity.ALWAYS,
        difference=REQUIREMENT_BROKEN,
        aspect="rfc",
        field="rule",
        expected="it is kept",
        actual="it is broken",
        reproduction=reproduction,
        program=program,
    )
