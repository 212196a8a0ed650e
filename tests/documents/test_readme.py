"""README.md works as typed: each command, each snippet, each figure; ARCHITECTURE.md is short."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from docs_helper import ROOT, Command, blocks, commands, shows

from h11spec.conformance.checks import resources
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.cli.commands import check, checks, gate, report, strategies
from h11spec.conformance.requirements import contract, rfc

README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = [block.content for block in blocks(README, "python")]
# Continuous integration runs what `make` does; here the other commands run.
COMMANDS = [
    command
    for block in blocks(README, "console")
    for command in commands(block.content)
    if not command.line.startswith("make ")
]


class Installed:
    """A new virtual environment with this package and h11, installed as the README says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        generated = ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "site")
        self.clone = copytree(ROOT, folder / "h11spec", ignore=generated)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "PATH": f"{folder / 'venv/bin'}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "80",
        }

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("readme"))
    done = made.run("pip install --disable-pip-version-check . h11==0.16.0", made.clone)
    if done.returncode and ("No matching distribution" in done.stdout + done.stderr):
        pytest.skip("there is no package registry to install from")
    assert done.returncode == 0, done.stderr
    return made


def test_the_architecture_fits_on_a_page() -> None:
    """Sixty lines: the terminology, the folders, the data flow."""
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 60


def test_every_option_named_exists() -> None:
    """What the README tells users to type is an option of one of the commands that it shows."""
    commands = (each.command for each in (check, checks, gate, report, strategies))
    options = {
        option for command in commands for parameter in command.params for option in parameter.opts
    }
    named = set(re.findall(r"(?<=[ `])--[a-z-]+", README))
    assert named
    assert named <= options


def test_the_numbers_are_those_of_the_data() -> None:
    """How much is checked, required and promised; docs/reference/sweeps.md counts programs."""
    connection = [each for each in rfc.load() if each.scope == "connection"]
    promises = contract.load().promises
    assert f"{len(catalogue())} sweep checks with " in README
    assert f"{len(connection)} requirements and {len(promises)} promises, " in README


@pytest.mark.slow
def test_the_number_of_sweep_programs_is_that_of_the_catalogue() -> None:
    """As a run counts them: an expression of the API or a repetition counts as a program."""
    expressions = [len(check.details()["expressions"]) for check in catalogue()]
    total = sum(expressions) + sum(1 for check in catalogue() for _ in check.programs())
    total += sum(len(check.repetitions) for check in resources.CHECKS)
    assert f" sweep checks with {total:,} programs" in README


@pytest.mark.slow
def test_nothing_but_installation_is_needed(installed: Installed, tmp_path: Path) -> None:
    """The first line of the first block, as typed, and a help that answers."""
    assert COMMANDS[0].line.startswith("pip install . h11 ")
    assert installed.run("h11spec --help", tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: command.line)
def test_a_command_prints_what_the_readme_shows(
    command: Command, installed: Installed, tmp_path: Path
) -> None:
    done = installed.run(command.line, tmp_path)
    assert done.stderr == ""
    assert shows(command.shown, done.stdout), done.stdout


@pytest.mark.slow
def test_the_reference_takes_the_place_of_h11_in_httpcore(tmp_path: Path) -> None:
    """In a fresh interpreter: nothing may have imported httpcore before."""
    end = "\nassert httpcore._sync.http11.h11.Connection is h11.Connection, 'the real h11'\n"
    end += "assert h11.__name__ != 'h11' or h11.Connection.__module__.startswith('h11spec.')\n"
    done = subprocess.run(
        [sys.executable, "-c", SNIPPETS[0] + end],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("fork", ["h11", "h11spec.reference"])
def test_the_property_test_passes_for_an_implementation_that_conforms(
    fork: str, tmp_path: Path
) -> None:
    """h11 itself, with its upstream deviations, and the reference."""
    (tmp_path / "test_snippet.py").write_text(f"import {fork} as my_fork\n{SNIPPETS[1]}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_snippet.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_property_test_fails_for_an_implementation_that_differs(tmp_path: Path) -> None:
    """A fork that answers every receive with text is found by the first program."""
    fork = """
        from h11spec.reference import *

        class Connection(Connection):
            def receive_data(self, data):
                return "text"
        """
    (tmp_path / "my_fork.py").write_text(textwrap.dedent(fork))
    (tmp_path / "test_snippet.py").write_text(f"import my_fork\n{SNIPPETS[1]}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_snippet.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "divergence" in done.stdout
