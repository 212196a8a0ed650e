"""Replays vectors, and the findings of a record by their causes, on any target.

Owns how the cases are read from files and selected, and the answers: the target still differs, it
agrees, or it differs in another way. It must not know how a target is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ...reports.analysis.causes import shown_causes
from ...reports.files import UnreadableFile, read_file
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...reports.findings.divergence import all_divergences
from ...reports.findings.finding import difference_texts
from ...reports.record.record import MAX_BYTES, RecordError, parse_record
from ...strategies.program import Json, Program, ProgramError
from ...strategies.traces import Trace
from ..checks.catalogue import catalogue
from ..checks.check import Check
from ..execution.executor import Executor, parse_trace
from ..oracles.lockstep import Lockstep
from ..requirements import surface
from ..vectors.reading import VectorError
from ..vectors.reading import read as read_vector

ReplayState = Literal["STILL DIFFERS", "AGREES", "OTHER DIFFERENCE", "NOT REPLAYED"]
# That of a cause is the first of these that one of its findings has.
_WORST_FIRST: tuple[ReplayState, ...] = (
    "STILL DIFFERS",
    "OTHER DIFFERENCE",
    "NOT REPLAYED",
    "AGREES",
)
_ENDINGS = (".json", ".jsonl")
_FEW = 10


class ReplayError(Exception):
    """A file has nothing to replay; the message names the file, and what can be replayed."""


@dataclass(frozen=True)
class ReplayCase:
    """A program or an expression to run again.

    ``difference`` is the identity of the difference that was found; "" stands for any difference.
    ``expected`` is a trace, or the answer to ``expression``. The target runs the programs of
    ``before`` first, in the same process. Growth has neither a program nor an expression, as it
    needs a run of its own. ``cause`` is the id of the cause of a finding, and ``title`` what the
    target does; a vector has neither.
    """

    id: str
    check: str
    difference: str = ""
    program: Program | None = None
    expected: Trace | Json | None = None
    expression: str = ""
    before: tuple[Program, ...] = ()
    cause: str = ""
    title: str = ""

    @property
    def replayable(self) -> bool:
        """Whether there is anything to run."""
        return self.program is not None or bool(self.expression)


@dataclass(frozen=True)
class ReplayedCause:
    """A cause of a record, or a vector, and the answer of each of its cases.

    ``id`` is that of the cause or of the vector, and ``title`` what a target does, or the check of
    a vector.
    """

    id: str
    title: str
    cases: tuple[tuple[ReplayCase, ReplayState], ...]

    @property
    def state(self) -> ReplayState:
        """The answer as a whole: it agrees if all its findings do."""
        states = {state for _, state in self.cases}
        return next(state for state in _WORST_FIRST if state in states)

    @property
    def is_vector(self) -> bool:
        """Whether it is no cause but a vector."""
        return not self.cases[0][0].cause

    @property
    def agreeing(self) -> int:
        """The number of its cases that agree."""
        return sum(state == "AGREES" for _, state in self.cases)


def by_cause(replayed: Sequence[tuple[ReplayCase, ReplayState]]) -> list[ReplayedCause]:
    """Returns the causes of cases, in the order of the cases; each vector is for itself."""
    cases: dict[tuple[str, str], list[tuple[ReplayCase, ReplayState]]] = {}
    for case, state in replayed:
        key = (case.cause, case.title) if case.cause else ("", case.id)
        cases.setdefault(key, []).append((case, state))
    return [
        ReplayedCause(
            same[0][0].cause or same[0][0].id, same[0][0].title or same[0][0].check, tuple(same)
        )
        for same in cases.values()
    ]


def selected(cases: Sequence[ReplayCase], ids: Collection[str]) -> list[ReplayCase]:
    """Returns the cases whose own id, or that of their cause, is one of these; without ids, all.

    Raises ReplayError for an id that none of them has.
    """
    known = {id: None for case in cases for id in (case.cause, case.id) if id}
    for id in ids:
        if id not in known:
            causes = list(dict.fromkeys(case.cause or case.id for case in cases))
            raise ReplayError(
                f"there is no cause, finding or vector {id!r} to replay; there is "
                f"{', '.join(causes[:_FEW]) or 'nothing'}"
            )
    return [case for case in cases if not ids or case.id in ids or case.cause in ids]


def recorded_target(path: Path) -> str:
    """Returns the target that a record is of.

    Raises ReplayError if the file is not a record.
    """
    try:
        header = parse_record(read_file(path, MAX_BYTES), str(path)).header
    except (UnreadableFile, RecordError) as error:
        raise ReplayError(f"{error}; name the target, as only a record is of one") from None
    return str(header["target"]["name"])


def load_cases(path: Path) -> list[ReplayCase]:
    """Returns the cases of a vector, a record, or a folder of these.

    Raises ReplayError for the first file that is neither.
    """
    if not path.is_dir():
        return _cases(path)
    files = sorted(each for each in path.rglob("*") if each.suffix in _ENDINGS)
    if not files:
        raise ReplayError(
            f"{path}: it has no {' or '.join(_ENDINGS)} file; name a vector, a record, or a folder"
        )
    return [case for file in files for case in _cases(file)]


def _cases(path: Path) -> list[ReplayCase]:
    try:
        content = read_file(path, MAX_BYTES)
    except UnreadableFile as error:
        raise ReplayError(f"{error}; name a vector, a record, or a folder") from None
    try:
        if b'"vector"' in content[:200]:
            return [_of_vector(line, path) for line in _vectors(content)]
        return [
            replace(_of_finding(each, path), cause=cause.line["id"], title=cause.line["title"])
            for cause in shown_causes(parse_record(content, str(path)))
            for each in cause.findings
        ]
    except (VectorError, RecordError) as error:
        raise ReplayError(str(error)) from None


def _vectors(content: bytes) -> list[bytes]:
    """Splits a file into vectors: a single one over many lines, or one on each line."""
    lines = content.splitlines()
    return lines if all(b'"vector"' in line for line in lines) else [content]


def _of_vector(content: bytes, path: Path) -> ReplayCase:
    vector = read_vector(content, str(path))
    return ReplayCase(
        vector.id, vector.check, program=vector.program, expected=Trace(list(vector.expected))
    )


def _of_finding(finding: Json, path: Path) -> ReplayCase:
    what = finding["id"], finding["check"], finding["difference"]
    if "expression" in finding:
        return ReplayCase(*what, expected=finding["expected"], expression=finding["expression"])
    if "program" not in finding:
        return ReplayCase(*what)
    try:
        program = Program.from_json(finding["program"])
        before = tuple(map(Program.from_json, finding.get("before", ())))
    except ProgramError as error:
        raise ReplayError(f"{path}: {finding['id']}: {error}") from None
    # An invariant has no expected trace, and that of a relation is the target's own.
    without_expected = finding["field"] in ("rule", "relation") or "expected_trace" not in finding
    return ReplayCase(
        *what,
        program,
        None if without_expected else Trace(finding["expected_trace"]),
        before=before,
    )


def replay(case: ReplayCase, lockstep: Lockstep) -> ReplayState:
    """Runs a case on the target of a lockstep, and returns whether it still differs.

    The expected trace is that of the case, if it has one.

    Raises ReplayError for a finding of a check that this release does not have.
    """
    if not case.replayable:
        return "NOT REPLAYED"
    if case.program is None:
        return _by_answer(case, lockstep.actual)
    if case.before:
        lockstep = lockstep.behind(case.before)
    if isinstance(case.expected, Trace):
        return _by_trace(case, case.program, case.expected, lockstep.actual)
    return _by_check(case, case.program, lockstep)


def _by_answer(case: ReplayCase, actual: Executor) -> ReplayState:
    """Compares an answer; each of several right answers agrees."""
    known = [each for each in surface.load() if each.text == case.expression]
    expression = known[0] if known else surface.Expression(case.expression, "", documented=True)
    [answer] = actual.evaluate([case.expression])
    assert isinstance(case.expected, dict)
    differs = surface.differences([case.expected], [answer], (expression,))
    return "STILL DIFFERS" if differs else "AGREES"


def _by_trace(case: ReplayCase, program: Program, expected: Trace, actual: Executor) -> ReplayState:
    [shown] = actual.submit([program])()
    # What was found may lie behind a difference that the target has as well.
    found = all_divergences(program, expected, parse_trace(shown), UPSTREAM_DEVIATIONS)
    return _state(case, [text for each in found for text in difference_texts(each)])


def _by_check(case: ReplayCase, program: Program, lockstep: Lockstep) -> ReplayState:
    return _state(case, _check(case).differences(lockstep, program, case.difference))


def _check(case: ReplayCase) -> Check:
    for check in catalogue():
        if check.id == case.check:
            return check
    raise ReplayError(
        f"{case.id}: this release has no check {case.check!r}; 'h11spec checks' lists them"
    )


def _state(case: ReplayCase, identities: list[str]) -> ReplayState:
    if not identities:
        return "AGREES"
    return (
        "STILL DIFFERS"
        if not case.difference or case.difference in identities
        else "OTHER DIFFERENCE"
    )
