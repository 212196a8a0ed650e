"""Helpers for tests of whole runs: run the command, and see what it leaves behind.

Owns the time limit of the command's process.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner
from records_helper import record_lines

from h11spec.conformance.cli.main import main

FAULTY = Path(__file__).with_name("faulty")
# Seconds that a short run may take; only an overloaded machine needs all of them.
PATIENCE = 120.0
# Most tests are about runs and not about what they check; the sweeps take longer.
SEARCH = "--phases=search"
COMMAND = [sys.executable, "-m", "h11spec"]


def unmeasured() -> dict[str, str]:
    """The environment for a process that is interrupted.

    Coverage holds a lock at times, and an exception at such a time would never release it.
    """
    return {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}


@dataclass(frozen=True)
class Run:
    """A command that has ended: its exit code, its output, and its record, if it wrote one."""

    code: int
    out: str
    err: str
    record: list[Any]

    @property
    def findings(self) -> list[Any]:
        """The findings that fail, in the order of the record."""
        return [line for line in self.record if line["kind"] == "finding" and line["fails"]]

    @property
    def footer(self) -> Any:
        """The last line of the record."""
        assert self.record[-1]["kind"] == "footer"
        return self.record[-1]


class Place:
    """A folder for one run, with its temporary files, its caches and its record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.cache = folder / "cache"
        self.record = folder / "record.jsonl"
        self.temporary.mkdir()
        self.environment = {
            "TMPDIR": str(self.temporary),
            "XDG_CACHE_HOME": str(self.cache),
            # Marks the processes of this run.
            "H11SPEC_TEST": str(folder),
        }

    @contextmanager
    def started(self, *arguments: str, **environment: str) -> Generator[subprocess.Popen[str]]:
        """Starts a command for the block, and kills it at the end."""
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**unmeasured(), **self.environment, **environment},
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str, **environment: str) -> Run:
        """Runs a command in this process, which is faster and makes its zombies ours."""
        with (
            patch.dict(os.environ, {**self.environment, **environment}),
            patch.object(tempfile, "tempdir", str(self.temporary)),
            chdir(self.folder),
        ):
            result = CliRunner().invoke(main, arguments, prog_name="h11spec")
        record = record_lines(self.record) if self.record.exists() else []
        return Run(result.exit_code, result.stdout, result.stderr, record)

    def ended(self, process: subprocess.Popen[str], patience: float = PATIENCE) -> Run:
        """The result of a command that was started."""
        out, err = process.communicate(timeout=patience)
        record = record_lines(self.record) if self.record.exists() else []
        return Run(process.returncode, out, err, record)

    def check(self, target: str, *options: str, **environment: str) -> Run:
        """Runs ``h11spec check`` and keeps the record."""
        return self.run(
            "check", SEARCH, target, *options, "--record", str(self.record), **environment
        )

    def processes(self) -> list[str]:
        """The processes that come from this folder's runs, and zombies of this process."""
        mark = f"H11SPEC_TEST={self.folder}".encode()
        found: list[str] = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
                if state == "Z" and int(parent) == os.getpid():
                    found.append("a zombie")  # which does not show where it comes from
                elif mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_text())
            except OSError:
                continue  # it has ended, or is not ours
        return found

    def left_behind(self) -> list[str]:
        """Processes and temporary files that do not go away."""
        deadline = time.monotonic() + PATIENCE
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return [*self.processes(), *(path.name for path in self.temporary.iterdir())]


def until(happened: Any, patience: float = PATIENCE) -> None:
    """Waits until ``happened()`` is true."""
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
