"""Turns an expression over the API into a script that needs only the implementation.

Owns the translation: the helpers that an expression uses become functions of the script. It must
not know which answer is right.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

from .shipped import expressions


def script(expression: str) -> tuple[str, ...]:
    """Returns lines that print the expression's value, given an implementation as ``h11``."""
    used = _names(ast.parse(expression))
    helpers = _needed(used)
    modules = sorted(
        {name for helper in helpers for name in _names(_functions()[helper])}
        | used & set(expressions.MODULES)
    )
    imports = [
        "from collections import abc" if name == "abc" else f"import {name}"
        for name in modules
        if name in expressions.MODULES
    ]
    functions = [
        line for helper in helpers for line in ast.unparse(_functions()[helper]).splitlines()
    ]
    return (*imports, *functions, f"print({expression})")


def _needed(used: set[str]) -> list[str]:
    """The helpers that are used, directly or by other helpers, in the order of their definition."""
    needed: set[str] = set()
    waiting = [name for name in used if name in _functions()]
    while waiting:
        helper = waiting.pop()
        if helper not in needed:
            needed.add(helper)
            waiting += _names(_functions()[helper]) & set(_functions())
    return [helper for helper in _functions() if helper in needed]


@cache
def _functions() -> dict[str, ast.FunctionDef]:
    """Each helper as a function that uses a global h11."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(expressions.Helpers)))
    [definition] = tree.body
    assert isinstance(definition, ast.ClassDef)
    methods = [each for each in definition.body if isinstance(each, ast.FunctionDef)]
    return {each.name: _ToFunction().visit(each) for each in methods if each.name not in _LEFT_OUT}


# Methods of the helpers that a script does not need.
_LEFT_OUT = ("__init__", "_noted")


class _ToFunction(ast.NodeTransformer):
    """Turns a method into a function: without self, annotations and docstring."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Returns the call, or the error that is only noted by it."""
        self.generic_visit(node)
        is_noted = isinstance(node.func, ast.Name) and node.func.id == "_noted"
        return node.args[0] if is_noted else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Returns the function."""
        self.generic_visit(node)
        node.args.args = [each for each in node.args.args if each.arg != "self"]
        node.returns = None
        node.body = node.body[1:]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Returns the assignment without the type of the variable."""
        self.generic_visit(node)
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Returns the parameter without its annotation."""
        return ast.arg(node.arg)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Returns the global name for an attribute of self."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.Name("h11" if node.attr == "_h11" else node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Returns the name, or the value of a name of the module."""
        plain = {"_CAUGHT": "(Exception, SystemExit)", "CONSTANTS": repr(expressions.CONSTANTS)}
        if node.id in plain:
            return ast.parse(plain[node.id], mode="eval").body
        return node


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
