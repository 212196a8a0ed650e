"""The statistics of one check: what it ran and found so far.

Owns the counts. It must not know what counts as a divergence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ...reports.findings.divergence import Divergence


@dataclass
class Statistics:
    """What the check with this id ran and found in one phase of a run.

    ``programs`` counts what was drawn or enumerated; ``runs`` includes variants. ``deviations``
    counts the runs in which the target took an upstream deviation, by name; ``truncated`` the
    programs that were ended before a step at which the target had faulted too often;
    ``inapplicable`` those with a step that the target cannot express. ``out_of_time`` says that
    programs were left out because there was no time for them. ``doing`` is what the check does
    beside running programs.
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


# Is called with the statistics of a check whenever they have changed.
Progress = Callable[[Statistics], None]
