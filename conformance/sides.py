"""The two ways to run programs: in this process, or in a worker of the target's own.

Owns what a lockstep needs to know of either: it gives programs, and gets traces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..strategies import interpreter
from ..strategies.programs import Program

# The trace as the text of its JSON: most are equal, and are never read. None: it was not run.
TraceText = str | None


class Side(Protocol):
    """Runs programs on one implementation."""

    def submit(
        self, programs: Sequence[Program], *, hurry: bool = False
    ) -> Callable[[], list[TraceText]]:
        """Starts running the programs; the function that it returns waits for their traces.

        Args:
            hurry: give up early on a program that hangs, as when it is known to.
        """
        ...

    def close(self) -> None:
        """Ends whatever runs the programs."""
        ...


class InProcess:
    """Runs programs on a module of this very process; what goes wrong there goes wrong here."""

    def __init__(self, implementation: Any) -> None:
        self._implementation = implementation

    def submit(
        self, programs: Sequence[Program], *, hurry: bool = False
    ) -> Callable[[], list[TraceText]]:
        """Returns a function that runs them."""
        return lambda: [
            json.dumps(interpreter.run(self._implementation, program.to_json()))
            for program in programs
        ]

    def close(self) -> None:
        """Has nothing to end."""
