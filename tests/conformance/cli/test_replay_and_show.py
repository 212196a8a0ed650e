"""``replay`` and ``show``: findings and vectors from files, and invalid files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_helper import faulty, h11spec
from records_helper import record_lines

from h11spec.reports.analysis.summary import pluralise

TARGET = faulty("takes_any_footer")
CHECKS = ("--checks=chunked/", "--phases=sweeps", "--in-process")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "run.jsonl"
    assert h11spec("gate", TARGET, *CHECKS, "--record", path).exit_code == 1
    return path


@pytest.fixture
def finding(record: Path) -> dict[str, Any]:
    """The first finding, which is smuggling-relevant."""
    found = next(line for line in record_lines(record) if line["kind"] == "finding")
    assert found["smuggling"]
    return dict(found)


def test_a_record_is_replayed(record: Path) -> None:
    done = h11spec("replay", record, TARGET, "--in-process")
    assert done.exit_code == 1
    *each, last = done.stdout.splitlines()
    assert all(line.startswith("STILL DIFFERS     C-") for line in each)
    findings = sum(line["kind"] == "finding" for line in record_lines(record))
    assert last == f"agree: 0 of {pluralise(len(each), 'cause')}, 0 of {findings} findings"


def causes_of(record: Path) -> list[dict[str, Any]]:
    """The causes of a record, those with the most findings first."""
    causes = [dict(line) for line in record_lines(record) if line["kind"] == "cause"]
    return sorted(causes, key=lambda each: -len(each["findings"]))


def test_a_cause_is_replayed_by_its_id_on_the_target_of_the_record(record: Path) -> None:
    """All its findings are run and shown, and none of another cause."""
    cause = causes_of(record)[0]
    done = h11spec("replay", record, cause["id"], "--in-process")
    assert done.exit_code == 1
    first, *findings, last = done.stdout.splitlines()
    number = len(findings)
    assert first == (
        f"STILL DIFFERS     {cause['id']}  {cause['title']} (0 of {number} findings agree)"
    )
    assert [line.split()[2] for line in findings] == cause["findings"]
    assert all(line.startswith("  STILL DIFFERS ") for line in findings)
    assert last == f"agree: 0 of 1 cause, 0 of {number} findings"
    fixed = h11spec("replay", record, "h11", cause["id"], "--in-process")
    assert fixed.exit_code == 0
    assert fixed.stdout.splitlines()[-1] == f"agree: 1 of 1 cause, {number} of {number} findings"


def test_one_finding_is_replayed_by_its_id(record: Path, finding: dict[str, Any]) -> None:
    done = h11spec("replay", record, TARGET, finding["id"], "--in-process")
    assert done.exit_code == 1
    assert f"  STILL DIFFERS     {finding['id']}  {finding['check']}: " in done.stdout
    assert done.stdout.splitlines()[-1] == "agree: 0 of 1 cause, 0 of 1 finding"


def test_an_id_that_is_not_there_is_refused_and_so_is_a_second_target(record: Path) -> None:
    known = causes_of(record)[0]["id"]
    for arguments, says in (
        (("C-ffffff",), "there is no cause, finding or vector 'C-ffffff' to replay; there is C-"),
        (("h11", known, "other"), "'other' is a second target; name one"),
    ):
        done = h11spec("replay", record, *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert says in done.stderr.splitlines()[-1]


def test_each_finding_is_shown_on_request(record: Path) -> None:
    done = h11spec("replay", record, TARGET, "--in-process", "--verbose")
    ids = [line["id"] for line in record_lines(record) if line["kind"] == "finding"]
    assert all(f"  STILL DIFFERS     {id}  " in done.stdout for id in ids)


def test_growth_is_not_replayed_and_does_not_agree(record: Path, tmp_path: Path) -> None:
    lines = record_lines(record)
    for line in lines:
        if line["kind"] == "finding":
            del line["program"]
    path = tmp_path / "growth.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = h11spec("replay", path, "h11", "--in-process")
    assert done.exit_code == 1
    assert done.stdout.startswith("NOT REPLAYED      C-")


def test_a_fixed_target_agrees(record: Path) -> None:
    done = h11spec("replay", record, "h11", "--in-process")
    assert done.exit_code == 0
    assert all(line.startswith("AGREES ") for line in done.stdout.splitlines()[:-1])


def test_another_difference_is_reported_as_such(record: Path, tmp_path: Path) -> None:
    lines = record_lines(record)
    for line in lines:
        if line["kind"] == "finding":
            line["difference"] = "drain in IDLE/IDLE: state client"
    path = tmp_path / "other.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = h11spec("replay", path, TARGET, "--in-process")
    assert done.exit_code == 1
    assert done.stdout.startswith("OTHER DIFFERENCE ")


def test_a_vector_of_a_finding_is_replayed(
    record: Path, finding: dict[str, Any], tmp_path: Path
) -> None:
    done = h11spec("show", finding["id"], record, "--as=vector")
    assert done.exit_code == 0
    path = tmp_path / "vector.json"
    path.write_text(done.stdout)
    assert json.loads(done.stdout)["program"] == finding["program"]
    assert h11spec("replay", path, TARGET, "--in-process").exit_code == 1
    assert h11spec("replay", path, "h11", "--in-process").exit_code == 0
    assert h11spec("replay", tmp_path, "h11", "--in-process").exit_code == 0
    done = h11spec("replay", path, "h11", "--in-process")
    assert done.stdout.splitlines()[-1] == "agree: 1 of 1 vector"


def test_a_vector_is_of_no_target(record: Path, finding: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "vector.json"
    path.write_text(h11spec("show", finding["id"], record, "--as=vector").stdout)
    done = h11spec("replay", path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "name the target, as only a record is of one" in done.stderr.splitlines()[-1]


def test_a_finding_is_shown_in_full(record: Path, finding: dict[str, Any]) -> None:
    done = h11spec("show", finding["id"], record)
    assert done.exit_code == 0
    for part in (finding["smuggling_risk"], finding["script"][-1], finding["test"][-1], "made by"):
        assert part in done.stdout


def test_a_cause_is_shown_by_its_clearest_finding_and_names_the_others(record: Path) -> None:
    causes = [line for line in record_lines(record) if line["kind"] == "cause"]
    cause = max(causes, key=lambda each: len(each["findings"]))
    clearest, *others = cause["findings"]
    done = h11spec("show", cause["id"], record)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{cause['id']}  {cause['title']}\n")
    shown = [id for id in cause["findings"] if f"{id}  " in done.stdout]
    assert shown == [clearest, *others]
    script = h11spec("show", cause["id"], record, "--as=script").stdout
    assert script == h11spec("show", clearest, record, "--as=script").stdout


def test_the_script_of_a_finding_reproduces_it(record: Path, finding: dict[str, Any]) -> None:
    script = h11spec("show", finding["id"], record, "--as=script").stdout
    assert script.splitlines() == finding["script"]
    assert finding["reproduced"] is True


def test_the_test_of_a_finding_fails_on_the_target_only(
    record: Path, finding: dict[str, Any]
) -> None:
    test = h11spec("show", finding["id"], record, "--as=test").stdout
    for source, fails in ((test, True), (test.replace("takes_any_footer as h11", "h11"), False)):
        names: dict[str, Any] = {}
        exec(source, names)  # noqa: S102 (it is what the user runs)
        [function] = [each for name, each in names.items() if name.startswith("test_")]
        if fails:
            with pytest.raises(AssertionError):
                function()
        else:
            function()


def test_an_unknown_finding_is_refused(record: Path) -> None:
    done = h11spec("show", "D-ffffff", record)
    assert done.exit_code == 2
    assert "has no cause or finding 'D-ffffff'; it has C-" in done.stderr.splitlines()[-1]


HEADER = '{"kind": "header", "record": 2}\n'
BROKEN = {
    "empty": (b"", "the first line is not a header"),
    "not UTF-8": (b"\xff\n", "byte 0 is not UTF-8"),
    "no JSON": (b"{\n", "line 1: not valid JSON"),
    "a list": (b"[]\n", "unknown kind None"),
    "no kind": (b"{}\n", "unknown kind None; the kinds of lines are header"),
    "no header": (
        b'{"kind":"footer","verdict":1,"exit":0,"complete":1}\n',
        "the first line is not a header",
    ),
    "a short header": (b'{"kind":"header"}\n', "this header has no 'record'"),
    "another version": (
        HEADER.replace('"record": 2', '"record": 1').encode(),
        "of version 1; this release",
    ),
    "two headers": (2 * HEADER.encode(), "there are two headers"),
    "deeply nested": (HEADER.encode() + b"[" * 100_000 + b"\n", "line 2: not valid JSON"),
}


@pytest.mark.parametrize("command", ["show", "replay"])
@pytest.mark.parametrize("name", BROKEN)
def test_an_invalid_record_is_refused(command: str, name: str, tmp_path: Path) -> None:
    content, says = BROKEN[name]
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    arguments = ("D-000000", path) if command == "show" else (path, "h11", "--in-process")
    done = h11spec(command, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr.splitlines()[-1]
    assert str(path) in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["show", "replay"])
def test_an_unreadable_file_is_refused(command: str, tmp_path: Path) -> None:
    huge = tmp_path / "huge.jsonl"
    with huge.open("wb") as file:
        file.truncate(2**28 + 1)
    for path, says in ((tmp_path / "none", "No such file"), (huge, "at most")):
        arguments = ("D-000000", path) if command == "show" else (path, "h11", "--in-process")
        done = h11spec(command, *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert says in done.stderr.splitlines()[-1]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    done = h11spec("replay", tmp_path, "h11")
    assert done.exit_code == 2
    assert "it has no .json or .jsonl file" in done.stderr.splitlines()[-1]


def test_a_record_that_ends_within_a_line_is_of_a_broken_run(
    record: Path, finding: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(record.read_bytes()[:-20])
    assert h11spec("show", finding["id"], path).exit_code == 0


def test_a_finding_of_a_removed_check_is_refused(record: Path, tmp_path: Path) -> None:
    lines = record_lines(record)
    for line in lines:
        if line["kind"] == "finding":
            line.update(check="no/such", field="rule")
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = h11spec("replay", path, "h11", "--in-process")
    assert done.exit_code == 2
    assert "no check 'no/such'" in done.stderr.splitlines()[-1]


def test_a_target_that_cannot_be_loaded_is_reported(record: Path) -> None:
    done = h11spec("replay", record, "no_such_module")
    assert (done.exit_code, done.stdout) == (3, "")


def test_a_finding_that_lacks_a_member_is_refused(record: Path, tmp_path: Path) -> None:
    """For each member that a view reads; none leads to a traceback."""
    lines = record_lines(record)
    at = next(at for at, line in enumerate(lines) if line["kind"] == "finding")
    for name in ("citations", "smuggling", "expected", "output", "conforming"):
        broken = [*lines[:at], {**lines[at]}, *lines[at + 1 :]]
        del broken[at][name]
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in broken))
        done = h11spec("show", lines[at]["id"], path)
        assert done.exit_code == 2
        assert f"line {at + 1}: this finding has no {name!r}" in done.stderr.splitlines()[-1]


def test_a_replay_fails_if_only_some_findings_agree(record: Path, tmp_path: Path) -> None:
    """The first finding of this record expects what the target shows."""
    lines = record_lines(record)
    found = [line for line in lines if line["kind"] == "finding"]
    found[0]["expected_trace"] = found[0]["actual_trace"]
    path = tmp_path / "some.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = h11spec("replay", path, TARGET, "--in-process")
    assert done.stdout.splitlines()[-1].endswith(f", 1 of {len(found)} findings")
    assert done.exit_code == 1
