"""Repairs: edits of the target's source after which it shows what is expected.

Owns which edits are tried for some programs, and when one repairs them: they agree, and nothing
that agreed before differs. It must not know which edits there are, nor how findings are put
together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...reports.findings.divergence import all_divergences, compare
from ...reports.findings.finding import Finding
from ...strategies.program import Json, Program
from ...strategies.traces import Trace
from ..checks.trace_check import run_one
from ..execution.executor import Executor, InProcessExecutor, RawTrace, parse_trace
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import divergences
from ..vectors.corpus import StoredVector, digest_of
from .edits import Edit, edits
from .explanations import changed_reference, load
from .spectra import Place

# How many of the most suspicious lines are edited, and in how many ways each.
_LINES, _EDITS = 80, 40
# How many findings all edits are tried on first, and then those that repair one of them; and how
# many edits are tried on what agrees at a time.
_FEW, _FINDINGS, _TOGETHER = 3, 8, 16
MAX_REPAIRS = 8
# An edit that has an effect on fewer of the findings makes up for something else.
_SHARE = 0.5

# What an edit makes of a finding: its program agrees, or shows other differences in its place, as
# it does if it has several mistakes; or neither.
Effect = Literal["agrees", "other", "nothing"]
AGREES: Effect = "agrees"
# The identities of differences with their steps; None for a program that was not run to its end.
Differences = Mapping[str, int] | None
_Case = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Repair:
    """An edit that repairs something, the line that it is of, and this line as it is with it."""

    place: Place
    path: str
    edit: Edit
    line: str

    def to_json(self) -> Json:
        """Returns the edit as an executor takes it."""
        edit = self.edit
        return {"path": self.path, "start": edit.start, "end": edit.end, "text": edit.text}


class Workshop:
    """Tries edits of the target's source.

    Args:
        lockstep: the target, and the reference as the expected side.
        agreeing: vectors that agree.
    """

    def __init__(self, lockstep: Lockstep, agreeing: Sequence[StoredVector]) -> None:
        self._lockstep = lockstep
        self._agreeing = agreeing
        self._sources: dict[str, bytes] = {}

    def repairs(
        self, findings: Sequence[Finding], places: Sequence[Place], paths: Mapping[str, str]
    ) -> list[Repair]:
        """Returns those edits that repair most of the findings and break nothing.

        There are MAX_REPAIRS at most, those in the most suspicious lines first.

        Args:
            findings: those of one cause.
            places: where the difference was probably decided, the most suspicious first.
            paths: where each file of the places is.
        """
        findings = findings[:_FINDINGS]
        # Most edits repair none of the first few.
        few = findings[:_FEW]
        made = [*self._repairs(places, paths)]
        pairs = zip(made, self.effects(made, few), strict=True)
        tried = [repair for repair, each in pairs if AGREES in each]
        effects = self.effects(tried, findings)
        counts = [each.count(AGREES) for each in effects]
        # Of edits that repair as much, those in the most suspicious line come first.
        order = sorted(range(len(tried)), key=lambda at: -counts[at])
        least = _SHARE * len(findings)
        some = [
            at for at in order if counts[at] and counts[at] + effects[at].count("other") >= least
        ]
        found: list[Repair] = []
        most = 0
        for start in range(0, len(some), _TOGETHER):
            together = some[start : start + _TOGETHER]
            if counts[together[0]] < most or len(found) >= MAX_REPAIRS:
                break
            breaking = self._breaking([tried[at] for at in together])
            for at, breaks in zip(together, breaking, strict=True):
                if not breaks and counts[at] >= most:
                    most = counts[at]
                    found.append(tried[at])
        return found[:MAX_REPAIRS]

    def effects(self, repairs: Sequence[Repair], findings: Sequence[Finding]) -> list[list[Effect]]:
        """Returns for each edit what it makes of the findings.

        Args:
            findings: each has a program, which ends with the step that differs.
        """
        # The same program may show one finding, and another one after it.
        cases = {_case(each): each.program for each in findings if each.program}
        expected = {case: self._expected(program, case[1]) for case, program in cases.items()}
        programs = [*cases.values()]
        shown = self._lockstep.actual.submit(programs)()

        def differences(traces: Sequence[RawTrace]) -> dict[_Case, Differences]:
            triples = zip(cases.items(), traces, strict=True)
            return {
                case: self._differences(program, expected[case], raw)
                for (case, program), raw in triples
            }

        before = differences(shown)
        return [
            [_effect(finding, before, after) for finding in findings]
            for after in map(differences, _run(self._lockstep.actual, repairs, programs))
        ]

    def _expected(self, program: Program, behind: Sequence[str]) -> list[Trace]:
        """What is expected of a program, and of a target that does as well what is ``behind``."""
        expected = [run_one(self._lockstep.expected, program)]
        if behind:
            known = {each.sentence: each for each in load()}
            changed = changed_reference([known[each] for each in behind])
            expected.append(run_one(InProcessExecutor(changed), program))
        return expected

    def _differences(
        self, program: Program, expected: Sequence[Trace], raw: RawTrace
    ) -> Differences:
        """The differences from the last of what is expected, named as those from the first."""
        shown = parse_trace(raw)
        if not shown.form:
            return None
        plain, deviations = expected[0], self._lockstep.deviations
        found = divergences(compare(program, expected[-1], shown, deviations))
        if expected[-1] is plain:
            return {each.identity: each.step for each in found}
        named = {
            (each.step, str(each.difference)): each.identity
            for each in all_divergences(program, plain, shown, deviations)
        }
        return {
            named.get((each.step, str(each.difference)), each.identity): each.step for each in found
        }

    def _repairs(self, places: Sequence[Place], paths: Mapping[str, str]) -> Iterator[Repair]:
        """Yields the edits of the most suspicious lines."""
        for place in places[:_LINES]:
            if place.file in paths:
                path = paths[place.file]
                source = self._source(path)
                for edit in edits(source, [place.line])[place.line][:_EDITS]:
                    yield Repair(place, path, edit, _edited_line(source, edit))

    def _source(self, path: str) -> bytes:
        if path not in self._sources:
            self._sources[path] = Path(path).read_bytes()
        return self._sources[path]

    def _breaking(self, repairs: Sequence[Repair]) -> Iterator[bool]:
        """Yields for each edit whether something that agrees would differ."""
        programs = [each.program for each in self._agreeing]
        for traces in _run(self._lockstep.actual, repairs, programs):
            yield any(
                shown is None or digest_of(shown) != vector.digest
                for vector, shown in zip(self._agreeing, traces, strict=True)
            )


def _case(finding: Finding) -> _Case:
    """The program of a finding, and what else the target does in it."""
    assert finding.program is not None
    return finding.program.to_text(), finding.behind


def _effect(
    finding: Finding, before: Mapping[_Case, Differences], after: Mapping[_Case, Differences]
) -> Effect:
    assert finding.program is not None
    old, new = before[_case(finding)], after[_case(finding)]
    if new is None or old is None:
        return "nothing"
    if not new:
        return AGREES
    own = [identity for identity in old if finding.difference.startswith(identity)]
    last = len(finding.program.steps) - 1
    is_worse = any(step < last for identity, step in new.items() if identity not in old)
    is_gone = own and not any(identity in new for identity in own)
    return "other" if is_gone and not is_worse else "nothing"


def _edited_line(source: bytes, edit: Edit) -> str:
    """The line that an edit begins in, as it is with the edit."""
    begin = source.rfind(b"\n", 0, edit.start) + 1
    end = source.find(b"\n", edit.end)
    after = source[edit.end : end if end >= 0 else len(source)]
    line = source[begin : edit.start] + edit.text.encode("utf-8") + after
    return line.decode("utf-8")


def _run(
    executor: Executor, repairs: Sequence[Repair], programs: Sequence[Program]
) -> Iterator[Sequence[RawTrace]]:
    """Yields for each edit the traces of the programs."""
    runs = [(repair.to_json(), program) for repair in repairs for program in programs]
    traces = executor.run_edited(runs) if runs else []
    size = len(programs)
    yield from (traces[at * size : (at + 1) * size] for at in range(len(repairs)))
