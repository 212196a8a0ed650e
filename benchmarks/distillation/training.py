"""Planted faults that no vector has found yet, and programs that do find them.

Owns the choice of faults, which excludes those held back to evaluate the vectors. How a fault is
planted and examined belongs to ``power``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from h11spec.benchmarks.distillation.candidates import Candidate
from h11spec.benchmarks.power.holding import held_back
from h11spec.benchmarks.power.killing import failing, verdicts
from h11spec.benchmarks.power.planting import Original, draw, faults_of
from h11spec.benchmarks.power.suite import Expected, Part, Suite
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.strategies.program import Program

_TAKEN, _LEFT = "taken", "left"
# Faults of each original per round; their results guide the next round.
_COUNT, _AT_ONCE = 100, 50
_SEED = 0


def killers(
    original: Original, taken: Sequence[Candidate], left: Sequence[Candidate]
) -> Iterator[Candidate]:
    """Yields programs that find faults that ``taken`` does not find, but ``left`` does.

    Each program ends with the step that differs.
    """
    known = [*taken]
    faults = [fault for fault in faults_of(original) if not held_back(original.name, fault)]
    drawn = draw(faults, _COUNT, _SEED)
    expected = Expected()
    expected.learn(each.program for each in (*taken, *left))
    everything = Suite((*_parts(_TAKEN, taken), *_parts(_LEFT, left)), expected)
    excluded = failing(original, everything)
    for at in range(0, len(drawn), _AT_ONCE):
        some = drawn[at : at + _AT_ONCE]
        parts = (*_parts(_TAKEN, known), *_parts(_LEFT, left))
        suite = Suite(parts, expected).without(excluded)
        done = {each.fault: each for each in verdicts(original, some, suite, jobs=2)}
        for fault in some:
            verdict = done[fault]
            if verdict.phase == _LEFT and verdict.program:
                program = Program.from_json(verdict.program)
                known.append(Candidate(verdict.check, 0, program))
                expected.learn([program])
                yield known[-1]


def _parts(phase: str, candidates: Sequence[Candidate]) -> list[Part]:
    """One part for each check, in the order of the catalogue."""
    programs: dict[str, list[Program]] = {}
    for each in candidates:
        programs.setdefault(each.check, []).append(each.program)
    return [
        Part(phase, check, tuple(programs[check.id]))
        for check in catalogue()
        if check.id in programs
    ]
