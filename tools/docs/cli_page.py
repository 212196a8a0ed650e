"""docs/reference/cli.md, generated from the commands, each with its help and its options.

Owns the text of the page and its order. It must not know where the page is stored.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from ...conformance.cli.main import main
from ...strategies.program import is_tuple
from .markdown import prose, table

# click's mark of a paragraph that must not be rewrapped.
_NOT_REWRAPPED = "\b\n"


def cli_page() -> str:
    """Returns the whole page."""
    context = click.Context(main, info_name="h11spec", **main.context_settings)
    lines = (
        "# The command line",
        "",
        *prose(
            "Every command with all its options. `make docs` generates this page from the output "
            "of `--help`. Options for every run can be set in [pyproject.toml](settings.md), and "
            "shells can [complete](../how-to/complete-in-a-shell.md) commands and options."
        ),
        *_paragraphs(main),
        *_options(main, context),
        *_commands(main, context),
    )
    return "\n".join(lines).rstrip("\n") + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    """A section for each command of a group and of its subgroups."""
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
    """The help text of a command; paragraphs that are not rewrapped are examples."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith(_NOT_REWRAPPED):
            examples = inspect.cleandoc(paragraph.removeprefix(_NOT_REWRAPPED))
            yield from ("```console", *(f"$ {line}" for line in examples.split("\n")), "```", "")
        else:
            yield from prose(paragraph)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """A table of the options, if there are any besides --help."""
    rows = [
        (f"`{record[0]}`", option.help or "", _default(option, context))
        for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    if rows:
        yield from table(("option", "description", "default"), rows)
        yield ""


def _default(option: click.Option, context: click.Context) -> str:
    if not option.show_default:
        return ""
    value = option.get_default(context)
    values = value if is_tuple(value) else (value,)
    return ", ".join(f"`{each}`" for each in values)
