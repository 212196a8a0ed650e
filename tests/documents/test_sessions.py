"""docs/how-to: somebody with a fork types what the pages about findings and records show."""

from __future__ import annotations

import shutil
from pathlib import Path

import h11
import pytest
from docs_helper import DOCS, Command, blocks, commands, typed
from records_helper import record_lines

CHECK = "framing/requests-sent"
# The pages have the id of no finding in particular.
SOME_ID = "D-3f9a1c"
# What the page says to add where nobody can be asked, as here.
UNASKED = "--reason 'We know 400 only.' --yes"


def session(page: str) -> list[Command]:
    found = blocks(DOCS / "how-to" / page, "console")
    return [command for block in found for command in commands(block.content)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a fork that differs in one finding, and settings that make a run short."""
    fork = tmp_path / "my_fork/src/h11"
    shutil.copytree(
        Path(h11.__file__).parent, fork, ignore=shutil.ignore_patterns("tests", "__pycache__")
    )
    headers = fork / "_headers.py"
    changed = headers.read_text("utf-8").replace('headers", error_status_hint=501', 'headers"')
    assert changed != headers.read_text("utf-8")
    headers.write_text(changed, "utf-8")
    settings = f'[tool.h11spec]\nphases = ["vectors"]\nchecks = ["{CHECK}"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    return tmp_path


def codes(folder: Path, lines: list[str]) -> list[int]:
    """What each command exits with; the id on the page is that of the finding in the record."""
    found: list[int] = []
    for line in lines:
        record = folder / "run.jsonl"
        if SOME_ID in line:
            [finding] = [each for each in record_lines(record) if each["kind"] == "finding"]
            line = line.replace(SOME_ID, finding["id"])
        done = typed(line, folder)
        assert "Traceback" not in done.stderr
        found.append(done.returncode)
    return found


def test_a_difference_is_accepted_and_looked_at_again(folder: Path) -> None:
    """With a reason; then green; and without the baseline red, shown, and still so."""
    lines = [command.line for command in session("accept-a-difference.md")]
    update, gate, *again = lines
    assert codes(folder, [f"{update} {UNASKED}", gate]) == [0, 0]
    assert "We know 400 only." in (folder / "h11spec-baseline.toml").read_text("utf-8")
    gate_again, show, test, replay = again
    assert codes(folder, [gate_again, show, test, replay]) == [1, 0, 0, 1]


def test_a_record_is_reported_in_each_form(folder: Path) -> None:
    """Whatever was found, a report that was written exits with 0."""
    check, *reports = [command.line for command in session("read-a-report.md")]
    assert codes(folder, [check]) == [1]
    for name in ("old.jsonl", "new.jsonl"):
        shutil.copy(folder / "run.jsonl", folder / name)
    assert codes(folder, reports) == [0] * len(reports)
    written = {"report.html", "junit.xml", "changes.md"}
    assert written <= {path.name for path in folder.iterdir()}
