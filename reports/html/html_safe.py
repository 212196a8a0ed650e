"""Values of a record as HTML that shows exactly what they are, and does nothing.

Owns how bytes and characters look that have no look of their own: each is shown as Python writes
it, in a span of its own, so that what is copied says the same as what is read. Whatever reaches the
page passes through here: as ``Markup`` made here, or by ``shown``, which the templates apply to all
else.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from ..wording.terminal_safe import printable, shortened

# What stands for a character that cannot be seen, and spaces that are easily missed.
_TOKENS = re.compile(
    r"(?P<e>(?:\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.))+)"
    r"|(?P<s>^ +| +(?=\\[rn]|$)| {2,})",
    re.MULTILINE,
)


def shown(value: Any, most: int) -> Any:
    """Returns a value as it may stand in the page, in an attribute as well, before it is escaped.

    Characters that are orders to a browser, or turn the direction of what follows, are replaced by
    their escapes; so are those that are no text at all, and could not be written to a file. Of more
    than ``most`` there is as much, and how many they are.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _visible(shortened(value, most))


def whole(value: str) -> Markup:
    """Returns a text to be copied: however long it is, none of it is left out."""
    return escape(_visible(value))


def text(value: str, most: int) -> Markup:
    """Returns a text, with the escapes in it set apart; of more than ``most``, as much and a note.

    Python's own escapes are set apart as well: bytes are given as ``repr`` writes them.
    """
    return _tokens(_visible(value[:most])) + _note(value, most)


def wire(data: str, most: int) -> Markup:
    """Returns bytes, given as ISO 8859-1, as they would be on the wire: a line for each line.

    A backslash is doubled, so that an escape is never mistaken for what the bytes spell.
    """
    lines = re.split(r"(?<=\n)(?!$)", data[:most])
    escaped = (line.encode("unicode_escape").decode("ascii") for line in lines)
    return _tokens("\n".join(escaped)) + _note(data, most)


def _visible(text: str) -> str:
    return text if text.isprintable() else printable(text, "utf-8")


def _tokens(text: str) -> Markup:
    parts: list[str] = []
    at = 0
    for token in _TOKENS.finditer(text):
        parts.append(escape(text[at : token.start()]))
        parts.append(f"<span class={token.lastgroup}>{escape(token[0])}</span>")
        at = token.end()
    parts.append(escape(text[at:]))
    return Markup("".join(parts))


def _note(value: str, most: int) -> Markup:
    if len(value) <= most:
        return Markup("")
    return Markup(" <em class=cut>… the first {:,} of {:,} characters</em>").format(
        most, len(value)
    )
