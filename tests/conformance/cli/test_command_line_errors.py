"""Errors of the command line: one line with the mistake and its correction, never a traceback.

The exit code is 2 for wrong usage, and 3 for a target that cannot be loaded.
"""

from pathlib import Path

import pytest
from command_helper import CommandResult, h11spec, module
from processes_helper import SEARCH

from h11spec.conformance.targets.target import NEEDED

FEW = "--max-examples=2"


def refused(code: int, *arguments: str | Path) -> str:
    """The one-line error message of ``h11spec check``."""
    done = h11spec("check", *arguments)
    assert_clear(done, code)
    return done.error


def assert_clear(done: CommandResult, code: int) -> None:
    assert (done.exit_code, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert "bug in h11spec" not in done.stderr
    assert len(done.error) < 500


USAGE: dict[str, tuple[list[str], list[str]]] = {
    "no target": ([], ["Missing argument 'TARGET'"]),
    "two targets": (["h11", "h11"], ["unexpected extra argument"]),
    "an unknown option": (["h11", "--sed=1"], ["'--sed'"]),
    "a seed in words": (["h11", "--seed=x"], ["'--seed'", "'x'", "a whole number", "'random'"]),
    "a seed with a fraction": (["h11", "--seed=1.5"], ["'--seed'", "'1.5'", "a whole number"]),
    "no seed": (["h11", "--seed="], ["'--seed'", "''", "a whole number"]),
    "no time": (["h11", "--max-time=0"], ["'--max-time'", "greater than 0"]),
    "time before now": (["h11", "--max-time=-1"], ["'--max-time'", "greater than 0"]),
    "time in words": (["h11", "--max-time=soon"], ["'--max-time'", "'soon'"]),
    "no examples": (["h11", "--max-examples=0"], ["'--max-examples'", "x>=1"]),
    "examples in words": (["h11", "--max-examples=many"], ["'--max-examples'", "'many'"]),
    "in this process, of another Python": (
        ["python::h11", "--in-process"],
        ["needs a target that is a module"],
    ),
}


@pytest.mark.parametrize("name", USAGE)
def test_invalid_arguments_are_refused(name: str) -> None:
    arguments, parts = USAGE[name]
    error = refused(2, *arguments)
    assert error.startswith("Error: ")
    for part in parts:
        assert part in error


def test_a_time_that_is_not_a_number_is_refused() -> None:
    assert "'--max-time'" in refused(2, "h11spec.reference", "--max-time=nan", FEW)


def test_an_unknown_command_is_refused() -> None:
    done = h11spec("chekc", "h11")
    assert_clear(done, 2)
    assert "'chekc'" in done.error


@pytest.mark.parametrize("target", ["", "a b", "h11.", ".h11", "a-b", "::h11", "pip:", "pip:::a"])
def test_a_target_without_a_known_form_is_refused_with_the_forms(target: str) -> None:
    error = refused(3, target)
    assert error.startswith(f"h11spec: {target!r} names no target; ")
    for form in ("(h11)", "some/folder::h11", "venv/bin/python::h11", "pip:h11==0.14.0"):
        assert form in error


@pytest.mark.parametrize("command", ["check", "gate", "replay", "report"])
def test_a_deleted_current_folder_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """This applies to every command that would read or write a file."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    done = h11spec(command, "h11", "h11")
    assert_clear(done, 2)
    assert "the current folder no longer exists; change to another one" in done.error


def test_a_folder_or_python_that_is_invalid_is_named(tmp_path: Path) -> None:
    """A missing path, a file, and a program that is not a Python interpreter."""
    (tmp_path / "file").touch()
    for where in ("missing", "file"):
        error = refused(3, f"{tmp_path / where}::h11")
        assert error.startswith(f"h11spec: '{tmp_path / where}' is neither a folder nor")
    (tmp_path / "program").write_text("#!/bin/sh\necho no Python\n")
    (tmp_path / "program").chmod(0o755)
    error = refused(3, f"{tmp_path / 'program'}::h11")
    assert error.startswith(f"h11spec: {tmp_path / 'program'} is not a Python that can be run")


def test_an_unknown_home_folder_is_named() -> None:
    assert "~no-such-user" in refused(3, "~no-such-user::h11")


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    assert refused(3, "no_such_module").startswith("h11spec: there is no module 'no_such_module'")
    assert f"in {tmp_path}" in refused(3, f"{tmp_path}::no_such_module")
    assert refused(3, "h11.no_such_module").startswith("h11spec: there is no module 'h11.no_such")


def test_all_missing_names_of_a_module_are_listed(tmp_path: Path) -> None:
    error = refused(3, "json")
    assert f"it lacks {', '.join(NEEDED)};" in error
    few = refused(3, module(tmp_path, "Connection = CLIENT = SERVER = Request = Data = None\n"))
    lacking = [name for name in NEEDED if name not in ("Connection", "CLIENT", "SERVER")]
    lacking = [name for name in lacking if name not in ("Request", "Data")]
    assert f"it lacks {', '.join(lacking)};" in few


IMPORTS: dict[str, tuple[str, str]] = {
    "an exception": ("raise ValueError('no luck')", "raises ValueError: no luck"),
    "a module that it needs": (
        "import no_such_module",
        "raises ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "a syntax error": ("def f(:", "raises SyntaxError: "),
    "an exit": ("import sys; sys.exit(0)", "raises SystemExit: 0"),
}


@pytest.mark.parametrize("where", [[], ["--in-process"]], ids=["of its own", "this"])
@pytest.mark.parametrize("name", IMPORTS)
def test_a_failing_import_is_reported(tmp_path: Path, name: str, where: list[str]) -> None:
    source, part = IMPORTS[name]
    error = refused(3, module(tmp_path, source), *where)
    assert error.startswith("h11spec: importing 'target_of_")
    assert part in error
    assert "fix that first" in error


def test_a_multi_line_import_error_is_reported_in_one_line(tmp_path: Path) -> None:
    error = refused(3, module(tmp_path, "raise ImportError('one\\ntwo')"), "--in-process")
    assert "one" in error


def test_a_module_whose_attributes_raise_is_reported_in_one_line(tmp_path: Path) -> None:
    source = "def __getattr__(name):\n    raise RuntimeError(f'no {name}')\n"
    assert "no Connection" in refused(3, module(tmp_path, source), "--in-process")


def test_verbose_shows_the_traceback_of_a_failing_import(tmp_path: Path) -> None:
    """It comes before the one-line message."""
    target = module(tmp_path, "raise ValueError('no luck')")
    assert refused(3, target).endswith(" (--verbose shows more)")
    done = h11spec("check", target, "--verbose")
    assert done.exit_code == 3
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("fix that first")


def test_a_module_from_outside_the_folder_is_not_checked(tmp_path: Path) -> None:
    error = refused(3, f"{tmp_path}::h11", FEW)
    assert error.startswith(f"h11spec: there is no module 'h11' in {tmp_path}: Python took it")


def test_a_module_from_outside_the_folder_is_not_checked_in_process(tmp_path: Path) -> None:
    """It would be mistaken for the fork in that folder, and agree."""
    assert f"in {tmp_path}" in refused(3, f"{tmp_path}::h11", FEW, "--in-process")


def test_a_module_with_only_the_names_is_no_implementation(tmp_path: Path) -> None:
    """It is refused, instead of being reported as different everywhere."""
    source = f"{' = '.join(NEEDED)} = None\n"
    error = refused(3, module(tmp_path, source))
    assert "does not get through one exchange" in error


@pytest.mark.parametrize("name", ["missing/run.jsonl", "file/run.jsonl", "folder"])
def test_an_unwritable_record_is_refused_before_the_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    error = refused(2, "h11", "--record", tmp_path / name)
    assert error.startswith("Error: ")
    assert str(tmp_path / name) in error


def test_a_target_that_cannot_be_loaded_leaves_the_old_record(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("old")
    refused(3, "json", "--record", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


UNDERMINING = """
import shutil
from functools import partial
from h11spec import reference

shutil.rmtree({folder!r})
__getattr__ = partial(getattr, reference)
"""


def test_a_record_that_becomes_unwritable_does_not_lose_the_report(tmp_path: Path) -> None:
    """The report is printed nevertheless, followed by the error."""
    folder = tmp_path / "records"
    folder.mkdir()
    target = module(tmp_path, UNDERMINING.format(folder=str(folder)))
    options = (FEW, "--in-process", "--allow-reexport")
    done = h11spec("check", SEARCH, target, *options, "--record", folder / "run.jsonl")
    assert done.exit_code == 2
    assert str(folder / "run.jsonl") in done.error
    assert "AGREES" in done.stdout


def test_a_prefix_that_selects_no_check_is_refused() -> None:
    """A misspelt prefix beside a valid one would leave a gap in a gate."""
    error = refused(2, "h11", "--checks=chunked", "--checks=framnig/")
    assert "begins with 'framnig/'" in error
    assert "h11spec checks" in error
