"""docs/reference/cli.md, as it follows from the commands: each with its help and its options.

Owns what the page says, and in which order. Where it is kept, ``pages`` knows.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from ...conformance.cli.main import main
from ...strategies.programs import is_tuple
from .markdown import prose, table

# What click takes for a paragraph that is to stay as it is.
_AS_IT_IS = "\b\n"


def cli_page() -> str:
    """Returns the whole page."""
    context = click.Context(main, info_name="h11spec", **main.context_settings)
    lines = (
        "# The command line",
        "",
        *prose(
            "Every command with all of its options. This page is made by `make docs` from the help "
            "that `--help` shows. What can be settled once for all runs stands in "
            "[pyproject.toml](settings.md), and shells can "
            "[complete](../how-to/complete-in-a-shell.md) what is typed."
        ),
        *_paragraphs(main),
        *_options(main, context),
        *_commands(main, context),
    )
    return "\n".join(lines).rstrip("\n") + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    """A section for each command of a group, and for those of the groups in it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        pieces = " ".join(command.collect_usage_pieces(inner))
        yield from (f"## {inner.command_path}", "")
        yield from ("```text", f"{inner.command_path} {pieces}", "```", "")
        yield from _paragraphs(command)
        yield from _options(command, inner)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def _paragraphs(command: click.Command) -> Iterator[str]:
    """What a command says of itself; examples are what stays as it is."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith(_AS_IT_IS):
            examples = inspect.cleandoc(paragraph.removeprefix(_AS_IT_IS))
            yield from ("```console", *(f"$ {line}" for line in examples.split("\n")), "```", "")
        else:
            yield from prose(paragraph)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """A table of the options, where there are any but the one for help."""
    rows = [
        (f"`{record[0]}`", option.help or "", _default(option, context))
        for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    if rows:
        yield from table(("option", "what for", "unless it is given"), rows)
        yield ""


def _default(option: click.Option, context: click.Context) -> str:
    if not option.show_default:
        return ""
    value = option.get_default(context)
    values = value if is_tuple(value) else (value,)
    return ", ".join(f"`{each}`" for each in values)
