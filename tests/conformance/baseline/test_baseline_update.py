"""``baseline update`` adds, removes and keeps entries, and asks the user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomlkit
from click.testing import CliRunner, Result
from command_helper import CommandResult, faulty, findings, h11spec, module
from records_helper import record_lines

from h11spec.conformance.baseline.file import load
from h11spec.conformance.cli.commands import baseline as command
from h11spec.conformance.cli.main import main

TARGET = faulty("takes_any_footer")
CHECKS = ("--checks=chunked/", "--phases=sweeps", "--in-process")
TWO_CAUSES = ("--checks=chunked/", "--checks=framing/", "--phases=vectors", "--in-process")
FAULTS = ("any-two-bytes-after-chunk", "repeated-chunked")
ALL = ("--reason=as ever", "--smuggling", "--yes")


def update(path: Path, *arguments: str, target: str = TARGET) -> CommandResult:
    return h11spec("baseline", "update", target, *CHECKS, "--baseline", path, *arguments)


def gate(path: Path, target: str = TARGET) -> int:
    return h11spec("gate", target, *CHECKS, "--baseline", path).exit_code


def two_faults(folder: Path) -> str:
    """A target with two independent faults."""
    return module(
        folder,
        "import sys\n"
        "from h11spec.conformance.causes.explanations import changed_reference, load\n"
        f"both = [each for each in load() if each.name in {FAULTS}]\n"
        "sys.modules[__name__] = changed_reference(both)\n",
    )


@pytest.mark.unmeasured
def test_accepted_causes_pass_the_gate(tmp_path: Path) -> None:
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
    assert "# The accepted causes" in path.read_text()
    assert gate(path, "h11") == 0


@pytest.mark.unmeasured
def test_an_entry_shows_its_cause_and_reproduces_the_clearest_finding(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    record = tmp_path / "run.jsonl"
    update(path, *ALL, f"--record={record}")
    causes = [line for line in record_lines(record) if line["kind"] == "cause"]
    [cause] = [line for line in causes if line["fails"]]
    [clearest] = [line for line in findings(record) if line["id"] == cause["findings"][0]]
    [entry] = load(path).entries
    assert (entry.id, entry.title) == (cause["id"], cause["title"])
    assert entry.requirement == cause["requirement_id"]
    assert (entry.check, entry.difference) == (clearest["check"], clearest["difference"])
    assert entry.finding_id == clearest["id"]
    assert entry.program is not None
    assert entry.program.to_json() == clearest["program"]
    assert entry.smuggling


@pytest.mark.unmeasured
def test_smuggling_relevant_causes_are_left_out_without_the_option(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    done = update(path, "--reason=as ever", "--yes")
    assert done.exit_code == 1
    assert "left out 1 smuggling-relevant cause: C-" in done.stdout
    assert "; --smuggling accepts them" in done.stdout
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


@pytest.mark.unmeasured
@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False)])
def test_an_interactive_user_is_asked(
    answer: str, written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.toml"
    monkeypatch.setattr(command, "is_interactive", lambda: True)
    arguments = ["baseline", "update", TARGET, *CHECKS, "--baseline", str(path), "--smuggling"]
    done = CliRunner().invoke(main, arguments, input=f"so be it\n{answer}\n")
    assert done.stdout.count("Why is it accepted") == 1
    assert path.exists() is written
    assert done.exit_code == (0 if written else 2)
    if written:
        assert {entry.reason for entry in load(path).entries} == {"so be it"}


def ask(path: Path, target: str, answers: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Updates a baseline, and answers the questions."""
    monkeypatch.setattr(command, "is_interactive", lambda: True)
    arguments = ["baseline", "update", target, *TWO_CAUSES, "--baseline", str(path), "--smuggling"]
    return CliRunner().invoke(main, arguments, input=answers)


def test_a_cause_is_shown_with_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = ask(tmp_path / "b.toml", two_faults(tmp_path), "this\nthat\ny\n", monkeypatch)
    assert done.exit_code == 0
    causes = load(tmp_path / "b.toml").entries
    assert len(causes) == 2
    for at, entry in enumerate(causes, 1):
        assert f"{entry.id}  {entry.title}  ({at} of 2)" in done.stdout
        assert f"  requirement  {entry.requirement}: " in done.stdout
    assert done.stdout.count("  findings     ") == 2
    assert done.stdout.count("  smuggling    ") == sum(entry.smuggling for entry in causes)
    assert [entry.reason for entry in causes] == ["this", "that"]


@pytest.mark.unmeasured
def test_the_last_reason_is_offered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = ask(tmp_path / "b.toml", two_faults(tmp_path), "\nthis\n\ny\n", monkeypatch)
    assert done.exit_code == 0
    assert "[this]" in done.stdout
    assert [entry.reason for entry in load(tmp_path / "b.toml").entries] == ["this", "this"]


@pytest.mark.unmeasured
@pytest.mark.parametrize("answers", ["-\nthis\ny\n", "this\n-\ny\n"], ids=["first", "last"])
def test_a_cause_can_be_left_out(
    answers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, target = tmp_path / "b.toml", two_faults(tmp_path)
    done = ask(path, target, answers, monkeypatch)
    assert done.exit_code == 1
    assert "left out 1 cause, as you said: C-" in done.stdout
    [entry] = load(path).entries
    assert entry.id not in done.stdout.splitlines()[-1]
    assert h11spec("gate", target, *TWO_CAUSES, "--baseline", path).exit_code == 1
    assert ask(path, target, "\n", monkeypatch).stdout.count("(1 of 1)") == 1


def by_finding(path: Path, record: Path, reason: str) -> None:
    """Writes a baseline with an entry for each finding of a record, as earlier releases did."""
    accepted = [
        {
            **{name: each[name] for name in ("id", "check", "difference")},
            "reason": reason,
            "smuggling": True,
            "program": json.dumps(each["program"]),
        }
        for each in findings(record)
        if each["fails"]
    ]
    path.write_text(tomlkit.dumps({"version": 2, "accepted": accepted}), "utf-8")


def test_what_is_accepted_by_finding_stays_so(tmp_path: Path) -> None:
    path, record = tmp_path / "b.toml", tmp_path / "run.jsonl"
    h11spec("gate", TARGET, *CHECKS, "--record", record)
    by_finding(path, record, "known")
    before = path.read_text("utf-8")
    assert gate(path) == 0
    assert "nothing to change" in update(path, *ALL).stdout
    assert path.read_text("utf-8") == before


@pytest.mark.unmeasured
def test_an_entry_for_a_cause_replaces_those_for_its_findings(tmp_path: Path) -> None:
    path, record = tmp_path / "b.toml", tmp_path / "run.jsonl"
    h11spec("gate", TARGET, *CHECKS, "--record", record)
    by_finding(path, record, "known")
    text = path.read_text("utf-8")
    first = text.index("[[accepted]]")
    path.write_text(text[:first] + text[text.index("[[accepted]]", first + 1) :], "utf-8")
    assert gate(path) == 1
    assert update(path, *ALL).exit_code == 0
    assert [entry.of_cause for entry in load(path).entries] == [True]
    assert gate(path) == 0


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
