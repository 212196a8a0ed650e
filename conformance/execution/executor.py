"""Executors: they run programs on one implementation, and return what it showed.

Owns what is common to all executors, and those that run in this process, remember traces, or run
each program behind others. It must not know what traces are compared with.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from ...strategies import interpreter, retention, timing
from ...strategies.json_text import json_text
from ...strategies.program import Json, Program
from ...strategies.traces import Trace, exact
from ..targets import loading
from .shipped import lines
from .shipped.expressions import evaluate

# A trace as JSON values, or as the JSON text of these: most traces agree and are never parsed. Or
# the worker's GOLDEN, from an executor that knows golden digests; or None for a program that was
# not run.
RawTrace = list[Json] | str | None
Digests = frozenset[bytes]
# The text of a program, and how it was run.
_Key = tuple[str, str]


class Executor(Protocol):
    """Runs programs on one implementation."""

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs; the function that it returns waits for their traces.

        Args:
            short_limits: give up early on a program that is known to fault.
        """
        ...

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs programs one after the other in one new process, under full limits.

        Returns their traces, with None for those after the first one that cost the process.

        Args:
            suspected: take less time to see whether a program may hang; a fault is then no proof.
        """
        ...

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression, or the fault that it ended in."""
        ...

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program as ``timing.cost`` does, or the fault it ended in."""
        ...

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the last observation of ``lines.executed`` for each program, or its fault."""
        ...

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source.

        A trace is empty if the edited code cannot be used, or nothing is edited. After a fault,
        those that follow with the same edit are None.

        Args:
            runs: pairs of an edit, as ``editing.Editions`` takes it, and a program. Those with the
                same edit follow each other.
        """
        ...

    def live_memory(self, request: Json) -> Json:
        """Returns the last observation of ``retention.live_memory``, or the fault it ended in."""
        ...

    def close(self) -> None:
        """Ends the processes that run the programs, if there are any."""
        ...


@runtime_checkable
class SupportsGolden(Executor, Protocol):
    """An executor that can compare traces with golden digests where they are made."""

    def with_golden(self, digests: Digests) -> Executor:
        """Returns a view of this executor that may answer a group of programs with GOLDEN.

        Args:
            digests: those of groups of programs with their expected traces.
        """
        ...


class InProcessExecutor:
    """Runs programs on a module in this process, which is not protected from it."""

    def __init__(self, implementation: Any) -> None:
        self._implementation = implementation

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Returns a function that runs the programs."""
        return lambda: [
            interpreter.run(self._implementation, program.to_json()) for program in programs
        ]

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Returns the traces of the programs, which are not the first ones of this process."""
        return self.submit(programs)()

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression."""
        return evaluate(self._implementation, list(expressions))

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program."""
        return [timing.cost(interpreter, self._implementation, each.to_json()) for each in programs]

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes."""
        return [self._executed_lines(each) for each in programs]

    def _executed_lines(self, program: Program) -> Json:
        *_, last = lines.executed(interpreter, loading, self._implementation, program.to_json())
        return last

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns empty traces: an edit can make an endless loop, which nothing here would end."""
        return [[] for _ in runs]

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that is used after some repetitions."""
        *_, last = retention.live_memory(interpreter, self._implementation, request)
        return last

    def close(self) -> None:
        """Has nothing to end."""


