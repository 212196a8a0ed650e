"""The phases of a run: which programs reach the target, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from h11spec import reference
from h11spec.conformance.checks.check import Result
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.runs.phase_runner import no_follow_up, run_checks
from h11spec.conformance.runs.selection import select
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.vectors import corpus
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.program import Program

AREA = "framing/"
VECTORS = {each.program.to_text() for each in corpus.stored() if each.check.startswith(AREA)}


class Target(InProcessExecutor):
    """The reference, with a list of the programs that it was given."""

    def __init__(self) -> None:
        super().__init__(reference)
        self.programs: list[str] = []

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        self.programs += [program.to_text() for program in programs]
        return super().submit(programs, short_limits=short_limits)


class Hanging(Target):
    """It hangs in the first step of every program, and gives up a batch after three of them.

    Args:
        interrupted: whether the second batch is interrupted.
    """

    def __init__(self, *, interrupted: bool = False) -> None:
        super().__init__()
        self.hangs = 0
        self._interrupted = interrupted

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        if self._interrupted and self.hangs:
            raise KeyboardInterrupt
        traces: list[RawTrace] = []
        left = 3
        for program in programs:
            if left == 0:
                traces.append(None)
            elif program.steps:
                traces.append([{"fault": {"kind": "hang", "detail": "", "text": ""}}])
                self.hangs += 1
                left -= 1
            else:
                traces.append([])
        return lambda: traces


def run_phases(target: Target, *phases: str, results: list[Result]) -> None:
    settings = Settings(phases=phases, checks=(AREA,))
    run_checks(
        settings,
        Lockstep(InProcessExecutor(reference), target, UPSTREAM_DEVIATIONS),
        list(select(settings)),
        results,
        progress=lambda statistics: None,
        follow_up=no_follow_up,
        against=False,
    )


def test_the_vectors_phase_runs_the_vectors_alone() -> None:
    target = Target()
    run_phases(target, "vectors", results=[])
    assert set(target.programs) == VECTORS
    assert len(target.programs) == len(VECTORS)


def test_a_target_that_always_hangs_is_not_given_every_vector() -> None:
    """Each hang costs the step limit; after a few of them, programs end before that step."""
    target = Hanging()
    run_phases(target, "vectors", results=[])
    assert 0 < target.hangs < 20


def test_an_interruption_leaves_the_results_of_the_vectors() -> None:
    results: list[Result] = []
    with pytest.raises(KeyboardInterrupt):
        run_phases(Hanging(interrupted=True), "vectors", results=results)
    assert [each.phase for each in results] == ["vectors"]


@pytest.mark.unmeasured
def test_no_judged_program_is_run_twice() -> None:
    """A check with vectors takes part in both phases."""
    target = Target()
    results: list[Result] = []
    run_phases(target, "vectors", "sweeps", results=results)
    judged = {program.to_text() for result in results for program in result.check.judged_programs()}
    assert judged
    assert {text for text in judged if target.programs.count(text) != 1} == set()
