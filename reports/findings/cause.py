"""What a divergence is about, beyond its identity: two causes must not be one finding.

Owns the words for it. Programs of one check can differ in the same way for different reasons: a
length that is not a number is accepted, and so is one of two codings. It must not know checks.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from ...strategies.program import Receive, is_object
from ..messages.elements import elements
from .divergence import Divergence
from .smuggling import smuggling_risk

# The elements that implementations accept or refuse by themselves, the most telling ones first.
TELLING = (
    "line break in a value",
    "NUL in a value",
    "CR in a value",
    "CR in a start line",
    "line of CR alone",
    "empty field name",
    "blank before the colon",
    "line without a colon",
    "blank in a field name",
    "field name that is not a token",
    "continuation line",
    "different lengths",
    "length with a sign",
    "empty length",
    "length that is not a number",
    "long length",
    "length with leading zeros",
    "equal lengths",
    "several lines of transfer-encoding",
    "chunked is not last",
    "unknown coding",
    "no coding",
    "length and coding",
    "several lines of host",
    "no chunk size",
    "chunk size with a sign",
    "chunk size that is not a number",
    "many digits in a chunk size",
    "great chunk size",
    "blank at a chunk size",
    "chunk size that ends in LF",
    "CR in a chunk extension",
    "bytes after a chunk",
    "method that is not a token",
    "empty target",
    "target beyond ASCII",
    "control in a target",
    "blank in a target",
    "protocol in another case",
    "malformed version",
    "status that is not three digits",
    "blanks around a value",
    "blank of another kind in a value",
    "control in a value",
    "obs-text in a value",
    "sends too much",
    "sends too little",
)
_BOUNDARIES = "message boundaries"


def telling_elements(divergence: Divergence) -> tuple[str, ...]:
    """Returns what is unusual about the program of a divergence, the most telling element first.

    It is empty where values differ and not outcomes: then these say what the divergence is about.
    """
    difference = divergence.difference
    if divergence.other is not None or difference.field not in ("outcome", "returned"):
        return ()
    # Where both sides refuse, the two refusals are what differs, and not what is refused.
    if _is_refusal(difference.expected) and _is_refusal(difference.actual):
        return ()
    # What a receive returns or raises at once has nothing to do with the bytes that it receives.
    if isinstance(divergence.program.steps[divergence.step], Receive):
        return ()
    return telling_words(elements(divergence.program, divergence.step + 1))


def _is_refusal(outcome: Any) -> bool:
    return is_object(outcome) and "raised" in outcome


def telling_words(found: frozenset[str]) -> tuple[str, ...]:
    """Returns which of the elements of a program are unusual, the most telling one first."""
    places = ("", "trailer: ", "sends ", "sends trailers: ")
    return tuple(word for word in TELLING if any(f"{place}{word}" in found for place in places))


def cause(divergence: Divergence) -> str:
    """Returns the most telling element of a divergence, or "".

    Of a metamorphic relation, it says whether messages are read with other boundaries.
    """
    if divergence.other is not None:
        return _BOUNDARIES if smuggling_risk("", divergence) else ""
    return next(iter(telling_elements(divergence)), "")


class SameCause:
    """Says which divergences with simpler programs are still about what another one is about.

    They have no telling element that the other one has not, and the same smuggling relevance.
    """

    def __init__(self, divergence: Divergence) -> None:
        self._telling = frozenset(telling_elements(divergence))
        self._relevant = bool(smuggling_risk("", divergence))

    @property
    def key(self) -> Hashable:
        """Equal for two causes that include the same divergences."""
        return self._telling, self._relevant

    def includes(self, divergence: Divergence) -> bool:
        """Whether a divergence is about the same."""
        return (
            self._telling.issuperset(telling_elements(divergence))
            and bool(smuggling_risk("", divergence)) is self._relevant
        )
