"""Programs in batches to comparisons, and a divergence to the minimal program that shows it.

Owns what every way to examine an implementation has in common. Which difference is found, and what
it is compared with, is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ...reports.findings.divergence import AGREES, Comparison, Divergence, step_kind
from ...strategies.programs import Program
from ...strategies.reduction import reduce_in_batches
from ...strategies.traces import walk
from ..execution.executor import Executor, RawTrace, parse_trace

# Candidates of a reduction that are run at once: most fail, and a message costs more than a run.
# A fault costs more than a message.
_BATCH = 20
_FAULTY_BATCH = 5
# Comparisons in the order of the programs; None for a program that was not run.
Comparisons = list[Comparison | None]


class Oracle(Protocol):
    """Runs programs, and says of each what is wrong with what it showed, if anything is."""

    @property
    def model(self) -> Executor:
        """The side that says which states a program should get to."""
        ...

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        """Starts running the programs; the function that it returns waits, and compares.

        Args:
            hurry: give up early on a program that hangs, as when it is known to.
        """
        ...


def compare(oracle: Oracle, program: Program) -> Comparison:
    """Examines one program."""
    return oracle.submit([program])()[0] or AGREES


def divergences(comparison: Comparison) -> list[Divergence]:
    """Returns all that a comparison found, the one that ended it first."""
    return [*filter(None, [comparison.divergence]), *comparison.soft]


def minimise_divergence(oracle: Oracle, divergence: Divergence) -> Divergence:
    """Returns the same divergence, by identity, shown by a minimal program."""
    found = [divergence]
    faulty = divergence.difference.aspect == "fault"

    def first(some: Sequence[Program]) -> int | None:
        for at, comparison in _in_turn(oracle, some, divergence, short_limits=faulty):
            same = _same(divergence, comparison)
            if same is not None:
                found.append(same)
                return at
        return None

    steps = divergence.program.steps[: divergence.step + 1]
    shortest = replace(divergence.program, steps=steps)
    if first([shortest]) is not None:
        reduce_in_batches(shortest, first, batch=_FAULTY_BATCH if faulty else _BATCH)
    return _at_leisure(oracle, found) if faulty else found[-1]


def _at_leisure(oracle: Oracle, found: list[Divergence]) -> Divergence:
    """Returns the simplest of ever simpler ones that does not only show in a hurry.

    A step that takes very long may only take long when less is asked of it.
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
    """Examines programs, and gives out the index of each with what came of it.

    In a hurry, those that do not even get to the step are left out: where a target dies or hangs,
    it mostly does so at other steps too, and each time costs.
    """
    left = list(range(len(programs)))
    if short_limits:
        traces = oracle.model.submit(programs, short_limits=True)()
        left = [at for at in left if _gets_to(divergence, programs[at], traces[at])]
    while left:
        comparisons = oracle.submit([programs[at] for at in left], short_limits=short_limits)()
        for at, comparison in zip(left, comparisons, strict=True):
            if comparison is not None:
                yield at, comparison
        pairs = zip(left, comparisons, strict=True)
        left = [at for at, comparison in pairs if comparison is None]


def _gets_to(divergence: Divergence, program: Program, expected: RawTrace) -> bool:
    """Whether the expected side of a program meets the divergence's step in the same states."""
    return any(
        (step_kind(step), before.states) == (divergence.step_kind, divergence.before)
        for step, before, _ in walk(program, parse_trace(expected))
    )


def _same(divergence: Divergence, comparison: Comparison) -> Divergence | None:
    """The same divergence, by identity, if the comparison found it."""
    for candidate in divergences(comparison):
        if candidate.identity == divergence.identity:
            return candidate
    return None
