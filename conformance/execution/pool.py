"""Programs on several workers at once, as if there were one.

Owns how a batch is shared out, and what of the answers one worker alone would have given. What a
worker is, is for ``processes``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from math import ceil

from ...strategies.programs import Json, Program
from ..targets.target import Target
from .executor import NOTHING_KNOWN, Digests, Executor, RawTrace, parse_trace
from .fault_limit import COSTLY
from .limits import Limits, with_short_limits
from .process import Worker
from .worker import GROUP

# More would each have less to do than it costs to keep them going.
MAX_JOBS = 64


@contextmanager
def open_pool(target: Target, limits: Limits, jobs: int) -> Generator[tuple[Worker, Executor]]:
    """Loads a target in so many processes, one at least, for the block.

    Gives the first worker, which knows what was loaded, and the side that has all of them.

    Raises TargetError when it cannot be loaded.
    """
    with ExitStack() as stack:
        workers: list[Worker] = []
        for _ in range(max(jobs, 1)):
            workers.append(Worker(target, limits))
            stack.callback(workers[-1].close)
        yield workers[0], workers[0] if len(workers) == 1 else Pool(workers, limits)


class Pool:
    """Runs programs on sides that are all alike, each batch on all of them.

    What comes of a batch is what one of them would have answered: how a target is judged must not
    depend on how many processors there are. So none is run behind ``max_faults`` faults, wherever
    these were.
    """

    def __init__(self, sides: Sequence[Executor], limits: Limits) -> None:
        self._sides = sides
        self._limits = limits

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Starts running a part on each; the function that it returns joins the traces."""
        enough = len(programs) >= GROUP * len(self._sides)
        parts = self._parts(programs, GROUP if known and enough else 1)
        answers = [
            side.submit(part, short_limits=short_limits, known=known)
            for side, part in zip(self._sides, parts, strict=True)
            if part
        ]
        most = (with_short_limits(self._limits) if short_limits else self._limits).max_faults
        return lambda: truncate_after_faults(
            [shown for answer in answers for shown in answer()], most
        )

    def _parts(self, programs: Sequence[Program], group: int) -> Iterator[Sequence[Program]]:
        """Parts that follow each other, as even as can be when no group is in two of them."""
        count = len(self._sides)
        groups = ceil(len(programs) / group)
        ends = [groups * at // count * group for at in range(count + 1)]
        return (programs[start:end] for start, end in pairwise(ends))

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answers of the first: they are few."""
        return self._sides[0].evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what each program took on the first: what runs beside it takes time as well."""
        return self._sides[0].measure(programs)

    def close(self) -> None:
        """Ends all of them, the last one first: each took up the signals of the one before."""
        for side in reversed(self._sides):
            side.close()


def truncate_after_faults(traces: Sequence[RawTrace], most: int) -> list[RawTrace]:
    """Returns the traces, with None for all that come behind so many that cost a process."""
    found: list[RawTrace] = []
    for shown in traces:
        if most <= 0:
            return found + [None] * (len(traces) - len(found))
        found.append(shown)
        most -= _cost_a_process(shown)
    return found


def _cost_a_process(shown: RawTrace) -> bool:
    # Few have the word in them, and none of those that agree is to be read.
    if shown is None or (isinstance(shown, str) and '"fault"' not in shown):
        return False
    form = parse_trace(shown).form
    return bool(form) and "fault" in form[-1] and form[-1]["fault"]["kind"] in COSTLY
