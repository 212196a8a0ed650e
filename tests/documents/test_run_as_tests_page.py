"""docs/how-to/run-as-tests.md: it names every option of the plugin, and every check that it names
exists.
"""

import re
from pathlib import Path
from typing import Any

from h11spec.conformance import pytest_plugin
from h11spec.conformance.runs.selection import all_ids

PAGE = Path(__file__).parents[2] / "docs/how-to/run-as-tests.md"
TEXT = PAGE.read_text("utf-8")


class Options:
    """Takes the options as pytest's parser does."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, name: str, description: str) -> "Options":
        return self

    def addoption(self, name: str, **attributes: Any) -> None:
        self.names.add(name)


def test_every_option_is_listed() -> None:
    options: Any = Options()
    pytest_plugin.pytest_addoption(options)
    assert set(re.findall(r"^\| `(--h11spec[a-z-]*)", TEXT, re.MULTILINE)) == options.names


def test_the_checks_that_are_named_exist() -> None:
    named = re.findall(r"`h11spec::([^`]+)`", TEXT)
    assert named
    assert set(named) <= all_ids()
