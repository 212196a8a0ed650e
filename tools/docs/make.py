"""The command that regenerates the pages and pictures of docs/reference.

Owns where they are stored, and how generated parts are put into pages written by hand. It must not
know the text of any page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from ...conformance.checks.machine import transition_coverage
from ...reports.diagrams.state_diagram import state_diagram
from . import machine_page, sweeps_page
from .api_page import api_page
from .catalogue_page import catalogue_page
from .cli_page import cli_page
from .requirements_page import requirements_page

FOLDER = Path(__file__).parents[2] / "docs/reference"


def with_parts(text: str, parts: Mapping[str, Callable[[], Iterable[str]]]) -> str:
    """Returns a page with the content between its marks regenerated.

    Args:
        text: the page, in which ``<!-- make docs: NAME -->`` and ``<!-- end -->`` mark each part.
        parts: what yields the lines of each part, by its name.

    Raises:
        KeyError: the page has a mark for an unknown part.
    """

    def regenerated(match: re.Match[str]) -> str:
        lines = "\n".join(parts[match["name"]]())
        return f"{match['begin']}\n\n{lines}\n\n{match['end']}"

    marks = r"(?P<begin><!-- make docs: (?P<name>\w+) -->)\n.*?(?P<end><!-- end -->)"
    return re.sub(marks, regenerated, text, flags=re.DOTALL)


def pages() -> dict[Path, str]:
    """Returns the expected content of each page and picture."""
    sweeps, machine = FOLDER / "sweeps.md", FOLDER / "state-machine.md"
    counts = transition_coverage("client") + transition_coverage("server")
    return {
        FOLDER / "cli.md": cli_page(),
        FOLDER / "api.md": api_page(),
        FOLDER / "catalogue.md": catalogue_page(),
        FOLDER / "requirements.md": requirements_page(),
        sweeps: with_parts(sweeps.read_text("utf-8"), sweeps_page.PARTS),
        machine: with_parts(machine.read_text("utf-8"), machine_page.PARTS),
        FOLDER / "client-states.svg": state_diagram("CLIENT", taken=counts),
        FOLDER / "server-states.svg": state_diagram("SERVER", taken=counts),
    }


@click.command()
def main() -> None:
    """Regenerates the pages of docs/reference, and lists those that were out of date."""
    for path, text in pages().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            click.echo(f"made {path.relative_to(FOLDER.parents[1])}")


if __name__ == "__main__":
    main()
