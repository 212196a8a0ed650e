"""The details of a finding, as labels and sentences.

Owns which details are shown, and their order. It must not know any layout, and escapes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...strategies.program import Json
from .terminal_safe import shorten
from .values import CONFORMING, format_sides

MAX_VALUE = 300
# No text that was written for readers is longer.
_MAX_TEXT = 2_000


def title(finding: Json) -> str:
    """Returns the id of a finding, its requirement and its difference, and whether it fails."""
    note = "" if finding["fails"] else " (shown, does not fail)"
    if finding.get("unconfirmed"):
        note = " (unconfirmed, does not fail)"
    if finding["accepted"]:
        note = " (accepted)"
    what = f"{heading_check(finding)}: {finding['difference']}"
    return f"{finding['id']}  {shorten(what, _MAX_TEXT)}{note}"


def heading_check(finding: Json) -> str:
    """Returns the check that a finding is shown under: that of the requirement that it breaks."""
    return str(finding.get("requirement_id") or finding["check"])


def other_checks(findings: Iterable[Json], shown: Json) -> list[str]:
    """Returns the checks of findings other than that which one of them is shown under."""
    checks = (finding["check"] for finding in findings)
    return [check for check in checks if check != heading_check(shown)]


def finding_details(finding: Json) -> Iterator[tuple[str, str]]:
    """Yields each detail as a label and the rest of the line."""
    if finding.get("explanation"):
        yield "target", shorten(finding["explanation"], _MAX_TEXT)
    if finding["level"] != "BEHAVIOUR":
        citations = ", ".join(finding["citations"])
        requirement = f"{finding['level']}, {citations}: {finding['requirement']}"
        yield "required", shorten(requirement, _MAX_TEXT)
    if finding["note"]:
        yield "of h11", shorten(finding["note"], _MAX_TEXT)
    if finding["conforming"] in CONFORMING:
        yield "judged", CONFORMING[finding["conforming"]]
    if finding["smuggling"]:
        yield "smuggling", shorten(finding["smuggling_risk"], _MAX_TEXT)
    if finding["accepted"]:
        yield "accepted", shorten(finding["accepted"], _MAX_TEXT)
    if needs(finding):
        yield "needs", needs(finding)
    if finding.get("behind"):
        yield "behind", f"the target also {shorten('; '.join(finding['behind']), _MAX_TEXT)}"
    for label, value in zip(("expected", "got"), format_sides(finding, MAX_VALUE), strict=True):
        if len(value) > MAX_VALUE:
            rest = f" … ({len(value)} characters; the record has them all)"
            yield label, f"{value[:MAX_VALUE]}{rest}"
        else:
            yield label, value


def needs(finding: Json) -> str:
    """Returns what must run before the program of a finding, in words; "" if nothing must."""
    before = len(finding.get("before", ()))
    if not before:
        return ""
    what = "1 program" if before == 1 else f"{before:,} programs"
    return f"what came before it: {what}, run first in the same process"


def reproduction_status(finding: Json) -> str:
    """Returns whether the script reproduces the finding, in words, or "" where it was not run."""
    if finding.get("unconfirmed"):
        return "seen once, and not again: a busy machine may be the cause"
    if finding["reproduced"] is None:
        return ""
    if not finding["reproduced"]:
        return "no script: it printed the same on the target and on the expected side"
    return "run by itself, it printed"
