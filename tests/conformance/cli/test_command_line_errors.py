"""What cannot be had is said in one line: what is wrong, and what would do; and never a traceback.

The exit code says whose it is: 2 for how it was asked, 3 for the target.
"""

from pathlib import Path

import pytest
from command_helper import Said, h11spec, module
from processes_helper import SEARCH

from h11spec.conformance.targets.target import NEEDED

FEW = "--max-examples=2"


def refused(code: int, *arguments: str | Path) -> str:
    """The one line that a command which cannot be carried out has to say."""
    said = h11spec("check", *arguments)
    assert_clear(said, code)
    return said.complaint


def assert_clear(said: Said, code: int) -> None:
    assert (said.exit_code, said.stdout) == (code, "")
    assert "Traceback" not in said.stderr
    assert "fault of h11spec" not in said.stderr
    assert len(said.complaint) < 500


USAGE: dict[str, tuple[list[str], list[str]]] = {
    "no target": ([], ["Missing argument 'TARGET'"]),
    "two targets": (["h11", "h11"], ["unexpected extra argument"]),
    "an unknown option": (["h11", "--sed=1"], ["'--sed'"]),
    "a seed in words": (["h11", "--seed=x"], ["'--seed'", "'x'", "a number", "'random'"]),
    "a seed with a fraction": (["h11", "--seed=1.5"], ["'--seed'", "'1.5'", "a number"]),
    "no seed": (["h11", "--seed="], ["'--seed'", "''", "a number"]),
    "no time": (["h11", "--max-time=0"], ["'--max-time'", "greater than 0"]),
    "time before now": (["h11", "--max-time=-1"], ["'--max-time'", "greater than 0"]),
    "time in words": (["h11", "--max-time=soon"], ["'--max-time'", "'soon'"]),
    "no examples": (["h11", "--max-examples=0"], ["'--max-examples'", "x>=1"]),
    "examples in words": (["h11", "--max-examples=many"], ["'--max-examples'", "'many'"]),
    "in this process, of another Python": (
        ["python::h11", "--in-process"],
        ["in-process runs need a target that is a module"],
    ),
}


@pytest.mark.parametrize("name", USAGE)
def test_a_command_that_makes_no_sense_is_refused(name: str) -> None:
    arguments, parts = USAGE[name]
    complaint = refused(2, *arguments)
    assert complaint.startswith("Error: ")
    for part in parts:
        assert part in complaint


def test_a_time_that_is_no_number_is_refused() -> None:
    assert "'--max-time'" in refused(2, "h11spec.reference", "--max-time=nan", FEW)


def test_an_unknown_command_is_refused() -> None:
    said = h11spec("chekc", "h11")
    assert_clear(said, 2)
    assert "'chekc'" in said.complaint


@pytest.mark.parametrize("target", ["", "a b", "h11.", ".h11", "a-b", "::h11", "pip:", "pip:::a"])
def test_a_target_that_has_none_of_the_forms_is_shown_them(target: str) -> None:
    complaint = refused(3, target)
    assert complaint.startswith(f"h11spec: {target!r} names no target; ")
    for form in ("(h11)", "some/folder::h11", "venv/bin/python::h11", "pip:h11==0.14.0"):
        assert form in complaint


@pytest.mark.parametrize("command", ["check", "gate", "replay", "report"])
def test_a_current_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Whatever was to be read from it, or written to it."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    said = h11spec(command, "h11", "h11")
    assert_clear(said, 2)
    assert "the current folder is gone; change to one that exists" in said.complaint


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """Neither one that is missing, nor a file, nor a program that is no Python."""
    (tmp_path / "file").touch()
    for where in ("missing", "file"):
        complaint = refused(3, f"{tmp_path / where}::h11")
        assert complaint.startswith(f"h11spec: '{tmp_path / where}' is neither a folder nor")
    (tmp_path / "program").write_text("#!/bin/sh\necho no Python\n")
    (tmp_path / "program").chmod(0o755)
    complaint = refused(3, f"{tmp_path / 'program'}::h11")
    assert complaint.startswith(f"h11spec: {tmp_path / 'program'} is no Python that can be run")


