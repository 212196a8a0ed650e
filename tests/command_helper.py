"""Runs commands of h11spec in tests, and reads their output.

Owns the shorthands. It must not know more of the command line than a user does.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from faulty.showing import FOLDER
from records_helper import record_lines

from h11spec.conformance.cli.main import main
from h11spec.strategies.program import Json


@dataclass(frozen=True)
class CommandResult:
    """The output and the exit code of a command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def error(self) -> str:
        """The one-line error message, without the usage before it."""
        *usage, last = self.stderr.splitlines()
        assert usage in ([], USAGE_OF_CHECK, USAGE_OF_ALL), self.stderr
        return last


USAGE_OF_CHECK = [
    "Usage: h11spec check [OPTIONS] TARGET",
    "Try 'h11spec check --help' for help.",
    "",
]
USAGE_OF_ALL = ["Usage: h11spec [OPTIONS] COMMAND [ARGS]...", "Try 'h11spec --help' for help.", ""]


def h11spec(*arguments: str | Path) -> CommandResult:
    """Runs the command in this process."""
    result = CliRunner().invoke(main, [str(one) for one in arguments], prog_name="h11spec")
    return CommandResult(result.exit_code, result.stdout, result.stderr)


def shell(*arguments: str | Path, folder: Path | None = None, **variables: str) -> CommandResult:
    """Runs the command in a process of its own, with this folder and environment variables."""
    command: Sequence[str] = [sys.executable, "-m", "h11spec", *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def faulty(name: str) -> str:
    """The target for a faulty implementation."""
    return f"{FOLDER}::{name}"


def module(folder: Path, source: str) -> str:
    """A target for a new module with this source and a unique name."""
    name = f"target_of_{folder.name}"
    (folder / f"{name}.py").write_text(source)
    return f"{folder}::{name}"


def findings(record: Path) -> list[Json]:
    """The findings of a record."""
    return [line for line in record_lines(record) if line["kind"] == "finding"]
