"""docs/how-to/run-as-tests.md: it lists every option of the plugin, and its checks exist."""

import re
from pathlib import Path
from typing import Any

from h11spec.conformance import pytest_plugin
from h11spec.conformance.runs.selection import all_ids

PAGE = Path(__file__).parents[2] / "docs/how-to/run-as-tests.md"
TEXT = PAGE.read_text("utf-8")


class Options:
    """Collects the options, like pytest's parser."""

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


def test_the_named_checks_exist() -> None:
    named = re.findall(r"`h11spec::([^`]+)`", TEXT)
    assert named
    assert set(named) <= all_ids()
