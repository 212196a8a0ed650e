"""``-x`` ends a run after the first failing check in the order of the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_helper import CommandResult, faulty, h11spec
from records_helper import record_lines

TARGET = faulty("takes_any_footer")
VECTORS = ("--phases=vectors", "--checks=chunked/", "--checks=contract/history")


def check(record: Path, *arguments: str, target: str = TARGET) -> CommandResult:
    return h11spec("check", target, *VECTORS, "--record", record, *arguments)


def lines(record: Path, kind: str) -> list[Any]:
    return [line for line in record_lines(record) if line["kind"] == kind]


def failing(record: Path) -> list[str]:
    """The checks that fail, in the order of the results."""
    return [line["check"] for line in lines(record, "result") if line["verdict"] == "fail"]


@pytest.mark.unmeasured
def test_the_run_ends_after_the_first_failing_check(tmp_path: Path) -> None:
    whole, record = tmp_path / "whole.jsonl", tmp_path / "run.jsonl"
    check(whole, "--in-process")
    done = check(record, "--in-process", "-x")
    assert done.exit_code == 1
    assert len(failing(whole)) > 1
    assert failing(record) == failing(whole)[:1]
    assert lines(record, "result")[-1]["check"] == failing(whole)[0]
    [found] = [line for line in lines(record, "finding") if line["fails"]]
    assert found["reproduced"]
    assert found in lines(whole, "finding")


def test_the_report_and_the_record_say_that_it_ended_early(tmp_path: Path) -> None:
    record = tmp_path / "run.jsonl"
    done = check(record, "--in-process", "--exitfirst")
    assert "ended after the first failing check (-x)" in done.stdout
    [footer] = lines(record, "footer")
    assert (footer["ended_early"], footer["interrupted"]) == (True, False)
    assert (footer["complete"], footer["verdict"], footer["exit"]) == (False, "fail", 1)


@pytest.mark.unmeasured
def test_the_findings_do_not_depend_on_the_number_of_jobs(tmp_path: Path) -> None:
    records = [tmp_path / f"{jobs}.jsonl" for jobs in ("1", "2")]
    for record in records:
        assert check(record, "-x", "--jobs", record.stem).exit_code == 1
    one, two = ([*lines(each, "finding"), *lines(each, "result")] for each in records)
    assert one == two


@pytest.mark.unmeasured
@pytest.mark.parametrize("target", ["h11", TARGET])
def test_an_accepted_finding_does_not_end_the_run(target: str, tmp_path: Path) -> None:
    """Nor does anything where nothing fails: the run is complete."""
    record, path = tmp_path / "run.jsonl", tmp_path / "b.toml"
    accepting = ("--reason=known", "--smuggling", "--yes", f"--baseline={path}", "--in-process")
    assert h11spec("baseline", "update", target, *VECTORS, *accepting).exit_code == 0
    baseline = [f"--baseline={path}"] if path.exists() else []
    done = check(record, "--in-process", "-x", *baseline, target=target)
    assert done.exit_code == 0
    [footer] = lines(record, "footer")
    assert footer["complete"]
    assert "ended_early" not in footer


def test_the_file_of_settings_does_not_have_it(tmp_path: Path) -> None:
    """Other commands read the same settings, and have no use for it."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text("[tool.h11spec]\nexitfirst = true\n", "utf-8")
    done = h11spec("check", "h11", "--config", settings)
    assert done.exit_code == 2
    assert "unknown setting 'exitfirst'" in done.stderr
