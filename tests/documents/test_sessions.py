"""docs/how-to: the commands of the pages about findings and records work for a fork."""

from __future__ import annotations

import shutil
from pathlib import Path

import h11
import pytest
from docs_helper import DOCS, Command, blocks, commands, typed
from records_helper import record_lines

CHECK = "framing/requests-sent"
# The pages show this id in place of a real one.
SOME_ID = "C-5b3843"
# The page says to add this where no terminal can ask, as here.
WITHOUT_TERMINAL = "--reason 'We know 400 only.' --yes"


def session(page: str) -> list[Command]:
    found = blocks(DOCS / "how-to" / page, "console")
    return [command for block in found for command in commands(block.content)]


@pytest.fixture
def fork_folder(tmp_path: Path) -> Path:
    """A folder with a fork that differs in one finding, and settings for a short run."""
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


def codes(fork_folder: Path, lines: list[str]) -> list[int]:
    """Returns the exit code of each command; the id on the page becomes that of the cause."""
    found: list[int] = []
    for line in lines:
        record = fork_folder / "run.jsonl"
        if SOME_ID in line:
            [cause] = [each for each in record_lines(record) if each["kind"] == "cause"]
            line = line.replace(SOME_ID, cause["id"])
        done = typed(line, fork_folder)
        assert "Traceback" not in done.stderr
        found.append(done.returncode)
    return found


@pytest.mark.slow
def test_a_finding_is_accepted_and_inspected_again(fork_folder: Path) -> None:
    """The gate passes once the finding is accepted, and fails without the baseline."""
    lines = [command.line for command in session("accept-a-difference.md")]
    update, gate, *again = lines
    assert codes(fork_folder, [f"{update} {WITHOUT_TERMINAL}", gate]) == [0, 0]
    assert "We know 400 only." in (fork_folder / "h11spec-baseline.toml").read_text("utf-8")
    gate_again, show, test, *replays = again
    assert codes(fork_folder, [gate_again, show, test, *replays]) == [1, 0, 0, 1, 1]


@pytest.mark.unmeasured
def test_a_record_is_reported_in_each_format(fork_folder: Path) -> None:
    """A written report exits with 0, whatever was found."""
    check, *reports = [command.line for command in session("read-a-report.md")]
    assert codes(fork_folder, [check]) == [1]
    for name in ("old.jsonl", "new.jsonl"):
        shutil.copy(fork_folder / "run.jsonl", fork_folder / name)
    assert codes(fork_folder, reports) == [0] * len(reports)
    written = {"report.html", "junit.xml", "changes.md"}
    assert written <= {path.name for path in fork_folder.iterdir()}
