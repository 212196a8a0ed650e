"""One thing in which two observations differ.

Owns the value and its words; what counts as a difference is for ``divergence``, and which one is
allowed for ``deviations``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...strategies.programs import Json


@dataclass(frozen=True)
class Difference:
    """One thing that differs in a step: its aspect, the field, and both sides of it.

    ``expected_kind`` and ``actual_kind`` say what came, without values: the type of an event, the
    class and hint of an exception, the name of a state. Of the events of one step, ``at`` is the
    index of the one that differs, and ``event`` is that event on the expected side.
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
