"""A cause: what one change of the target would repair.

Owns the identity of a cause, which is that of the requirement that is broken, the role, and the
classes of the outcome on both sides. It must not know how findings are put together.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...reports.findings.finding import Finding
from ...strategies.program import Send, is_object, step_on

# The families of errors by which a target refuses something, whatever the class of the error is.
_REFUSALS = ("LocalProtocolError", "RemoteProtocolError", "ProtocolError")


@dataclass(frozen=True)
class Cause:
    """Findings with one explanation, the clearest first.

    ``identity`` is the text that makes two causes equal. ``explanation`` says what the target does
    in most of the findings, in one sentence, or is "". ``places`` are the lines of
    the target's own source at which the outcome was probably decided, the most suspicious first.
    ``edit`` says in words which edit of the first of them repairs findings, or is "".
    """

    identity: str
    findings: tuple[Finding, ...]
    explanation: str = ""
    places: tuple[str, ...] = ()
    edit: str = ""

    @cached_property
    def id(self) -> str:
        """The identity in short, such as C-3f9a1c."""
        return f"C-{hashlib.sha256(self.identity.encode()).hexdigest()[:6]}"

    def joined(self, other: Cause) -> Cause:
        """Returns this cause with the findings of a less clear one as well."""
        return replace(self, findings=(*self.findings, *other.findings))

    @property
    def clearest(self) -> Finding:
        """The finding that shows the cause most clearly."""
        return self.findings[0]


def cause_identity(requirement: str, finding: Finding) -> str:
    """Returns the identity of the cause that a finding shows.

    Neither places nor explanations are part of it, nor what other findings there are.

    Args:
        requirement: the id of the requirement that the finding breaks.
    """
    role = "" if finding.program is None else f" as {finding.program.role}"
    about = f" ({finding.cause})" if finding.cause else ""
    return f"{requirement}{role}: {outcome_classes(finding)}{about}"


def outcome_classes(finding: Finding) -> str:
    """Returns the classes of the outcome that is expected, and of that which is shown."""
    if finding.kind != "divergence":
        return finding.difference
    field = finding.field
    if field in ("outcome", "by", "family"):
        return f"{_outcome_class(finding.expected)}, and not {_outcome_class(finding.actual)}"
    if finding.aspect == "state":
        return f"state {field}: {finding.expected}, and not {finding.actual}"
    return f"{finding.aspect} {field}"


def what_differs(finding: Finding) -> tuple[str, ...]:
    """Returns the role, the last step, and the classes of the outcome on both sides."""
    if finding.program is None or not finding.program.steps:
        return "", "", "", outcome_classes(finding)
    _, step = step_on(finding.program.steps[-1])
    sent = step.event.type if isinstance(step, Send) else ""
    return finding.program.role, type(step).__name__, sent, outcome_classes(finding)


def _outcome_class(outcome: Any) -> str:
    if not is_object(outcome):
        return "nothing" if outcome is None else "an error"
    if "raised" in outcome:
        raised = outcome["raised"]
        return "refused" if raised["family"] in _REFUSALS else f"raises {raised['class']}"
    return "a value" if "returned" in outcome else str(outcome.get("type", "a fault"))
