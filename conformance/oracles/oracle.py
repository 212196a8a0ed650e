"""Test oracles: they run programs, and decide whether what the target shows is right.

Owns what all oracles have in common, and the minimisation of a divergence with any of them. It must
not know what an oracle compares traces with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Protocol

from ...reports.findings.cause import SameCause
from ...reports.findings.divergence import AGREES, Comparison, Divergence, step_kind
from ...strategies.program import Program
from ...strategies.reduction import Reductions, reduce_in_batches
from ...strategies.traces import walk
from ..execution.executor import Executor, RawTrace, parse_trace

# Candidates of a reduction that are run at once. Most candidates fail and a round trip costs more
# than a run; a fault costs more than a round trip.
_BATCH = 20
_FAULTY_BATCH = 5
# Candidates that hang, after which a program is simple enough: each takes a while.
_MAX_HANGS = 12
# Comparisons in the order of the programs; None for a program that was not run.
Comparisons = list[Comparison | None]


class Oracle(Protocol):
    """Runs programs, and decides for each whether the target's trace is right."""

    @property
    def model(self) -> Executor:
        """The executor that says which states a program should get to."""
        ...

    @property
    def actual(self) -> Executor:
        """The executor that runs the target."""
        ...

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Oracle:
        """Returns the same oracle for a target that runs each program in a new process.

        Args:
            before: what each of these processes runs first.
            suspected: take less time to see whether a program may hang.
        """
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
    return [*filter(None, [comparison.divergence]), *comparison.later, *comparison.soft]


class Minimised:
    """What one oracle has found out while it minimised divergences.

    Divergences of many checks are about the same, and have the same minimised program.
    """

    def __init__(self) -> None:
        self._reductions: dict[Hashable, Reductions] = {}

    def of(self, divergence: Divergence, cause: SameCause) -> Reductions | None:
        """Returns the reductions of divergences that are the same; None for a fault.

        How far the program of a fault is reduced depends on the time that this takes.
        """
        if divergence.difference.aspect == "fault":
            return None
        return self._reductions.setdefault((divergence.identity, cause.key), {})


def minimise_divergence(
    oracle: Oracle,
    divergence: Divergence,
    *,
    final: Oracle | None = None,
    minimised: Minimised | None = None,
) -> Divergence | None:
    """Returns a divergence with the same identity and a minimised program that shows it again.

    Returns None if the program of the divergence does not show it again.

    Args:
        final: judges the minimised program; by default under full limits, in a process of its own.
        minimised: what this oracle has found out before, to which this adds.
    """
    found = [divergence]
    cause = SameCause(divergence)
    faulty = divergence.difference.aspect == "fault"
    hangs = faulty and divergence.difference.field == "hang"

    def first(candidates: Sequence[Program]) -> int | None:
        if hangs and len(found) > _MAX_HANGS:
            return None
        for at, comparison in _in_turn(oracle, candidates, divergence, short_limits=faulty):
            same = same_divergence(divergence, comparison, cause)
            if same is not None:
                found.append(same)
                return at
        return None

    final = oracle.behind(()) if final is None else final
    shortest = shortest_program(divergence)
    if first([shortest]) is None:
        alone = _last_shown(final, found, cause)
        if alone is None or faulty:
            return alone
        # It shows, but not behind the programs that it has last been run with.
        found.append(alone)
    batch = _FAULTY_BATCH if faulty else _BATCH
    known = None if minimised is None else minimised.of(divergence, cause)
    simplest = reduce_in_batches(shortest, first, batch=batch, known=known)
    if found[-1].program != simplest:
        first([simplest])
    return _last_shown(final, found, cause)


def shortest_program(divergence: Divergence) -> Program:
    """Returns the program up to the step that differs."""
    return divergence.program.with_steps(divergence.program.steps[: divergence.step + 1])


def _last_shown(oracle: Oracle, found: list[Divergence], cause: SameCause) -> Divergence | None:
    """Returns the last divergence that the oracle sees as well, found by doubling steps back.

    A step that hangs with a long argument may only be slow with a short one.
    """
    back = 1
    while back < len(found):
        same = same_divergence(found[0], compare(oracle, found[-back].program), cause)
        if same is not None:
            return same
        back *= 2
    return same_divergence(found[0], compare(oracle, found[0].program))


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


def same_divergence(
    divergence: Divergence, comparison: Comparison, cause: SameCause | None = None
) -> Divergence | None:
    """Returns the divergence of a comparison with the same identity, None if there is none.

    Args:
        cause: what it must be about; None for anything.
    """
    for candidate in divergences(comparison):
        if candidate.identity == divergence.identity and (
            cause is None or cause.includes(candidate)
        ):
            return candidate
    return None
