"""``h11spec report``: the views of a record; either all are written or none."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from command_helper import CommandResult, h11spec
from reports_helper import agreeing, broken_off, hostile, huge, interrupted, real, written

FORMS = ("html", "junit", "markdown", "json", "badge")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.write_bytes(written(real()))
    return path


def error_of(result: CommandResult) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()[-1]


def test_without_a_view_the_report_of_the_run_is_printed(run: Path) -> None:
    result = h11spec("report", run)
    assert result.exit_code == 0
    assert "\nDIFFERS: " in result.stdout


def test_all_views_are_written_at_once(run: Path, tmp_path: Path) -> None:
    files = {form: tmp_path / form for form in FORMS}
    options = [each for form, path in files.items() for each in (f"--{form}", path)]
    result = h11spec("report", run, *options)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert files["html"].read_text("utf-8").startswith("<!DOCTYPE html>")
    assert ElementTree.parse(files["junit"]).getroot().tag == "testsuites"
    assert files["markdown"].read_text("utf-8").startswith("## ")
    assert json.loads(files["json"].read_text("utf-8"))["report"] == 2
    assert json.loads(files["badge"].read_text("utf-8"))["schemaVersion"] == 1


@pytest.mark.parametrize("form", FORMS)
def test_every_view_can_go_to_standard_output(run: Path, form: str) -> None:
    result = h11spec("report", run, f"--{form}", "-")
    assert result.exit_code == 0
    assert len(result.stdout) > 20


@pytest.mark.parametrize("form", [*FORMS, ""])
@pytest.mark.parametrize("lines", [broken_off, interrupted], ids=lambda each: each.__name__)
def test_every_view_says_that_a_run_is_incomplete(run: Path, form: str, lines: Any) -> None:
    run.write_bytes(written(lines())[:-5] if lines is broken_off else written(lines()))
    result = h11spec("report", run, *([f"--{form}", "-"] if form else [])).stdout
    assert ("broke off" if lines is broken_off else "interrupted") in result.lower()


@pytest.mark.parametrize("form", [*FORMS, ""])
@pytest.mark.parametrize("lines", [hostile, huge], ids=lambda each: each.__name__)
def test_every_view_can_be_made_from_hostile_text(run: Path, form: str, lines: Any) -> None:
    """No view contains terminal control sequences."""
    run.write_bytes(written(lines()))
    result = h11spec("report", run, *([f"--{form}", "-"] if form else []))
    assert result.exit_code == 0
    # A terminal shows scripts as they are, to be copied.
    assert len(result.stdout) < 2**21 or not form
    assert {each for each in result.stdout if not each.isprintable()} <= {"\n"}


def test_two_records_are_compared(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(written(agreeing()))
    assert h11spec("report", "--diff", run, other).stdout.endswith(" fixed, 0 unchanged\n")
    result = h11spec("report", "--diff", other, run, "--markdown", "-")
    assert (result.exit_code, result.stdout[:14]) == (0, "## h11spec: 2 ")
    assert json.loads(h11spec("report", "--diff", run, other, "--json", "-").stdout)["diff"] == 2


def test_invalid_combinations_are_refused(run: Path) -> None:
    assert "give a RECORD" in error_of(h11spec("report"))
    assert "give a RECORD" in error_of(h11spec("report", run, "--diff", run, run))
    twice = "--json", "-", "--badge", "-"
    assert "--badge would overwrite another output" in error_of(h11spec("report", run, *twice))
    over = error_of(h11spec("report", run, "--json", run))
    assert "--json would overwrite the record" in over
    result = error_of(h11spec("report", "--diff", run, run, "--junit", "-"))
    assert "--diff has no --junit; it has --markdown and --json" in result


def test_an_invalid_record_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path, out = tmp_path / "run.jsonl", tmp_path / "out"
    out.write_text("old")
    assert "No such file" in error_of(h11spec("report", path, "--json", out))
    path.write_text("{}\n")
    assert "line 1: unknown kind None" in error_of(h11spec("report", path, "--json", out))
    assert out.read_text() == "old"


def test_an_unwritable_file_is_refused(run: Path, tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "out", tmp_path, run / "out"):
        assert f"{place} cannot be written" in error_of(h11spec("report", run, "--json", place))
    assert [path.name for path in tmp_path.iterdir()] == [run.name]


def test_a_device_is_written_to_and_not_replaced(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert h11spec("report", run, "--badge", path).exit_code == 0
        assert stat.S_ISFIFO(path.stat().st_mode)
        assert json.loads(os.read(reader, 9_999))["label"] == "h11spec"
    finally:
        os.close(reader)


def test_a_report_does_not_import_hypothesis(run: Path) -> None:
    """Nor anything else that draws or runs programs; Jinja2 only for HTML."""
    code = (
        "import sys\nfrom h11spec.conformance.cli.main import main\n"
        f"main(['report', {str(run)!r}, '--badge', {os.devnull!r}], standalone_mode=False)\n"
        "print({'hypothesis', 'jinja2', 'execnet', 'h11'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
