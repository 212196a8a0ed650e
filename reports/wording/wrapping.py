"""Text in lines of a given width, broken between words only.

Owns where lines end, and what is left out of a word that is longer than a line. It must not know
what a text says.
"""

from __future__ import annotations

import textwrap

# The least number of characters behind a label, however narrow the terminal is.
_MIN_ROOM = 20
_GAP = "…"


def wrap(label: str, text: str, width: int, max_lines: int) -> list[str]:
    """Returns a text behind a label, whose later lines are indented as far as its first one.

    Blanks are kept. A word that is longer than a line loses its middle, and a text that has more
    lines than allowed its end.
    """
    room = max(width - len(label), _MIN_ROOM)
    words = [_fitted(word, room) for word in text.split(" ")]
    lines = textwrap.wrap(
        " ".join(words),
        room,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        max_lines=max_lines,
        placeholder=f" {_GAP}",
    )
    indent = " " * len(label)
    return [f"{label if at == 0 else indent}{line}" for at, line in enumerate(lines or [""])]


def one_line(text: str, width: int) -> str:
    """Returns a text in one line; of a longer one, its first words."""
    [line] = wrap("", " ".join(text.split()), width, 1)
    return line


def end_of_path(path: str, room: int) -> str:
    """Returns a path; of one that does not fit, as many of its last parts as do, or ""."""
    path = " ".join(path.split())
    if len(path) <= room:
        return path
    end = path[-room + len(_GAP) :] if room > len(_GAP) else ""
    _, slash, kept = end.partition("/")
    return f"{_GAP}/{kept}" if slash else ""


def _fitted(word: str, room: int) -> str:
    if len(word) <= room:
        return word
    kept = room - len(_GAP)
    return f"{word[: kept - kept // 3]}{_GAP}{word[len(word) - kept // 3 :]}"
