"""Pages and pictures of docs/reference that follow from data: as a command, it makes them anew.

Owns where they are kept, and how a part that is made is put between what is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from ...conformance.checks.machine import exercised
from ...reports.diagrams.state_diagram import diagram
from . import machine_page, sweeps_page
from .api_page import api_page
from .cli_page import cli_page
from .requirements_page import requirements_page

FOLDER = Path(__file__).parents[2] / "docs/reference"


def with_parts(text: str, parts: Mapping[str, Callable[[], Iterable[str]]]) -> str:
    """Returns a page with what stands between its marks made anew; raises KeyError for no part."""

    def made(match: re.Match[str]) -> str:
        lines = "\n".join(parts[match["name"]]())
        return f"{match['begin']}\n\n{lines}\n\n{match['end']}"

    marks = r"(?P<begin><!-- make docs: (?P<name>\w+) -->)\n.*?(?P<end><!-- end -->)"
    return re.sub(marks, made, text, flags=re.DOTALL)


def pages() -> dict[Path, str]:
    """Returns what each page should hold."""
    sweeps, machine = FOLDER / "sweeps.md", FOLDER / "state-machine.md"
    counts = exercised("client") + exercised("server")
    return {
        FOLDER / "cli.md": cli_page(),
        FOLDER / "api.md": api_page(),
        FOLDER / "requirements.md": requirements_page(),
        sweeps: with_parts(sweeps.read_text("utf-8"), sweeps_page.PARTS),
        machine: with_parts(machine.read_text("utf-8"), machine_page.PARTS),
        FOLDER / "client-states.svg": diagram("CLIENT", exercised=counts),
        FOLDER / "server-states.svg": diagram("SERVER", exercised=counts),
    }


@click.command()
def main() -> None:
    """Makes the pages of docs/reference that follow from data, and says which were out of date."""
    for path, text in pages().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            click.echo(f"made {path.relative_to(FOLDER.parents[1])}")


if __name__ == "__main__":
    main()
