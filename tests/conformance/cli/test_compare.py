"""``h11spec compare``: runs targets, reads records, and survives a target that fails."""

from __future__ import annotations

import json
from pathlib import Path

from command_helper import Said, faulty, h11spec, module

ONE = "--phases", "vectors", "--checks", "chunked/rfc9112-7.1-data", "--in-process"
# As installed releases are: with a name, and a version that its own __version__ gives.
FAULTY = faulty("takes_any_footer")
REFERENCE = "h11spec.reference"


def compared(*arguments: str | Path) -> Said:
    return h11spec("compare", *arguments, *ONE)


def came_to(said: Said, name: str) -> str:
    """What is said of one, whichever column it has."""
    return next(line for line in said.stdout.splitlines() if f"  {name}: " in line).partition(": ")[
        2
    ]


def test_targets_are_run_and_their_differences_shown() -> None:
    said = compared(FAULTY, REFERENCE, "--consecutive")
    assert (said.exit_code, said.stderr) == (0, "")
    assert f"  1  {FAULTY}: " in said.stdout
    assert f"  2  {REFERENCE}: 0 of 2 checks fail" in said.stdout
    assert "changed: smuggling-relevant: drain in" in said.stdout
    assert "(the older broke it, the newer keeps it)" not in said.stdout, "vectors judge nobody"


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
    said = compared("no_such_module", REFERENCE)
    assert said.exit_code == 3
    assert "  1  no_such_module: not compared: there is no module 'no_such_module'" in said.stdout
    assert f"  2  {REFERENCE}: 0 of 2 checks fail" in said.stdout
    assert "there is no module 'no_such_module'" in said.stderr
    assert compared("no such::thing").exit_code == 3


def test_a_target_that_raises_on_import_gets_a_column(tmp_path: Path) -> None:
    said = compared(module(tmp_path, "raise RuntimeError('no')"), REFERENCE)
    assert said.exit_code == 3
    assert "raises RuntimeError: no" in said.stdout


def test_every_view_is_written(tmp_path: Path) -> None:
    files = {form: tmp_path / form for form in ("html", "markdown", "json")}
    options = [each for form, path in files.items() for each in (f"--{form}", path)]
    said = compared(REFERENCE, *options)
    assert (said.exit_code, said.stdout, said.stderr) == (0, "", "")
    assert files["html"].read_text("utf-8").startswith("<!DOCTYPE html>")
    assert files["markdown"].read_text("utf-8").startswith("| | implementation | |\n")
    assert json.loads(files["json"].read_text("utf-8"))["matrix"] == 1


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
        said = h11spec("compare", *arguments)
        assert (said.exit_code, said.stdout) == (2, ""), arguments


def test_a_record_is_not_overwritten(tmp_path: Path) -> None:
    compared(REFERENCE, "--records", tmp_path)
    [record] = tmp_path.iterdir()
    said = h11spec("compare", record, "--json", record)
    assert said.exit_code == 2
    assert "--json would overwrite the record" in said.stderr
