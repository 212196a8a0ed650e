"""Two long values that differ in a part: what is around the first difference.

Owns what is left out of the values of both sides. It must not know how a value is formatted, nor
where it is shown.
"""

from __future__ import annotations

from typing import Any

from ...strategies.program import is_list, is_object

# Strings up to this length, and lists with this many items, are shown as they are.
_SHORT, _FEW = 120, 6
# What is shown before the first difference, and from it on.
_BEFORE, _AFTER = 30, 50
_MARK = "▸"
# The members of observations and arguments whose strings are text; other strings stand for bytes.
_TEXTS = ("text",)


class Abridged(str):
    """A value that is text already: the part of it that is of interest."""

    __slots__ = ()


def abridge(one: Any, other: Any) -> tuple[Any, Any]:
    """Returns two JSON values in which long strings and lists are abridged.

    Of strings that differ, the part around the first difference is left, with a mark and its place
    before it; of strings that are the same, the beginning.
    """
    return _abridge(one, other, text=False)


def _abridge(one: Any, other: Any, *, text: bool) -> tuple[Any, Any]:
    if isinstance(one, str) and isinstance(other, str):
        return _strings(one, other, text=text)
    if is_list(one) and is_list(other):
        alike = _alike(one, other)
        pairs = [_abridge(*pair, text=text) for pair in zip(one, other, strict=False)]
        both = min(len(one), len(other))
        left = [pair[0] for pair in pairs] + one[both:], [pair[1] for pair in pairs] + other[both:]
        if alike > _FEW:
            same = Abridged(f"… {alike} that are the same …")
            return [same, *left[0][alike:]], [same, *left[1][alike:]]
        return left
    # The stack of a fault is shortened by those who show it.
    if is_object(one) and is_object(other) and "kind" not in one.keys() | other.keys():
        first, second = dict(one), dict(other)
        for name in one.keys() & other.keys():
            is_text = name in _TEXTS
            first[name], second[name] = _abridge(one[name], other[name], text=is_text)
        return first, second
    return one, other


def _alike(one: Any, other: Any) -> int:
    """How many items or characters are the same before the first difference."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _strings(one: str, other: str, *, text: bool) -> tuple[str, str]:
    if max(len(one), len(other)) <= _SHORT:
        return one, other
    if one == other:
        same = Abridged(f"{_shown(one[:_BEFORE], text)}… ({_length(one, text)})")
        return same, same
    at = _alike(one, other)
    return _around(one, at, text), _around(other, at, text)


def _around(value: str, at: int, text: bool) -> Abridged:
    """The part of a string around the first difference, which is marked."""
    start = max(at - _BEFORE, 0)
    before = f"{'…' if start else ''}{_shown(value[start:at], text)} " if at else ""
    after = _shown(value[at : at + _AFTER], text) if at < len(value) else "ends"
    more = "…" if at + _AFTER < len(value) else ""
    return Abridged(f"{before}{_MARK} {after}{more} (differs at {at:,} of {_length(value, text)})")


def _length(value: str, text: bool) -> str:
    return f"{len(value):,} {'characters' if text else 'bytes'}"


def _shown(value: str, text: bool) -> str:
    return repr(value) if text else repr(value.encode("latin-1", "replace"))
