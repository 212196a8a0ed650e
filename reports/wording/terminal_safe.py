"""Text that is safe to print on a terminal, whatever it contains.

Owns the escapes for characters that cannot be shown or would control the terminal. It must not know
what a text says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def print_line(console: Console, text: str, style: str = "") -> None:
    """Prints a text as it is.

    Nothing in it is interpreted as markup or as a control sequence, and lines are not wrapped, so
    that they can be copied.
    """
    # Texts are escaped and shortened where nothing is printed, too.
    from rich.text import Text

    console.print(Text(escape_for(text, console.encoding), style=style), soft_wrap=True)


def escape_for(text: str, encoding: str) -> str:
    """Returns the text with escapes for the characters that an encoding cannot show."""
    shown = "\n".join(map(escape_unprintable, text.split("\n")))
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def escape_unprintable(text: str) -> str:
    """Returns the text with escapes for characters that are invisible or control the display.

    These are control characters with line ends among them, characters that change the direction of
    the text around them, and single surrogates.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shorten(text: str, max_length: int) -> str:
    """Returns the text; of a longer one, its first characters and its length."""
    return text if len(text) <= max_length else f"{text[:max_length]} … ({len(text)} characters)"
