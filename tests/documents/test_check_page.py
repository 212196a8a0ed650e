"""docs/how-to/check-a-target.md: its phases, options and checks exist."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from h11spec.conformance.cli.commands import check, checks
from h11spec.conformance.cli.main import main
from h11spec.conformance.runs.settings import DEFAULT_PHASES, PHASES

PAGE = Path(__file__).parents[2] / "docs/how-to/check-a-target.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# Each command with its output on the page; those that check a target are not run here.
COMMANDS = [
    (lines[0], lines[1:])
    for block in BLOCKS
    for part in block.split("$ h11spec ")[1:]
    for lines in [part.rstrip("\n").split("\n")]
]
LISTING = [each for each in COMMANDS if each[0].startswith("checks ")]


def test_the_page_lists_the_phases() -> None:
    assert re.findall(r"^\| `(\w+)` \| .*(?:every|drawn|growing)", TEXT, re.MULTILINE) == list(
        PHASES
    )
    assert f"it is `{','.join(DEFAULT_PHASES)}`" in TEXT


def test_the_named_options_exist() -> None:
    known = {
        option
        for command in (check.command, checks.command)
        for parameter in command.params
        for option in parameter.opts
    }
    named = set(re.findall(r"(?<=[ `])--[a-z-]+", TEXT))
    assert {"--phases", "--checks", "--rfc", "--strict"} <= named <= known


def test_all_commands_that_list_checks_are_found() -> None:
    assert len(LISTING) == 2
    assert len(COMMANDS) == 3


@pytest.mark.parametrize(("command", "shown"), LISTING, ids=[each for each, _ in LISTING])
def test_a_command_prints_what_is_shown(command: str, shown: list[str]) -> None:
    """A line with an ellipsis stands for any lines."""
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0
    pattern = "\n".join(".*" if line == "…" else re.escape(line) for line in shown)
    assert re.fullmatch(pattern, result.stdout.rstrip("\n"), re.DOTALL)
