"""What the h11 API shows outside of a conversation: names, classes, copies, comparisons, refusals.

Owns the asking, the answers' form and their comparison; what is asked is in surface.txt. This
source is shipped to a target's own interpreter, so it imports only the standard library and runs on
Python 3.8. It knows nothing of programs, nor of what an answer means for a verdict.

surface.txt has an expression a line; its first words say what each mark means there.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Every value comes from an implementation whose types are what is in question.

from __future__ import annotations

import json
from typing import Any, NamedTuple


class SurfaceError(ValueError):
    """What was read is no surface; the message has the line."""


class Expression(NamedTuple):
    """One thing to ask of an implementation.

    ``promised`` says whether h11's documentation promises the answer; ``also`` are the outcomes
    that are right as well, and ``because`` is why.
    """

    text: str
    group: str
    promised: bool
    also: tuple[dict[str, Any], ...] = ()
    because: str = ""


class Contradiction(NamedTuple):
    """An expression with two different answers."""

    expression: Expression
    expected: dict[str, Any]
    actual: dict[str, Any]


def load() -> tuple[Expression, ...]:
    """Returns all expressions, in the order of the file."""
    from importlib import resources  # files() is younger than 3.8, where nobody asks for it

    return read(resources.files(__package__).joinpath("surface.txt").read_text("utf-8"))


def read(text: str) -> tuple[Expression, ...]:
    """Returns the expressions in a text; raises SurfaceError where a line is none."""
    found: dict[str, Expression] = {}
    group, promised, last = "", False, ""
    for number, line in enumerate(text.splitlines(), 1):
        where = f"line {number}"
        if line.startswith("## "):
            group, _, mark = line[3:].partition(" -- ")
            if mark not in ("documented", "undocumented"):
                raise SurfaceError(f"{where}: a group is documented or undocumented, not {mark!r}")
            promised = mark == "documented"
        elif line.startswith("    or "):
            outcome, _, because = line[7:].partition("  # ")
            if not last or not because:
                raise SurfaceError(f"{where}: an outcome follows an expression, and says why")
            before = found[last]
            also = (*before.also, _outcome(outcome, where))
            found[last] = before._replace(also=also, because=because)
        elif line and not line.startswith("#"):
            last = _expression(line, where)
            if last in found or not group:
                raise SurfaceError(f"{where}: is there twice, or before any group")
            found[last] = Expression(last, group, promised)
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


def differences(
    expected: list[dict[str, Any]], actual: list[dict[str, Any]], asked: tuple[Expression, ...]
) -> list[Contradiction]:
    """Returns where the answers to what was asked differ, unless both are known to be right.

    Args:
        expected: the answers of the expected side, in the order of what was asked.
        actual: those of the implementation under test.
    """
    found = [Contradiction(asked[at], expected[at], actual[at]) for at in range(len(asked))]
    return [
        each
        for each in found
        if not _same(each.expected, each.actual)
        and not any(_same(each.actual, also) for also in each.expression.also)
    ]


def _same(one: Any, other: Any) -> bool:
    """Whether two answers are the same; Python holds 1 and True for equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
