"""What is to be said of a finding, whoever reads it, as labels and sentences.

Owns which facts there are, and their order. Knows nothing of layout, and escapes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...strategies.programs import Json
from .terminal_safe import shortened
from .values import SIDES, side_in_words

SHORT = 300
# Nothing that was written for readers is longer.
_LONG = 2_000


def title(finding: Json) -> str:
    """Returns what a finding is called, and whether it counts."""
    note = "" if finding["fails"] else " (shown, does not fail)"
    if finding["accepted"]:
        note = " (accepted)"
    return f"{finding['id']}  {shortened(finding['identity'], _LONG)}{note}"


def facts(finding: Json) -> Iterator[tuple[str, str]]:
    """Gives out each fact: its label, and the rest of the line."""
    if finding["level"] != "BEHAVIOUR":
        cited = ", ".join(finding["citations"])
        asked = f"{finding['level']}, {cited}: {finding['requirement']}"
        yield "required", shortened(asked, _LONG)
    if finding["note"]:
        yield "of h11", shortened(finding["note"], _LONG)
    if finding["conforming"] in SIDES:
        yield "judged", SIDES[finding["conforming"]]
    if finding["smuggling"]:
        yield "smuggling", shortened(finding["smuggling_risk"], _LONG)
    if finding["accepted"]:
        yield "accepted", shortened(finding["accepted"], _LONG)
    for side, label in ("expected", "expected"), ("actual", "got"):
        words = side_in_words(finding, side)
        if len(words) > SHORT:
            words = f"{words[:SHORT]} … ({len(words)} characters; the record has them all)"
        yield label, words


def reproduction(finding: Json) -> str:
    """Returns what became of the script when it was run by itself, or "" where nobody ran it."""
    if finding["reproduced"] is None:
        return ""
    if not finding["reproduced"]:
        return "this was run by itself, and does not show it there: it needs what came before it"
    return "run by itself, it printed"
