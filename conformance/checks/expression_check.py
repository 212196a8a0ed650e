"""The checks that evaluate expressions over the API, where no conversation is needed.

Owns how the answers of two sides become findings. It must not know where the expressions come from.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...reports.findings.finding import Finding, Severity, api_finding
from ...strategies.program import Json
from ..execution import expression_scripts
from ..oracles.lockstep import Lockstep
from ..requirements import decisions, surface
from ..requirements.surface import Expression
from .check import Check, JudgeOptions, Result

_TRUE = {"value": True}
_INAPPLICABLE = {"raised": "Inapplicable"}


@dataclass(frozen=True, kw_only=True)
class ExpressionCheck(Check):
    """Compares the answers to expressions with those of the expected side.

    With ``promise``, the first expression is true where the promise is kept.
    """

    expressions: tuple[Expression, ...]
    promise: bool = False

    def judge(self, lockstep: Lockstep, result: Result, options: JudgeOptions) -> None:
        """Evaluates the expressions on both sides and adds a finding for each difference."""
        texts = [each.text for each in self.expressions]
        expected, actual = lockstep.expected.evaluate(texts), lockstep.actual.evaluate(texts)
        result.statistics.programs += len(texts)
        if self.promise and _INAPPLICABLE not in (expected[0], actual[0]):
            result.conforms, result.expected_conforms = actual[0] == _TRUE, expected[0] == _TRUE
        found: list[Finding] = []
        for each, right, answer in zip(self.expressions, expected, actual, strict=True):
            if _INAPPLICABLE in (right, answer):
                result.statistics.inapplicable += 1
            elif not self._either_is_right(answer, options) and surface.differences(
                [right], [answer], (each,)
            ):
                lines = expression_scripts.script(each.text)
                found.append(
                    api_finding(
                        self.id, each.text, right, answer, documented=each.documented, lines=lines
                    )
                )
        # Those that fail a run are not omitted in favour of others.
        found.sort(key=_fails_strict_runs_only)
        result.findings += found[: options.max_findings]
        result.omitted = len(found[options.max_findings :])

    def _either_is_right(self, answer: Json, options: JudgeOptions) -> bool:
        """Whether h11 breaks the promise that the reference keeps, so that only a fault differs."""
        either = self.promise and self.h11 == "deviates" and not options.against
        return either and "fault" not in answer

    def answers_differently(self, lockstep: Lockstep, expression: str) -> bool:
        """Whether the target's answer to an expression of this check is not an expected one."""
        asked = tuple(each for each in self.expressions if each.text == expression)[:1]
        if not asked:
            return False
        expected, actual = (
            executor.evaluate([expression]) for executor in (lockstep.expected, lockstep.actual)
        )
        return bool(surface.differences(expected, actual, asked))

    def details(self) -> Json:
        """Returns what a description of the check has beside the members that all checks have."""
        return {
            **Check.details(self),
            "promise": self.promise,
            "expressions": [
                {
                    "text": each.text,
                    "also": list(each.also),
                    "because": each.because,
                    "decided": _decided(each),
                }
                for each in self.expressions
            ],
        }


def _fails_strict_runs_only(finding: Finding) -> bool:
    undecided = decisions.decision_on_answer(finding.difference) is None
    return finding.severity is Severity.STRICT and undecided


def _decided(expression: Expression) -> str:
    """The promise that decides an undocumented expression, and since when; "" if there is none."""
    decision = decisions.decision_on_answer(expression.text)
    if decision is None or expression.documented:
        return ""
    return f"contract/{decision.promise}, since catalogue {decision.since}"
