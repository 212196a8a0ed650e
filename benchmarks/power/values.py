"""The faults of values: constants, tables, patterns, and names that stand for a value.

Owns those operators. What they have in common with the others is in ``changes``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from h11spec.benchmarks.power import patterns
from h11spec.benchmarks.power.changes import NOTHING, Change, Operator, change, like, without
from h11spec.benchmarks.power.sites import Site

_HINTS = (400, 413, 431, 501)
STATES = (
    *("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MUST_CLOSE", "CLOSED"),
    *("MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL", "ERROR"),
)
# Names that a programmer could confuse with each other.
_ALIKE = (
    STATES,
    ("CLIENT", "SERVER"),
    ("Request", "Response", "InformationalResponse"),
    ("Data", "EndOfMessage", "ConnectionClosed"),
    ("NEED_DATA", "PAUSED"),
    ("our_role", "their_role"),
    ("our_state", "their_state"),
)


def constants(kind: type | tuple[type, ...], others: Callable[[Any], Iterator[Any]]) -> Operator:
    """An operator that replaces constants of exactly this type with others."""

    def operator(site: Site) -> Iterator[Change]:
        node = site.node
        if isinstance(node, ast.Constant) and not site.pattern and not _own_operator(site):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            if type(node.value) in kinds:
                yield from (change(node, ast.Constant(other)) for other in others(node.value))

    return operator


def _own_operator(site: Site) -> bool:
    """Whether another operator changes the constant: a flag, a status hint, or a returned None."""
    match site.parent:
        case ast.keyword(arg="error_status_hint"):
            return True
        case ast.Assign() | ast.AnnAssign():
            return _is_flag(site.parent)
        case ast.Return(value=ast.Constant(value=None)):
            return True
        case _:
            return False


def other_numbers(value: int) -> Iterator[int]:
    yield from (value - 1, value + 1)
    if value not in (-1, 0, 1):
        yield 0


def other_texts(value: Any) -> Iterator[Any]:
    if value:
        yield value[:0]
    yield value + (b"x" if isinstance(value, bytes) else "x")
    if value.swapcase() != value:
        yield value.swapcase()
    if value == "ascii":
        yield "latin-1"


def truth(value: bool) -> Iterator[bool]:
    yield not value


def no_none(value: None) -> Iterator[Any]:
    yield from (False, b"")


def _is_flag(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = getattr(node, "value", None)
    return (
        isinstance(value, ast.Constant)
        and isinstance(value.value, bool)
        and isinstance(targets[0], ast.Attribute)
    )


def flags(site: Site) -> Iterator[Change]:
    if isinstance(site.node, ast.Assign | ast.AnnAssign) and _is_flag(site.node):
        # The value of a flag is always a constant, which the types do not express.
        flipped = ast.Constant(not site.node.value.value)  # type: ignore[union-attr]
        yield change(site.node, like(site.node, value=flipped))


def tables(site: Site) -> Iterator[Change]:
    """Changes or removes a cell of a table, or copies one from another row."""
    node = site.node
    if isinstance(node, ast.Dict):
        for at, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            cell = f"{ast.unparse(key) if key else '**'}: {ast.unparse(value)}"
            left = like(node, keys=without(node.keys, at), values=without(node.values, at))
            yield Change(left, cell, NOTHING)
            for other in _other_cells(value, node, site):
                values = [*node.values[:at], other, *node.values[at + 1 :]]
                yield Change(like(node, values=values), cell, ast.unparse(other))
        yield from _added(node, site.parent)
    elif isinstance(node, ast.Set) or (
        isinstance(node, ast.Tuple | ast.List) and isinstance(site.parent, ast.Compare | ast.For)
    ):
        for at, item in enumerate(node.elts):
            elements = without(node.elts, at)
            new = like(node, elts=elements) if elements else ast.Tuple([], ast.Load())
            yield Change(new, f"{ast.unparse(item)} in {ast.unparse(node)}", NOTHING)


def _other_cells(value: ast.expr, table: ast.Dict, site: Site) -> Iterator[ast.expr]:
    """Other values for the cell: other states for a state, else the values of other cells."""
    match value:
        case ast.Name(id=name) if name in STATES:
            yield from (ast.Name(each) for each in STATES if each in site.names and each != name)
        case ast.Tuple():
            for at, item in enumerate(value.elts):
                for other in _other_cells(item, table, site):
                    elements = [*value.elts[:at], other, *value.elts[at + 1 :]]
                    yield ast.Tuple(elements, ast.Load())
        case ast.Name() | ast.Constant():
            own = ast.unparse(value)
            others = {ast.unparse(each): each for each in table.values}
            yield from (each for text, each in others.items() if text != own)
        case _:
            pass


def _added(node: ast.Dict, parent: ast.AST) -> Iterator[Change]:
    rows = parent.values if isinstance(parent, ast.Dict) else []
    known = {ast.unparse(key) for key in node.keys if key}
    for row in rows:
        if isinstance(row, ast.Dict) and row is not node:
            for key, value in zip(row.keys, row.values, strict=True):
                cell = f"{ast.unparse(key) if key else '**'}: {ast.unparse(value)}"
                if key and ast.unparse(key) not in known:
                    known.add(ast.unparse(key))
                    new = like(node, keys=[*node.keys, key], values=[*node.values, value])
                    yield Change(new, NOTHING, cell)


def in_patterns(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.Constant) and site.pattern and isinstance(node.value, str | bytes):
        value = node.value
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        for other in patterns.changed(text):
            new = other.encode("latin-1") if isinstance(value, bytes) else other
            yield change(node, ast.Constant(new))
    elif isinstance(node, ast.Call) and site.pattern and len(node.args) == 2:
        yield change(node, like(node, args=node.args[:1]))


def hints(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.Call):
        for at, keyword in enumerate(node.keywords):
            if keyword.arg == "error_status_hint":
                yield change(node, like(node, keywords=without(node.keywords, at)))
                for hint in _HINTS:
                    other = like(keyword, value=ast.Constant(hint))
                    if ast.unparse(other) != ast.unparse(keyword):
                        keywords = [*node.keywords[:at], other, *node.keywords[at + 1 :]]
                        yield change(node, like(node, keywords=keywords))


def names(site: Site) -> Iterator[Change]:
    """Replaces a state, role or event with another, except in tables, which ``tables`` changes."""
    node = site.node
    if isinstance(site.parent, ast.Dict | ast.ExceptHandler) or _in_cell(site):
        return
    field = (
        "id" if isinstance(node, ast.Name) else "attr" if isinstance(node, ast.Attribute) else ""
    )
    if not field or not isinstance(node.ctx, ast.Load):
        return
    name = getattr(node, field)
    for alike in _ALIKE:
        if name in alike:
            for other in alike:
                if other != name and other in site.names:
                    yield change(node, like(node, **{field: other}))


def _in_cell(site: Site) -> bool:
    return isinstance(site.parent, ast.Tuple) and not site.within
