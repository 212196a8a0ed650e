"""The published matrix, docs/results: a command that runs all implementations and writes the pages.

Owns which implementations are compared, how they are installed, and which of them have maintainers
to inform first. It must not know what the pages say.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click

from ... import reference
from ...conformance.cli.commands.compare import record_name
from ...conformance.execution.environments import cache_folder
from ...conformance.reruns.release_diff import diff_releases
from ...conformance.runs.exit_codes import CONFORMS, FAILED
from ...conformance.targets.target import parse
from ...reports.analysis.disclosure import redact
from ...reports.analysis.matrix import Column, Matrix, matrix
from ...reports.analysis.release_changes import ReleaseDifference, RunBoth, release_changes
from ...reports.record.record import RecordError, read_record
from .explanations import EXPLANATIONS, explanations
from .pages import pages

FOLDER = Path(__file__).parents[2] / "docs/results"
RECORDS = Path(__file__).parents[2] / "build/results"
RELEASES = (
    *("0.7.0", "0.8.0", "0.8.1", "0.9.0", "0.10.0", "0.11.0"),
    *("0.12.0", "0.13.0", "0.14.0", "0.15.0", "0.16.0"),
)
_ADAPTER = "h11spec.conformance.adapters.h11r"
_PYPY = f"h11 {reference.__version__} on PyPy"
# Each run has a process for itself and one for its target, which take turns.
_MAX_RUNS = 2


class UnavailableError(Exception):
    """An implementation cannot be run here; the message says why."""


@dataclass(frozen=True)
class ComparedImplementation:
    """An implementation in the matrix.

    ``target`` is "" for h11 on PyPy, which has to be installed first. Sensitive findings of
    ``external`` implementations are disclosed to their maintainers first. One that ``reexports`` is
    known to have no Connection of its own.
    """

    name: str
    target: str
    external: bool = False
    reexports: bool = False


COMPARED = (
    *(ComparedImplementation(f"h11 {release}", f"pip:h11=={release}") for release in RELEASES),
    ComparedImplementation(_PYPY, ""),
    ComparedImplementation("h11-mypyc", "pip:h11-mypyc", external=True),
    ComparedImplementation("h11pro", "pip:h11pro", external=True, reexports=True),
    ComparedImplementation("h11r", _ADAPTER, external=True),
    ComparedImplementation("the reference", "h11spec.reference"),
)


def columns(folder: Path, *, run: Literal["all", "missing", "none"]) -> list[Column]:
    """Returns the columns of the matrix, and keeps their records in a folder.

    Args:
        run: which implementations to run; of the others, the records in the folder are read.

    Raises click.ClickException if an available implementation could not be run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / record_name(each.name) for each in COMPARED]
    selected = [run == "all" or (run == "missing" and not path.exists()) for path in paths]
    with ThreadPoolExecutor(_MAX_RUNS) as pool:
        problems = {
            COMPARED[index]: pool.submit(_problem, COMPARED[index], paths[index], selected[index])
            # PyPy and the adapter take longest, so they start first.
            for index in sorted(range(len(COMPARED)), key=lambda index: _usable(COMPARED[index]))
        }
        # Records are read one after the other, as reading them is not thread-safe.
        return [
            _column(each, path, problems[each].result())
            for each, path in zip(COMPARED, paths, strict=True)
        ]


def _problem(each: ComparedImplementation, path: Path, selected: bool) -> str:
    """Runs an implementation if it is selected, and returns why a record is missing, or ""."""
    try:
        if selected:
            path.unlink(missing_ok=True)
            _run(each, path)
    except UnavailableError as error:
        return str(error)
    return "" if path.exists() or _usable(each) else "it was not run"


def _column(each: ComparedImplementation, path: Path, problem: str) -> Column:
    if problem:
        return Column(each.name, None, problem)
    try:
        column = Column(each.name, read_record(path))
    except RecordError as error:
        raise click.ClickException(str(error)) from None
    return redact(column) if each.external else column


def _usable(each: ComparedImplementation) -> bool:
    """Whether pip is enough to run it; others may be missing."""
    return bool(each.target) and each.target != _ADAPTER


def _run(each: ComparedImplementation, path: Path) -> None:
    """Runs an implementation in a process of its own, and leaves its record in ``path``.

    Raises UnavailableError if it cannot be run on this machine.
    """
    if each.target == _ADAPTER and find_spec("h11r") is None:
        raise UnavailableError("h11r is not installed, and has no wheel for every platform")
    target = each.target or f"{_pypy()}::h11"
    command = [sys.executable, "-m", "h11spec", "gate", target, "--record", str(path)]
    if each.reexports:
        command.append("--allow-reexport")
    # A run reads its settings from its working directory or from a folder above it.
    done = subprocess.run(
        command,
        cwd=path.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (CONFORMS, FAILED):
        path.unlink(missing_ok=True)
        raise click.ClickException(f"{each.name} could not be run: {_last_line(done)}")
    click.echo(f"ran {each.name}")


def _pypy() -> Path:
    """Returns the executable of a PyPy with h11, which is installed if necessary."""
    found = shutil.which("pypy3")
    if found is None:
        raise UnavailableError("there is no pypy3 on this machine")
    folder = cache_folder().parent / f"pypy-h11-{reference.__version__}"
    python = folder / "bin/python"
    if not python.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            environment = Path(temporary, "environment")
            _call([found, "-m", "venv", "--without-pip", str(environment)])
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
            options = ["--python", str(environment / "bin/python")]
            _call([*pip, *options, "install", f"h11=={reference.__version__}"])
            os.rename(environment, folder)
    return python


def _call(command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"h11 could not be installed on PyPy: {_last_line(done)}")


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
    return lines[-1]


def _pair_runner(made: Matrix) -> RunBoth:
    """Returns the function that runs two releases against each other."""

    def run_pair(old: int, new: int) -> list[ReleaseDifference] | None:
        columns = made.columns[old], made.columns[new]
        before, after = (each.record for each in columns)
        assert before is not None
        assert after is not None
        click.echo(f"comparing {columns[0].name} with {columns[1].name}")
        targets = {each.name: each.target for each in COMPARED}
        sides = [parse(targets[each.name]) for each in columns]
        return diff_releases(sides[0], sides[1], (before, after))

    return run_pair


def write(columns: Iterable[Column], folder: Path) -> list[str]:
    """Writes the pages, and returns a line for each change without an explanation."""
    made = matrix(columns)
    texts, unexplained = pages(
        made, release_changes(made, run_both=_pair_runner(made)), explanations()
    )
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return unexplained


@click.command()
@click.option(
    "--records",
    type=click.Path(path_type=Path, file_okay=False),
    default=RECORDS,
    help="The folder of the records.",
)
@click.option(
    "--run",
    type=click.Choice(("all", "missing", "none")),
    default="all",
    help="Which implementations to run; records of the others are read.",
)
def main(records: Path, *, run: Literal["all", "missing", "none"]) -> None:
    """Write docs/results, and list the changes that have no explanation."""
    unexplained = write(columns(records.resolve(), run=run), FOLDER)
    for line in unexplained:
        click.echo(line)
    if unexplained:
        raise click.ClickException(f"add an explanation of each of these to {EXPLANATIONS.name}")


if __name__ == "__main__":
    main()
