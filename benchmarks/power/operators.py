"""The mutation operators: what each changes at a site in the source of a module.

Owns the operators, each a function from a site to the changes that can be made there. Where the
sites of a module are, and which nodes are excluded, belongs to ``sites``. Knows nothing of the
implementation that is changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from h11spec.benchmarks.power import values
from h11spec.benchmarks.power.changes import NOTHING, Change, Operator, change, like, without
from h11spec.benchmarks.power.sites import Site

_EQUAL: tuple[type[ast.cmpop], ...] = (ast.Eq, ast.NotEq)
_ORDER: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}
_EXCEPTIONS = {
    "LocalProtocolError": ("RemoteProtocolError", "ValueError"),
    "RemoteProtocolError": ("LocalProtocolError", "ValueError"),
    "ProtocolError": ("LocalProtocolError",),
    "TypeError": ("ValueError",),
    "ValueError": ("TypeError",),
    "RuntimeError": ("ValueError", "LocalProtocolError"),
    "KeyError": ("LookupError", "IndexError"),
    "IndexError": ("LookupError", "KeyError"),
    "BaseException": ("Exception", "LocalProtocolError"),
}
# Calls whose result resembles the object or the only argument.
_METHODS = ("lower", "strip", "rstrip", "removesuffix", "title", "clear", "fullmatch")
_FUNCTIONS = ("bytes", "int", "list", "dict", "set", "tuple", "sorted", "bool", "frozenset")


def _comparisons(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for at, operator in enumerate(node.ops):
            numbers = any(
                isinstance(each, ast.Constant) and isinstance(each.value, int)
                for each in operands[at : at + 2]
            )
            for other in _other_comparisons(type(operator), numbers):
                ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
                yield change(node, like(node, ops=ops))


def _other_comparisons(kind: type[ast.cmpop], numbers: bool) -> Iterator[type[ast.cmpop]]:
    if kind in _TURNED:
        yield _TURNED[kind]
    elif kind in _ORDER or numbers:
        yield from (each for each in (*_EQUAL, *_ORDER) if each is not kind)
    else:
        yield from (each for each in _EQUAL if each is not kind)


def _logic(site: Site) -> Iterator[Change]:
    """Swaps ``and`` and ``or``, or removes an operand or a ``not``."""
    node = site.node
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield change(node, like(node, op=other))
        for at in range(len(node.values)):
            left = without(node.values, at)
            yield change(node, left[0] if len(left) == 1 else like(node, values=left))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield change(node, node.operand)


def _conditions(site: Site) -> Iterator[Change]:
    """Makes a condition always true, always false, or negated."""
    node = site.node
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        whole = isinstance(node, ast.IfExp)
        turned = ast.UnaryOp(ast.Not(), node.test)
        # Other operators already negate comparisons and remove ``not``.
        simple = not isinstance(node.test, ast.Compare | ast.UnaryOp | ast.Constant)
        for test in (_TRUE, _FALSE, *([turned] if simple else [])):
            new = like(node, test=test)
            yield (
                change(node, new)
                if whole
                else Change(new, f"if {ast.unparse(node.test)}", f"if {ast.unparse(test)}")
            )
    elif isinstance(node, ast.comprehension):
        for at, test in enumerate(node.ifs):
            new = like(node, ifs=without(node.ifs, at))
            yield Change(new, f"if {ast.unparse(test)}", NOTHING)


_TRUE, _FALSE = ast.Constant(True), ast.Constant(False)


def _statements(site: Site) -> Iterator[Change]:
    node = site.node
    dropped = isinstance(node, ast.Raise | ast.Delete | ast.AugAssign) or (
        isinstance(node, ast.Expr)
        or (isinstance(node, ast.Return) and _says_nothing(node.value))
        or (isinstance(node, ast.Assign | ast.AnnAssign) and _outlives(node))
    )
    if dropped:
        yield Change(ast.Pass(), ast.unparse(node), NOTHING)


def _says_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _outlives(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return node.value is not None and isinstance(targets[0], ast.Attribute | ast.Subscript)


def _loops(site: Site) -> Iterator[Change]:
    if isinstance(site.node, ast.Break | ast.Continue):
        yield Change(ast.Pass(), ast.unparse(site.node), NOTHING)


def _returns(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.Return) and node.value is not None:
        if not _says_nothing(node.value):
            yield change(node, like(node, value=ast.Constant(None)))
        if isinstance(node.value, ast.Compare | ast.BoolOp):
            yield change(node, like(node, value=ast.UnaryOp(ast.Not(), node.value)))


def _exceptions(site: Site) -> Iterator[Change]:
    node = site.node
    raised = isinstance(node, ast.Name) and (
        isinstance(site.parent, ast.ExceptHandler)
        or (isinstance(site.parent, ast.Call) and site.parent.func is node)
    )
    if raised:
        for other in _EXCEPTIONS.get(node.id, ()):
            builtin = not other.endswith("ProtocolError")
            if builtin or other in site.names:
                yield change(node, ast.Name(other))
    elif isinstance(node, ast.ExceptHandler) and node.type is None:
        yield Change(like(node, type=ast.Name("Exception")), "except", "except Exception")


def _slices(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        for name in ("lower", "upper"):
            bound = getattr(node.slice, name)
            if bound is not None:
                new = [None, *(_shifted(bound, by) for by in (1, -1))]
                for other in new:
                    part = like(node.slice, **{name: other})
                    yield change(node, like(node, slice=part))


def _shifted(bound: ast.expr, by: int) -> ast.expr:
    if isinstance(bound, ast.Constant) and isinstance(bound.value, int):
        return ast.Constant(bound.value + by)
    return ast.BinOp(bound, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))


def _arguments(site: Site) -> Iterator[Change]:
    """Swaps two neighbouring arguments."""
    node = site.node
    if isinstance(node, ast.Call):
        for at in range(len(node.args) - 1):
            one, other = node.args[at : at + 2]
            if ast.unparse(one) != ast.unparse(other):
                yield change(
                    node, like(node, args=[*node.args[:at], other, one, *node.args[at + 2 :]])
                )
        for at in range(len(node.keywords) - 1):
            first, second = node.keywords[at : at + 2]
            if ast.unparse(first.value) != ast.unparse(second.value):
                pair = (like(first, value=second.value), like(second, value=first.value))
                keywords = [*node.keywords[:at], *pair, *node.keywords[at + 2 :]]
                yield change(node, like(node, keywords=keywords))


def _arithmetic(site: Site) -> Iterator[Change]:
    node = site.node
    if isinstance(node, ast.BinOp | ast.AugAssign) and not site.pattern:
        for other in _ARITHMETIC.get(type(node.op), ()):
            yield change(node, like(node, op=other()))


def _calls(site: Site) -> Iterator[Change]:
    """Replaces a call with its object, or with one of its arguments."""
    node = site.node
    if isinstance(node, ast.Call) and not node.keywords:
        match node:
            case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in _METHODS:
                yield change(node, value)
            case ast.Call(func=ast.Name(id=name), args=[value]) if name in _FUNCTIONS:
                yield change(node, value)
            case ast.Call(func=ast.Name(id="max" | "min"), args=[*values]):
                yield from (change(node, value) for value in values)
            case _:
                pass


OPERATORS: dict[str, Operator] = {
    "comparison": _comparisons,
    "logic": _logic,
    "condition": _conditions,
    "number": values.constants(int, values.other_numbers),
    "text": values.constants((bytes, str), values.other_texts),
    "truth": values.constants(bool, values.truth),
    "none": values.constants(type(None), values.no_none),
    "flag": values.flags,
    "table": values.tables,
    "pattern": values.in_patterns,
    "statement": _statements,
    "loop": _loops,
    "return": _returns,
    "exception": _exceptions,
    "hint": values.hints,
    "slice": _slices,
    "argument": _arguments,
    "arithmetic": _arithmetic,
    "name": values.names,
    "call": _calls,
}
