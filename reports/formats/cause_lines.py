"""What reports say of a cause: its heading, its details, and its other findings.

Owns the wording of a cause, so that each format has the same. It must not know any layout, and
escapes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...strategies.program import Json
from ..analysis.causes import ShownCause
from ..analysis.summary import pluralise
from ..wording.finding_details import finding_details
from ..wording.terminal_safe import shorten

_MAX_TITLE = 2_000
_MAX_PLACES = 3
_MAX_IDS = 10


def cause_heading(cause: ShownCause) -> str:
    """Returns the id and the title of a cause, and whether it fails the run."""
    line = cause.line
    if line["accepted"] is not None:
        note = " (accepted)"
    elif line["fails"]:
        note = ""
    elif all(finding.get("unconfirmed") for finding in cause.findings):
        note = " (unconfirmed, does not fail)"
    else:
        note = " (shown, does not fail)"
    return f"{line['id']}  {shorten(line['title'], _MAX_TITLE)}{note}"


def cause_details(cause: ShownCause) -> Iterator[tuple[str, str]]:
    """Yields each detail of a cause as a label and the rest of the line.

    They are the place in the target, an edit that repairs it, the clearest finding, and the details
    of that finding.
    """
    line, clearest = cause.line, cause.clearest
    places = line["places"]
    if places:
        more = f" and {len(places) - _MAX_PLACES} more" if len(places) > _MAX_PLACES else ""
        yield "place", f"{'; '.join(places[:_MAX_PLACES])}{more}"
    if line.get("edit"):
        yield "edit", line["edit"]
    yield "finding", f"{clearest['id']}  {shown_difference(clearest)}"
    about_cause = {
        name: line[name] for name in ("accepted", "smuggling", "smuggling_risk", "conforming")
    }
    # The title says what the explanation of the finding would.
    yield from finding_details({**clearest, **about_cause, "explanation": ""})


def shown_difference(finding: Json) -> str:
    """Returns the check that found a difference, and the difference."""
    return f"{finding['check']}: {shorten(finding['difference'], _MAX_TITLE)}"


def more_findings(cause: ShownCause, max_ids: int = _MAX_IDS) -> str:
    """Returns how many findings a cause has beside the clearest, and their ids; "" for none."""
    rest = [finding["id"] for finding in cause.findings[1:]]
    if not rest:
        return ""
    more = f" and {len(rest) - max_ids:,} more" if len(rest) > max_ids else ""
    return f"and {pluralise(len(rest), 'finding')} more: {', '.join(rest[:max_ids])}{more}"
