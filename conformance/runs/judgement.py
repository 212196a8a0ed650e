"""What is asked of a check beside its programs: conditions, expressions, growth of cost.

Owns how their answers become findings. How programs are compared is for the oracles.
"""

from __future__ import annotations

from ...reports.findings.finding import Answer, Breach, Weight
from ..execution import expression_scripts
from ..execution.executor import read
from ..oracles.lockstep import Lockstep
from ..oracles.tally import Progress
from ..phases import cost
from ..requirements import surface
from .outcome import Result

_TRUE = {"value": True}


_INAPPLICABLE = {"raised": "Inapplicable"}


def judge(lockstep: Lockstep, result: Result, *, rfc: bool) -> None:
    """Finds out whether the sides keep what the check requires, whether or not they agree.

    Args:
        rfc: a MUST that the target does not keep is a finding.
    """
    conditions = result.check.conforms
    if conditions is not None:
        program = next(iter(result.check.programs()))
        for name, side in ("conforms", lockstep.actual), ("expected_conforms", lockstep.expected):
            [shown] = side.submit([program])()
            trace = read(shown)
            if not any("inapplicable" in form for form in trace.form):
                setattr(result, name, conditions.hold(program, trace))
            if rfc and name == "conforms" and result.conforms is False and result.check.level == "MUST":
                result.findings.append(Breach(result.check.id, program, trace))


def ask(lockstep: Lockstep, result: Result, most: int, *, against: bool) -> None:
    """Compares what both sides answer to the expressions of a check.

    Where h11 breaks a promise that the reference keeps, either has somebody on its side.
    """
    asked = result.check.expressions
    if not asked:
        return
    texts = [each.text for each in asked]
    expected, actual = lockstep.expected.evaluate(texts), lockstep.actual.evaluate(texts)
    result.tally.programs += len(asked)
    if result.check.promise and _INAPPLICABLE not in (expected[0], actual[0]):
        result.conforms, result.expected_conforms = actual[0] == _TRUE, expected[0] == _TRUE
    for at, each in enumerate(asked):
        free = result.check.promise and result.check.h11 == "deviates" and not against
        if _INAPPLICABLE in (expected[at], actual[at]):
            result.tally.inapplicable += 1
        elif free and "fault" not in actual[at]:
            continue
        elif surface.differences([expected[at]], [actual[at]], (each,)):
            answers = each.text, expected[at], actual[at], each.promised
            lines = expression_scripts.script(each.text)
            result.findings.append(Answer(result.check.id, *answers, lines))
    # Those that fail a run are not to be left out for others.
    result.findings.sort(key=lambda found: not found.fails)
    result.omitted = len(result.findings[most:])
    del result.findings[most:]


def weigh(lockstep: Lockstep, result: Result, progress: Progress) -> None:
    """Compares how the cost of both sides grows."""
    _, dimension = cost.CHECKS[result.check.id]
    progress(result.tally)
    expected, actual = cost.growth(dimension, lockstep.expected, lockstep.actual)
    result.growth = actual
    result.tally.programs = cost.DOUBLINGS + 1
    if actual != expected:
        size = cost.sizes(dimension)
        fails = actual == cost.FAULTY
        weight = Weight(result.check.id, dimension.name, size, expected, actual, fails)
        result.findings.append(weight)
