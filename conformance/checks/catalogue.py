"""The catalogue: all checks.

Owns their order, which is that of a run. It must not know how checks are selected.
"""

from __future__ import annotations

from functools import cache

from . import contract, exhaustive, properties, resources, rfc
from .check import Check
from .citations import BY_EXECUTION


class DrawnCheck(Check):
    """A check whose programs the search draws anew in each run."""

    @property
    def judged_by(self) -> str:
        """How the target is judged, as a phrase."""
        return "against the expected side, by programs that each run draws from its seed"


DRAWN = DrawnCheck(
    id="agreement/drawn-programs",
    level="BEHAVIOUR",
    role="both",
    citations=BY_EXECUTION,
    requirement="Any conversation shows on the target what it shows on the expected side.",
)


@cache
def catalogue() -> tuple[Check, ...]:
    """Returns every check with programs or expressions of its own, in the order of a run."""
    return (
        *rfc.checks(),
        *contract.checks(),
        *exhaustive.CHECKS,
        *properties.CHECKS,
        *resources.CHECKS,
    )
