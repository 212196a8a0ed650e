"""The benchmarks compare like with like, and read their own numbers right.

Nothing here asserts a duration: how fast the reference is, a machine that runs tests cannot say.
"""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import h11
import pytest
from click.testing import CliRunner

from h11spec import reference
from h11spec.benchmarks.measure import (
    Comparison,
    Growth,
    ResultMismatch,
    Spread,
    agree,
    compare,
    grow,
    plain_results,
    sizes,
)
from h11spec.benchmarks.reference import main, speed_report
from h11spec.benchmarks.workloads import DIMENSIONS, WORKLOADS, Workload

EVERY = (*WORKLOADS, *DIMENSIONS)
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "reference.py"

every_workload = pytest.mark.parametrize("workload", EVERY, ids=lambda workload: workload.name)


def implementation_with(connection: type[object]) -> ModuleType:
    """The reference with another Connection in it."""
    module = ModuleType("faulty")
    vars(module).update(vars(reference) | {"__name__": "faulty", "Connection": connection})
    return module


class LongWinded(reference.Connection):
    """Sends one byte too many with every event."""

    def send(self, event: reference.Event) -> bytes | None:
        return (super().send(event) or b"") + b" "


class Forgetful(reference.Connection):
    """Never tells that a message has ended."""

    def next_event(self) -> Any:
        event = super().next_event()
        return self.next_event() if isinstance(event, reference.EndOfMessage) else event


@every_workload
def test_reference_and_h11_agree_before_they_are_timed(workload: Workload) -> None:
    """Every event, every byte sent and the last states of both implementations are equal."""
    agree(workload, workload.size, reference, h11)


@every_workload
def test_a_job_returns_the_same_work_on_both_implementations(workload: Workload) -> None:
    """The number that is compared after every timing is equal, and there is something to do."""

    def work(api: ModuleType, size: int) -> int:
        kept: list[object] = []
        return workload.prepare(Random(1), size)(api, kept.append)

    assert work(reference, workload.size) == work(h11, workload.size) > 0


@every_workload
def test_inputs_differ_from_round_to_round_and_come_back_with_the_seed(workload: Workload) -> None:
    """Another seed shows other results, the same seed the same."""

    def shown(seed: int) -> list[object]:
        return plain_results(workload.prepare(Random(seed), workload.size), reference)

    assert shown(1) == shown(1)
    assert shown(1) != shown(2)


@pytest.mark.parametrize("fault", [LongWinded, Forgetful])
def test_an_implementation_that_does_something_else_is_not_timed(fault: type[object]) -> None:
    """A difference in bytes or in events ends the run, with the workload's name."""
    workload = WORKLOADS[0]
    with pytest.raises(ResultMismatch, match=f"^{workload.name}: "):
        agree(workload, workload.size, implementation_with(fault), h11)


def test_work_left_undone_while_timed_ends_the_run() -> None:
    """An implementation that shows fewer events than the other gets no ratio."""
    with pytest.raises(ResultMismatch, match="results from faulty and 300 from h11, on inputs"):
        compare(
            WORKLOADS[:1], implementation_with(Forgetful), h11, rounds=2, seed=0, tick=lambda: None
        )


def test_a_comparison_has_a_ratio_for_every_workload_and_one_for_all() -> None:
    """The geometric mean lies within the ratios it is made of; each cost is positive."""
    ticks: list[None] = []
    comparisons, mean = compare(
        WORKLOADS[:2], reference, h11, rounds=2, seed=0, tick=lambda: ticks.append(None)
    )
    assert [one.workload for one in comparisons] == list(WORKLOADS[:2])
    assert len(ticks) == 2 * 3
    for one in comparisons:
        assert one.measured_ns > 0
        assert one.against_ns > 0
    assert min(one.ratio.least for one in comparisons) <= mean.median
    assert mean.median <= max(one.ratio.most for one in comparisons)


