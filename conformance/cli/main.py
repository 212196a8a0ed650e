"""The entry point of the command line, and its list of commands.

Owns the list. It must not import a command before it is given: a run of a second has no time for
the imports of other commands.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from ... import __version__

COMMANDS = (
    *("check", "gate", "baseline", "compare", "report", "replay", "show"),
    *("checks", "machine", "strategies", "targets", "vectors"),
)


class _LazyGroup(click.Group):
    """A group that imports the module of a command when the command is given."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the commands, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".commands.{cmd_name}", __package__).command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="h11spec")
def main() -> None:
    """Checks implementations of the h11 API.

    \b
        h11spec check h11
        h11spec checks framing/
        h11spec check --help

    Exit codes: 0 conforms; 1 an unexpected finding, a stale baseline entry, or an incomplete run;
    2 wrong usage, or an output that cannot be written; 3 the target cannot be loaded or is not
    checked, or h11spec itself failed; 130 interrupted.
    """
    try:
        Path.cwd()
    except OSError:
        raise click.UsageError(
            "the current folder no longer exists; change to another one"
        ) from None
