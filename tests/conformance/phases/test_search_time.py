"""``--max-time``: how a search uses its time budget, measured with a fake clock."""

from collections.abc import Callable, Sequence

import pytest
from command_helper import faulty, h11spec
from faulty import gives_bytearrays
from processes_helper import SEARCH

from h11spec import reference
from h11spec.conformance.execution.executor import Executor, InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import Comparisons, Oracle
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.phases.search import TimeBudget, search
from h11spec.reports.findings.divergence import AGREES
from h11spec.strategies.program import Program


class Clock:
    """Advances only when told to, and by a fixed time at each call."""

    def __init__(self, moment: float = 0.0) -> None:
        self.now = 1000.0
        self._moment = moment

    def __call__(self) -> float:
        self.now += self._moment
        return self.now


class Slow:
    """Runs nothing, and advances the clock for each step."""

    def __init__(self, clock: Clock, step: float) -> None:
        self._clock = clock
        self._step = step

    @property
    def model(self) -> Executor:
        return InProcessExecutor(reference)

    @property
    def actual(self) -> Executor:
        return self.model

    def behind(self, before: Sequence[Program], *, suspected: bool = False) -> Oracle:
        return self

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], Comparisons]:
        def result() -> Comparisons:
            self._clock.now += self._step * sum(len(each.steps) for each in programs)
            return [AGREES] * len(programs)

        return result


def searched(
    step: float, *, seconds: float | None, programs: int = 10**6
) -> tuple[Statistics, float]:
    """The statistics of a search with a time budget, and its duration."""
    clock, statistics = Clock(moment=0.001), Statistics("agreement/drawn-programs")
    search(
        Slow(clock, step),
        FaultLimit(reference, 3),
        statistics,
        max_examples=programs,
        random_seed=0,
        max_time=seconds,
        clock=clock,
    )
    return statistics, clock.now - 1000


@pytest.mark.unmeasured
@pytest.mark.parametrize("seconds", [10, 60])
@pytest.mark.parametrize("step", [0.002, 0.01], ids=["slow", "very slow"])
def test_a_search_uses_its_time_budget(step: float, seconds: float) -> None:
    """At most 5 % more and 10 % less, however slow the target is."""
    statistics, took = searched(step, seconds=seconds)
    assert statistics.out_of_time
    assert 0.9 * seconds <= took <= 1.05 * seconds
    assert statistics.steps * step >= 0.5 * seconds


def test_a_program_that_exceeds_the_budget_is_not_run() -> None:
    """A program may have ten thousand steps; others follow it."""
    budget = TimeBudget(10, clock := Clock())
    clock.now += 5
    assert budget.has_time(1000, 1000)
    assert not budget.has_time(1001, 1000)
    assert budget.has_time(10**6, 0)  # the rate is unknown
    assert budget.batch(1000) == 20
    assert not budget.is_spent()
    clock.now += 5
    assert budget.is_spent()


def test_a_budget_that_is_not_spent_changes_nothing() -> None:
    """The same programs are run as without a limit, in other batches."""
    bounded, free = (searched(1e-9, seconds=each, programs=30)[0] for each in (3600.0, None))
    assert not bounded.out_of_time
    assert (bounded.programs, bounded.runs, bounded.steps) == (free.programs, free.runs, free.steps)


@pytest.mark.unmeasured
def test_a_search_that_runs_out_of_time_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """The findings until then are kept, and Hypothesis does not report the end."""
    statistics, clock = Statistics("agreement/drawn-programs"), Clock(moment=0.001)
    search(
        Lockstep(InProcessExecutor(reference), InProcessExecutor(gives_bytearrays)),
        FaultLimit(reference, 3),
        statistics,
        max_examples=10**6,
        random_seed=0,
        max_time=2,
        clock=clock,
    )
    assert statistics.out_of_time
    assert statistics.divergences
    assert capfd.readouterr() == ("", "")


@pytest.mark.unmeasured
def test_a_run_reports_that_its_time_was_up() -> None:
    """Whether it finds anything in that time depends on the machine."""
    done = h11spec(
        *("check", SEARCH, faulty("gives_bytearrays"), "--in-process"),
        *("--max-examples=1000000", "--max-time=300ms"),
    )
    assert done.exit_code in {0, 1}
    assert done.stderr == ""
    assert done.stdout.startswith("checked: ")
    assert "\nThe search stopped at its time limit.\n" in done.stdout
