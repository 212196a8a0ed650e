"""Every command on the pages can be parsed."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.exceptions import Exit as Helped

from h11spec.conformance.baseline.file import read
from h11spec.conformance.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(?:console|sh|bash|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\$ |\s*(?:- )?run: )?(h11spec .*)$", re.MULTILINE)


def commands(page: Path) -> list[str]:
    text = page.read_text("utf-8").replace("\\\n", " ")
    found = [line for block in BLOCK.findall(text) for line in COMMAND.findall(block)]
    return [line for line in found if "⇥" not in line]


ALL = [(page, command) for page in PAGES for command in commands(page)]


@pytest.mark.parametrize(("page", "command"), ALL, ids=lambda each: str(each)[-60:])
def test_a_shown_command_can_be_parsed(
    page: Path, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(re.split(r" [>|;&#]", command)[0])[1:]
    group: click.Group = main
    while True:
        context = click.Context(group, **group.context_settings)
        if arguments[:1] and arguments[0].startswith("-"):
            return
        found = group.get_command(context, arguments[0])
        assert found is not None, command
        if not isinstance(found, click.Group):
            break
        group, arguments = found, arguments[1:]
    with suppress(Helped), found.make_context(arguments[0], arguments[1:]):
        pass


def test_there_are_commands() -> None:
    assert len(ALL) > 12


def test_the_shown_entry_is_valid() -> None:
    text = (ROOT / "docs/how-to/accept-a-difference.md").read_text("utf-8")
    [block] = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    [entry] = read(block.encode(), "the page").entries
    members = re.findall(r"^\| (`.*?) \| [^i]", text, re.MULTILINE)
    named = {name for member in members for name in re.findall(r"`(\w+)`", member)}
    assert named >= {"id", "check", "difference", "reason", "link", "smuggling", "when", "program"}
    assert entry.when == {"target": "<2", "platform": "linux"}
