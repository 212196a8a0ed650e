"""Tables and paragraphs in Markdown, for every generated page.

Owns their form. It must not know any page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

_WIDTH = 125


def prose(text: str) -> Iterator[str]:
    """Yields the lines of a paragraph, and an empty line."""
    yield from textwrap.wrap(text, _WIDTH, break_on_hyphens=False)
    yield ""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yields the lines of a table."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value).replace("|", "\\|")
    # Text between backticks is not escaped.
    parts = text.split("`")
    parts[::2] = [part.replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)
