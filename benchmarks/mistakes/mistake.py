"""Mistakes as data: what each changes, the program that shows it, and copies with one in them.

Owns the format of ``kinds/*.toml``. Knows nothing of how a mistake is found.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import shutil
import sys
import tomllib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from h11spec.benchmarks.mistakes.showing import show

KINDS = Path(__file__).parent / "kinds"
# The package that a mistake is planted in, and the name of the copy: h11 imports itself by name.
_ORIGINALS = {"h11": ("h11", "h11"), "reference": ("h11spec.reference", "planted")}
PINNED = "0.16.0"
_MEMBERS = {"name", "original", "sentence", "change", "program", "value", "basis", "origin"}


class MistakeError(ValueError):
    """A mistake is not described as it should be, or does not fit the sources it is planted in."""


@dataclass(frozen=True)
class Change:
    """A text that occurs exactly once in a file of the package, and its replacement."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Mistake:
    """A mistake, and how it shows.

    Args:
        kind: what mistakes of this kind have in common.
        original: the package that it is planted in, h11 or reference.
        sentence: what the author did.
        changes: what differs from the original.
        program: the body of a function of ``h11`` that sets ``shown``; see ``showing``.
        value: what the program shows if there is no mistake.
        basis: the section or the page that the value follows from.
        origin: a public report on this kind of mistake, as owner/repository#number, which may be
            one on h11; or the habit that it comes from.
    """

    name: str
    kind: str
    original: str
    sentence: str
    changes: tuple[Change, ...]
    program: str
    value: Any
    basis: str
    origin: str

    @property
    def reported(self) -> bool:
        """Whether the mistake comes from a public report about another implementation."""
        return "#" in self.origin and not self.origin.startswith("python-hyper/h11#")

    @property
    def held_out(self) -> bool:
        """Whether the mistake measures the sweeps, and is not looked at to choose them."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    @property
    def module(self) -> str:
        """The name under which a copy is imported."""
        return _ORIGINALS[self.original][1]


def stored() -> list[Mistake]:
    """Returns all mistakes, kind by kind; raises MistakeError for one that is not complete."""
    found = [each for path in sorted(KINDS.glob("*.toml")) for each in parse(path.read_text())]
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise MistakeError(f"{name}: there are two of this name")
    return found


def parse(text: str) -> Iterator[Mistake]:
    """Yields the mistakes of a kind, which the text describes in TOML."""
    content = tomllib.loads(text)
    for entry in content["mistake"]:
        yield _mistake(content["kind"], {"original": "h11", **entry})


def _mistake(kind: str, entry: Mapping[str, Any]) -> Mistake:
    if set(entry) != _MEMBERS:
        odd = sorted(set(entry) ^ _MEMBERS)
        raise MistakeError(f"{entry.get('name')}: missing or unknown: {', '.join(odd)}")
    return Mistake(
        entry["name"],
        kind,
        entry["original"],
        entry["sentence"],
        tuple(Change(**change) for change in entry["change"]),
        entry["program"],
        ast.literal_eval(entry["value"].strip()),
        entry["basis"],
        entry["origin"],
    )


def source(original: str) -> Path:
    """Returns the folder of a package that mistakes are planted in.

    Raises MistakeError if it is a release of h11 that the mistakes were not made for.
    """
    module = importlib.import_module(_ORIGINALS[original][0])
    version = getattr(module, "__version__", "")
    if version != PINNED:
        raise MistakeError(f"{original} is version {version}, and the mistakes are for {PINNED}")
    assert module.__file__ is not None
    return Path(module.__file__).parent


def plant(mistake: Mistake, folder: Path) -> Path:
    """Copies the package into the folder, with the mistake in it, and returns the copy's folder.

    Raises MistakeError unless each text that is replaced occurs exactly once.
    """
    copy = folder / mistake.module
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(source(mistake.original), copy, ignore=ignored)
    for change in mistake.changes:
        path = copy / change.file
        text = path.read_text("utf-8")
        count = text.count(change.before)
        if count != 1:
            raise MistakeError(
                f"{mistake.name}: {change.before!r} occurs {count} times in {change.file}, not once"
            )
        path.write_text(text.replace(change.before, change.after), "utf-8")
    return copy


@contextmanager
def loaded(mistake: Mistake, folder: Path) -> Generator[ModuleType]:
    """Imports the copy in the folder for the block, in place of any other module of its name."""
    ours = {name: module for name, module in sys.modules.items() if _within(name, mistake.module)}
    for name in ours:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(mistake.module)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if _within(name, mistake.module)]:
            del sys.modules[name]
        sys.modules.update(ours)


def _within(name: str, package: str) -> bool:
    return name.partition(".")[0] == package


def shown_by_original(mistake: Mistake) -> Any:
    """Returns what the program of a mistake shows on the package without it."""
    return show(mistake.program, importlib.import_module(_ORIGINALS[mistake.original][0]))


def shown_by_copy(mistake: Mistake, folder: Path) -> Any:
    """Plants a mistake in the folder, and returns what its program shows there."""
    plant(mistake, folder)
    with loaded(mistake, folder) as module:
        return show(mistake.program, module)
