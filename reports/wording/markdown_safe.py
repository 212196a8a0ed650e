"""Text that is safe to show in Markdown, whatever it contains.

Owns the escapes. Reports are shown where mentions notify people and addresses become links, and
their texts come from a target that is not trusted. It must not know what a text says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .terminal_safe import escape_unprintable

# A space without width, which interrupts a mention, a reference to an issue, or an address.
_GAP = "&#8203;"
_REFERENCES = re.compile(r"(@|#(?=\d)|:(?=//)|\bwww(?=\.)|\bGH(?=-\d))", re.IGNORECASE)
# What has a meaning within a line; an escaped text is never the beginning of a line.
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]#|~$]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TICKS = re.compile("`+")


def escape_markdown(text: str) -> str:
    """Returns Markdown that shows a text as it is, on one line and without links."""
    parts = [_escaped(part) for part in _REFERENCES.split(escape_unprintable(text))]
    return "".join(part + _GAP if at % 2 else part for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\g<0>", text).translate(_ENTITIES)


def code_span(text: str) -> str:
    """Returns a text as a code span on one line."""
    shown = escape_unprintable(text)
    ticks = "`" * (1 + _longest_run(shown))
    # Markdown strips one space from either side.
    edge = " " if not shown or {shown[0], shown[-1]} & {"`", " "} else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def code_block(lines: Iterable[str], language: str = "text") -> list[str]:
    """Returns the lines of a fenced code block that contains these lines."""
    shown = [escape_unprintable(line) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, shown), default=0))
    return [f"{fence}{language}", *shown, fence]


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