def test_a_folder_of_somebody_unknown_is_named() -> None:
    assert "~nobody-of-that-name" in refused(3, "~nobody-of-that-name::h11")


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refused(3, "no_such_module").startswith("h11spec: there is no module 'no_such_module'")
    assert f"in {tmp_path}" in refused(3, f"{tmp_path}::no_such_module")
    assert refused(3, "h11.no_such_module").startswith("h11spec: there is no module 'h11.no_such")


def test_a_module_that_lacks_names_is_told_all_of_them(tmp_path: Path) -> None:
    complaint = refused(3, "json")
    assert f"it lacks {', '.join(NEEDED)};" in complaint
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
def test_an_import_that_fails_is_told(tmp_path: Path, name: str, where: list[str]) -> None:
    source, part = IMPORTS[name]
    complaint = refused(3, module(tmp_path, source), *where)
    assert complaint.startswith("h11spec: importing 'target_of_")
    assert part in complaint
    assert "mend that first" in complaint


def test_an_import_that_fails_in_many_words_is_told_in_one_line(tmp_path: Path) -> None:
    complaint = refused(3, module(tmp_path, "raise ImportError('one\\ntwo')"), "--in-process")
    assert "one" in complaint


def test_a_module_whose_names_raise_is_told_in_one_line(tmp_path: Path) -> None:
    source = "def __getattr__(name):\n    raise RuntimeError(f'no {name}')\n"
    assert "no Connection" in refused(3, module(tmp_path, source), "--in-process")


def test_the_tool_that_failed_may_say_more(tmp_path: Path) -> None:
    """Asked to be verbose, it shows where the import failed, before the one line."""
    target = module(tmp_path, "raise ValueError('no luck')")
    assert refused(3, target).endswith(" (--verbose shows more)")
    said = h11spec("check", target, "--verbose")
    assert said.exit_code == 3
    assert "Traceback (most recent call last)" in said.stderr
    assert said.stderr.splitlines()[-1].endswith("mend that first")


def test_a_module_from_elsewhere_than_the_folder_is_not_checked(tmp_path: Path) -> None:
    complaint = refused(3, f"{tmp_path}::h11", FEW)
    assert complaint.startswith(f"h11spec: there is no module 'h11' in {tmp_path}: Python took it")


def test_a_module_from_elsewhere_is_not_checked_in_this_process_either(tmp_path: Path) -> None:
    """It would be taken for the fork in that folder, and found to agree."""
    assert f"in {tmp_path}" in refused(3, f"{tmp_path}::h11", FEW, "--in-process")


def test_a_module_that_has_the_names_alone_is_no_implementation(tmp_path: Path) -> None:
    """The adapter is blamed, and not found to differ in everything."""
    source = f"{' = '.join(NEEDED)} = None\n"
    complaint = refused(3, module(tmp_path, source))
    assert "does not get through one exchange" in complaint


@pytest.mark.parametrize("name", ["missing/run.jsonl", "file/run.jsonl", "folder"])
def test_a_record_that_cannot_be_written_is_refused_before_anything_is_run(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    complaint = refused(2, "h11", "--record", tmp_path / name)
    assert complaint.startswith("Error: ")
    assert str(tmp_path / name) in complaint


def test_a_target_that_does_not_load_leaves_the_record_that_was_there(tmp_path: Path) -> None:
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


def test_a_record_that_can_no_longer_be_written_costs_nothing_else(tmp_path: Path) -> None:
    """What the run found is shown all the same, and then what became of the record."""
    folder = tmp_path / "records"
    folder.mkdir()
    target = module(tmp_path, UNDERMINING.format(folder=str(folder)))
    said = h11spec("check", SEARCH, target, FEW, "--in-process", "--record", folder / "run.jsonl")
    assert said.exit_code == 2
    assert str(folder / "run.jsonl") in said.complaint
    assert "AGREES" in said.stdout


def test_each_prefix_of_checks_selects_some() -> None:
    """A misspelt one beside another would be a gate with a hole in it."""
    complaint = refused(2, "h11", "--checks=chunked", "--checks=framnig/")
    assert "begins with 'framnig/'" in complaint
    assert "h11spec checks" in complaint
