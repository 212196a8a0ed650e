"""What is read as a record: the published schema and the reader accept the same, in a sentence."""

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
from h11spec.reports.record.line_types import MAX_DEPTH, KINDS, invalid_line
from h11spec.reports.record.record import RECORD_VERSION, RecordError, parse_record
from h11spec.strategies.programs import Json

SCHEMA: dict[str, Any] = json.loads(
    files(record_package).joinpath("record.schema.json").read_text("utf-8")
)
# Any: its methods have no complete types, and everything is a form here.
VALIDATOR: Any = Draft202012Validator(SCHEMA)
ENTRY: Json = {"kind": "entry", "id": "D-000000", "difference": "a", "state": "used"}
# An object and a text are neither a number, nor true, nor null; the number is no text.
ABSURD: tuple[Any, ...] = ({}, "absurd", -1, True, None, [0], 1.5)


def one_of(kind: str) -> Json:
    return next(line for line in (*real(), ENTRY) if line["kind"] == kind)


def refused(lines: list[Json] | bytes) -> str:
    content = lines if isinstance(lines, bytes) else written(lines)
    with pytest.raises(RecordError) as caught:
        parse_record(content, "run.jsonl")
    [said] = str(caught.value).splitlines()
    assert said.startswith("run.jsonl: ")
    assert len(said) < 400
    return said


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == f"urn:h11spec:record:{RECORD_VERSION}"
    assert {each["$ref"].rpartition("/")[2] for each in SCHEMA["oneOf"]} == {*KINDS}


def test_programs_have_the_schema_that_is_published_for_them() -> None:
    path = Path(__file__).parents[3] / "docs/reference/program.schema.json"
    assert SCHEMA["$defs"]["program"] == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "lines", [real, agreeing, broken_off, hostile], ids=lambda each: each.__name__
)
def test_what_runs_write_is_valid_and_read(lines: Any) -> None:
    assert [line for line in lines() if not VALIDATOR.is_valid(line)] == []
    assert [line for line in lines() if invalid_line(line)] == []
    record(lines())


def test_each_member_that_is_written_is_in_the_schema() -> None:
    for line in (*real(), ENTRY):
        assert line.keys() <= SCHEMA["$defs"][line["kind"]]["properties"].keys()


def changed(kind: str) -> Iterator[tuple[str, Json]]:
    """The line without each of its members, and with something absurd in its place."""
    line = one_of(kind)
    for name in line.keys() - {"kind", "record"}:
        yield f"no {name}", {key: each for key, each in line.items() if key != name}
        for value in ABSURD:
            yield f"{name} is {value!r}", {**line, name: value}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_and_the_reader_refuse_the_same(kind: str) -> None:
    """Whichever member is missing, or is of another type."""
    verdicts = {
        what: (VALIDATOR.is_valid(line), not invalid_line(line))
        for what, line in changed(kind)
        # What the program has no step for is beyond a schema.
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
def test_a_member_that_is_not_as_it_should_be_is_named(
    kind: str, member: str, value: Any, says: str
) -> None:
    lines = real()
    of_kind(lines, kind)[0][member] = value
    assert says in refused(lines)


def test_what_cannot_be_of_one_run_is_refused() -> None:
    lines = real()
    header, first, footer = lines[0], of_kind(lines, "finding")[0], lines[-1]
    assert "two headers" in refused([header, *lines])
    assert "two footers" in refused([*lines, footer])
    assert "lines after the footer" in refused([*lines, ENTRY])
    assert "the first line is not a header" in refused(lines[1:])
    assert f"{first['id']} occurs twice" in refused([*lines[:-1], first, footer])
    assert "lines were removed" in refused([line for line in lines if line is not first])


def test_what_is_no_line_is_refused() -> None:
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


def test_what_is_nested_deeper_than_anybody_reads_is_refused() -> None:
    lines = real()
    of_kind(lines, "finding")[0]["actual"] = json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert "line 2: this finding is nested deeper than" in refused(lines)


def test_a_line_that_was_never_finished_is_left_out() -> None:
    """It is that of a run that broke; and so is one without its footer."""
    content = written(real())
    assert parse_record(content, "").footer is not None
    cut = parse_record(content[:-10], "")
    assert cut.footer is None
    assert len(cut.results) == len(record().results)


def test_what_a_later_release_adds_is_let_through() -> None:
    lines = [{**line, "later": [line["kind"]]} for line in real()]
    assert record(lines).header["later"] == ["header"]
    assert all(VALIDATOR.is_valid(line) for line in lines)


def test_a_record_may_be_written_and_read_without_its_accepted_findings_failing() -> None:
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    assert record(with_footer(lines)).footer == {**real()[-1], "unexpected": 0, "verdict": "pass"}
