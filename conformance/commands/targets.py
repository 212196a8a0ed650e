"""The commands ``targets list`` and ``targets clear``."""

from __future__ import annotations

import click

from .. import environments


@click.group("targets")
def command() -> None:
    """The environments that were made for targets, kept for the next time."""


@command.command("list")
def _list() -> None:
    """List the environments: what is installed in them, their size, and where they are."""
    for made in environments.environments():
        click.echo(f"pip:{made.requirement}  {made.size / 2**20:.0f} MiB  {made.folder}")


@command.command("clear")
def _clear() -> None:
    """Remove all environments; they are made again when they are needed."""
    count = environments.clear()
    click.echo(f"{count} removed from {environments.cache_folder()}")
