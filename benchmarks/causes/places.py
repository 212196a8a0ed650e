"""Where a planted fault is in the source of its copy, and whether a place that is named is there.

Owns which faults count: those in the code of a function, as tables and regular expressions are
evaluated by the import. Knows nothing of how places are found.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from h11spec.benchmarks.power.planting import Fault, Original, planted


@dataclass(frozen=True)
class Whereabouts:
    """The lines of the copy that a fault changed, and the lines of the function around them.

    For a statement that is gone, the changed lines are the one before it and the one after it.
    """

    file: str
    lines: frozenset[int]
    function: range

    def named_line(self, places: Sequence[str]) -> bool:
        """Whether a changed line is among the places, which are as in a report."""
        return any(line in self.lines for line in self._lines(places))

    def named_function(self, places: Sequence[str]) -> bool:
        """Whether a line of the function is among the places."""
        return any(line in self.function for line in self._lines(places))

    def _lines(self, places: Sequence[str]) -> list[int]:
        begin = f"{self.file}:"
        found = (each.removeprefix(begin) for each in places if each.startswith(begin))
        return [int(each.partition(",")[0]) for each in found]


def whereabouts(original: Original, fault: Fault) -> Whereabouts | None:
    """Returns where a fault is in a copy; None if it is in no function."""
    source = (original.folder / fault.file).read_text("utf-8")
    after = planted(source, fault)
    lines = _changed_lines(ast.unparse(ast.parse(source)), after)
    around = [
        range(node.body[0].lineno, (node.end_lineno or 0) + 1)
        for node in ast.walk(ast.parse(after))
        if isinstance(node, ast.FunctionDef)
    ]
    inside = [each for each in around if lines & {*each}]
    if not inside:
        return None
    return Whereabouts(f"{original.module}/{fault.file}", lines, min(inside, key=len))


def _changed_lines(before: str, after: str) -> frozenset[int]:
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), False)
    changed: set[int] = set()
    for kind, _, _, begin, end in matcher.get_opcodes():
        if kind == "delete":
            changed |= {begin, begin + 1}
        elif kind != "equal":
            changed.update(range(begin + 1, end + 1))
    return frozenset(changed)
