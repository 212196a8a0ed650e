"""What a target does, in one sentence, as the title of a cause.

Owns the sentences for causes without an explanation. It must not know how a cause was found, nor
any layout.
"""

from __future__ import annotations

from ...strategies.program import Json


def cause_title(finding: Json) -> str:
    """Returns a sentence, without its end, whose subject is the target: "takes any two bytes …".

    Args:
        finding: the clearest finding of the cause, as in the run record.
    """
    return str(finding.get("explanation") or finding["difference"])
