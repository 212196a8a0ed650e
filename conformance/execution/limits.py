"""The limits that programs run under: time, memory and faults.

Owns their values. It must not know who enforces them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# More workers cost more than they save.
MAX_JOBS = 64
# A program that is known to hang is not given the time of one that may only be slow, nor one that
# is known to fill the memory as much of it.
_SHORT_STEP_TIME = 0.5
# More than the stack may take: otherwise endless recursion would end differently.
_SHORT_MEMORY = 32 * 1024**2


@dataclass(frozen=True)
class Limits:
    """What a program may use.

    ``step_time`` and ``load_time`` are in seconds, for one step and for the import; ``memory`` is
    in bytes; after ``max_faults`` programs of a batch that cost a process, the rest is not run.
    """

    step_time: float = 5.0
    load_time: float = 60.0
    memory: int = 1024**3
    max_faults: int = 3


def with_short_limits(limits: Limits) -> Limits:
    """Returns the limits for programs that are known to fault."""
    return replace(
        limits,
        step_time=min(limits.step_time, _SHORT_STEP_TIME),
        memory=min(limits.memory, _SHORT_MEMORY),
        max_faults=1,
    )