class CachingExecutor:
    """Runs each program once, as long as there is room for its trace.

    It knows a program by its text: as Python values, two programs are equal if one has True where
    the other has 1.

    Args:
        executor: runs the programs.
        max_bytes: how much memory programs and traces may take; the oldest are dropped first.
        each_alone: whether a program that runs in a process of its own is run once as well.
    """

    def __init__(
        self, executor: Executor, max_bytes: int = 64 * 2**20, *, each_alone: bool = False
    ) -> None:
        self._executor = executor
        self._max_bytes = max_bytes
        self._each_alone = each_alone
        self._bytes = 0
        self._traces: dict[_Key, str | bytes] = {}
        self._batches: dict[str, tuple[Sequence[Program], int]] = {}

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs whose traces are not remembered."""
        limits = "short" if short_limits else "usual"
        keys = [(program.to_text(), limits) for program in programs]
        found = {key: self._traces.get(key) for key in keys}
        pairs = zip(keys, programs, strict=True)
        missing = {key: program for key, program in pairs if found[key] is None}
        batch = [*missing.values()]
        running = self._executor.submit(batch, short_limits=short_limits) if batch else None
        self._batches.update((key[0], (batch, at)) for at, key in enumerate(missing))

        def result() -> list[RawTrace]:
            new = dict(zip(missing, running() if running is not None else (), strict=True))
            for key, trace in new.items():
                if trace is not None:
                    self._remember(key, trace)
            return [new[key] if (known := found[key]) is None else _unpacked(known) for key in keys]

        return result

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs again, whether or not they were run in a batch."""
        if not self._each_alone or len(programs) != 1:
            return self._executor.run_in_sequence(programs, suspected=suspected)
        key = programs[0].to_text(), "suspected" if suspected else "alone"
        known = self._traces.get(key)
        if known is not None:
            return [_unpacked(known)]
        [trace] = self._executor.run_in_sequence(programs, suspected=suspected)
        if trace is not None:
            self._remember(key, trace)
        return [trace]

    def run_before(self, program: Program) -> Sequence[Program] | None:
        """Returns what ran before a program in its batch, None if this executor never ran it."""
        found = self._batches.get(program.to_text())
        return None if found is None else found[0][: found[1]]

    def prefetch(self, programs: Sequence[Program]) -> None:
        """Runs programs together, so that none of them needs a batch of its own later.

        It repeats what a batch left out after too many faults.
        """
        while programs:
            traces = self.submit(programs)()
            programs = [each for each, trace in zip(programs, traces, strict=True) if trace is None]

    def _remember(self, key: _Key, trace: list[Json] | str) -> None:
        packed = trace if isinstance(trace, str) else marshal.dumps(trace)
        self._forget(key)
        self._traces[key] = packed
        self._bytes += len(key[0]) + len(packed)
        while self._bytes > self._max_bytes:
            self._forget(next(iter(self._traces)))

    def _forget(self, key: _Key) -> None:
        packed = self._traces.pop(key, None)
        if packed is not None:
            self._bytes -= len(key[0]) + len(packed)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression."""
        return self._executor.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program."""
        return self._executor.measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes."""
        return self._executor.executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source."""
        return self._executor.run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that is used after some repetitions."""
        return self._executor.live_memory(request)

    def close(self) -> None:
        """Closes the executor."""
        self._executor.close()


class SequenceExecutor:
    """Runs each program in a new process, behind the same other ones.

    Args:
        executor: runs the programs.
        before: what is run before each program.
        suspected: take less time to see whether a program may hang.
    """

    def __init__(
        self, executor: Executor, before: Sequence[Program], *, suspected: bool = False
    ) -> None:
        self._executor = executor
        self._before = before
        self._suspected = suspected

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Returns a function that runs the programs, each behind the other ones."""
        return lambda: [self.run_in_sequence([each])[0] for each in programs]

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Returns the traces of the programs; none has a trace if one before them costs it."""
        traces = self._executor.run_in_sequence(
            [*self._before, *programs], suspected=suspected or self._suspected
        )
        return traces[len(self._before) :]

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression."""
        return self._executor.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program."""
        return self._executor.measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes."""
        return self._executor.executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source."""
        return self._executor.run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that is used after some repetitions."""
        return self._executor.live_memory(request)

    def close(self) -> None:
        """Closes the executor."""
        self._executor.close()


def _unpacked(packed: str | bytes) -> RawTrace:
    if isinstance(packed, str):
        return packed
    trace: list[Json] = marshal.loads(packed)
    return trace


def same_trace(one: RawTrace, other: RawTrace) -> bool:
    """Whether two traces are identical, and not only equal as Python values."""
    if isinstance(one, list) and isinstance(other, list):
        return exact(one) == exact(other)
    return trace_line(one) == trace_line(other)


def parse_trace(raw: RawTrace) -> Trace:
    """Returns the trace; it is empty for a program that was not run."""
    form = parse_observations(raw)
    return Trace([] if form is None else form)


def parse_observations(raw: RawTrace) -> list[Json] | None:
    """Returns the JSON values of the observations, or None for a program that was not run."""
    if not isinstance(raw, str):
        return raw
    try:
        form: list[Json] | None = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        # A lone surrogate or a number that JSON does not have; the slower parser reads them.
        form = json.loads(raw)
    return form


def fault_of(raw: RawTrace) -> str:
    """Returns the kind of the fault that the trace ends in, "" if it ends in none."""
    # Only a few traces contain the word; the others need not be parsed.
    if raw is None or (isinstance(raw, str) and '"fault"' not in raw):
        return ""
    form = parse_trace(raw).form
    return str(form[-1]["fault"]["kind"]) if form and "fault" in form[-1] else ""


def trace_line(raw: RawTrace) -> str:
    """Returns the line in which a worker sends the trace."""
    return raw if isinstance(raw, str) else json_text(raw)
