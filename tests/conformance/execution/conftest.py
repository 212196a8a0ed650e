"""The place that a test's runs happen in."""

import sys
from pathlib import Path

import pytest
from processes_helper import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder of its own, with the means to see what is left of its runs."""
    if not sys.platform.startswith("linux"):
        pytest.skip("what is left of a run is looked for in /proc")
    return Place(tmp_path)
