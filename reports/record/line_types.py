"""The types of the lines of a record.

Owns the members and their types, and the sentence that says what is wrong with a line. Unknown
members are ignored: a later release may add some. It must not know where a line is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from ...strategies.program import Json, Program, ProgramError, is_list, is_object

# The arguments of h11 may be nested; no useful argument is nested deeper than this.
MAX_DEPTH = 50
_Count = Annotated[int, Meta(ge=0)]
_Id = Annotated[str, Meta(pattern=r"^D-[0-9a-f]{6}\Z")]
_Level = Literal["MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR"]
_Verdict = Literal["pass", "fail", "inconclusive"]


class _Implementation(Struct):
    name: str
    version: str
    module: str = ""
    file: str | None = None
    connection: str | None = None
    connection_file: str | None = None
    compiled: bool = False
    python: str = ""
    distribution: str | None = None
    adapts: str | None = None
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
    target: _Implementation
    expected: _Implementation
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
    requirement_id: str = ""
    explanation: str = ""
    cause: str = ""
    step: _Count = 0
    states_before: list[str] = []
    program: Json | UnsetType = UNSET
    before: list[Json] = []
    behind: list[str] = []
    unconfirmed: bool = False
    other_program: Json | UnsetType = UNSET
    expected_trace: list[_Observation] = []
    actual_trace: list[_Observation] = []
    test: list[str] = []
    expression: str = ""
    sizes: list[int] = []


class _Cause(Struct):
    id: Annotated[str, Meta(pattern=r"^C-[0-9a-f]{6}\Z")]
    identity: str
    title: str
    places: list[str]
    fails: bool
    accepted: str | None
    smuggling: bool
    smuggling_risk: str
    requirement_id: str
    level: _Level
    role: str
    citations: list[str]
    requirement: str
    conforming: Literal["", "both", "target", "expected", "neither"]
    findings: Annotated[list[_Id], Meta(min_length=1)]
    edit: str = ""


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
    h11: str = ""
    cut_short: bool = False
    unrepeated: list[str] = []
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
    causes: _Count = 0
    ended_early: bool = False


_LINES: dict[str, type[Struct]] = {
    "header": _Header,
    "finding": _Finding,
    "cause": _Cause,
    "result": _Result,
    "entry": _Entry,
    "footer": _Footer,
}
KINDS = tuple(_LINES)


def invalid_line(line: Json) -> str:
    """Returns a sentence about what is wrong with a line of a known kind, or ""."""
    kind = line["kind"]
    if _is_deeper(line, MAX_DEPTH):
        return f"this {kind} is nested deeper than {MAX_DEPTH} levels"
    try:
        msgspec.convert(line, _LINES[kind])
    except msgspec.ValidationError as error:
        return _validation_error(str(error), kind)
    except UnicodeEncodeError:  # from msgspec, where a choice or the name of a member is expected
        return f"this {kind} contains a lone surrogate"
    return _invalid_program(line) if kind == "finding" else ""


def contradicting_footer(
    findings: Sequence[Json], results: Sequence[Json], entries: Sequence[Json], footer: Json
) -> str:
    """Returns a sentence about what a footer says and the other lines contradict, or ""."""
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
            return f"the footer says {name!r} is {footer[name]}, but by the lines it is {count}"
    passed = "pass" if footer["complete"] else "inconclusive"
    verdict = "fail" if counts["unexpected"] or counts["stale"] else passed
    if footer["verdict"] != verdict:
        return (
            f"the footer says the verdict is {footer['verdict']!r}, but by the lines it is "
            f"{verdict!r}"
        )
    if footer["interrupted"] and footer["complete"]:
        return "the footer says that the run was both interrupted and complete"
    if footer.get("ended_early") and footer["complete"]:
        return "the footer says that the run both ended early and was complete"
    return ""


def _invalid_program(finding: Json) -> str:
    for name in ("program", "other_program"):
        if name in finding:
            try:
                program = Program.from_json(finding[name])
            except ProgramError as error:
                return f"the {name} of this finding is invalid: {error}"
            if name == "program" and finding.get("step", 0) >= len(program.steps):
                return f"this finding has no step {finding['step']} in its program"
    for form in finding.get("before", ()):
        try:
            Program.from_json(form)
        except ProgramError as error:
            return f"a program before that of this finding is invalid: {error}"
    return ""


def _validation_error(message: str, kind: str) -> str:
    """A message of msgspec, with the place of the error first."""
    problem, _, path = message.partition(" - at `$")
    place = path.removesuffix("`").removeprefix(".")
    where = f"{place!r} of this {kind}" if place else f"this {kind}"
    missing = re.fullmatch(r"Object missing required field `(.*)`", problem)
    if missing:
        return f"{where} has no {missing[1]!r}"
    return f"{where} is invalid: {problem[:1].lower()}{problem[1:200]}"


def _is_deeper(value: Any, levels: int) -> bool:
    if is_object(value):
        return not levels or any(_is_deeper(each, levels - 1) for each in value.values())
    if is_list(value):
        return not levels or any(_is_deeper(each, levels - 1) for each in value)
    return False
