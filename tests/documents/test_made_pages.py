"""docs/reference/cli.md, api.md and catalogue.md are current, and nothing is missing from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from docs_helper import DOCS

from h11spec.conformance.checks import versions
from h11spec.conformance.cli.main import main
from h11spec.conformance.requirements import contract
from h11spec.strategies.registry import STRATEGIES, name_of
from h11spec.tools.docs.api_page import api_page, public
from h11spec.tools.docs.catalogue_page import catalogue_page
from h11spec.tools.docs.cli_page import cli_page

CLI = (DOCS / "reference/cli.md").read_text("utf-8")
CATALOGUE = (DOCS / "reference/catalogue.md").read_text("utf-8")
API = (DOCS / "reference/api.md").read_text("utf-8")


def paths(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command, with the words that invoke it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{before} {name}", command
        if isinstance(command, click.Group):
            yield from paths(command, f"{before} {name}")


def test_the_pages_are_current() -> None:
    """If not, run make docs."""
    assert cli_page() == CLI
    assert api_page() == API
    assert catalogue_page() == CATALOGUE


def test_each_command_has_a_section_with_each_of_its_options() -> None:
    parts = re.split("^## (h11spec .+)$", CLI, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    commands = dict(paths(main, "h11spec"))
    assert list(sections) == list(commands)
    for path, command in commands.items():
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        named = set(re.findall(r"^\| `(?:-\w, )?(--[\w-]+)", sections[path], re.MULTILINE))
        assert named == options


def test_each_name_has_a_section_and_each_strategy_a_line() -> None:
    names = [name for each in public().values() for name in each]
    assert re.findall("^### (.+)$", API, re.MULTILINE) == ["install_as_h11", *names]
    assert [each for each in STRATEGIES if f"| `h11spec.{name_of(each)}` |" not in API] == []


def test_every_new_check_changed_verdict_and_reason_is_in_the_catalogue_page() -> None:
    new = [each for each, since in versions.since().items() if since == versions.CATALOGUE]
    assert [each for each in new if f"| `{each}` |" not in CATALOGUE] == []
    decisions = contract.load().decisions
    promises = {each.promise for each in decisions if each.promise}
    assert [each for each in promises if f"| `{each}` |" not in CATALOGUE] == []
    reasons = [each.reason for each in decisions if each.reason]
    assert [each for each in reasons if f"| {each} |" not in CATALOGUE] == []
