"""The command ``show``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from ....reports.findings.vector import vector_of_finding
from ....reports.formats.terminal import show_finding
from ....reports.record.record import RecordError, read_record
from ....strategies.program import Json

_FORMS = ("text", "script", "test", "vector")


@click.command("show")
@click.argument("id")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "form",
    type=click.Choice(_FORMS),
    default="text",
    show_default=True,
    help="The whole finding, or one of its reproductions.",
)
def command(id: str, record: Path, form: str) -> None:
    """Show one finding of a RECORD in full.

    ID is the id of the finding, such as D-3f9a1c.

    \b
        h11spec show D-3f9a1c run.jsonl
        h11spec show D-3f9a1c run.jsonl --as test
    """
    try:
        read = read_record(record)
    except RecordError as error:
        raise click.UsageError(str(error)) from None
    found = [each for each in read.findings if each["id"] == id]
    if not found:
        known = ", ".join(sorted({each["id"] for each in read.findings})[:10]) or "no finding"
        raise click.UsageError(f"{record} has no finding {id!r}; it has {known}")
    if form == "text":
        show_finding(found[0], read.header, Console())
    else:
        click.echo("\n".join(_reproduction(found[0], form)))


def _reproduction(finding: Json, form: str) -> list[str]:
    """The lines of a reproduction; raises UsageError if the finding does not have it."""
    lines = _vector(finding) if form == "vector" else list(finding.get(form) or [])
    if not lines:
        raise click.UsageError(f"{finding['id']} has no {form} that reproduces it")
    return lines


def _vector(finding: Json) -> list[str]:
    vector = vector_of_finding(finding)
    return [] if vector is None else json.dumps(vector.to_json(), indent=1).splitlines()
