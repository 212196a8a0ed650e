"""All checks there are, and the ways to ask for some of them.

Owns their order, which is that of a run, and sees to it that no two have the same id.
"""

from __future__ import annotations

from functools import cache

from . import contract, exhaustive, properties, rfc
from .check import Check

# Drawn anew each time by the search, which has programs of its own.
DRAWN = Check(
    id="agreement/drawn-programs",
    level="BEHAVIOUR",
    role="both",
    citations=("h11 0.16.0, by execution",),
    requirement="Any conversation shows on the target what it shows on the expected side.",
    programs=tuple,
)


@cache
def catalogue() -> tuple[Check, ...]:
    """Returns every check but the drawn one, in the order in which they are run."""
    return (*rfc.checks(), *contract.checks(), *exhaustive.CHECKS, *properties.CHECKS)
