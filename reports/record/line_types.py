"""What stands on each line of a record, by its kind.

Owns which members there are and of what type, and the sentence that names what is wrong with one.
Members that are not known are let through: a later release may write more of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from ...strategies.programs import Json, Program, ProgramError, is_list, is_object

# What h11 is given may be nested, and nobody reads what is nested deeper than this.
DEEPEST = 50
_Count = Annotated[int, Meta(ge=0)]
_Id = Annotated[str, Meta(pattern=r"^D-[0-9a-f]{6}\Z")]
_Level = Literal["MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR"]
_Verdict = Literal["pass", "fail", "inconclusive"]


class _Side(Struct):
    name: str
    version: str
    module: str = ""
    file: str | None = None
    connection: str | None = None
    connection_file: str | None = None
    compiled: bool = False
    python: str = ""
    distribution: str | None = None
    added: str = ""
    borrowed_from: str | None = None


class _Settings(Struct):
    seed: int
    phases: list[str]


class _Header(Struct):
    record: int
    h11spec: str
    python: str
    platform: str
    started: str
    target: _Side
    expected: _Side
    settings: _Settings
    hypothesis: str = ""


class _Raised(Struct):
    by: str
    name: str = field(name="class")
    text: str
    hint: Any = None  # as a target has it


class _Fault(Struct):
    kind: str
    detail: str
    text: str = ""


class _Observation(Struct):
    events: list[Json] = []
    raised: _Raised | UnsetType = UNSET
    fault: _Fault | UnsetType = UNSET
    client: str = ""
    server: str = ""


class _Finding(Struct):
    id: _Id
    check: str
    identity: str
    difference: str
    aspect: str
    field: str
    fails: bool
    accepted: str | None
    smuggling: bool
    smuggling_risk: str
    level: _Level
    citations: list[str]
    requirement: str
    note: str
    conforming: Literal["", "both", "target", "expected", "neither"]
    expected: Any
    actual: Any
    script: list[str]
    output: str | None
    reproduced: bool | None
    role: str = ""
    step: _Count = 0
    states_before: list[str] = []
    program: Json | UnsetType = UNSET
    other_program: Json | UnsetType = UNSET
    expected_trace: list[_Observation] = []
    actual_trace: list[_Observation] = []
    test: list[str] = []
    expression: str = ""
    sizes: list[int] = []


class _Machine(Struct):
    states: _Count
    input_symbols: _Count
    sequences: _Count
    extra_states: _Count
    transitions: list[tuple[str, str, str, _Count]]


class _Result(Struct):
    check: str
    phase: str
    level: _Level
    verdict: _Verdict
    conforms: bool | None
    expected_conforms: bool | None
    programs: _Count
    runs: _Count
    steps: _Count
    truncated: _Count
    inapplicable: _Count
    findings: list[_Id]
    omitted: _Count
    deviations: dict[str, _Count]
    growth: str = ""
    machine: _Machine | UnsetType = UNSET


class _Entry(Struct):
    id: str
    difference: str
    state: Literal["used", "stale", "elsewhere", "unselected"]


class _Footer(Struct):
    verdict: _Verdict
    exit: int
    complete: bool
    interrupted: bool
    out_of_time: bool
    findings: _Count
    failing: _Count
    unexpected: _Count
    stale: _Count
    omitted: _Count
    seconds: Annotated[float, Meta(ge=0)]


_LINES: dict[str, type[Struct]] = {
    "header": _Header,
    "finding": _Finding,
    "result": _Result,
    "entry": _Entry,
    "footer": _Footer,
}
KINDS = tuple(_LINES)


def complaint(line: Json) -> str:
    """Returns what is wrong with a line of a known kind, in a sentence, or "" if nothing is."""
    kind = line["kind"]
    if _deeper(line, DEEPEST):
        return f"this {kind} is nested deeper than {DEEPEST} levels; none of a record is"
    try:
        msgspec.convert(line, _LINES[kind])
    except msgspec.ValidationError as error:
        return _in_words(str(error), kind)
    except UnicodeEncodeError:  # where only some words may stand, or in the name of a member
        return f"this {kind} has half of a character where there is none in a record"
    return _of_programs(line) if kind == "finding" else ""


def contradiction(
    findings: Sequence[Json], results: Sequence[Json], entries: Sequence[Json], footer: Json
) -> str:
    """Returns what a footer says that the other lines do not, in a sentence, or "" for nothing."""
    failing = [finding for finding in findings if finding["fails"]]
    counts = {
        "findings": len(findings),
        "failing": len(failing),
        "unexpected": sum(finding["accepted"] is None for finding in failing),
        "stale": sum(entry["state"] == "stale" for entry in entries),
        "omitted": sum(result["omitted"] for result in results),
    }
    for name, count in counts.items():
        if footer[name] != count:
            return f"its footer says {name!r} is {footer[name]}, and by its lines it is {count}"
    passed = "pass" if footer["complete"] else "inconclusive"
    verdict = "fail" if counts["unexpected"] or counts["stale"] else passed
    if footer["verdict"] != verdict:
        said = footer["verdict"]
        return f"its footer says the verdict is {said!r}, and by its lines it is {verdict!r}"
    if footer["interrupted"] and footer["complete"]:
        return "its footer says that the run was interrupted, and complete"
    return ""


def _of_programs(finding: Json) -> str:
    """What is wrong with the programs of a finding; that they are objects is known."""
    for name in ("program", "other_program"):
        if name in finding:
            try:
                program = Program.from_json(finding[name])
            except ProgramError as error:
                return f"the {name} of this finding is none: {error}"
            if name == "program" and finding.get("step", 0) >= len(program.steps):
                return f"this finding has no step {finding['step']} in its program"
    return ""


def _in_words(problem: str, kind: str) -> str:
    """A message of msgspec's, as this suite says such things."""
    what, _, path = problem.partition(" - at `$")
    place = path.removesuffix("`").removeprefix(".")
    where = f"{place!r} of this {kind}" if place else f"this {kind}"
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        return f"{where} has no {missing[1]!r}; a record says so of each"
    return f"{where} is not as it is in a record: {what[:1].lower()}{what[1:200]}"


def _deeper(value: Any, levels: int) -> bool:
    if is_object(value):
        return not levels or any(_deeper(each, levels - 1) for each in value.values())
    if is_list(value):
        return not levels or any(_deeper(each, levels - 1) for each in value)
    return False
