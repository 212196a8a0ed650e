"""The command ``report``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from ....reports.analysis.diff import Diff, diff
from ....reports.formats.badge import badge
from ....reports.formats.diff_text import diff_as_json, diff_in_markdown, show_diff
from ....reports.formats.json_document import json_document
from ....reports.formats.junit import junit
from ....reports.formats.markdown import markdown
from ....reports.formats.terminal import show_report
from ....reports.record.record import Record, RecordError, read_record
from ..outputs import check_outputs, output_option, write_output


def _page(record: Record) -> str:
    # Importing Jinja2 takes longer than the other views.
    from ....reports.html.run_page import run_page

    return run_page(record)


# The view of a record that each option writes.
_VIEWS: dict[str, Callable[[Record], str]] = {
    "html": _page,
    "junit": junit,
    "markdown": markdown,
    "json": json_document,
    "badge": badge,
}
_DIFF_VIEWS: dict[str, Callable[[Diff], str]] = {"markdown": diff_in_markdown, "json": diff_as_json}


@click.command("report")
@click.argument("record", type=click.Path(path_type=Path), required=False)
@output_option("html", "Write one self-contained HTML page.")
@output_option("junit", "Write JUnit XML, which CI systems show as tests.")
@output_option("markdown", "Write Markdown, for a pull request or a job summary.")
@output_option("json", "Write one JSON document.")
@output_option("badge", "Write JSON for a shields.io endpoint badge.")
@click.option(
    "--diff",
    "pair",
    type=click.Path(path_type=Path),
    nargs=2,
    metavar="OLD NEW",
    help="Show the changes from one record to another.",
)
@click.option("--verbose/--no-verbose", help="Show all findings in full.")
def command(
    record: Path | None, pair: tuple[Path, Path] | None, *, verbose: bool, **views: Path | None
) -> None:
    """Present a RECORD in one or more views.

    Without an option, prints the report as at the end of the run. A FILE may be -, for standard
    output. Nothing is run. Exits with 0 if everything was written, whatever the verdict.

    \b
        h11spec report run.jsonl
        h11spec report run.jsonl --html report.html --junit junit.xml
        h11spec report --diff old.jsonl new.jsonl --markdown -
    """
    outputs = {name: path for name, path in views.items() if path is not None}
    if (record is None) is (pair is None):
        raise click.UsageError("give a RECORD, or --diff OLD NEW")
    records = [each for each in (record, *(pair or ())) if each is not None]
    unknown = [name for name in outputs if pair is not None and name not in _DIFF_VIEWS]
    if unknown:
        known = " and ".join(f"--{name}" for name in _DIFF_VIEWS)
        raise click.UsageError(f"--diff has no --{unknown[0]}; it has {known}")
    check_outputs(outputs, records)
    try:
        read = [read_record(each) for each in records]
    except RecordError as error:
        raise click.UsageError(str(error)) from None
    # All texts are made before the first is written.
    written = (
        _of_one(read[0], outputs, verbose=verbose)
        if pair is None
        else _of_two(diff(*read), outputs)
    )
    for path, content in written:
        write_output(path, content)


def _of_one(record: Record, outputs: dict[str, Path], *, verbose: bool) -> list[tuple[Path, str]]:
    if not outputs:
        show_report(record, Console(), verbose=verbose)
    return [(path, _VIEWS[name](record)) for name, path in outputs.items()]


def _of_two(changes: Diff, outputs: dict[str, Path]) -> list[tuple[Path, str]]:
    if not outputs:
        show_diff(changes, Console())
    return [(path, _DIFF_VIEWS[name](changes)) for name, path in outputs.items()]
