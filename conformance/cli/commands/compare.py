"""The command ``compare``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ....reports.analysis.matrix import Column, Matrix, matrix
from ....reports.analysis.release_changes import (
    ReleaseChanges,
    ReleaseDifference,
    RunBoth,
    release_changes,
)
from ....reports.formats.matrix_text import matrix_as_json, matrix_in_markdown, show_matrix
from ....reports.record.record import Record, RecordError, read_record
from ....strategies.program import Json
from ...reruns.release_diff import diff_releases
from ...runs.exit_codes import BROKEN, CONFORMS, INTERRUPTED
from ...runs.settings import GATE_PHASES
from ...targets.target import TargetError, parse
from ..errors import reported_errors
from ..outputs import check_outputs, output_option, write_output
from ..run_command import execute
from ..run_options import phases_option, some_options

_View = Callable[[Matrix, Sequence[ReleaseChanges]], str]
# The options of a run that this command has.
_RUN_OPTIONS = (
    *("checks", "catalogue", "extra-states", "max-findings", "jobs", "in-process"),
    *("allow-reexport", "step-time", "load-time", "memory", "max-faults", "verbose"),
)


def _page(made: Matrix, changes: Sequence[ReleaseChanges]) -> str:
    # Importing Jinja2 takes longer than writing any of the other views.
    from ....reports.html.matrix_page import matrix_page

    return matrix_page(made, changes)


# The view that each option writes.
_VIEWS: dict[str, _View] = {"html": _page, "markdown": matrix_in_markdown, "json": matrix_as_json}


@click.command("compare")
@click.argument("names", nargs=-1, required=True, metavar="TARGET|RECORD...")
@phases_option(GATE_PHASES)
@some_options(*_RUN_OPTIONS)
@click.option(
    "--records",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the record of each target that is run to this folder.",
)
@click.option(
    "--consecutive",
    is_flag=True,
    help="Show the changes from each column to the next, whatever they are.",
)
@output_option("html", "Write one self-contained HTML page.")
@output_option("markdown", "Write Markdown: the matrix by area, and the changes.")
@output_option("json", "Write one JSON document.")
def command(
    names: tuple[str, ...],
    records: Path | None,
    *,
    consecutive: bool,
    html: Path | None,
    markdown: Path | None,
    json: Path | None,
    **options: Any,
) -> None:
    """Compare implementations: run each TARGET, and read each RECORD.

    Shows which checks fail in which implementation, which implementations agree, and what changed
    from each release of a distribution to the next. A target that cannot be loaded, or is not
    checked, gets a column that says so. Exits with 0 whatever differs, and with 3 if there is such
    a column.

    \b
        h11spec compare pip:h11==0.14.0 pip:h11==0.15.0 pip:h11==0.16.0
        h11spec compare old.jsonl new.jsonl --consecutive --html matrix.html
    """
    requested = {"html": html, "markdown": markdown, "json": json}
    outputs = {name: path for name, path in requested.items() if path is not None}
    files = {name: Path(name) for name in names if Path(name).is_file()}
    check_outputs(outputs, list(files.values()))
    try:
        read = {name: read_record(path) for name, path in files.items()}
        if records is not None:
            records.mkdir(parents=True, exist_ok=True)
    except (RecordError, OSError) as error:
        raise click.UsageError(str(error)) from None
    with reported_errors(options["verbose"]):
        columns = list(_columns(names, read, records, options))
        made = matrix(columns)
        run_both = _pair_runner(made, read)
        changes = release_changes(made, consecutive=consecutive, run_both=run_both)
    if not outputs:
        show_matrix(made, changes, Console())
    # All texts are made before the first file is written.
    for path, text in [(path, _VIEWS[name](made, changes)) for name, path in outputs.items()]:
        write_output(path, text)
    sys.exit(_code(columns, read))


def _pair_runner(made: Matrix, read: dict[str, Record]) -> RunBoth:
    """Returns a function that runs the targets of two columns together and returns the differences.

    It returns None unless both columns are complete runs of this command.
    """

    def run_both(old: int, new: int) -> Sequence[ReleaseDifference] | None:
        columns = made.columns[old], made.columns[new]
        if any(each.name in read or not each.complete for each in columns):
            return None
        before, after = (each.record for each in columns)
        assert before is not None
        assert after is not None
        return diff_releases(parse(columns[0].name), parse(columns[1].name), (before, after))

    return run_both


def _columns(
    names: Sequence[str], read: dict[str, Record], records: Path | None, options: dict[str, Any]
) -> Iterator[Column]:
    """Yields the column of each name, up to a run that was interrupted."""
    for name in names:
        column = _column(name, read.get(name), records, options)
        yield column
        if _ended_early(column, read):
            return


def _column(
    name: str, read: Record | None, records: Path | None, options: dict[str, Any]
) -> Column:
    if read is not None:
        return Column(name, read)
    lines: list[Json] = []
    path = None if records is None else records / record_name(name)
    try:
        execute({**options, "target": name, "record": path}, None, lines.extend)
    except TargetError as error:
        click.echo(f"h11spec: {error}", err=True)
        return Column(name, None, str(error))
    return Column(name, Record.from_lines(lines))


def record_name(target: str) -> str:
    """Returns the file name for the record of a target."""
    return f"{re.sub(r'[^A-Za-z0-9.=-]+', '-', target).strip('-.')}.jsonl"


def _ended_early(column: Column, read: dict[str, Record]) -> bool:
    """Whether the run of this column was interrupted."""
    footer = column.record.footer if column.record is not None else None
    return column.name not in read and footer is not None and bool(footer["interrupted"])


def _code(columns: Sequence[Column], read: dict[str, Record]) -> int:
    """Returns the exit code; an interrupted run takes precedence over a broken target."""
    if any(_ended_early(each, read) for each in columns):
        return INTERRUPTED
    return BROKEN if any(each.record is None for each in columns) else CONFORMS
