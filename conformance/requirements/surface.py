"""Expressions over the h11 API outside of a conversation: names, classes, copies, comparisons.

Owns the parsing of surface.txt, and the comparison of outcomes. It must not know programs, how
expressions are evaluated, nor what an outcome means for a verdict.

surface.txt has an expression on each line; its head explains the marks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("surface.txt")


class SurfaceError(ValueError):
    """A line of surface.txt is malformed; the message has its number."""


class Expression(NamedTuple):
    """One expression to evaluate on an implementation.

    ``documented`` says whether h11's documentation promises the outcome; ``also`` has further
    outcomes that are right, and ``because`` says why.
    """

    text: str
    group: str
    documented: bool
    also: tuple[dict[str, Any], ...] = ()
    because: str = ""


class Contradiction(NamedTuple):
    """An expression with two different outcomes."""

    expression: Expression
    expected: dict[str, Any]
    actual: dict[str, Any]


def load() -> tuple[Expression, ...]:
    """Returns all expressions, in the order of the file."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> tuple[Expression, ...]:
    """Returns the expressions in a text; raises SurfaceError if a line is malformed."""
    found: dict[str, Expression] = {}
    group, documented, last = "", False, ""
    for number, line in enumerate(text.splitlines(), 1):
        where = f"line {number}"
        if line.startswith("## "):
            group, _, mark = line[3:].partition(" -- ")
            if mark not in ("documented", "undocumented"):
                raise SurfaceError(f"{where}: a group is documented or undocumented, not {mark!r}")
            documented = mark == "documented"
        elif line.startswith("    or "):
            outcome, _, because = line[7:].partition("  # ")
            if not last or not because:
                raise SurfaceError(f"{where}: an outcome follows an expression, and has a reason")
            before = found[last]
            also = (*before.also, _outcome(outcome, where))
            found[last] = before._replace(also=also, because=because)
        elif line and not line.startswith("#"):
            last = _expression(line, where)
            if last in found or not group:
                raise SurfaceError(f"{where}: the expression is a duplicate, or before any group")
            found[last] = Expression(last, group, documented)
    return tuple(found.values())


def _outcome(text: str, where: str) -> dict[str, Any]:
    try:
        outcome: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise SurfaceError(f"{where}: {error}") from error
    return outcome


def _expression(line: str, where: str) -> str:
    try:
        compile(line, where, "eval")
    except SyntaxError as error:
        raise SurfaceError(f"{where}: {error}") from error
    return line


def check_id(group: str) -> str:
    """Returns the id of the check of a group."""
    slug = re.sub("[^a-z0-9]+", "-", group.lower()).strip("-")
    return f"api/{slug}"


def differences(
    expected: list[dict[str, Any]],
    actual: list[dict[str, Any]],
    expressions: tuple[Expression, ...],
) -> list[Contradiction]:
    """Returns the expressions with different outcomes, unless the actual one is right as well.

    Args:
        expected: the outcomes on the expected side, in the order of the expressions.
        actual: those of the implementation under test.
        expressions: what was evaluated.
    """
    outcomes = zip(expressions, expected, actual, strict=True)
    return [
        each
        for each in map(Contradiction._make, outcomes)
        if not _same(each.expected, each.actual)
        and not any(_same(each.actual, also) for also in each.expression.also)
    ]


def _same(one: Any, other: Any) -> bool:
    """Whether two outcomes are the same in JSON; in Python, 1 and True are equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
