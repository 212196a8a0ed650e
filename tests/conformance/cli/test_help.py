"""The help of the command line: its examples, and shell completion."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from command_helper import h11spec

from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.cli.main import main

PAGE = Path(__file__).parents[3] / "docs/how-to/complete-in-a-shell.md"


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every subcommand of a command, with the words of its name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_has_a_valid_example(words: tuple[str, ...]) -> None:
    """It is of this command, with its options and valid values."""
    result = h11spec(*words, "--help")
    assert result.exit_code == 0
    examples = re.findall(r"^    +h11spec (.+)$", result.stdout, re.MULTILINE)
    own = [each.split() for each in examples if tuple(each.split()[: len(words)]) == words]
    assert own
    for example in examples:
        arguments = shlex.split(example)
        command: click.Command = main
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), arguments.pop(0))
            assert found is not None, example
            command = found
        command.make_context(example, arguments)


def completed(*words: str) -> list[str]:
    """The completions of the last word."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from h11spec.conformance.cli.main import main; main(prog_name='h11spec')",
        ],
        env={
            "_H11SPEC_COMPLETE": "bash_complete",
            "COMP_WORDS": shlex.join(["h11spec", *words]),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.unmeasured
def test_ids_of_checks_are_completed() -> None:
    """As a value of --checks, and as an argument of the command checks."""
    begun = "framing/rfc9110-8.6"
    ids = [check.id for check in catalogue() if check.id.startswith(begun)]
    assert len(ids) > 1
    assert completed("check", "h11", "--checks", begun) == ids
    assert completed("checks", begun) == ids
    assert completed("check", "--checks", "cost/") != []
    assert completed("checks", "no-such/") == []


@pytest.mark.unmeasured
def test_phases_are_completed_after_others() -> None:
    assert completed("check", "--phases", "se") == ["search"]
    assert completed("check", "--phases", "sweeps,s") == ["sweeps,search"]


def test_an_invalid_file_does_not_prevent_completion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("= =")
    monkeypatch.chdir(tmp_path)
    assert completed("check", "--phases", "se") == ["search"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_page_says_how_to_set_up_completion(shell: str) -> None:
    assert f"_H11SPEC_COMPLETE={shell}_source h11spec" in PAGE.read_text("utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from h11spec.conformance.cli.main import main; main(prog_name='h11spec')",
        ],
        env={"_H11SPEC_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "_H11SPEC_COMPLETE" in done.stdout
