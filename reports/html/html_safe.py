"""Values of a record as HTML that shows exactly what they are, and does nothing.

Owns the look of bytes and characters that are invisible: each is shown as Python writes it, in an
element of its own, so that a copied text reads like the shown one. Every value enters a page as
``Markup`` from here, or through ``finalize``, which the templates apply to everything else. It must
not know what a value means.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from ..wording.terminal_safe import escape_for, shorten

# Escapes, and spaces that are easily missed.
_TOKENS = re.compile(
    r"(?P<e>(?:\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.))+)"
    r"|(?P<s>^ +| +(?=\\[rn]|$)| {2,})",
    re.MULTILINE,
)


def finalize(value: Any, max_length: int) -> Any:
    """Returns a value as it may appear in a page or an attribute, before it is escaped.

    Characters that control a browser or the direction of text, and surrogates that no file can
    hold, are replaced by their escapes. Longer texts are shortened and say how long they are.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _visible(shorten(value, max_length))


def copyable(value: str) -> Markup:
    """Returns a text to copy, in full."""
    return escape(_visible(value))


def text(value: str, max_length: int) -> Markup:
    """Returns a text with its escapes highlighted, shortened to ``max_length`` characters.

    Python's own escapes are highlighted as well, as bytes are written like their ``repr``.
    """
    return _highlighted(_visible(value[:max_length])) + _note(value, max_length)


def wire(data: str, max_length: int) -> Markup:
    """Returns bytes, given as ISO 8859-1, as they are on the wire, line by line.

    Backslashes are doubled, so that an escape differs from literal bytes that look like one.
    """
    lines = re.split(r"(?<=\n)(?!$)", data[:max_length])
    escaped = (line.encode("unicode_escape").decode("ascii") for line in lines)
    return _highlighted("\n".join(escaped)) + _note(data, max_length)


def _visible(text: str) -> str:
    return text if text.isprintable() else escape_for(text, "utf-8")


def _highlighted(text: str) -> Markup:
    parts: list[str] = []
    end = 0
    for token in _TOKENS.finditer(text):
        parts.append(escape(text[end : token.start()]))
        parts.append(f"<span class={token.lastgroup}>{escape(token[0])}</span>")
        end = token.end()
    parts.append(escape(text[end:]))
    return Markup("".join(parts))


def _note(value: str, max_length: int) -> Markup:
    if len(value) <= max_length:
        return Markup("")
    note = Markup(" <em class=cut>… the first {:,} of {:,} characters</em>")
    return note.format(max_length, len(value))
