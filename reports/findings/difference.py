"""One difference between two observations.

Owns the value and its text. It must not know which differences count, or which are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...strategies.program import Json


@dataclass(frozen=True)
class Difference:
    """One difference in a step: its aspect, the field, and the value on both sides.

    ``expected_kind`` and ``actual_kind`` describe the values without their content: the type of an
    event, the class and hint of an exception, the name of a state. If the outcome differs, ``at``
    is the index of what differs, of the events or after them; if a field of an event does,
    ``event`` is the event on the expected side.
    """

    aspect: str
    field: str
    expected: Any
    actual: Any
    expected_kind: str = ""
    actual_kind: str = ""
    at: int = 0
    event: Json | None = None

    def __str__(self) -> str:
        what = self.aspect if self.field == "outcome" else f"{self.aspect} {self.field}"
        if self.expected_kind == self.actual_kind:
            return f"{what} of {self.expected_kind}" if self.expected_kind else what
        return f"{what}: expected {self.expected_kind}, got {self.actual_kind}"
