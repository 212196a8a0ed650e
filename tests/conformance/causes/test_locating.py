"""Which causes one line of the target's source joins, and which places each gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from h11spec import reference
from h11spec.conformance.causes.cause import Cause
from h11spec.conformance.causes.locating import MAX_PASSING, located
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.vectors.corpus import stored
from h11spec.reports.findings.finding import Finding, Severity
from h11spec.strategies.program import Json, NextEvent, Program, Receive

COMMON, ONE, OTHER = 1, 2, 3
# By the check of a finding, the identity and the explanation of its cause.
NAMES: dict[str, tuple[str, str]] = {}


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

    NAMES.update(dict.fromkeys(texts, (name, explanation)))
    return Cause(name, tuple(map(finding, texts)), explanation)


def made(findings: Sequence[Finding]) -> Cause:
    """A cause with the identity and the explanation of the first one that a finding was of."""
    identity, explanation = NAMES[findings[0].check]
    return Cause(identity, tuple(findings), explanation)


def found(causes: Sequence[Cause], lines: Mapping[str, Sequence[int]]) -> tuple[list[Cause], Lined]:
    executor = Lined({program(text).to_text(): each for text, each in lines.items()})
    lockstep = Lockstep(InProcessExecutor(reference), executor, ())
    return located(lockstep, causes, stored(), made), executor


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


def test_the_same_explanation_does_not_speak_against_joining() -> None:
    causes = [cause("a", "1", explanation="does this"), cause("b", "2", explanation="does this")]
    joined, _ = found(causes, dict.fromkeys("12", (COMMON, ONE)))
    assert [[finding.check for finding in each.findings] for each in joined] == [["1", "2"]]


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
    located(Lockstep(InProcessExecutor(reference), deaf, ()), [cause("a", "1")], stored(), made)
    assert len(deaf.traced) == 1


class Mended(Lined):
    """Also, an edit of one of these lines makes the programs agree that are named with it.

    Args:
        mended: by the number of a line, the programs.
    """

    def __init__(
        self, lines: dict[str, Sequence[int]], path: Path, mended: Mapping[int, Sequence[str]]
    ) -> None:
        super().__init__(lines)
        self._path = path
        self._mended = {
            line: {program(text).to_text() for text in texts} for line, texts in mended.items()
        }
        path.write_text("x = 1\n" * 4, encoding="utf-8")

    def _answer(self, lines: Sequence[int]) -> Json:
        answer = super()._answer(lines)
        answer["lines"]["paths"] = {"fork/a.py": str(self._path)}
        return answer

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        source = self._path.read_bytes()
        return [
            self.submit([program])()[0]
            if program.to_text() not in self._failing
            or program.to_text() in self._mended.get(1 + source.count(b"\n", 0, edit["start"]), ())
            else []
            for edit, program in runs
        ]

    @property
    def _failing(self) -> set[str]:
        return set(self._lines)


def mended(
    folder: Path,
    causes: Sequence[Cause],
    lines: Mapping[str, Sequence[int]],
    repaired: Mapping[int, Sequence[str]],
) -> list[Cause]:
    named = {program(text).to_text(): each for text, each in lines.items()}
    executor = Mended(named, folder / "a.py", repaired)
    return located(Lockstep(InProcessExecutor(reference), executor, ()), causes, stored(), made)


def checks(causes: Sequence[Cause]) -> list[list[str]]:
    return [[finding.check for finding in each.findings] for each in causes]


def test_an_edit_that_repairs_two_causes_joins_them(tmp_path: Path) -> None:
    """Whatever is suspicious, and whatever explains them; and its line is named first."""
    causes = [cause("a", "1", explanation="does this"), cause("b", "2", explanation="does that")]
    lines = {"1": (COMMON, OTHER, ONE), "2": (COMMON, ONE, 4)}
    [joined] = mended(tmp_path, causes, lines, {ONE: "12"})
    assert checks([joined]) == [["1", "2"]]
    assert joined.identity == "a"
    assert joined.places[0] == f"fork/a.py:{ONE}, in f"


def test_findings_of_a_cause_that_different_edits_repair_are_divided(tmp_path: Path) -> None:
    lines = dict.fromkeys("1234", (COMMON, ONE, OTHER))
    divided = mended(tmp_path, [cause("a", *"1234")], lines, {ONE: "12", OTHER: "34"})
    assert checks(divided) == [["1", "2"], ["3", "4"]]
    assert [each.places[0] for each in divided] == [
        f"fork/a.py:{line}, in f" for line in (ONE, OTHER)
    ]


def test_what_no_edit_repairs_stays_with_its_cause(tmp_path: Path) -> None:
    lines = dict.fromkeys("123", (COMMON, ONE))
    assert checks(mended(tmp_path, [cause("a", *"123")], lines, {ONE: "12"})) == [["1", "2", "3"]]


def test_two_edits_speak_against_joining(tmp_path: Path) -> None:
    """Even if the same lines are suspicious."""
    causes = [cause("a", "1"), cause("b", "2")]
    lines = dict.fromkeys("12", (COMMON, ONE, OTHER))
    assert len(mended(tmp_path, causes, lines, {})) == 1
    assert len(mended(tmp_path, causes, lines, {ONE: "1", OTHER: "2"})) == 2


def test_what_shows_more_than_an_edit_repairs_is_divided(tmp_path: Path) -> None:
    """Half of the findings, which have another suspicious line, are those of another mistake."""
    lines = dict.fromkeys("12", (COMMON, ONE)) | dict.fromkeys("34", (COMMON, OTHER))
    divided = mended(tmp_path, [cause("a", *"1234")], lines, {ONE: "12"})
    assert checks(divided) == [["1", "2"], ["3", "4"]]


def test_a_few_that_show_the_same_as_repaired_ones_stay_with_them(tmp_path: Path) -> None:
    names = [str(number) for number in range(12)]
    lines = dict.fromkeys(names[:10], (COMMON, ONE)) | dict.fromkeys(names[10:], (COMMON, OTHER))
    [kept] = mended(tmp_path, [cause("a", *names)], lines, {ONE: names[:10]})
    assert len(kept.findings) == 12
    assert kept.edit.endswith("10 of 12 findings agree")


def test_the_line_of_an_edit_is_named_before_more_suspicious_ones(tmp_path: Path) -> None:
    [found] = mended(tmp_path, [cause("a", "1")], {"1": (COMMON, OTHER, ONE)}, {COMMON: "1"})
    assert found.places[0] == f"fork/a.py:{COMMON}, in f"
