"""The command ``show``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from ....reports.analysis.causes import shown_causes
from ....reports.findings.vector import vector_of_finding
from ....reports.formats.terminal import show_cause, show_finding
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
    help="Everything, or one of the reproductions.",
)
def command(id: str, record: Path, form: str) -> None:
    """Show a cause or a finding of a RECORD in full.

    ID is the id of a cause, such as C-5b3843, or of a finding, such as D-3f9a1c. Of a cause, the
    clearest finding is shown in full, and the ids and differences of the others.

    \b
        h11spec show C-5b3843 run.jsonl
        h11spec show D-3f9a1c run.jsonl --as test
    """
    try:
        read = read_record(record)
    except RecordError as error:
        raise click.UsageError(str(error)) from None
    causes = {each.line["id"]: each for each in shown_causes(read)}
    findings = {each["id"]: each for each in read.findings}
    cause = None if id in findings else causes.get(id)
    finding = findings.get(id) if cause is None else cause.clearest
    if finding is None:
        known = ", ".join([*causes][:10]) or "no finding"
        raise click.UsageError(f"{record} has no cause or finding {id!r}; it has {known}")
    if form != "text":
        click.echo("\n".join(_reproduction(finding, form)))
    elif cause is not None:
        show_cause(cause, read.header, Console())
    else:
        show_finding(finding, read.header, Console())


def _reproduction(finding: Json, form: str) -> list[str]:
    """The lines of a reproduction; raises UsageError if the finding does not have it."""
    lines = _vector(finding) if form == "vector" else list(finding.get(form) or [])
    if not lines:
        raise click.UsageError(f"{finding['id']} has no {form} that reproduces it")
    return lines


def _vector(finding: Json) -> list[str]:
    vector = vector_of_finding(finding)
    return [] if vector is None else json.dumps(vector.to_json(), indent=1).splitlines()
