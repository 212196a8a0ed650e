"""What a program may use: time, memory and faults.

Owns the limits. Who enforces them is for the processes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# A program that is known to hang is not waited for as long as one that may only be slow, and one
# that is known to use memory without end is not given as much.
_HURRIED_STEP_TIME = 0.5


# That is still more than the stack may take, or what recurses without end would end otherwise.
_HURRIED_MEMORY = 32 * 1024**2


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
    step_time = min(limits.step_time, _HURRIED_STEP_TIME)
    memory = min(limits.memory, _HURRIED_MEMORY)
    return replace(limits, step_time=step_time, memory=memory, max_faults=1)
