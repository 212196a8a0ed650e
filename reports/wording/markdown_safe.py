"""Texts for Markdown, whatever there is in them: shown as they stand, and understood as nothing.

Owns the escapes. A report is read where mentions notify people and addresses become links, and a
target has a say in what it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .terminal_safe import visible

# A space of no width, between what would be a mention, a reference to an issue, or an address.
_GAP = "&#8203;"
_CALLS = re.compile(r"(@|#(?=\d)|:(?=//)|\bwww(?=\.)|\bGH(?=-\d))", re.IGNORECASE)
# What has a meaning within a line: a text never begins one.
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]#|~$]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TICKS = re.compile("`+")


def prose(text: str) -> str:
    """Returns a text that Markdown shows as it stands, on one line, with nothing to click on."""
    parts = [_escaped(part) for part in _CALLS.split(visible(text))]
    return "".join(part + _GAP if at % 2 else part for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\g<0>", text).translate(_ENTITIES)


def code(text: str) -> str:
    """Returns a text as a span of code on one line."""
    shown = visible(text)
    ticks = "`" * (1 + _longest_run(shown))
    # Of a space on either side, Markdown takes one away.
    edge = " " if not shown or {shown[0], shown[-1]} & {"`", " "} else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def block(lines: Iterable[str], language: str = "text") -> list[str]:
    """Returns lines of code as a block: the lines of it in Markdown."""
    shown = [visible(line) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, shown), default=0))
    return [f"{fence}{language}", *shown, fence]


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
