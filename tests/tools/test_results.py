"""The generator of docs/results: missing implementations are reported, and findings redacted."""

from __future__ import annotations

import subprocess
from pathlib import Path
from subprocess import CompletedProcess

import click
import pytest
from command_helper import faulty

from h11spec.conformance import check
from h11spec.reports.record.record import RecordWriter
from h11spec.tools.results import make
from h11spec.tools.results.make import ComparedImplementation, columns


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[ComparedImplementation]:
    """The list of implementations to compare, at first empty."""
    implementations: list[ComparedImplementation] = []
    monkeypatch.setattr(make, "COMPARED", implementations)
    return implementations


def write_record(folder: Path, name: str, target: str) -> None:
    report = check(
        target, in_process=True, phases=("vectors",), checks=("chunked/rfc9112-7.1-data",)
    )
    with RecordWriter(folder / f"{name}.jsonl") as writer:
        for line in report.lines:
            writer.write(line)


@pytest.mark.unmeasured
def test_smuggling_relevant_causes_of_external_implementations_are_redacted(
    compared: list[ComparedImplementation], tmp_path: Path
) -> None:
    compared += [
        ComparedImplementation("release", "pip:x"),
        ComparedImplementation("fork", "pip:y", external=True),
    ]
    for each in compared:
        write_record(tmp_path, each.name, faulty("takes_any_footer"))
    release, fork = columns(tmp_path, run="none")
    assert release.record is not None
    assert fork.record is not None
    sensitive = [each for each in release.record.causes if each["smuggling"]]
    findings = sum(len(each["findings"]) for each in sensitive)
    assert (release.redacted, release.redacted_causes) == (0, 0)
    assert (fork.redacted, fork.redacted_causes) == (findings, len(sensitive))
    assert sensitive
    assert not any(each["smuggling"] for each in (*fork.record.findings, *fork.record.causes))


def test_a_missing_record_is_an_error(
    compared: list[ComparedImplementation], tmp_path: Path
) -> None:
    compared += [ComparedImplementation("release", "pip:x")]
    with pytest.raises(click.ClickException, match=r"release\.jsonl: No such file"):
        columns(tmp_path, run="none")


def test_an_implementation_that_cannot_be_run_is_an_error(
    compared: list[ComparedImplementation], tmp_path: Path
) -> None:
    compared += [ComparedImplementation("release", "no_such_module")]
    with pytest.raises(click.ClickException, match=r"release could not be run: .*no_such_module"):
        columns(tmp_path, run="all")


@pytest.mark.parametrize("reexports", [False, True])
def test_only_an_implementation_that_is_known_to_reexport_may_do_so(
    compared: list[ComparedImplementation],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reexports: bool,
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_options: object) -> CompletedProcess[str]:
        commands.append(command)
        return CompletedProcess(command, 3, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    compared += [ComparedImplementation("again", "pip:again", reexports=reexports)]
    with pytest.raises(click.ClickException, match="again could not be run"):
        columns(tmp_path, run="all")
    [command] = commands
    assert ("--allow-reexport" in command) is reexports


def test_h11pro_is_known_to_reexport() -> None:
    assert [each.name for each in make.COMPARED if each.reexports] == ["h11pro"]


def test_an_implementation_with_a_record_is_not_run_again(
    compared: list[ComparedImplementation], tmp_path: Path
) -> None:
    compared += [ComparedImplementation("release", "no_such_module")]
    write_record(tmp_path, "release", "h11spec.reference")
    [made] = columns(tmp_path, run="missing")
    assert made.complete


def test_the_column_of_pypy_says_that_it_is_not_installed(
    compared: list[ComparedImplementation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared += [ComparedImplementation("on PyPy", "")]
    monkeypatch.setenv("PATH", "")
    [made] = columns(tmp_path, run="all")
    assert (made.record, made.problem) == (None, "there is no pypy3 on this machine")
    [made] = columns(tmp_path, run="none")
    assert (made.record, made.problem) == (None, "it was not run")
