"""The faults whose places are looked for, and the lines that each changes in a copy of its package.

Owns which faults count: those in the code of a function, as tables and regular expressions are
evaluated by the import. Knows nothing of how places are found.
"""

from __future__ import annotations

import ast
from difflib import SequenceMatcher
from pathlib import Path

from h11spec.benchmarks.power.planting import Fault, Original, draw, faults_of


def drawn(original: Original, count: int, seed: int) -> list[Fault]:
    """Returns this many faults in functions, as ``planting.draw`` draws them."""
    bodies = {path.name: _bodies(path) for path in original.folder.glob("*.py")}
    faults = [fault for fault in faults_of(original) if fault.line in bodies[fault.file]]
    return draw(faults, count, seed)


def _bodies(path: Path) -> set[int]:
    """The lines of a file that are in the body of a function."""
    return {
        line
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)
    }


def changed_lines(original: Original, fault: Fault, folder: Path) -> set[int]:
    """Returns the lines of the copy in the folder that the fault changed.

    For a statement that is gone, these are the line before it and the line after it.
    """
    source = (original.folder / fault.file).read_text("utf-8")
    before = ast.unparse(ast.parse(source)).splitlines()
    after = (folder / original.module / fault.file).read_text("utf-8").splitlines()
    changed: set[int] = set()
    for kind, _, _, begin, end in SequenceMatcher(None, before, after, False).get_opcodes():
        if kind == "delete":
            changed |= {begin, begin + 1}
        elif kind != "equal":
            changed.update(range(begin + 1, end + 1))
    return changed
