"""What was seen once, looked at again: vectors, and the findings of a record, on any target.

Owns what is in a file, or in a folder of files, and the three answers: what was found is still so,
nothing differs any more, or something else does. How a target is loaded is for ``runs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...reports.files import UnreadableFile, read_file
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...reports.findings.divergence import compare as compare_traces
from ...reports.record.record import MAX_BYTES, RecordError, parse_record
from ...strategies.programs import Json, Program, ProgramError
from ...strategies.traces import Trace
from ..checks.catalogue import catalogue
from ..checks.check import Check
from ..execution.executor import Executor, parse_trace
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import divergences
from ..requirements import surface
from ..vectors.reading import VectorError
from ..vectors.reading import read as read_vector

State = Literal["STILL DIFFERS", "AGREES", "OTHER DIFFERENCE"]
_ENDINGS = (".json", ".jsonl")


class ReplayError(Exception):
    """There is nothing to replay in a file; the message says where, and what can be replayed."""


@dataclass(frozen=True)
class Item:
    """One thing to look at again.

    ``shows`` is what differed, in words; with "", any difference is the one that is meant.
    ``expected`` is a trace, or the answer to ``expression``.
    """

    id: str
    check: str
    shows: str = ""
    program: Program | None = None
    expected: Trace | Json | None = None
    expression: str = ""


def items(path: Path) -> list[Item]:
    """Returns what there is in a vector, a record, or a folder of these.

    Raises ReplayError, which names the first file that is neither.
    """
    if not path.is_dir():
        return _items(path)
    files = sorted(each for each in path.rglob("*") if each.suffix in _ENDINGS)
    if not files:
        raise ReplayError(f"{path}: no {' or '.join(_ENDINGS)} file is in it; name what to replay")
    return [item for file in files for item in _items(file)]


def _items(path: Path) -> list[Item]:
    try:
        content = read_file(path, MAX_BYTES)
    except UnreadableFile as error:
        raise ReplayError(f"{error}; name a vector, a record, or a folder") from None
    try:
        if b'"vector"' in content[:200]:
            return [_of_vector(line, path) for line in _vectors(content)]
        return [
            _of_finding(each, path) for each in parse_record(content, str(path)).findings if _has(each)
        ]
    except (VectorError, RecordError) as error:
        raise ReplayError(str(error)) from None


def _vectors(content: bytes) -> list[bytes]:
    """One vector, over many lines; or one on each line."""
    lines = content.splitlines()
    return lines if all(b'"vector"' in line for line in lines) else [content]


def _of_vector(content: bytes, path: Path) -> Item:
    vector = read_vector(content, str(path))
    return Item(
        vector.id, vector.check, program=vector.program, expected=Trace(list(vector.expected))
    )


def _has(finding: Json) -> bool:
    """Whether there is anything to replay: how costs grow takes a run of its own."""
    return "expression" in finding or "program" in finding


def _of_finding(finding: Json, path: Path) -> Item:
    what = finding["id"], finding["check"], finding["difference"]
    if "expression" in finding:
        return Item(*what, expected=finding["expected"], expression=finding["expression"])
    try:
        program = Program.from_json(finding["program"])
    except ProgramError as error:
        raise ReplayError(f"{path}: {finding['id']}: {error}") from None
    # A rule has no expected side, and a relation has the target's own.
    alone = finding["field"] in ("rule", "relation") or "expected_trace" not in finding
    return Item(*what, program, None if alone else Trace(finding["expected_trace"]))


def replay(item: Item, lockstep: Lockstep) -> State:
    """Returns what the target of a lockstep makes of it; the expected side is the item's own.

    Raises ReplayError for a finding of a check that this release does not have.
    """
    if item.program is None:
        return _by_answer(item, lockstep.actual)
    if isinstance(item.expected, Trace):
        return _by_trace(item, item.program, item.expected, lockstep.actual)
    return _by_check(item, item.program, lockstep)


def _by_answer(item: Item, actual: Executor) -> State:
    """Where several answers are right, each of them agrees."""
    known = [each for each in surface.load() if each.text == item.expression]
    asked = known[0] if known else surface.Expression(item.expression, "", documented=True)
    [answer] = actual.evaluate([item.expression])
    assert isinstance(item.expected, dict)
    differs = surface.differences([item.expected], [answer], (asked,))
    return "STILL DIFFERS" if differs else "AGREES"


def _by_trace(item: Item, program: Program, expected: Trace, actual: Executor) -> State:
    [shown] = actual.submit([program])()
    comparison = compare_traces(program, expected, parse_trace(shown), UPSTREAM_DEVIATIONS)
    return _state(item, [found.identity for found in divergences(comparison)])


def _by_check(item: Item, program: Program, lockstep: Lockstep) -> State:
    return _state(item, _check(item).differences(lockstep, program, item.shows))


def _check(item: Item) -> Check:
    for check in catalogue():
        if check.id == item.check:
            return check
    raise ReplayError(
        f"{item.id}: this release has no check {item.check!r}; h11spec checks lists them"
    )


def _state(item: Item, identities: list[str]) -> State:
    if not identities:
        return "AGREES"
    return "STILL DIFFERS" if not item.shows or item.shows in identities else "OTHER DIFFERENCE"
