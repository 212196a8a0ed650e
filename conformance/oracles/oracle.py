"""Test oracles: they run programs, and decide whether what the target shows is right.

Owns what all oracles have in common, and the minimisation of a divergence with any of them. It must
not know what an oracle compares traces with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ...reports.findings.divergence import AGREES, Comparison, Divergence, step_kind
from ...strategies.program import Program
from ...strategies.reduction import reduce_in_batches
from ...strategies.traces import walk
from ..execution.executor import Executor, RawTrace, parse_trace

# Candidates of a reduction that are run at once. Most candidates fail and a round trip costs more
# than a run; a fault costs more than a round trip.
_BATCH = 20
_FAULTY_BATCH = 5
# Comparisons in the order of the programs; None for a program that was not run.
Comparisons = list[Comparison | None]


class Oracle(Protocol):
    """Runs programs, and decides for each whether the target's trace is right."""

    @property
    def model(self) -> Executor:
        """The executor that says which states a program should get to."""
        ...

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns waits, and compares.

        Args:
            short_limits: give up early on a program that is known to fault.
        """
        ...


def compare(oracle: Oracle, program: Program) -> Comparison:
    """Returns the comparison for one program."""
    return oracle.submit([program])()[0] or AGREES


def divergences(comparison: Comparison) -> list[Divergence]:
    """Returns all divergences of a comparison, the one that ended it first."""
    return [*filter(None, [comparison.divergence]), *comparison.soft]


def minimise_divergence(oracle: Oracle, divergence: Divergence) -> Divergence:
    """Returns a divergence with the same identity and a minimised program."""
    found = [divergence]
    faulty = divergence.difference.aspect == "fault"

    def first(candidates: Sequence[Program]) -> int | None:
        for at, comparison in _in_turn(oracle, candidates, divergence, short_limits=faulty):
            same = _same(divergence, comparison)
            if same is not None:
                found.append(same)
                return at
        return None

    steps = divergence.program.steps[: divergence.step + 1]
    shortest = replace(divergence.program, steps=steps)
    if first([shortest]) is not None:
        reduce_in_batches(shortest, first, batch=_FAULTY_BATCH if faulty else _BATCH)
    return _under_full_limits(oracle, found) if faulty else found[-1]


def _under_full_limits(oracle: Oracle, found: list[Divergence]) -> Divergence:
    """Returns the last divergence that full limits show as well, found by doubling steps back.

    A step that hangs with a long argument may only be slow with a short one.
    """
    back = 1
    while back < len(found):
        same = _same(found[0], compare(oracle, found[-back].program))
        if same is not None:
            return same
        back *= 2
    return found[0]


def _in_turn(
    oracle: Oracle, programs: Sequence[Program], divergence: Divergence, *, short_limits: bool
) -> Iterator[tuple[int, Comparison]]:
    """Yields the index of each program with its comparison.

    Under short limits, programs that do not reach the step of the divergence are left out: where a
    target crashes or hangs, it mostly does so at other steps too, and each time is expensive.
    """
    left = list(range(len(programs)))
    if short_limits:
        traces = oracle.model.submit(programs, short_limits=True)()
        left = [at for at in left if _reaches(divergence, programs[at], traces[at])]
    while left:
        comparisons = oracle.submit([programs[at] for at in left], short_limits=short_limits)()
        pairs = list(zip(left, comparisons, strict=True))
        for at, comparison in pairs:
            if comparison is not None:
                yield at, comparison
        left = [at for at, comparison in pairs if comparison is None]


def _reaches(divergence: Divergence, program: Program, expected: RawTrace) -> bool:
    """Whether a program has the divergence's step in the same states on the expected side."""
    return any(
        (step_kind(step), before.states) == (divergence.step_kind, divergence.states_before)
        for step, before, _ in walk(program, parse_trace(expected))
    )


def _same(divergence: Divergence, comparison: Comparison) -> Divergence | None:
    """The divergence of the comparison with the same identity, if there is one."""
    for candidate in divergences(comparison):
        if candidate.identity == divergence.identity:
            return candidate
    return None
