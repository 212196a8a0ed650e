"""The command ``vectors export``."""

from __future__ import annotations

from pathlib import Path

import click

from ....reports.files import write_folder
from ...vectors import corpus
from ...vectors.export import files
from ..errors import reported_errors


@click.group("vectors")
def command() -> None:
    """The vectors: few programs that show most of it, each with what is expected.

    \b
        h11spec vectors export ./vectors
    """


@command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def _export(folder: Path) -> None:
    """Write the vectors to DIR as JSON, for implementations in any language.

    With them come a schema, and a README that says all that a runner of them has to know. DIR must
    be empty, or not there yet.

    \b
        h11spec vectors export ./vectors
    """
    with reported_errors(verbose=False):
        written = files(corpus.load())
        write_folder(folder, written)
        click.echo(f"{len(corpus.stored()):,} vectors in {len(written)} files in {folder}")
