"""Faults in regular expressions: the same pattern with one change.

Owns the parsing of patterns, and of parts from which patterns are built. Knows nothing of the
Python source around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# {NAME} and {{1,20}} occur in templates that are formatted later.
_PIECE = re.compile(
    r"""
      (?P<set> \[ \^? (?: \\. | [^\]\\] )* \] )
    | (?P<repeat> (?: [*+?] | \{\{ \d*,?\d* \}\} | \{ \d*,?\d* \} ) [+?]? )
    | (?P<flag> \(\? [a-zA-Z]+ \) )
    | (?P<look> \(\? <? [=!] )
    | (?P<open> \( (?: \? (?: P<\w+> | [:>] ) )? )
    | (?P<close> \) )
    | (?P<bar> \| )
    | (?P<anchor> [\^$] )
    | (?P<part> \{ \w+ \} )
    | (?P<one> \\ (?: x[0-9a-fA-F]{2} | . ) | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ITEM = re.compile(r"(\\x[0-9a-fA-F]{2}|\\.|.)(?:-(\\x[0-9a-fA-F]{2}|\\.|[^\]]))?", re.DOTALL)
_BOUNDS = re.compile(r"(\{+)(\d*)(,?)(\d*)(\}+)(.*)", re.DOTALL)
# Characters to add to a set: no set for names, numbers or targets in a grammar has them.
_STRANGERS = (" ", r"\x7f")


class _Piece(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def changed(pattern: str) -> Iterator[str]:
    """Yields variants of the pattern, each different and with one change."""
    pieces = [
        _Piece(str(found.lastgroup), found[0], found.start(), found.end())
        for found in _PIECE.finditer(pattern)
    ]
    seen = {pattern}
    for start, end, text in _changes(pieces):
        new = pattern[:start] + text + pattern[end:]
        if new not in seen:
            seen.add(new)
            yield new


def _changes(pieces: Sequence[_Piece]) -> Iterator[tuple[int, int, str]]:
    """Yields the start and end of a part, and its replacement."""
    for at, piece in enumerate(pieces):
        repeated = at + 1 < len(pieces) and pieces[at + 1].kind == "repeat"
        match piece.kind:
            case "set":
                texts = _sets(piece.text)
            case "repeat":
                texts = _repeats(piece.text)
            case "look":
                turned = {"=": "!", "!": "="}
                texts = iter([piece.text[:-1] + turned[piece.text[-1]]])
            case "flag" | "anchor":
                texts = iter([""])
            case "one" | "part" if not repeated:
                texts = iter(
                    ["", f"(?:{piece.text})?" if piece.kind == "part" else piece.text + "?"]
                )
            case _:
                texts = iter(())
        yield from ((piece.start, piece.end, text) for text in texts)
    yield from ((start, end, "") for start, end in _alternatives(pieces))


def _sets(text: str) -> Iterator[str]:
    """Removes an item from a set of characters, adds one, or negates the set."""
    negated = text.startswith("[^")
    start, inside = ("[^", text[2:-1]) if negated else ("[", text[1:-1])
    items = list(_ITEM.finditer(inside))
    for item in items:
        before, after = inside[: item.start()], inside[item.end() :]
        if len(items) > 1:
            yield f"{start}{before}{after}]"
        if item[2] is not None:
            for low, high in _ranges(item[1], item[2]):
                yield f"{start}{before}{low}-{high}{after}]"
    yield from (f"{start}{inside}{stranger}]" for stranger in _STRANGERS)
    yield f"[{inside}]" if negated else f"[^{inside}]"


def _ranges(low: str, high: str) -> Iterator[tuple[str, str]]:
    """Widens or narrows a range by one at either end."""
    if any(len(end) > 1 and not end.startswith(r"\x") for end in (low, high)):
        return
    first, last = _code(low), _code(high)
    for one, other in ((first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)):
        if 0 <= one <= other <= 0xFF:
            yield (
                low if one == first else _written(one),
                high if other == last else _written(other),
            )


def _code(character: str) -> int:
    return bytes.fromhex(character[2:])[0] if len(character) > 1 else ord(character)


def _written(code: int) -> str:
    character = chr(code)
    return character if character.isalnum() and character.isascii() else f"\\x{code:02x}"


def _repeats(text: str) -> Iterator[str]:
    """Changes the number of repetitions, or makes a lazy or possessive repetition greedy."""
    bounds = _BOUNDS.match(text)
    if bounds is not None:
        opening, low, comma, high, closing, how = bounds.groups()
        if not comma:
            yield from (f"{opening}{number}{closing}{how}" for number in _near(low))
            return
        yield from (f"{opening}{number},{high}{closing}{how}" for number in _near(low))
        yield from (f"{opening}{low},{number}{closing}{how}" for number in _near(high))
        yield f"{opening}{low},{closing}{how}"
    else:
        how = text[1:]
        for other in {"*": ("+", ""), "+": ("*", ""), "?": ("", "*")}[text[0]]:
            yield other + how if other else ""
    if how:
        yield text[: -len(how)]


def _near(number: str) -> Iterator[int]:
    if number:
        yield from (near for near in (int(number) - 1, int(number) + 1) if near >= 0)


def _alternatives(pieces: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """Yields the start and end of each alternative, including one bar."""
    begun = [0]
    bars: list[list[_Piece]] = [[]]
    end = pieces[-1].end if pieces else 0
    for piece in (*pieces, _Piece("close", "", end, end)):
        if piece.kind in ("open", "look"):
            begun.append(piece.end)
            bars.append([])
        elif piece.kind == "bar":
            bars[-1].append(piece)
        elif piece.kind == "close" and begun:
            start, here = begun.pop(), bars.pop()
            if here:
                yield start, here[0].end
                ends = [*(bar.start for bar in here[1:]), piece.start]
                yield from zip((bar.start for bar in here), ends, strict=True)
