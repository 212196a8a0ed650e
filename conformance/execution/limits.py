"""The limits that programs run under: time, memory and faults.

Owns their values. It must not know who enforces them.
"""

from __future__ import annotations

from dataclasses import dataclass

# More workers cost more than they save.
MAX_JOBS = 64
# In seconds: what a step gets where a hang is only suspected, or is known. Each suspected hang is
# confirmed with the whole time.
_SHORT_STEP_TIME = 0.2
_SHORT_WAIT_TIME = 0.25
_EDITED_STEP_TIME = 0.05
# A program that is known to fill the memory is not given all of it; but more than the stack may
# take: otherwise endless recursion would end differently.
_SHORT_MEMORY = 32 * 1024**2
# How much longer than it may compute a step may wait; and the seconds after which that is suspected
# to be a hang.
_WAITING = 10
_SUSPECTED_WAIT_TIME = 2.0


@dataclass(frozen=True)
class Limits:
    """What a program may use.

    ``step_time`` is the processor time of one step and ``load_time`` the time for the import, in
    seconds; ``memory`` is in bytes; after ``max_faults`` programs of a batch that cost a process,
    the rest is not run.
    """

    # A target that sleeps in each call has its verdict within a minute: the first hang is confirmed
    # by waiting for ten times as long, and everything else takes up to twenty seconds.
    step_time: float = 3.0
    load_time: float = 60.0
    memory: int = 1024**3
    max_faults: int = 3


@dataclass(frozen=True)
class Terms:
    """The limits of one batch: those of its programs, and of its steps once the target has hung.

    ``step_time`` is processor time, ``wait_time`` time without any, both of one step and in
    seconds. ``later_step_time`` and ``later_wait_time`` take their place after the first hang on a
    target.
    """

    step_time: float
    wait_time: float
    later_step_time: float
    later_wait_time: float
    memory: int
    max_faults: int


def usual_terms(limits: Limits) -> Terms:
    """Returns the terms of programs whose hangs are confirmed later."""
    short = short_terms(limits)
    return Terms(
        step_time=limits.step_time,
        wait_time=min(limits.step_time, _SUSPECTED_WAIT_TIME),
        later_step_time=short.step_time,
        later_wait_time=short.wait_time,
        memory=limits.memory,
        max_faults=limits.max_faults,
    )


def short_terms(limits: Limits) -> Terms:
    """Returns the terms of programs that are known to fault."""
    step_time = min(limits.step_time, _SHORT_STEP_TIME)
    wait_time = min(limits.step_time, _SHORT_WAIT_TIME)
    memory = min(limits.memory, _SHORT_MEMORY)
    return Terms(step_time, wait_time, step_time, wait_time, memory, max_faults=1)


def edited_terms(limits: Limits) -> Terms:
    """Returns the terms of programs on an edited target, where many edits make endless loops."""
    step_time = min(limits.step_time, _EDITED_STEP_TIME)
    wait_time = min(limits.step_time, _SHORT_WAIT_TIME)
    return Terms(step_time, wait_time, step_time, wait_time, limits.memory, max_faults=1)


def full_terms(limits: Limits, *, suspected: bool = False) -> Terms:
    """Returns the terms that confirm a fault.

    Args:
        suspected: only see whether a hang is to be suspected, which takes less time.
    """
    short = short_terms(limits)
    step_time = short.step_time if suspected else limits.step_time
    wait_time = short.wait_time if suspected else _WAITING * limits.step_time
    return Terms(step_time, wait_time, step_time, wait_time, limits.memory, max_faults=1)
