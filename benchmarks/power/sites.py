"""The sites of a module at which a fault can be planted.

Owns the choice of what is excluded because no conversation and no caller can observe it: names that
only type checkers read, documentation, the printed form of objects, the text of errors, and
assertions, which have no effect. Knows nothing of the changes that are made at a site.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

# Modules whose strings are regular expressions or parts of them.
GRAMMARS = ("grammar.py", "_abnf.py")
# Lists of names for star imports, and the version: neither is behaviour.
_NO_BEHAVIOUR = ("__all__", "__version__")
# By function, the number of arguments after which all others are only for display.
_SHOWN_AFTER = {"validate": 2}


@dataclass(frozen=True)
class Site:
    """A node that may be changed, its parent, and the names of the functions around it.

    ``pattern`` is whether the node is a string in a regular expression; ``names`` are all names
    that are defined in the module.
    """

    node: Any
    parent: Any
    within: str = ""
    pattern: bool = False
    names: frozenset[str] = frozenset()


def sites(tree: ast.Module, file: str) -> Iterator[Site]:
    """Yields the sites of a module in the order of its source."""
    names = frozenset(
        name
        for node in ast.walk(tree)
        for name in (
            [node.id]
            if isinstance(node, ast.Name)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else [alias.asname or alias.name for alias in node.names]
            if isinstance(node, ast.Import | ast.ImportFrom)
            else []
        )
    )
    root = Site(tree, tree, pattern=file in GRAMMARS, names=names)
    return _below(root)


def _below(site: Site) -> Iterator[Site]:
    """The sites inside a node."""
    for child in _children(site.node):
        inner = replace(site, node=child, parent=site.node)
        if _left_alone(inner):
            continue
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            within = f"{site.within}.{child.name}".lstrip(".")
            inner = replace(inner, within=within, pattern=False)
        elif isinstance(child, ast.Call):
            inner = replace(inner, pattern=_makes_patterns(child) or _formats(child, site))
        yield inner
        yield from _below(inner)


def _children(node: Any) -> Iterable[Any]:
    """The parts of a node that have an effect."""
    match node:
        case ast.FunctionDef():
            defaults = (default for default in node.args.kw_defaults if default is not None)
            return (*node.decorator_list, *node.args.defaults, *defaults, *_code(node.body))
        case ast.ClassDef():
            return (*node.decorator_list, *node.keywords, *_code(node.body))
        case ast.Module():
            return _code(node.body)
        case ast.AnnAssign(value=None):
            return ()
        case ast.AnnAssign():
            return (node.target, node.value)
        case ast.Call(func=ast.Name(id="cast")):
            return node.args[1:]
        case ast.Call():
            return (node.func, *_read(node), *node.keywords)
        case ast.Subscript(value=ast.Name(id="type" | "set" | "dict" | "list" | "Counter")):
            return ()
        case _:
            return ast.iter_child_nodes(node)


def _code(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements without a docstring."""
    first = body[0] if body else None
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented else body


def _read(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that programs can read: not the text of an error."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in _SHOWN_AFTER:
        return call.args[: _SHOWN_AFTER[name]]
    if name.endswith("Error"):
        return [each for each in call.args if not _words(each)]
    return call.args


def _words(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and _words(node.func.value)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _left_alone(site: Site) -> bool:
    node = site.node
    match node:
        case ast.FunctionDef():
            decorators = {getattr(each, "id", "") for each in node.decorator_list}
            return node.name == "__repr__" or "overload" in decorators
        case ast.ClassDef():
            return False
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _NO_BEHAVIOUR or (not site.within and _only_type(node.value))
        case ast.arguments() | ast.expr_context() | ast.operator() | ast.cmpop() | ast.boolop():
            return True
        case ast.unaryop() | ast.alias():
            return True
        case _:
            return False


def _only_type(value: ast.expr) -> bool:
    """Whether the value of a module's name is a type, for annotations."""
    match value:
        case ast.Subscript():
            return True
        case ast.BinOp(op=ast.BitOr()):
            return not any(isinstance(each, ast.Constant) for each in ast.walk(value))
        case ast.Call(func=ast.Name(id="TypeVar")):
            return True
        case _:
            return False


def _makes_patterns(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "compile"


def _formats(call: ast.Call, site: Site) -> bool:
    """Whether the call formats the template of a pattern; no other call in a grammar makes one."""
    return site.pattern and isinstance(call.func, ast.Attribute) and call.func.attr == "format"
