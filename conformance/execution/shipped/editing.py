"""Runs programs on a target with one place of its source edited.

Owns how the edited code gets into the functions of the loaded target, and out again. It must not
know which edits are tried, nor why.

Only the code of functions is exchanged: nothing is imported again, and a module keeps its objects.
An edit outside of every function has no effect on what was imported, and is refused.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# Everything comes from an implementation whose types are under test.

from __future__ import annotations
import __future__

import functools
import sys
import types
from typing import Any, Iterator, NamedTuple

from .lines import OwnFiles

# All that a function inherits from its module by "from __future__ import".
_FUTURE = functools.reduce(
    lambda flags, name: flags | getattr(__future__, name).compiler_flag,
    __future__.all_feature_names,
    0,
)

_CACHED = type(functools.lru_cache(maxsize=None)(lambda: None))


class Editions:
    """Runs programs on a target while some of its functions have other code.

    Args:
        interpreter: the step interpreter's module.
        loading: the module that knows where a target comes from.
        target: the implementation's namespace, as it was imported.
    """

    def __init__(self, interpreter: Any, loading: Any, target: Any) -> None:
        self._interpreter = interpreter
        self._target = target
        self._own = OwnFiles(loading.adapted(target), loading)
        self._functions: list[Any] = []
        # Programs with one edit follow each other.
        self._edit: Any = None
        self._changes: list[tuple[Any, Any]] = []

    def observations(self, edit: dict[str, Any], program: dict[str, Any]) -> Iterator[Any]:
        """Yields what each step of a program shows; nothing if the edited code cannot be used.

        Args:
            edit: the ``path`` of a file of the target's own; ``start`` and ``end``, the bytes of it
                that are replaced; and the ``text`` in their place.
            program: in its JSON form.
        """
        if edit != self._edit:
            self._edit, self._changes = edit, self._changes_of(edit)
        before = [(function, function.__code__) for function, _ in self._changes]
        try:
            for function, code in self._changes:
                function.__code__ = code
            if self._changes:
                yield from self._interpreter.observations(self._target, program)
        finally:
            for function, code in before:
                function.__code__ = code

    def _changes_of(self, edit: dict[str, Any]) -> list[tuple[Any, Any]]:
        """The functions that an edit changes, with their new code; none if that has a mistake."""
        with open(edit["path"], "rb") as file:
            source = file.read()
        function = _function_around(source, edit)
        if function is None:
            return []
        inside = [
            each
            for each in self._known()
            if self._own.path(each.__code__) == edit["path"]
            and function.begin <= each.__code__.co_firstlineno <= function.end
        ]
        codes = _compiled(source, edit, function, inside[0].__code__) if inside else {}
        changes: list[tuple[Any, Any]] = []
        for each in inside:
            old = each.__code__
            # The decorators of the outermost function are not compiled again.
            code = codes.get((old.co_name, max(old.co_firstlineno, function.line)))
            if code is None or code.co_freevars != old.co_freevars:
                return []
            changes.append((each, code))
        return changes

    def _known(self) -> list[Any]:
        if not self._functions:
            self._functions = _functions(self._own)
        return self._functions


class _Function(NamedTuple):
    """A function of a file that is in no other function.

    ``begin`` is the line of its first decorator, ``line`` that of its ``def``, and ``end`` its last
    one; ``around`` are lines that make the same indentation, and the same private names.
    """

    begin: int
    line: int
    end: int
    around: tuple[str, ...]


def _function_around(source: bytes, edit: dict[str, Any]) -> _Function | None:
    line = source.count(b"\n", 0, edit["start"]) + 1
    found = (each for each in _outermost(source) if each.line <= line <= each.end)
    return next(found, None)


@functools.lru_cache(maxsize=8)
def _outermost(source: bytes) -> list[_Function]:
    # Most workers never edit anything: they start sooner.
    import ast

    found: list[_Function] = []
    left: list[tuple[Any, tuple[str, ...]]] = [(ast.parse(source), ())]
    while left:
        node, around = left.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                begin = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                end: Any = child.end_lineno  # the type stubs of Python 3.8 do not promise it
                found.append(_Function(begin, child.lineno, end, around))
            elif isinstance(child, ast.stmt):
                kind = "class " + child.name if isinstance(child, ast.ClassDef) else "if True"
                left.append((child, (*around, " " * child.col_offset + kind + ":\n")))
    return found


def _compiled(
    source: bytes, edit: dict[str, Any], function: _Function, old: Any
) -> dict[tuple[str, int], Any]:
    """The code of an edited function and of those in it, by their names and first lines.

    Args:
        old: code of the same file, which inherits the same from it.
    """
    lines = source.splitlines(keepends=True)
    start = sum(map(len, lines[: function.line - 1]))
    end = start + sum(map(len, lines[function.line - 1 : function.end]))
    text = edit["text"].encode("utf-8")
    body = source[start : edit["start"]] + text + source[edit["end"] : end]
    # The line numbers stay as they are, for the frames of errors.
    padding = "\n" * (function.line - 1 - len(function.around))
    whole = (padding + "".join(function.around)).encode("utf-8") + body
    flags = old.co_flags & _FUTURE
    try:
        left: list[Any] = [compile(whole, edit["path"], "exec", flags=flags, dont_inherit=True)]
    except (SyntaxError, ValueError):
        return {}
    found: dict[tuple[str, int], Any] = {}
    while left:
        code = left.pop()
        found.setdefault((code.co_name, code.co_firstlineno), code)
        left += [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return found


def _functions(own: OwnFiles) -> list[Any]:
    """All functions that can be reached from the names in the target's own modules.

    Only objects whose types are known are looked into: others may answer to any name.
    """
    modules = {
        name: module
        for name, module in list(sys.modules.items())
        if own.has(getattr(module, "__dict__", {}).get("__file__"))
    }
    found: list[Any] = []
    seen: set[int] = set()
    left: list[Any] = [each for module in modules.values() for each in vars(module).values()]
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, types.FunctionType):
            if own.path(each.__code__) is not None:
                found.append(each)
            left += [cell.cell_contents for cell in each.__closure__ or () if _is_full(cell)]
        elif isinstance(each, type):
            if each.__module__ in modules:
                left += vars(each).values()
        elif isinstance(each, property):
            left += [each.fget, each.fset, each.fdel]
        elif isinstance(each, (staticmethod, classmethod, types.MethodType)):
            function: Any = each.__func__
            left.append(function)
        elif isinstance(each, (functools.partial, functools.cached_property)):
            left.append(each.func)
        elif isinstance(each, _CACHED):
            left.append(each.__wrapped__)
    return found


def _is_full(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # it is empty
        return False
