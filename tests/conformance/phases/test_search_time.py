"""``--max-time``: what a search does with the time that it is given, by a clock that it is told."""

from collections.abc import Callable, Sequence

import pytest
from command_helper import faulty, h11spec
from faulty import gives_bytearrays
from processes_helper import SEARCH

from h11spec import reference
from h11spec.conformance.execution.executor import Executor, InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import Comparisons
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.phases.search import TimeBudget, search
from h11spec.reports.findings.divergence import AGREES
from h11spec.strategies.programs import Program


class Clock:
    """Stands still but for what is said to take time, and for a moment at each look."""

    def __init__(self, moment: float = 0.0) -> None:
        self.now = 1000.0
        self._moment = moment

    def __call__(self) -> float:
        self.now += self._moment
        return self.now


class Slow:
    """Runs nothing, and takes its time for each step."""

    def __init__(self, clock: Clock, step: float) -> None:
        self._clock = clock
        self._step = step

    @property
    def model(self) -> Executor:
        return InProcessExecutor(reference)

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
    """What a search did in so many seconds, and how long it took."""
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


@pytest.mark.parametrize("seconds", [10, 60])
@pytest.mark.parametrize("step", [0.002, 0.01], ids=["slow", "very slow"])
def test_a_search_takes_the_time_it_is_given(step: float, seconds: float) -> None:
    """Neither 5 % more, nor a tenth less, however slow the target."""
    statistics, took = searched(step, seconds=seconds)
    assert statistics.out_of_time
    assert 0.9 * seconds <= took <= 1.05 * seconds
    assert statistics.steps * step >= 0.5 * seconds


def test_what_takes_longer_than_there_is_left_is_not_begun() -> None:
    """A program may have ten thousand steps; others follow it."""
    budget = TimeBudget(10, clock := Clock())
    clock.now += 5
    assert budget.has_time(1000, 1000)
    assert not budget.has_time(1001, 1000)
    assert budget.has_time(10**6, 0)  # nobody knows yet
    assert budget.batch(1000) == 20
    assert not budget.is_spent()
    clock.now += 5
    assert budget.is_spent()


def test_time_that_is_not_up_changes_nothing() -> None:
    """The same programs are run as without a bound, in other batches."""
    bounded, free = (searched(1e-9, seconds=each, programs=30)[0] for each in (3600.0, None))
    assert not bounded.out_of_time
    assert (bounded.programs, bounded.runs, bounded.steps) == (free.programs, free.runs, free.steps)


def test_a_search_that_runs_out_of_time_says_nothing_else(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What was found until then is kept; Hypothesis, which has words for such an end, is mute."""
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


def test_a_run_whose_time_is_up_says_so() -> None:
    """Whether anything is found in so short a time is the machine's affair."""
    said = h11spec(
        *("check", SEARCH, faulty("gives_bytearrays"), "--in-process"),
        *("--max-examples=1000000", "--max-time=300ms"),
    )
    assert said.exit_code in {0, 1}
    assert said.stderr == ""
    assert said.stdout.startswith(("D-", "search: "))
    assert said.stdout.endswith("The search stopped at its time limit.\n")
