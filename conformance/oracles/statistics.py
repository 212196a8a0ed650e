"""What one check did and found so far.

Owns the counts. What counts as a divergence is for the oracle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ...reports.findings.divergence import Divergence


@dataclass
class Statistics:
    """What the check of this id did and found, in this phase of a run.

    ``programs`` counts what was drawn or enumerated, ``runs`` adds variations; ``deviations``
    counts the runs in which the target took an upstream deviation, by name; ``cut`` the runs that
    ended before a place where the target had faulted too often; ``inapplicable`` those with a step
    that the target cannot express; ``out_of_time`` says that programs were left out for want of
    time. ``doing`` is what it is at, beside running programs.
    """

    check: str
    phase: str = ""
    programs: int = 0
    runs: int = 0
    steps: int = 0
    truncated: int = 0
    inapplicable: int = 0
    out_of_time: bool = False
    doing: str = ""
    deviations: Counter[str] = field(default_factory=Counter[str])
    divergences: dict[str, Divergence] = field(default_factory=dict[str, Divergence])


Progress = Callable[[Statistics], None]
