"""Reads the code blocks of the pages of docs/, and runs the commands in them.

Owns the parsing of pages. It must not know what a page has to contain.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The output of programs depends on the width of the terminal, and may be coloured.
PLAIN = {
    **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
    "COLUMNS": "80",
    "PYTHONDONTWRITEBYTECODE": "1",
}
for _name in ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS"):
    PLAIN.pop(_name, None)


class Block(NamedTuple):
    """The content of a fenced block."""

    language: str
    content: str


class Command(NamedTuple):
    """A command line, and its output as the page shows it."""

    line: str
    shown: str


def blocks(page: Path | str, *languages: str) -> list[Block]:
    """The fenced blocks of a page or a text, in the given languages or in any."""
    text = page if isinstance(page, str) else page.read_text("utf-8")
    found = [Block(match[1], match[2]) for match in FENCED.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def commands(session: str) -> Iterator[Command]:
    """The commands of a console session, each with its output on the page."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        line, _, shown = part.replace("\\\n", " ").partition("\n")
        yield Command(line, shown)


def shows(expected: str, output: str) -> bool:
    """Whether the output matches the page: a line of … matches any lines, … in a line any text."""
    lines = [
        r"(?:.*\n)*?"
        if line.strip() == "…"
        else r"[^\n]*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in expected.splitlines()
    ]
    return re.fullmatch("".join(lines), output) is not None


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command line in a folder; pytest runs in one process."""
    program, *arguments = shlex.split(line, comments=True)
    modules = {"h11spec": ["-m", "h11spec"], "pytest": ["-m", "pytest", "-p", "no:xdist"]}
    command = [sys.executable, *modules.get(program, []), *arguments]
    assert program in ("python", *modules), line
    return subprocess.run(
        command,
        cwd=folder,
        env=PLAIN,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
