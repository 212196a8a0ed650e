"""The commands ``targets list`` and ``targets clear``."""

from __future__ import annotations

import click

from ....reports.analysis.summary import pluralise
from ...execution import environments


@click.group("targets")
def command() -> None:
    """Manage the environments that were created for targets.

    \b
        h11spec check pip:h11==0.14.0
        h11spec targets list
        h11spec targets clear
    """


@command.command("list")
def _list() -> None:
    """List the environments: requirement, size and folder.

    \b
        h11spec targets list
    """
    for each in environments.environments():
        click.echo(f"pip:{each.requirement}  {each.size / 2**20:.0f} MiB  {each.folder}")


@command.command("clear")
def _clear() -> None:
    """Remove all environments; they are created again when needed.

    \b
        h11spec targets clear
    """
    count = environments.clear()
    click.echo(f"{pluralise(count, 'environment')} removed from {environments.cache_folder()}")
