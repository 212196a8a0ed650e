"""The vectors as files, for implementers who do not use this package.

Owns the names and the content of the files. README.md, one of them, explains what a vector is. It
must not know where the files are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ... import __version__, reference
from ...reports.findings.vector import VECTOR_VERSION, Vector

_HERE = Path(__file__).parent
# Files that are exported unchanged.
_DOCUMENTS = ("README.md", "schema.json")


def files(vectors: Iterable[Vector]) -> dict[str, bytes]:
    """Returns the content of each file by its name."""
    areas: dict[str, list[str]] = {}
    for vector in vectors:
        area = vector.check.partition("/")[0]
        areas.setdefault(area, []).append(json.dumps(vector.to_json()))
    counts = {f"{area}.json": len(lines) for area, lines in sorted(areas.items())}
    index = {
        "vectors": VECTOR_VERSION,
        "h11spec": __version__,
        "h11": reference.__version__,
        "files": counts,
    }
    return {
        **{name: _HERE.joinpath(name).read_bytes() for name in _DOCUMENTS},
        "index.json": f"{json.dumps(index, indent=1)}\n".encode("ascii"),
        **{f"{area}.json": _array(lines) for area, lines in sorted(areas.items())},
    }


def _array(lines: Iterable[str]) -> bytes:
    """An array in JSON with one element on each line, so that releases can be diffed."""
    return "[\n{}\n]\n".format(",\n".join(lines)).encode("ascii")
