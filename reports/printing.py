"""Lines for a terminal, whatever there is in them, and whatever it can show.

Owns what becomes of characters that a terminal cannot show, or would take for orders.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def print_line(console: Console, text: str, style: str = "") -> None:
    """Prints a text as it stands.

    Nothing in it is taken for markup, or for orders to the terminal; and lines are left as long as
    they are, so that they can be copied.
    """
    console.print(Text(printable(text, console.encoding), style=style), soft_wrap=True)


def printable(text: str, encoding: str) -> str:
    """Returns the text with escapes for what cannot be shown in this encoding."""
    shown = (char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)
    return "".join(shown).encode(encoding, "backslashreplace").decode(encoding)


def shortened(text: str, most: int) -> str:
    """Returns the text, or as much of it as may be shown, and how long it is."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters)"
