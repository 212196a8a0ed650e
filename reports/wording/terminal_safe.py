"""Lines for somebody to read, whatever there is in them, and whatever can show them.

Owns what becomes of characters that cannot be shown, or would be taken for orders.
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
    shown = "\n".join(map(visible, text.split("\n")))
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def visible(text: str) -> str:
    """Returns the text with escapes for what has no shape, or gives orders to whoever shows it.

    These are control characters, line ends among them, those that change the direction of what
    stands around them, and surrogates without the other half.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shortened(text: str, most: int) -> str:
    """Returns the text, or as much of it as may be shown, and how long it is."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text)} characters)"
