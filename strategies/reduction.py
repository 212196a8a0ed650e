"""Test-case reduction: from a program that shows something to a minimal one that still does.

Owns the simplifications and their order. Does not know what a program is to show: it asks a
predicate. It works on programs rather than on the choices that drew them, so that programs
of every source become equally small, and it is deterministic.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from .fewer_steps import fewer_connections, fewer_steps, joined, later_starts
from .program import Program
from .simplicity import simpler_ones
from .usual_conversations import usual_conversations
from .usual_steps import moved_cuts, simpler_limits, simpler_steps, usual_values

_Candidates = Callable[[Program], Iterator[Program]]
# By a kind of candidates and the text of a program, the simplest program that they lead to.
Reductions = dict[tuple[_Candidates, str], Program]
# After a failure, more failures are likely: batches grow, up to this factor.
_MAX_BATCHES = 8


def reduce(program: Program, shows: Callable[[Program], bool]) -> Program:
    """Returns a program that shows the same, and that no single simplification makes simpler.

    Args:
        program: one for which ``shows`` is true.
        shows: whether a program still shows it; called some hundred times.
    """

    def first(some: Sequence[Program]) -> int | None:
        return next((at for at, candidate in enumerate(some) if shows(candidate)), None)

    return reduce_in_batches(program, first, batch=1)


def reduce_in_batches(
    program: Program,
    first: Callable[[Sequence[Program]], int | None],
    *,
    batch: int,
    known: Reductions | None = None,
) -> Program:
    """As ``reduce``, where testing many programs at once costs little more than testing one.

    Args:
        first: returns the index of the first of some programs that shows it, or None.
        batch: how many programs to test at once, initially.
        known: what earlier reductions with the same predicate have found, to which this one adds.
            Programs that show the same soon become alike.
    """
    known = {} if known is None else known
    search = _Search(first, batch)
    before: Program | None = None
    while program != before:
        before = program
        for candidates in _CANDIDATES:
            key = candidates, program.to_text()
            if key not in known:
                known[key] = search.descend(program, candidates)
            program = known[key]
    return program


class _Search:
    """Tests candidates in batches that grow while they fail, and none of them twice."""

    def __init__(self, first: Callable[[Sequence[Program]], int | None], batch: int) -> None:
        self._first = first
        self._batch = batch
        self._failed: set[Program] = set()

    def descend(self, program: Program, candidates: _Candidates) -> Program:
        """Takes the first simpler candidate that satisfies the predicate, and continues after it.

        The kinds of candidates before it have failed, and most would fail again, so they are tried
        again only at the end.
        """
        start = 0
        while True:
            tried, size = start, self._batch
            left = itertools.islice(simpler_ones(candidates(program), program), start, None)
            while some := list(itertools.islice(left, size)):
                at = self._first_of(some)
                if at is not None:
                    program, start = some[at], tried + at
                    break
                tried += len(some)
                size = min(2 * size, _MAX_BATCHES * self._batch)
            else:
                if start == 0:
                    return program
                start = 0

    def _first_of(self, some: list[Program]) -> int | None:
        new = [(at, program) for at, program in enumerate(some) if program not in self._failed]
        found = self._first([program for _, program in new]) if new else None
        self._failed.update(program for _, program in new[:found])
        return None if found is None else new[found][0]


_CANDIDATES = (
    usual_conversations,
    later_starts,
    fewer_connections,
    joined,
    fewer_steps,
    usual_values,
    simpler_limits,
    simpler_steps,
    moved_cuts,
)
