"""The published matrix, docs/results: as a command, it runs everybody and makes the pages anew.

Owns who is compared, how they come here, and what of them is shown. What the pages say is for
``results_pages``.
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
from ...conformance.runs.exit_codes import CONFORMS, FAILED
from ...conformance.runs.release_diff import diff_releases
from ...conformance.targets.target import parse
from ...reports.analysis.matrix import Column, Matrix, matrix, redact
from ...reports.analysis.release_changes import RunBoth, release_changes
from ...reports.record.record import RecordError, read_record
from ...strategies.programs import Json
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
# Each run has a process of its own beside that of its target, and they take turns.
_AT_ONCE = 2


class Skipped(Exception):
    """Somebody cannot be run here; the message says why."""


@dataclass(frozen=True)
class Compared:
    """Somebody who is in the matrix: ``target`` is "" for who has to be made first.

    What is wrong with those that ``others`` maintain is told to them first.
    """

    name: str
    target: str
    others: bool = False


COMPARED = (
    *(Compared(f"h11 {release}", f"pip:h11=={release}") for release in RELEASES),
    Compared(_PYPY, ""),
    Compared("h11-mypyc", "pip:h11-mypyc", others=True),
    Compared("h11pro", "pip:h11pro", others=True),
    Compared("h11r", _ADAPTER, others=True),
    Compared("the reference", "h11spec.reference"),
)


def columns(folder: Path, *, run: Literal["all", "missing", "none"]) -> list[Column]:
    """Returns the columns of the matrix, their records kept in a folder.

    Args:
        run: whose records to make; those of the others are taken as they are.

    Raises click.ClickException when somebody who can be run could not be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / record_name(each.name) for each in COMPARED]
    asked = [run == "all" or (run == "missing" and not path.exists()) for path in paths]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        problems = {
            COMPARED[at]: pool.submit(_problem, COMPARED[at], paths[at], asked[at])
            # PyPy and what has to be adapted take longest: they are not to be waited for alone.
            for at in sorted(range(len(COMPARED)), key=lambda at: _usable(COMPARED[at]))
        }
        # Read one after the other: what reads records is not made for threads.
        return [
            _column(each, path, problems[each].result())
            for each, path in zip(COMPARED, paths, strict=True)
        ]


def _problem(each: Compared, path: Path, asked: bool) -> str:
    """Has a record made where that is asked for, and returns why there is none, or ""."""
    try:
        if asked:
            path.unlink(missing_ok=True)
            _run(each, path)
    except Skipped as error:
        return str(error)
    return "" if path.exists() or _usable(each) else "it was not run"


def _column(each: Compared, path: Path, problem: str) -> Column:
    if problem:
        return Column(each.name, None, problem)
    try:
        made = Column(each.name, read_record(path))
    except RecordError as error:
        raise click.ClickException(str(error)) from None
    return redact(made) if each.others else made


def _usable(each: Compared) -> bool:
    """Whether anybody can run it who has pip: it is not missed otherwise."""
    return bool(each.target) and each.target != _ADAPTER


def _run(each: Compared, path: Path) -> None:
    """Has the record of a run made in a process of its own.

    Raises Skipped where that needs what is not here.
    """
    if each.target == _ADAPTER and find_spec("h11r") is None:
        raise Skipped("h11r is not installed, and has no wheel for every platform")
    target = each.target or f"{_pypy()}::h11"
    command = [sys.executable, "-m", "h11spec", "gate", target, "--record", str(path)]
    # Settings are read from the folder that a run begins in, or from one above it.
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
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing was said"]
        raise click.ClickException(f"{each.name} could not be run: {said[-1]}")
    click.echo(f"ran {each.name}")


def _pypy() -> Path:
    """Returns a PyPy that has h11, which is made if there is none yet."""
    found = shutil.which("pypy3")
    if found is None:
        raise Skipped("there is no pypy3 on this machine")
    folder = cache_folder().parent / f"pypy-h11-{reference.__version__}"
    python = folder / "bin/python"
    if not python.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            aside = Path(temporary, "made")
            _do([found, "-m", "venv", "--without-pip", str(aside)])
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
            made = ["--python", str(aside / "bin/python")]
            _do([*pip, *made, "install", f"h11=={reference.__version__}"])
            os.rename(aside, folder)
    return python


def _do(command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing was said"]
        raise click.ClickException(f"PyPy's h11 could not be made: {said[-1]}")


def _beside(made: Matrix) -> RunBoth:
    """Returns what runs two releases beside each other."""

    def beside(old: int, new: int) -> list[Json] | None:
        columns = made.columns[old], made.columns[new]
        before, after = (each.record for each in columns)
        assert before is not None
        assert after is not None
        click.echo(f"comparing {columns[0].name} with {columns[1].name}")
        targets = {each.name: each.target for each in COMPARED}
        sides = [parse(targets[each.name]) for each in columns]
        return diff_releases(sides[0], sides[1], (before, after))

    return beside


def write(columns: Iterable[Column], folder: Path) -> list[str]:
    """Makes the pages, and returns in lines what there is to explain and is not."""
    made = matrix(columns)
    texts, unexplained = pages(made, release_changes(made, run_both=_beside(made)), explanations())
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return unexplained


@click.command()
@click.option(
    "--records",
    type=click.Path(path_type=Path, file_okay=False),
    default=RECORDS,
    help="Keep the records in this folder.",
)
@click.option(
    "--run",
    type=click.Choice(("all", "missing", "none")),
    default="all",
    help="Run everybody, or take the records that there are.",
)
def main(records: Path, *, run: Literal["all", "missing", "none"]) -> None:
    """Makes docs/results anew, and says which changes have no sentence that explains them."""
    unexplained = write(columns(records.resolve(), run=run), FOLDER)
    for line in unexplained:
        click.echo(line)
    if unexplained:
        raise click.ClickException(f"write a sentence for each of these into {EXPLANATIONS.name}")


if __name__ == "__main__":
    main()
