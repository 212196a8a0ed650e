"""Edits: small changes of a Python source, as a programmer makes them to repair a mistake.

Owns which edits there are of a line: the operators of mutation testing, each of which undoes
another one. It must not know what the source does, nor which edits repair anything.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

_EQUAL, _ORDER = ("==", "!="), ("<", "<=", ">", ">=")
_TURNED = {"is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_COMPARISON = re.compile(rb"<=|>=|==|!=|<|>|\bis\s+not\b|\bnot\s+in\b|\bis\b|\bin\b")
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
}
_BITS: dict[type[ast.operator], tuple[str, str]] = {ast.BitOr: ("|", "&"), ast.BitAnd: ("&", "|")}
# How many of the names and texts in a file are tried in place of one.
_ALIKE = 8
# Longer texts are not told apart by what resembles them: most are documentation.
_LONGEST = 40
# What has edits in more lines than the one that it begins in.
_SPANNING = (
    *(ast.Compare, ast.BoolOp, ast.BinOp, ast.AugAssign, ast.Attribute, ast.Call, ast.Slice),
    *(ast.Tuple, ast.List, ast.Set),
)


@dataclass(frozen=True)
class Edit:
    """The bytes from ``start`` to ``end`` of a source, in the line, and the text in their place."""

    line: int
    start: int
    end: int
    text: str


def edits(source: bytes, lines: Collection[int]) -> dict[int, list[Edit]]:
    """Returns the edits of each of the lines, those that programmers make most often first.

    There are none of a source that this version of Python cannot read, or that is not in UTF-8:
    positions are those of that encoding.
    """
    file = _file(source)
    return {line: [] if file is None else file.edits(line) for line in lines}


# A run looks for edits after each phase.
@lru_cache(maxsize=32)
def _file(source: bytes) -> _File | None:
    try:
        return _File(source, ast.parse(source.decode("utf-8")))
    except (SyntaxError, ValueError):
        return None


@dataclass
class _File:
    source: bytes
    tree: ast.Module
    _starts: list[int] = field(init=False)
    _edits: dict[int, list[Edit]] = field(default_factory=dict[int, list[Edit]])

    def __post_init__(self) -> None:
        self._starts = [0]
        for line in self.source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def edits(self, line: int) -> list[Edit]:
        """The edits of a line, each once."""
        if line not in self._edits:
            nodes = self._by_line.get(line, ())
            made = (edit for make in _OPERATORS for node in nodes for edit in make(self, node))
            self._edits[line] = [*dict.fromkeys(edit for edit in made if edit.line == line)]
        return self._edits[line]

    @cached_property
    def _by_line(self) -> dict[int, list[ast.AST]]:
        """By line, the nodes that may have edits in it."""
        found: dict[int, list[ast.AST]] = {}
        for node in self.nodes:
            placed: ast.expr | ast.stmt = node  # type: ignore[assignment]  # all that are edited have a place
            last = placed.lineno
            if isinstance(node, _SPANNING):
                last = placed.end_lineno or last
            elif isinstance(node, ast.If | ast.While | ast.IfExp):
                last = node.test.lineno
            for line in range(placed.lineno, last + 1):
                found.setdefault(line, []).append(node)
        return found

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes that have a place, in the order of the source."""
        placed = [node for node in ast.walk(self.tree) if hasattr(node, "lineno")]
        return sorted(placed, key=lambda node: self.span(node))

    @cached_property
    def names(self) -> Counter[str]:
        """How often each name is read."""
        return Counter(
            node.id
            for node in self.nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )

    @cached_property
    def attributes(self) -> dict[str, Counter[str]]:
        """By what they are attributes of, how often each name is one."""
        found: dict[str, Counter[str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                found.setdefault(ast.unparse(node.value), Counter())[node.attr] += 1
        return found

    @cached_property
    def texts(self) -> Counter[bytes | str]:
        """How often each text is there."""
        return Counter(
            node.value
            for node in self.nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, bytes | str)
            and len(node.value) <= _LONGEST
        )

    def locals_of(self, node: ast.AST) -> list[str]:
        """The names that are assigned in the innermost function around a node."""
        start, end = self.span(node)
        around = [
            each
            for each in self.nodes
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            and self.span(each)[0] <= start
            and end <= self.span(each)[1]
        ]
        stored = (
            each.id
            for function in around[-1:]
            for each in ast.walk(function)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        )
        return list(dict.fromkeys(stored))[:_ALIKE]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The first byte of a node, and the one after it."""
        placed: ast.expr | ast.stmt = node  # type: ignore[assignment]  # all that are edited have a place
        start = self._starts[placed.lineno - 1] + placed.col_offset
        end = self._starts[(placed.end_lineno or 0) - 1] + (placed.end_col_offset or 0)
        return start, end

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode("utf-8")

    def replaced(self, node: ast.AST, text: str) -> Edit:
        """The edit that puts a text in place of a node."""
        start, end = self.span(node)
        return Edit(node.lineno, start, end, text)  # type: ignore[attr-defined]  # as above

    def between(self, one: ast.AST, other: ast.AST, pattern: bytes, text: str) -> Iterator[Edit]:
        """Yields the edit that puts a text in place of what is found between two nodes."""
        start, end = self.span(one)[1], self.span(other)[0]
        found = re.search(pattern, self.source[start:end])
        if found:
            line = self.source.count(b"\n", 0, start + found.start()) + 1
            yield Edit(line, start + found.start(), start + found.end(), text)


def _comparisons(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        for one, other in pairwise([node.left, *node.comparators]):
            start, end = file.span(one)[1], file.span(other)[0]
            found = _COMPARISON.search(file.source[start:end])
            if found:
                old = " ".join(found.group().decode("ascii").split())
                for new in _other_comparisons(old):
                    yield from file.between(one, other, _COMPARISON.pattern, new)


def _other_comparisons(old: str) -> Iterable[str]:
    if old in _TURNED:
        return (_TURNED[old],)
    if old in _ORDER:
        return (*(each for each in _ORDER if each != old), *_EQUAL)
    return (*(each for each in _EQUAL if each != old), *_ORDER)


def _logic(file: _File, node: ast.AST) -> Iterator[Edit]:
    """``and`` for ``or``, an operand that has no effect, and no ``not``."""
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for one, other in pairwise(node.values):
            yield from file.between(one, other, rb"\b%s\b" % old.encode(), new)
        neutral = "True" if isinstance(node.op, ast.And) else "False"
        for value in node.values:
            yield file.replaced(value, neutral)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield file.replaced(node, f"({file.text(node.operand)})")


def _conditions(file: _File, node: ast.AST) -> Iterator[Edit]:
    """A condition that is always met, never met, or met when it was not."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        for new in (f"not ({file.text(node.test)})", "True", "False"):
            yield file.replaced(node.test, new)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield file.replaced(value, f"(not ({file.text(value)}))")


def _numbers(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for number in dict.fromkeys((node.value - 1, node.value + 1, 0, 1)):
            if number != node.value:
                yield file.replaced(node, str(number) if number >= 0 else f"({number})")


def _constants(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield file.replaced(node, str(not node.value))
        elif node.value is None:
            yield from (file.replaced(node, new) for new in ("True", "False"))


def _texts(file: _File, node: ast.AST) -> Iterator[Edit]:
    """A text in other case, or another one of the file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes | str):
        if len(node.value) > _LONGEST:
            return
        same = [each for each in file.texts if type(each) is type(node.value)]
        alike = _nearest(repr(node.value), [repr(each) for each in same])
        cases = (node.value.lower(), node.value.upper(), node.value.title())
        for text in dict.fromkeys([*map(repr, cases), *alike]):
            if text != repr(node.value):
                yield file.replaced(node, text)


def _names(file: _File, node: ast.AST) -> Iterator[Edit]:
    """Another name that is written like this one, or another attribute of the same object."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id.isupper() or node.id[:1].isupper():
            same = [each for each in file.names if _style(each) == _style(node.id)]
            for name in _nearest(node.id, same):
                yield file.replaced(node, name)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        start, end = file.span(node)
        begin = end - len(node.attr)
        line: int = node.end_lineno or node.lineno
        for name in _nearest(node.attr, file.attributes[ast.unparse(node.value)]):
            if file.source[begin:end] == node.attr.encode() and start < begin:
                yield Edit(line, begin, end, name)


def _tables(file: _File, node: ast.AST) -> Iterator[Edit]:
    """One more name in a list of names, one of those that the file uses most."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and node.elts:
        names = [each.id for each in node.elts if isinstance(each, ast.Name)]
        if len(names) == len(node.elts) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            _, end = file.span(node.elts[-1])
            used = (
                name for name, _ in file.names.most_common() if _style(name) == _style(names[0])
            )
            for name in [each for each in used if each not in names][: 2 * _ALIKE]:
                line = file.source.count(b"\n", 0, end) + 1
                yield Edit(line, end, end, f", {name}")


def _style(name: str) -> tuple[bool, bool]:
    return name.isupper(), name[:1].isupper()


def _nearest(name: str, others: Iterable[str]) -> list[str]:
    """Those of the others that resemble the name most."""
    from difflib import SequenceMatcher

    def difference(other: str) -> tuple[float, str]:
        return -SequenceMatcher(None, name, other).ratio(), other

    return sorted((each for each in others if each != name), key=difference)[:_ALIKE]


def _statements(file: _File, node: ast.AST) -> Iterator[Edit]:
    """No statement."""
    if (
        isinstance(node, ast.Raise | ast.Delete | ast.AugAssign | ast.Expr | ast.Return)
        or (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
        )
        or isinstance(node, ast.Break | ast.Continue)
    ):
        yield file.replaced(node, "pass")


def _returns(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return):
        if node.value is not None:
            # What was lost may be a local variable.
            others = (each for each in file.locals_of(node) if each != file.text(node.value))
            for text in (f"not ({file.text(node.value)})", "None", "True", "False", *others):
                yield file.replaced(node.value, text)
        else:
            yield from (file.replaced(node, f"return {each}") for each in ("True", "False"))


def _slices(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                text = file.text(bound)
                for new in (f"({text}) + 1", f"({text}) - 1", ""):
                    yield file.replaced(bound, new)
        if node.lower is None:
            start, _ = file.span(node)
            yield from (Edit(node.lineno, start, start, each) for each in ("1", "2"))


def _arithmetic(file: _File, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp):
        old, new = {**_ARITHMETIC, **_BITS}.get(type(node.op), ("", ""))
        if old:
            yield from file.between(node.left, node.right, re.escape(old).encode(), new)
        yield file.replaced(node, f"({file.text(node.left)})")
    elif isinstance(node, ast.AugAssign):
        old, new = _ARITHMETIC.get(type(node.op), ("", ""))
        if old:
            yield from file.between(
                node.target, node.value, re.escape(f"{old}=").encode(), f"{new}="
            )


def _calls(file: _File, node: ast.AST) -> Iterator[Edit]:
    """What a call is made on or with in its place, and neighbouring arguments swapped."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not node.args:
            yield file.replaced(node, f"({file.text(node.func.value)})")
        if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
            yield file.replaced(node, f"({file.text(node.args[0])})")
        for one, other in pairwise(node.args):
            start, end = file.span(one)[0], file.span(other)[1]
            between = file.source[file.span(one)[1] : file.span(other)[0]].decode("utf-8")
            swapped = file.text(other) + between + file.text(one)
            yield Edit(one.lineno, start, end, swapped)


_Operator = Callable[[_File, ast.AST], Iterator[Edit]]
_OPERATORS: tuple[_Operator, ...] = (
    *(_comparisons, _logic, _numbers, _constants, _conditions, _names, _slices, _arithmetic),
    *(_returns, _statements, _calls, _tables, _texts),
)
