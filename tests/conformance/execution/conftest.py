"""The folder in which a test runs the command."""

import sys
from pathlib import Path

import pytest
from processes_helper import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder for this test alone, which shows what its runs leave behind."""
    if not sys.platform.startswith("linux"):
        pytest.skip("what is left of a run is looked for in /proc")
    return Place(tmp_path)
