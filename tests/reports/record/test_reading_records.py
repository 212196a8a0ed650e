"""Tests the reader of records: it accepts what the published schema accepts, and says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from reports_helper import (
    agreeing,
    broken_off,
    hostile,
    of_kind,
    real,
    record,
    with_footer,
    written,
)

from h11spec.reports import record as record_package
from h11spec.reports.record.line_types import KINDS, MAX_DEPTH, invalid_line
from h11spec.reports.record.record import RECORD_VERSION, RecordError, parse_record
from h11spec.strategies.program import Json

SCHEMA: dict[str, Any] = json.loads(
    files(record_package).joinpath("record.schema.json").read_text("utf-8")
)
# Any: its methods have no complete types, and everything is a form here.
VALIDATOR: Any = Draft202012Validator(SCHEMA)
ENTRY: Json = {"kind": "entry", "id": "D-000000", "difference": "a", "state": "used"}
# Values of every type, so that one of them has the wrong type for any member.
ABSURD: tuple[Any, ...] = ({}, "absurd", -1, True, None, [0], 1.5)


def one_of(kind: str) -> Json:
    return next(line for line in (*real(), ENTRY) if line["kind"] == kind)


def refused(lines: list[Json] | bytes) -> str:
    content = lines if isinstance(lines, bytes) else written(lines)
    with pytest.raises(RecordError) as caught:
        parse_record(content, "run.jsonl")
    [message] = str(caught.value).splitlines()
    assert message.startswith("run.jsonl: ")
    assert len(message) < 400
    return message


def test_the_schema_is_valid_and_has_the_version() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == f"urn:h11spec:record:{RECORD_VERSION}"
    assert {each["$ref"].rpartition("/")[2] for each in SCHEMA["oneOf"]} == {*KINDS}


@pytest.mark.parametrize("name", ["program", "program-2"])
def test_programs_have_their_published_schema(name: str) -> None:
    path = Path(__file__).parents[3] / f"docs/reference/{name}.schema.json"
    published = json.loads(path.read_text("utf-8"))
    assert SCHEMA["$defs"][name.replace("-", "_")] == published


def test_a_finding_may_have_a_program_of_either_version() -> None:
    steps: list[Json] = [{"do": "next"}, {"do": "again", "on": 1}]
    program: Json = {"program": 2, "connections": [{"role": "client"}] * 2, "steps": steps}
    line = {**one_of("finding"), "program": program, "step": 1}
    assert VALIDATOR.is_valid(line)
    assert invalid_line(line) == ""
    program["program"] = 1
    assert not VALIDATOR.is_valid(line)
    assert "'connections' is not known" in invalid_line(line)


@pytest.mark.parametrize(
    "lines", [real, agreeing, broken_off, hostile], ids=lambda each: each.__name__
)
def test_written_records_are_valid_and_read(lines: Any) -> None:
    assert [line for line in lines() if not VALIDATOR.is_valid(line)] == []
    assert [line for line in lines() if invalid_line(line)] == []
    record(lines())


def test_every_written_member_is_in_the_schema() -> None:
    for line in (*real(), ENTRY):
        assert line.keys() <= SCHEMA["$defs"][line["kind"]]["properties"].keys()


def changed(kind: str) -> Iterator[tuple[str, Json]]:
    """Yields the line without each of its members, and with absurd values in its place."""
    line = one_of(kind)
    for name in line.keys() - {"kind", "record"}:
        yield f"no {name}", {key: each for key, each in line.items() if key != name}
        for value in ABSURD:
            yield f"{name} is {value!r}", {**line, name: value}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_and_the_reader_refuse_the_same(kind: str) -> None:
    """For each member that is missing or of another type."""
    verdicts = {
        what: (VALIDATOR.is_valid(line), not invalid_line(line))
        for what, line in changed(kind)
        # A schema cannot say that the program has this step.
        if what != "step is -1" and not what.startswith("no step")
    }
    assert {what: pair for what, pair in verdicts.items() if pair[0] is not pair[1]} == {}
    assert {pair[0] for pair in verdicts.values()} == {True, False}


WRONG: list[tuple[str, str, Any, str]] = [
    ("header", "target", {"name": "a"}, "'target' of this header has no 'version'"),
    ("header", "settings", {"seed": 0}, "'settings' of this header has no 'phases'"),
    ("finding", "id", "D-1", "'id' of this finding is invalid"),
    ("finding", "program", {"program": 1}, "the program of this finding is invalid: role"),
    ("finding", "step", 99, "this finding has no step 99 in its program"),
    ("finding", "script", "a", "'script' of this finding is invalid"),
    (
        "finding",
        "actual_trace",
        [{"raised": []}],
        "'actual_trace[0].raised' of this finding is invalid",
    ),
    ("cause", "id", "D-000000", "'id' of this cause is invalid"),
    ("cause", "findings", [], "'findings' of this cause is invalid"),
    ("cause", "findings", ["D-000000"], "a cause has the finding D-000000, which is not in the"),
    ("result", "programs", -1, "'programs' of this result is invalid"),
    ("finding", "actual_trace", [{"events": [1]}], "'actual_trace[0].events[0]' of this finding"),
    ("result", "level", "\ud800", "this result contains a lone surrogate"),
    ("result", "\ud800", "a", "this result contains a lone surrogate"),
    ("result", "verdict", "good", "'verdict' of this result is invalid"),
    ("footer", "seconds", "1", "'seconds' of this footer is invalid"),
    ("footer", "findings", 2**70, "the footer says 'findings' is"),
    ("footer", "verdict", "pass", "the footer says the verdict is 'pass'"),
    ("footer", "interrupted", True, "that the run was both interrupted and complete"),
]


@pytest.mark.parametrize(("kind", "member", "value", "says"), WRONG)
def test_an_invalid_member_is_named(kind: str, member: str, value: Any, says: str) -> None:
    lines = real()
    of_kind(lines, kind)[0][member] = value
    assert says in refused(lines)


def test_lines_of_several_runs_are_refused() -> None:
    lines = real()
    header, first, footer = lines[0], of_kind(lines, "finding")[0], lines[-1]
    assert "two headers" in refused([header, *lines])
    assert "two footers" in refused([*lines, footer])
    assert "lines after the footer" in refused([*lines, ENTRY])
    assert "the first line is not a header" in refused(lines[1:])
    assert f"{first['id']} occurs twice" in refused([*lines[:-1], first, footer])
    assert "lines were removed" in refused([line for line in lines if line is not first])


def test_an_invalid_line_is_refused() -> None:
    begun = written(real()[:1])
    assert "the first line is not a header" in refused(b"")
    assert "byte 1 is not UTF-8" in refused(b"\x1f\x8b\x08")
    assert "line 1: not valid JSON" in refused(b"\0" * 9 + b"\n")
    assert "line 2: not valid JSON" in refused(begun + b"\n" + begun)
    assert "line 2: unknown kind None" in refused(begun + b"[]\n")
    assert "line 2: unknown kind 'verdict'" in refused(begun + b'{"kind":"verdict"}\n')
    assert "line 2: not valid JSON" in refused(begun + b'{"kind":"footer","seconds":NaN}\n')
    assert "line 2: not valid JSON" in refused(begun + b"1" * 9_999 + b"\n")
    assert "line 2: not valid JSON" in refused(begun + b"[" * 100_000 + b"\n")
    for version in b"1", b"3":
        other = begun.replace(b'"record": 2', b'"record": ' + version)
        assert f"a record of version {version.decode()}; this release reads version 2" in refused(
            other
        )


def test_deeply_nested_values_are_refused() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["actual"] = json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert "line 2: this finding is nested deeper than" in refused(lines)


def test_an_incomplete_last_line_is_ignored() -> None:
    """A run that breaks off leaves one, and a record without a footer."""
    content = written(real())
    assert parse_record(content, "").footer is not None
    cut = parse_record(content[:-10], "")
    assert cut.footer is None
    assert len(cut.results) == len(record().results)


def test_members_of_later_releases_are_ignored() -> None:
    lines = [{**line, "later": [line["kind"]]} for line in real()]
    assert record(lines).header["later"] == ["header"]
    assert all(VALIDATOR.is_valid(line) for line in lines)


def test_a_record_with_only_accepted_findings_passes() -> None:
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    assert record(with_footer(lines)).footer == {**real()[-1], "unexpected": 0, "verdict": "pass"}
