"""The lines of a record, for tests."""

import json
from pathlib import Path
from typing import Any


def record_lines(path: Path) -> list[Any]:
    """Returns the parsed lines of a record."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
