"""The two ways to run programs: in this process, or in a worker of the target's own.

Owns what a lockstep needs to know of either: it gives programs, and gets traces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from ...strategies import interpreter, timing
from ...strategies.programs import Json, Program
from ...strategies.traces import Trace, exact
from .expressions import evaluate

# The trace of a program in its JSON form, or as the text of that: most are equal, and are never
# read; or the worker's FORESEEN, where that was allowed. None: it was not run.
RawTrace = list[Json] | str | None
# Of groups of programs with what is known to be right for them.
Digests = frozenset[bytes]
NOTHING_KNOWN: Digests = frozenset()


class Executor(Protocol):
    """Runs programs on one implementation."""

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs; the function that it returns waits for their traces.

        Args:
            hurry: give up early on a program that hangs, as when it is known to.
            known: in the place of the traces of a group with one of these digests, FORESEEN will
                do.
        """
        ...

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression, or the fault that came of it."""
        ...

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what each program took, as ``timing.cost`` says, or the fault in it."""
        ...

    def close(self) -> None:
        """Ends whatever runs the programs."""
        ...


class InProcessExecutor:
    """Runs programs on a module of this very process; what goes wrong there goes wrong here."""

    def __init__(self, implementation: Any) -> None:
        self._implementation = implementation

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Returns a function that runs them."""
        return lambda: [
            interpreter.run(self._implementation, program.to_json()) for program in programs
        ]

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answers."""
        return evaluate(self._implementation, list(expressions))

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what each program took."""
        return [timing.cost(interpreter, self._implementation, each.to_json()) for each in programs]

    def close(self) -> None:
        """Has nothing to end."""


class CachingExecutor:
    """A side that runs some programs in one batch as soon as one of them is asked for, and once.

    Each in a batch by itself costs a process.
    """

    def __init__(self, side: Executor, programs: Sequence[Program]) -> None:
        self._side = side
        self._traces: dict[Program, RawTrace] = dict.fromkeys(programs)

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Returns what is remembered; what is not, the side runs."""
        if all(program in self._traces for program in programs):
            return lambda: self._remembered(programs)
        return self._side.submit(programs, short_limits=short_limits, known=known)

    def _remembered(self, programs: Sequence[Program]) -> list[RawTrace]:
        # A batch in which too many programs fault ends before the others.
        while any(self._traces[program] is None for program in programs):
            left = [program for program, shown in self._traces.items() if shown is None]
            self._traces.update(zip(left, self._side.submit(left)(), strict=True))
        return [self._traces[program] for program in programs]

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the side's answers."""
        return self._side.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what the side took."""
        return self._side.measure(programs)

    def close(self) -> None:
        """Ends the side."""
        self._side.close()


def same_trace(one: RawTrace, other: RawTrace) -> bool:
    """Whether two traces are the same to the last bit."""
    if isinstance(one, list) and isinstance(other, list):
        return exact(one) == exact(other)
    return trace_line(one) == trace_line(other)


def parse_trace(shown: RawTrace) -> Trace:
    """Returns the trace that was shown."""
    form = parse_observations(shown)
    return Trace([] if form is None else form)


def parse_observations(shown: RawTrace) -> list[Json] | None:
    """Returns the JSON form of what was shown, whichever way it came."""
    if not isinstance(shown, str):
        return shown
    try:
        form: list[Json] | None = msgspec.json.decode(shown)
    except msgspec.DecodeError:
        # A lone surrogate, or no number of JSON; this takes three times as long.
        form = json.loads(shown)
    return form


def trace_line(shown: RawTrace) -> str:
    """Returns what a worker would have sent, whichever way it came."""
    return shown if isinstance(shown, str) else json.dumps(shown)
