"""The output files of a command.

Owns their options, and how they are checked and written. It must not know what they contain.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ...reports.files import write_atomically

_STDOUT = Path("-")


def output_option(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that adds an option for an output file to a command."""
    return click.option(f"--{name}", type=click.Path(path_type=Path), metavar="FILE", help=help)


def check_outputs(outputs: dict[str, Path], records: list[Path]) -> None:
    """Raises UsageError for outputs that would overwrite each other, or a record."""
    places = [path if path == _STDOUT else path.resolve() for path in outputs.values()]
    for at, (name, place) in enumerate(zip(outputs, places, strict=True)):
        if place in places[:at]:
            raise click.UsageError(f"--{name} would overwrite another output, {outputs[name]}")
        if place in [each.resolve() for each in records]:
            raise click.UsageError(f"--{name} would overwrite the record, {outputs[name]}")


def write_output(path: Path, content: str) -> None:
    """Writes an output to its file; raises UsageError if that fails."""
    try:
        if path == _STDOUT:
            click.echo(content.encode(), nl=False)
        else:
            write_atomically(path, content)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
