"""How tests look at a record: the lines as they stand."""

import json
from pathlib import Path
from typing import Any


def record_lines(path: Path) -> list[Any]:
    """The lines of a record, parsed."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
