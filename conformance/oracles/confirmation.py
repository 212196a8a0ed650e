"""Confirmation: a divergence is reported only if it shows again.

Owns where it is looked for: with its program alone, and behind the programs that ran before it in
its process. It must not know what happens to a divergence that does not show again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from ...reports.findings.divergence import Divergence
from ...strategies.program import Program
from ...strategies.reduction import reduce
from ..execution.executor import parse_trace
from ..execution.fault_limit import in_same_process
from .oracle import (
    Minimised,
    Oracle,
    compare,
    minimise_divergence,
    same_divergence,
    shortest_program,
)
from .statistics import Occurrence

# Programs that are run to find out which of those before a program matter.
_MAX_RUNS = 200_000
# If more programs than this matter, it is their number that matters, and not their steps.
_FEW = 4
# Whether the divergence shows behind some programs.
_Shows = Callable[[Sequence[Program]], bool]


def confirm(
    oracle: Oracle,
    occurrences: Iterable[Occurrence],
    known: Iterable[Sequence[Program]] = (),
    minimised: Minimised | None = None,
) -> Divergence | None:
    """Returns the divergence of some occurrences with a minimised program that shows it again.

    It has the programs that must run before that, if it needs any. Returns None if it does not show
    again.

    Args:
        known: programs that other divergences need before them; most have the same cause.
        minimised: what the oracle has found out while it minimised others.
    """
    seen = list(occurrences)
    for occurrence in seen:
        alone = minimise_divergence(oracle, occurrence.divergence, minimised=minimised)
        if alone is not None:
            return alone
    for occurrence in seen:
        behind_others = _behind_others(oracle, occurrence, known)
        if behind_others is not None:
            return behind_others
    return None


def _behind_others(
    oracle: Oracle, occurrence: Occurrence, known: Iterable[Sequence[Program]]
) -> Divergence | None:
    divergence = occurrence.divergence
    program = shortest_program(divergence)
    # Each candidate that hangs takes its time; the last one has all the time that a step may take.
    suspected = divergence.difference.field == "hang"

    def shows(before: Sequence[Program]) -> bool:
        again = compare(oracle.behind(before, suspected=suspected), program)
        return same_divergence(divergence, again) is not None

    before = next(filter(shows, known), None)
    if before is None:
        before = in_same_process(oracle.actual, occurrence.before)
        if not before or not shows(before):
            return None
        before = _simpler(_fewer(before, shows), shows)
    behind = oracle.behind(before, suspected=suspected)
    minimised = minimise_divergence(behind, divergence, final=oracle.behind(before))
    if minimised is None:
        return None
    traces = oracle.actual.run_in_sequence([*before, shortest_program(minimised)])
    shown = zip(before, map(parse_trace, traces[: len(before)]), strict=True)
    return replace(minimised, before=tuple(shown))


def _fewer(before: Sequence[Program], shows: _Shows) -> Sequence[Program]:
    """The programs without those that do not matter, as far as there is time to find out."""
    runs = 0
    size = len(before) // 2
    while size:
        start = 0
        while start < len(before) and runs < _MAX_RUNS:
            fewer = [*before[:start], *before[start + size :]]
            runs += len(fewer) + 1
            if fewer and shows(fewer):
                before = fewer
            else:
                start += size
        size //= 2
    return before


def _simpler(before: Sequence[Program], shows: _Shows) -> Sequence[Program]:
    """The programs with the steps that matter."""
    without_steps = [program.with_steps(()) for program in before]
    if shows(without_steps):
        return without_steps
    for at in range(len(before) if len(before) <= _FEW else 0):
        *earlier, program = before[: at + 1]
        later = before[at + 1 :]
        simplest = reduce(program, partial(_shows_between, shows, earlier, later))
        before = [*earlier, simplest, *later]
    return before


def _shows_between(
    shows: _Shows, earlier: Sequence[Program], later: Sequence[Program], program: Program
) -> bool:
    return shows([*earlier, program, *later])
