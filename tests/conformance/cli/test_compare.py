"""``h11spec compare``: runs targets, reads records, and survives a target that fails."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_helper import CommandResult, faulty, h11spec, module

ONE = "--phases", "vectors", "--checks", "chunked/rfc9112-7.1-data", "--in-process"
# As installed releases are: with a name, and a version that its own __version__ gives.
FAULTY = faulty("takes_any_footer")
REFERENCE = "h11spec.reference"


def compared(*arguments: str | Path) -> CommandResult:
    return h11spec("compare", *arguments, *ONE)


def came_to(done: CommandResult, name: str) -> str:
    """The summary of a column."""
    return next(line for line in done.stdout.splitlines() if f"  {name}: " in line).partition(": ")[
        2
    ]


@pytest.mark.unmeasured
def test_targets_are_run_and_their_differences_shown() -> None:
    done = compared(FAULTY, REFERENCE, "--consecutive")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"  1  {FAULTY}: " in done.stdout
    assert f"  2  {REFERENCE}: 0 of 2 checks fail" in done.stdout
    [changed] = [line for line in done.stdout.splitlines() if "no longer: " in line]
    assert re.fullmatch(
        r"  smuggling-relevant: C-\w{6}  no longer: takes any two bytes for the CRLF after a chunk "
        r"\(CVE-2025-43859\); found by chunked/rfc9112-7\.1-data-crlf.*",
        changed,
    )
    assert "(the older broke it, the newer keeps it)" not in done.stdout, (
        "vectors have no RFC verdict"
    )


@pytest.mark.unmeasured
def test_kept_records_give_the_same_matrix(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    first = compared(FAULTY, REFERENCE, "--records", folder)
    paths = sorted(folder.iterdir())
    assert [path.suffix for path in paths] == [".jsonl", ".jsonl"]
    again = h11spec("compare", *paths)
    assert again.exit_code == 0
    for name in (FAULTY, REFERENCE):
        assert came_to(again, name) == came_to(first, name) != ""


def test_a_target_that_cannot_be_loaded_gets_a_column() -> None:
    done = compared("no_such_module", REFERENCE)
    assert done.exit_code == 3
    assert "  1  no_such_module: not compared: there is no module 'no_such_module'" in done.stdout
    assert f"  2  {REFERENCE}: 0 of 2 checks fail" in done.stdout
    assert "there is no module 'no_such_module'" in done.stderr
    assert compared("no such::thing").exit_code == 3


def test_a_target_that_raises_on_import_gets_a_column(tmp_path: Path) -> None:
    done = compared(module(tmp_path, "raise RuntimeError('no')"), REFERENCE)
    assert done.exit_code == 3
    assert "raises RuntimeError: no" in done.stdout


def test_every_view_is_written(tmp_path: Path) -> None:
    files = {form: tmp_path / form for form in ("html", "markdown", "json")}
    options = [each for form, path in files.items() for each in (f"--{form}", path)]
    done = compared(REFERENCE, *options)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert files["html"].read_text("utf-8").startswith("<!DOCTYPE html>")
    assert files["markdown"].read_text("utf-8").startswith("| | implementation | result |\n")
    assert json.loads(files["json"].read_text("utf-8"))["matrix"] == 2


def test_invalid_arguments_are_refused_before_a_run(tmp_path: Path) -> None:
    record = tmp_path / "run.jsonl"
    record.write_text("{}\n")
    for arguments in (
        (),
        (record,),
        (REFERENCE, "--checks", "none/such"),
        (REFERENCE, "--json", "-", "--html", "-"),
        (REFERENCE, "--records", record),
    ):
        done = h11spec("compare", *arguments)
        assert (done.exit_code, done.stdout) == (2, ""), arguments


def test_a_record_is_not_overwritten(tmp_path: Path) -> None:
    compared(REFERENCE, "--records", tmp_path)
    [record] = tmp_path.iterdir()
    done = h11spec("compare", record, "--json", record)
    assert done.exit_code == 2
    assert "--json would overwrite the record" in done.stderr
