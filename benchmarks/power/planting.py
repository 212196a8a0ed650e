"""Faults of a package: all that exist, a sample of them, and a copy of the package with one.

Owns the fault and its name, which does not change when the lines around it move. Knows nothing of
how a fault is found.
"""

from __future__ import annotations

import ast
import importlib
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType

from h11spec.benchmarks.power.changes import Change
from h11spec.benchmarks.power.operators import OPERATORS
from h11spec.benchmarks.power.sites import Site, sites

# The import of a stand-in, and a module with only the version, are not part of the h11 API.
_NO_PART = ("standin.py", "_version.py")
_LONGEST = 100


@dataclass(frozen=True)
class Original:
    """A package that faults are planted in.

    ``module`` is the name under which a copy is imported: some packages import themselves by name.
    """

    name: str
    folder: Path
    module: str


@dataclass(frozen=True)
class Fault:
    """One change of one node, with descriptions of what was there before and after.

    ``within`` has the names of the class and function around the node. ``occurrence`` numbers
    faults that look the same, in the order of the source. ``number`` and ``site`` are the positions
    of the fault and of its node among all in the file.
    """

    file: str
    line: int
    operator: str
    before: str
    after: str
    within: str
    occurrence: int
    number: int
    site: int

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        """The members that identify the fault even after other lines have changed."""
        return self.file, self.operator, self.before, self.after, self.within, self.occurrence

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where} {self.operator}: {_short(self.before)} → {_short(self.after)}"


NO_FAULT = Fault("", 0, "", "", "", "", 0, 0, 0)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def faults_of(original: Original) -> list[Fault]:
    """Returns all faults of a package, file by file."""
    found: list[Fault] = []
    for path in sorted(original.folder.glob("*.py")):
        if path.name not in _NO_PART:
            found += faults(path.read_text("utf-8"), path.name)
    return found


def faults(source: str, file: str) -> Iterator[Fault]:
    """Yields the faults of a source file, in the order of the source."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, ...]] = Counter()
    for number, (at, operator, site, change) in enumerate(_changes(tree, file)):
        key = operator, change.before, change.after, site.within
        line = getattr(site.node, "lineno", getattr(site.parent, "lineno", 0))
        yield Fault(file, line, *key, seen[key], number, at)
        seen[key] += 1


def planted(source: str, fault: Fault) -> str:
    """Returns the source with the fault in it."""
    tree = ast.parse(source)
    for number, (_, _, site, change) in enumerate(_changes(tree, fault.file)):
        if number == fault.number:
            new = _Replacing(site.node, change.node).visit(tree)
            return ast.unparse(ast.fix_missing_locations(new))
    raise LookupError(f"no such fault: {fault}")


def _changes(tree: ast.Module, file: str) -> Iterator[tuple[int, str, Site, Change]]:
    for at, site in enumerate(sites(tree, file)):
        for name, operator in OPERATORS.items():
            for change in operator(site):
                if change.before != change.after:
                    yield at, name, site, change


class _Replacing(ast.NodeTransformer):
    """Replaces a node, which is found by identity, with another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """Returns the replacement of the node, or the node itself."""
        return self._new if node is self._old else self.generic_visit(node)


def draw(faults: Sequence[Fault], count: int, seed: int) -> list[Fault]:
    """Returns this many different faults, equally many of each operator while there are enough.

    The faults of an operator are drawn site by site, so a site with many changes gets no more than
    another. They are in the order in which they were drawn.
    """
    random = Random(seed)
    left: dict[str, dict[tuple[str, int], list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        left[fault.operator][fault.file, fault.site].append(fault)
    drawn: list[Fault] = []
    while left and len(drawn) < count:
        operators = list(left)
        random.shuffle(operators)
        for operator in operators[: count - len(drawn)]:
            rows = left[operator]
            site = random.choice(list(rows))
            drawn.append(rows[site].pop(random.randrange(len(rows[site]))))
            if not rows[site]:
                del rows[site]
            if not rows:
                del left[operator]
    return drawn


def plant(original: Original, fault: Fault, folder: Path) -> None:
    """Copies the package into the folder and plants the fault, unless it is NO_FAULT."""
    copied = folder / original.module
    shutil.copytree(original.folder, copied, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    if fault != NO_FAULT:
        path = copied / fault.file
        path.write_text(planted(path.read_text("utf-8"), fault), "utf-8")


def load(original: Original, folder: Path) -> ModuleType:
    """Imports the copy in the folder, and removes any other module of its name from this process.

    Raises any exception that the fault causes.
    """
    names: Iterable[str] = list(sys.modules)
    for name in names:
        if name.partition(".")[0] == original.module:
            del sys.modules[name]
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    return importlib.import_module(original.module)
