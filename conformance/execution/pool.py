"""A pool of executors that runs each batch on all of them, as one executor would.

Owns how a batch is divided, and which of the answers a single executor would have given. It must
not know what an executor is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from math import ceil

from ...strategies.program import Json, Program
from ..targets.target import Target
from .executor import Digests, Executor, RawTrace, SupportsGolden, fault_of
from .fault_limit import COSTLY
from .limits import Limits, short_terms, usual_terms
from .process import Worker
from .shipped.protocol import GROUP


@contextmanager
def open_pool(target: Target, limits: Limits, jobs: int) -> Generator[tuple[Worker, Executor]]:
    """Loads a target in ``jobs`` processes, at least one, for the block.

    Yields the first worker, which knows the target's provenance, and an executor that uses all of
    them.

    Raises TargetError when the target cannot be loaded.
    """
    with ExitStack() as stack:
        workers: list[Worker] = []
        for _ in range(max(jobs, 1)):
            workers.append(Worker(target, limits))
            stack.callback(workers[-1].close)
        yield workers[0], workers[0] if len(workers) == 1 else Pool(workers, limits)


class Pool:
    """Runs programs on executors that are all alike, each batch on all of them.

    The answer to a batch is that of a single executor, as a verdict must not depend on the number
    of processors: programs after ``max_faults`` faults count as not run, wherever the faults were.

    Args:
        group: how many programs of a batch stay together, if it has that many for each executor.
    """

    def __init__(self, executors: Sequence[Executor], limits: Limits, *, group: int = 1) -> None:
        self._executors = executors
        self._limits = limits
        self._group = group

    def with_golden(self, digests: Digests) -> Pool:
        """Returns a view of the same executors that may answer groups with GOLDEN."""
        executors = [
            each.with_golden(digests) if isinstance(each, SupportsGolden) else each
            for each in self._executors
        ]
        return Pool(executors, self._limits, group=GROUP)

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Starts running a part on each executor; the function it returns joins their traces."""
        enough = len(programs) >= self._group * len(self._executors)
        parts = self._parts(programs, self._group if enough else 1)
        answers = [
            executor.submit(part, short_limits=short_limits)
            for executor, part in zip(self._executors, parts, strict=True)
            if part
        ]
        terms = short_terms(self._limits) if short_limits else usual_terms(self._limits)
        return lambda: _until_faults(
            [raw for answer in answers for raw in answer()], terms.max_faults
        )

    def _parts(self, programs: Sequence[Program], group: int) -> Iterator[Sequence[Program]]:
        """Yields consecutive parts, as even as they can be without dividing a group."""
        count = len(self._executors)
        groups = ceil(len(programs) / group)
        ends = [groups * at // count * group for at in range(count + 1)]
        return (programs[start:end] for start, end in pairwise(ends))

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs on the first executor, as they must share a process."""
        return self._executors[0].run_in_sequence(programs, suspected=suspected)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answers of the first executor: there are only a few expressions."""
        return self._executors[0].evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns costs on the first executor: programs that run at once slow each other down."""
        return self._executors[0].measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that programs execute on the first executor, which takes one batch."""
        return self._executors[0].executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs on the first executor's target with an edit."""
        return self._executors[0].run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that the first executor measures."""
        return self._executors[0].live_memory(request)

    def close(self) -> None:
        """Closes all executors, the last one first: each has replaced the signal handlers."""
        for executor in reversed(self._executors):
            executor.close()


def _until_faults(traces: Sequence[RawTrace], max_faults: int) -> list[RawTrace]:
    """Returns the traces, with None for all after ``max_faults`` ones that cost a process."""
    kept: list[RawTrace] = []
    for raw in traces:
        if max_faults <= 0:
            return kept + [None] * (len(traces) - len(kept))
        kept.append(raw)
        max_faults -= _cost_a_process(raw)
    return kept


def _cost_a_process(raw: RawTrace) -> bool:
    return fault_of(raw) in COSTLY
