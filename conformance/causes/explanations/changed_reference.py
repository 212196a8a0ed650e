"""Copies of the reference in memory, with the changes of explanations applied.

Owns the way from sources to a module that is in no file and not in ``sys.modules``. It must not
know what a change means.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .... import reference
from .entry import Change, Explanation

# No module of this name can be imported: whatever looks for it gets nothing, and not the reference.
_NAME = "h11spec.changed_reference"
_PACKAGE = "__init__"
# Most copies change a single file, and many share the change.
_KEPT_SOURCES = 512


class ChangeError(ValueError):
    """A change does not fit the reference, or two changes do not fit together."""


def changed_reference(explanations: Sequence[Explanation]) -> ModuleType:
    """Returns a new copy of the reference with the changes of all the explanations.

    The copy has classes and sentinels of its own, as any other implementation. Nothing is written
    to disk, and ``sys.modules`` does not change. ``install_as_h11`` does not work in a copy.

    Args:
        explanations: in any order; without any, the copy behaves like the reference.

    Raises:
        ChangeError: the text of a change does not occur exactly once in its file, two changes
            replace the same characters, or a changed module cannot be compiled or executed.
    """
    sources = dict(_sources())
    by_file: dict[str, list[tuple[str, Change]]] = {}
    for explanation in explanations:
        for change in explanation.change:
            by_file.setdefault(change.file, []).append((explanation.name, change))
    for file, changes in by_file.items():
        if file not in sources:
            raise ChangeError(f"{changes[0][0]}: the reference has no file {file!r}")
        sources[file] = _replaced(file, sources[file], changes)
    names = ", ".join(each.name for each in explanations)
    try:
        codes = {Path(file).stem: _compiled(file, text) for file, text in sources.items()}
        return _Copy(codes).module(_PACKAGE)
    except Exception as error:
        raise ChangeError(f"{names}: the changed reference cannot be loaded: {error!r}") from error


@cache
def _sources() -> Mapping[str, str]:
    """The sources of the reference by file name."""
    assert reference.__file__ is not None
    folder = Path(reference.__file__).parent
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}


def _replaced(file: str, source: str, changes: Iterable[tuple[str, Change]]) -> str:
    """The source with all changes, each of which is located in the original source."""
    spans: list[tuple[int, int, str, str]] = []
    for name, change in changes:
        count = source.count(change.before)
        if count != 1:
            raise ChangeError(f"{name}: {change.before!r} occurs {count} times in {file}, not once")
        start = source.index(change.before)
        spans.append((start, start + len(change.before), change.after, name))
    spans.sort()
    parts: list[str] = []
    end, last = 0, ""
    for start, stop, after, name in spans:
        if start < end:
            raise ChangeError(f"{last} and {name} do not fit together: both change {file}")
        parts += source[end:start], after
        end, last = stop, name
    return "".join((*parts, source[end:]))


@lru_cache(_KEPT_SOURCES)
def _compiled(file: str, source: str) -> CodeType:
    return compile(source, f"<changed reference>/{file}", "exec", dont_inherit=True)


class _Copy:
    """The modules of one copy, which import each other and nothing else of h11spec."""

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self._codes = codes
        self._modules: dict[str, ModuleType] = {}
        # An import statement calls the function that the builtins of its module have.
        self._builtins = {**vars(builtins), "__import__": self._import}

    def module(self, stem: str) -> ModuleType:
        """Returns the module of a file, which is executed when it is needed first."""
        if stem not in self._modules:
            module = ModuleType(_NAME if stem == _PACKAGE else f"{_NAME}.{stem}")
            vars(module)["__package__"] = _NAME
            vars(module)["__builtins__"] = self._builtins
            self._modules[stem] = module
            exec(self._codes[stem], vars(module))  # noqa: S102  # our own sources
        return self._modules[stem]

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if not level:
            return builtins.__import__(name, globals, locals, fromlist, level)
        if name:
            return self.module(name)
        package = self.module(_PACKAGE)
        for each in fromlist:
            setattr(package, each, self.module(each))
        return package
