"""The result of an operator at a site: another node, and a description of the change.

Owns the value, and copies of nodes with changes. Knows no operator.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from h11spec.benchmarks.power.sites import Site

NOTHING = "nothing"


class Change(NamedTuple):
    """The replacement of a site's node, and descriptions of both."""

    node: ast.AST
    before: str
    after: str


Operator = Callable[[Site], Iterator[Change]]


def like(node: Any, **fields: Any) -> Any:
    """A copy of the node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def change(old: ast.AST, new: ast.AST) -> Change:
    return Change(new, ast.unparse(old), ast.unparse(new))


def without(items: Sequence[Any], at: int) -> list[Any]:
    return [*items[:at], *items[at + 1 :]]
