"""How docs/results is made: who is missing is said or an error, and others are told first."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from command_helper import faulty

from h11spec.conformance import check
from h11spec.reports.record.record import RecordWriter
from h11spec.tools.results import make
from h11spec.tools.results.make import Compared, columns


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Compared]:
    some: list[Compared] = []
    monkeypatch.setattr(make, "COMPARED", some)
    return some


def kept(folder: Path, name: str, target: str) -> None:
    report = check(
        target, in_process=True, phases=("vectors",), checks=("chunked/rfc9112-7.1-data",)
    )
    with RecordWriter(folder / f"{name}.jsonl") as writer:
        for line in report.lines:
            writer.write(line)


def test_findings_of_others_are_withheld_and_those_of_releases_are_not(
    compared: list[Compared], tmp_path: Path
) -> None:
    compared += [Compared("release", "pip:x"), Compared("fork", "pip:y", others=True)]
    for each in compared:
        kept(tmp_path, each.name, faulty("takes_any_footer"))
    release, fork = columns(tmp_path, run="none")
    assert release.record is not None
    assert fork.record is not None
    sensitive = [each for each in release.record.findings if each["smuggling"]]
    assert (release.withheld, fork.withheld) == (0, len(sensitive))
    assert sensitive
    assert not any(each["smuggling"] for each in fork.record.findings)


def test_a_record_that_is_missing_is_an_error(compared: list[Compared], tmp_path: Path) -> None:
    compared += [Compared("release", "pip:x")]
    with pytest.raises(click.ClickException, match=r"release\.jsonl: No such file"):
        columns(tmp_path, run="none")


def test_who_cannot_be_run_is_an_error(compared: list[Compared], tmp_path: Path) -> None:
    compared += [Compared("release", "no_such_module")]
    with pytest.raises(click.ClickException, match=r"release could not be run: .*no_such_module"):
        columns(tmp_path, run="all")


def test_what_is_there_need_not_be_run_again(compared: list[Compared], tmp_path: Path) -> None:
    compared += [Compared("release", "no_such_module")]
    kept(tmp_path, "release", "h11spec.reference")
    [made] = columns(tmp_path, run="missing")
    assert made.whole


def test_where_there_is_no_pypy_its_column_says_so(
    compared: list[Compared], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared += [Compared("on PyPy", "")]
    monkeypatch.setenv("PATH", "")
    [made] = columns(tmp_path, run="all")
    assert (made.record, made.problem) == (None, "there is no pypy3 on this machine")
    [made] = columns(tmp_path, run="none")
    assert (made.record, made.problem) == (None, "it was not run")
