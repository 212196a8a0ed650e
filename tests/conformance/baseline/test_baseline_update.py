"""``baseline update`` adds, removes and keeps entries, and asks the user."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from command_helper import CommandResult, faulty, h11spec

from h11spec.conformance.baseline.file import load
from h11spec.conformance.cli.commands import baseline as command
from h11spec.conformance.cli.main import main

TARGET = faulty("takes_any_footer")
CHECKS = ("--checks=chunked/", "--phases=sweeps", "--in-process")
ALL = ("--reason=as ever", "--smuggling", "--yes")


def update(path: Path, *arguments: str, target: str = TARGET) -> CommandResult:
    return h11spec("baseline", "update", target, *CHECKS, "--baseline", path, *arguments)


def gate(path: Path, target: str = TARGET) -> int:
    return h11spec("gate", target, *CHECKS, "--baseline", path).exit_code


def test_accepted_findings_pass_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    done = update(path, *ALL)
    assert (done.exit_code, done.stderr) == (0, "")
    assert '+reason = "as ever"' in done.stdout
    assert {entry.reason for entry in load(path).entries} == {"as ever"}
    assert gate(path) == 0
    assert "nothing to change" in update(path, *ALL).stdout


def test_stale_entries_are_removed_and_comments_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    update(path, *ALL)
    path.write_text(path.read_text() + "\n# We know about these.\n")
    assert gate(path, "h11") == 1
    assert update(path, "--yes", target="h11").exit_code == 0
    assert load(path).entries == ()
    assert "# The accepted findings" in path.read_text()
    assert gate(path, "h11") == 0


def test_smuggling_relevant_findings_are_left_out_without_the_option(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    done = update(path, "--reason=as ever", "--yes")
    assert done.exit_code == 1
    assert "smuggling-relevant findings left out; --smuggling accepts them" in done.stdout
    assert gate(path) == 1


def test_nothing_is_accepted_without_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    done = update(path, "--yes", "--smuggling")
    assert done.exit_code == 2
    assert "needs a reason; the terminal is not interactive, so give --reason" in done.stderr
    assert not path.exists()


def test_nothing_is_written_without_confirmation(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    done = update(path, "--reason=as ever", "--smuggling")
    assert done.exit_code == 2
    assert "give --yes to write the file" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False)])
def test_an_interactive_user_is_asked(
    answer: str, written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.toml"
    monkeypatch.setattr(command, "is_interactive", lambda: True)
    arguments = ["baseline", "update", TARGET, *CHECKS, "--baseline", str(path), "--smuggling"]
    done = CliRunner().invoke(main, arguments, input="so be it\n" * 9)
    assert done.exit_code != 0  # the input has no answer to the last question
    questions = done.stdout.count("Why is it accepted")
    assert questions
    done = CliRunner().invoke(main, arguments, input="so be it\n" * questions + answer + "\n")
    assert path.exists() is written
    assert done.exit_code == (0 if written else 2)
    if written:
        assert {entry.reason for entry in load(path).entries} == {"so be it"}


def test_a_baseline_that_cannot_be_read_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text("version = 7\n")
    done = update(path, *ALL)
    assert done.exit_code == 2
    assert path.read_text() == "version = 7\n"


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    done = update(tmp_path / "none" / "b.toml", *ALL)
    assert done.exit_code == 2
    assert "cannot be written: No such file" in done.stderr.splitlines()[-1]