def test_growth_is_measured_at_three_doublings() -> None:
    """Both implementations have a cost at the size, twice, four times and eight times it."""
    (dimension,) = (one for one in DIMENSIONS if one.name == "cycles")
    ((grown, ours, theirs),) = grow(
        [dimension], reference, h11, rounds=2, seed=0, tick=lambda: None
    )
    assert grown is dimension
    assert ours.sizes == theirs.sizes == sizes(dimension) == (20, 40, 80, 160)
    assert len(ours.factors) == len(theirs.factors) == 3


@pytest.mark.parametrize(("power", "linear"), [(0.9, True), (1, True), (1.5, False), (2, False)])
def test_the_exponent_is_the_power_the_cost_grows_with(power: float, linear: bool) -> None:
    """Costs of n to the power p have the exponent p, and only a p near 1 or below is linear."""
    growth = Growth((10, 20, 40, 80), tuple(7 * size**power for size in (10, 20, 40, 80)))
    assert growth.exponent == pytest.approx(power)
    assert growth.factors == pytest.approx((2**power,) * 3)
    assert growth.linear is linear


def test_the_interval_of_a_spread_holds_the_median_and_lies_within_the_sample() -> None:
    """The five numbers of a sample are in order, with the interval around the median."""
    spread = Spread.of([float(number) for number in range(101)])
    assert (spread.least, spread.lower, spread.median, spread.upper, spread.most) == (
        (0, 25, 50, 75, 100)
    )
    assert spread.lower < spread.low < spread.median < spread.high < spread.upper
    assert Spread.of([1, 2]) == Spread(1.5, 1, 2, 1.25, 1.75, 1, 2)


def test_the_verdict_names_a_slower_workload_and_ignores_an_equal_one() -> None:
    """Below 1.00x by more than the noise, below it within the noise, and above are three lots."""

    def comparison(workload: Workload, ratios: list[float]) -> Comparison:
        return Comparison(workload, 1.0, 1.0, Spread.of(ratios))

    slower, even, faster = WORKLOADS[:3]
    report = speed_report(
        [
            comparison(slower, [0.8] * 9),
            comparison(even, [0.9] * 4 + [0.99] + [1.1] * 4),
            comparison(faster, [1.3] * 9),
        ],
        Spread.of([1.0] * 9),
    )
    *_, below, unsure = report.splitlines()
    assert below.endswith(f" {slower.name} (0.800x)")
    assert unsure.endswith(f" {even.name} (0.990x)")


def test_the_script_prints_tables_and_writes_numbers(tmp_path: Path) -> None:
    """`python benchmarks/reference.py` runs as documented and ends with exit code 0."""
    numbers = tmp_path / "numbers.json"
    arguments = ["--rounds=2", "--only=server-get", "--only=cycles", f"--json={numbers}"]
    ran = subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=True
    )
    assert "geometric mean" in ran.stdout
    assert "below 1.00x" in ran.stdout
    assert "not linear" in ran.stdout
    record = json.loads(numbers.read_text(encoding="utf-8"))
    assert [one["name"] for one in record["workloads"]] == ["server-get"]
    assert [one["name"] for one in record["growth"]] == ["cycles"]
    assert record["geometric_mean"]["median"] > 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--against=no_such_h11"], 3, "Error: cannot import 'no_such_h11'"),
        (["--measure=json"], 3, "Error: 'json' is not an implementation of the h11 API"),
        (["--only=nothing"], 2, "Error: Invalid value for '--only'"),
        (["--rounds=1"], 2, "Error: Invalid value for '--rounds'"),
        (["--json=no/such/folder/numbers.json"], 2, "Error: Invalid value for '--json'"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(
    arguments: list[str], code: int, message: str
) -> None:
    """The exit code is 3 for an implementation that cannot be loaded and 2 for wrong usage."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code
    assert result.output.strip().splitlines()[-1].startswith(message)
