"""What an operator makes of a site: another node, and what changed in words.

Owns the value, and the making of nodes that are like others. Knows no operator.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from h11spec.benchmarks.power.sites import Site

NOTHING = "nothing"


class Change(NamedTuple):
    """What to put in place of a site's node, and what was and what is there, in words."""

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
