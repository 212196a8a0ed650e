"""What a run is asked for.

Owns the settings and their defaults. Who asks, and in which words, is for the API and the command
line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..checks.versions import CATALOGUE
from ..execution.limits import Limits

PHASES = ("vectors", "sweeps", "machine", "search", "cost")


# Cost has to be asked for: it takes its time, and is of no use on a machine that is busy.
USUAL = PHASES[:4]


# The same answer every time, whatever the release of Hypothesis.
GATE = PHASES[:3]


@dataclass(frozen=True)
class Settings:
    """What a run was asked for.

    ``checks`` are beginnings of ids, and select all checks if there are none; ``strict`` makes
    differences in type and text fail, and those beyond documented input; ``rfc`` makes a MUST of an
    RFC fail that the target does not keep; ``max_time`` is in seconds and bounds the search, None
    for no bound; after ``max_faults`` identical faults that cost a process, programs are cut before
    it; at most ``max_findings`` of a check are made minimal and reported. ``jobs`` is the number of
    processes that run the target, which changes nothing but the time that it takes; ``catalogue``
    is the version of the catalogue whose checks are run; ``extra_states`` is how many states more
    than the reference's a target's machine may have for the suite to find every difference.
    """

    max_examples: int = 1000
    seed: int = 0
    max_time: float | None = None
    phases: tuple[str, ...] = USUAL
    checks: tuple[str, ...] = ()
    strict: bool = False
    rfc: bool = False
    in_process: bool = False
    max_faults: int = 3
    max_findings: int = 20
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    catalogue: str = CATALOGUE
    extra_states: int = 0
