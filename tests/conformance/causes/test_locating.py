"""Which causes one line of the target's source joins, and which places each gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from h11spec import reference
from h11spec.conformance.causes.cause import Cause
from h11spec.conformance.causes.locating import MAX_PASSING, located
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.vectors.corpus import stored
from h11spec.reports.findings.finding import Finding, Severity
from h11spec.strategies.program import Json, NextEvent, Program, Receive

COMMON, ONE, OTHER = 1, 2, 3


class Lined(InProcessExecutor):
    """The reference, of which it is pretended that programs execute these lines.

    Args:
        lines: the lines of each program, by its text; other programs execute COMMON.
    """

    def __init__(self, lines: dict[str, Sequence[int]]) -> None:
        super().__init__(reference)
        self._lines = lines
        self.traced: list[Program] = []

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        self.traced += programs
        return [self._answer(self._lines.get(each.to_text(), (COMMON,))) for each in programs]

    def _answer(self, lines: Sequence[int]) -> Json:
        step = list(range(len(lines)))
        return {
            "lines": {
                "functions": [["fork/a.py", "f"]],
                "arcs": [[0, 0, line, 1] for line in lines],
                "steps": [step],
                "raised": [[]],
            }
        }


def program(text: str) -> Program:
    return Program("server", (Receive(text.encode()), NextEvent()))


def nothing(finding: Finding, imports: Sequence[str]) -> Json:
    return {}


def cause(name: str, *texts: str, explanation: str = "") -> Cause:
    def finding(text: str) -> Finding:
        members: dict[str, Any] = dict.fromkeys(("expected", "actual"))
        return Finding(
            text,
            "divergence",
            Severity.DOCUMENTED,
            "error",
            "error",
            "outcome",
            **members,
            reproduction=nothing,
            program=program(text),
        )

    return Cause(name, tuple(map(finding, texts)), explanation)


def found(causes: Sequence[Cause], lines: Mapping[str, Sequence[int]]) -> tuple[list[Cause], Lined]:
    executor = Lined({program(text).to_text(): each for text, each in lines.items()})
    lockstep = Lockstep(InProcessExecutor(reference), executor, ())
    return located(lockstep, causes, stored()), executor


def test_causes_with_the_same_line_are_joined() -> None:
    causes = [cause("a", "1", "2"), cause("b", "3", "4")]
    joined, _ = found(causes, dict.fromkeys("1234", (COMMON, ONE)))
    assert [[finding.check for finding in each.findings] for each in joined] == [[*"1234"]]
    assert joined[0].identity == "a"
    assert joined[0].places[0] == f"fork/a.py:{ONE}, in f"


def test_causes_with_lines_of_their_own_are_not_joined() -> None:
    """Each program is of its own cause, however many causes there are before it."""
    causes = [cause("a", "1", "2"), cause("b", "3", "4"), cause("c", "5", "6")]
    lines = dict.fromkeys("12", (COMMON, ONE)) | dict.fromkeys("34", (COMMON, OTHER))
    kept, _ = found(causes, lines | dict.fromkeys("56", (COMMON, 4)))
    assert [each.identity for each in kept] == ["a", "b", "c"]
    assert [each.places[0] for each in kept] == [
        f"fork/a.py:{line}, in f" for line in (ONE, OTHER, 4)
    ]


def test_two_explanations_speak_against_joining() -> None:
    causes = [cause("a", "1", explanation="does this"), cause("b", "2", explanation="does that")]
    kept, _ = found(causes, dict.fromkeys("12", (COMMON, ONE)))
    assert [each.identity for each in kept] == ["a", "b"]


def test_what_has_no_lines_stays_as_it_is() -> None:
    causes = [cause("a", "1"), cause("b", "2")]
    kept, _ = found(causes, {"1": (), "2": ()})
    assert kept == causes


def test_only_vectors_that_agree_are_compared_with() -> None:
    """A run without the phase of the vectors has not looked at them."""

    class Deaf(Lined):
        def submit(
            self, programs: Sequence[Program], *, short_limits: bool = False
        ) -> Callable[[], list[Any]]:
            return lambda: [None] * len(programs)

    _, agreeing = found([cause("a", "1")], {"1": (COMMON, ONE)})
    assert len(agreeing.traced) == 1 + MAX_PASSING
    deaf = Deaf({program("1").to_text(): (COMMON, ONE)})
    located(Lockstep(InProcessExecutor(reference), deaf, ()), [cause("a", "1")], stored())
    assert len(deaf.traced) == 1
