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
    """Export the vectors: programs with their expected traces.

    \b
        h11spec vectors export ./vectors
    """


@command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def _export(folder: Path) -> None:
    """Write the vectors to DIR as JSON, for implementations in any language.

    DIR also gets a JSON Schema, and a README with everything that a runner needs to know. It must
    be empty or not exist.

    \b
        h11spec vectors export ./vectors
    """
    with reported_errors(verbose=False):
        written = files(corpus.load())
        write_folder(folder, written)
        click.echo(f"{len(corpus.stored()):,} vectors in {len(written)} files in {folder}")
