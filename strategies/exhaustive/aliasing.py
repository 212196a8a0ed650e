"""What is handed out stays as it is, and what is handed in belongs to the caller.

Owns where a caller changes what it passed or what it was given, and where it looks again at
everything. An implementation that shares its own buffers and tables is found here only: in other
sweeps no caller changes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..call_styles import with_changed_argument
from ..program import Again, Change, Program, Role, Send, Step
from .sequences import turns

ROLES: tuple[Role, ...] = ("server", "client")
# The types of buffers that a caller can change once they were handed in.
BUFFERS = ("bytearray", "memoryview_of_bytearray")


def results() -> Iterator[Program]:
    """Yields conversations after which the caller looks again at everything it was given.

    Each is also yielded with data that is passed through, and with a caller that changes what it
    was given after every step.
    """
    for role in ROLES:
        for program in turns(role):
            yield program.with_steps((*program.steps, Again()))
            passed = (passed_through(step) for step in program.steps)
            yield program.with_steps((*passed, Again()))
            changed = (each for step in program.steps for each in (step, Change("results")))
            yield program.with_steps((*changed, Again()))


def passed_through(step: Step) -> Step:
    """Returns the step with its data passed through, if it sends."""
    return replace(step, passthrough=True) if isinstance(step, Send) else step


def arguments() -> Iterator[Program]:
    """Yields conversations with a caller that changes each buffer and list after handing it in.

    Each is yielded with each type of buffer. At the end the caller looks again at what it was
    given.
    """
    for role in ROLES:
        for program in turns(role):
            for kind in BUFFERS:
                steps = (
                    each for step in program.steps for each in with_changed_argument(step, kind)
                )
                yield program.with_steps((*steps, Again()))
