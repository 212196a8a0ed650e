"""An expression over the API as a script that needs nothing but the implementation.

Owns the translation: of the short words that expressions are made of, those that one needs are
written out as functions.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

from .shipped import expressions


def script(expression: str) -> tuple[str, ...]:
    """Returns lines that print the expression's value on what was imported as ``h11``."""
    used = _names(ast.parse(expression))
    words = _needed(used)
    modules = sorted(
        {name for word in words for name in _names(_functions()[word])}
        | used & set(expressions.MODULES)
    )
    imports = [
        "from collections import abc" if name == "abc" else f"import {name}"
        for name in modules
        if name in expressions.MODULES
    ]
    functions = [line for word in words for line in ast.unparse(_functions()[word]).splitlines()]
    return (*imports, *functions, f"print({expression})")


def _needed(used: set[str]) -> list[str]:
    """The short words that are used, and those that these use, in the order they are defined in."""
    needed: set[str] = set()
    waiting = [name for name in used if name in _functions()]
    while waiting:
        word = waiting.pop()
        if word not in needed:
            needed.add(word)
            waiting += _names(_functions()[word]) & set(_functions())
    return [word for word in _functions() if word in needed]


@cache
def _functions() -> dict[str, ast.FunctionDef]:
    """Each short word as a function over a global h11."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(expressions.Helpers)))
    [definition] = tree.body
    assert isinstance(definition, ast.ClassDef)
    methods = [each for each in definition.body if isinstance(each, ast.FunctionDef)]
    return {each.name: _Freed().visit(each) for each in methods if each.name != "__init__"}


class _Freed(ast.NodeTransformer):
    """Makes a function of a method: no self, no annotations, no docstring."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Returns the function."""
        self.generic_visit(node)
        node.args.args = node.args.args[1:]
        node.returns = None
        node.body = node.body[1:]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Returns the parameter's name alone."""
        return ast.arg(node.arg)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Returns what an attribute of self is called outside of it."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.Name("h11" if node.attr == "_h11" else node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Returns the name, or what a name of the module stands for."""
        plain = {"_CAUGHT": "(Exception, SystemExit)", "CONSTANTS": repr(expressions.CONSTANTS)}
        if node.id in plain:
            return ast.parse(plain[node.id], mode="eval").body
        return node


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
