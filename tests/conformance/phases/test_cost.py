"""The cost phase: the classes of growth; seconds are never reported."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_helper import h11spec, module
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.phases.cost import (
    CHECKS,
    FAULTY,
    LINEAR,
    OTHER_CALLS,
    SUPER_LINEAR,
    exponent,
    growth,
    sizes,
)
from h11spec.strategies import interpreter
from h11spec.strategies.program import Drain, Json, Program, Receive, ReceiveEOF, Send
from h11spec.strategies.scaling import DIMENSIONS, Dimension, program
from h11spec.strategies.timing import cost
from h11spec.strategies.traces import run

# All that was received so far is gone through each time.
GOES_THROUGH_ALL = """
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    pieces = ()

    def receive_data(self, data):
        self.pieces = (*self.pieces, data)
        for piece in self.pieces * 4:
            len(piece)
        super().receive_data(data)

__getattr__ = partial(getattr, reference)
"""
SMALL = [each for each in DIMENSIONS if each.min_size <= 8000]


class GivenCosts(InProcessExecutor):
    """An executor with given costs."""

    def __init__(self, *costs: Sequence[float]) -> None:
        super().__init__(reference)
        self._costs = iter(costs)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        return [{"nanoseconds": cost, "calls": 1} for cost in next(self._costs)]


def test_the_exponent_is_the_power_of_the_size() -> None:
    assert exponent([1e6, 2e6, 4e6, 8e6]) == pytest.approx(1)
    assert exponent([1e6, 4e6, 16e6, 64e6]) == pytest.approx(2)
    assert exponent([5, 5, 5, 5]) == pytest.approx(0)


def test_super_linear_growth_is_measured_again() -> None:
    """Noise of a busy machine is not reported; growth that is too fast every time is."""
    linear, quadratic = (1e6, 2e6, 4e6, 8e6), (1e6, 4e6, 16e6, 64e6)
    for costs, expected in (
        ([linear], LINEAR),
        ([quadratic, linear], LINEAR),
        ([quadratic] * 9, SUPER_LINEAR),
    ):
        assert growth(DIMENSIONS[0], GivenCosts(linear, linear), GivenCosts(*costs)) == (
            LINEAR,
            expected,
        )


HANG, CRASH = ({"fault": {"kind": kind, "detail": "", "text": ""}} for kind in ("hang", "crash"))
FINE = {"nanoseconds": 10**6, "calls": 1}


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([FINE, FINE, FINE, HANG], SUPER_LINEAR),
        ([HANG, HANG, HANG, HANG], FAULTY),
        ([FINE, FINE, FINE, CRASH], FAULTY),
        ([FINE, FINE, FINE, {**FINE, "calls": 0}], OTHER_CALLS),
    ],
)
def test_a_program_that_ends_early_is_never_linear(costs: list[Json], expected: str) -> None:
    """A program that crashes or is refused early would look fast."""

    class Ends(InProcessExecutor):
        def measure(self, programs: Sequence[Program]) -> list[Json]:
            return costs

    linear = (1e6, 2e6, 4e6, 8e6)
    assert growth(DIMENSIONS[0], GivenCosts(linear, linear), Ends(reference)) == (LINEAR, expected)


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda each: each.name)
def test_each_program_is_twice_as_long_as_the_one_before(dimension: Dimension) -> None:
    """In its unit: bytes, steps or fields."""
    lengths = [len(json.dumps(dimension.program(size).to_json())) for size in (500, 1000, 2000)]
    assert 1.7 < (lengths[2] - lengths[1]) / (lengths[1] - lengths[0]) < 2.4


@pytest.mark.parametrize("dimension", SMALL, ids=lambda each: each.name)
def test_every_program_is_processed_completely(dimension: Dimension) -> None:
    """A message that is refused at its first byte would cost the same at any size."""
    small = dimension.program(20)
    trace = run(reference, small)
    assert [seen.raised for seen in trace] == [None] * len(small.steps)
    assert any(isinstance(step, Receive | Send) for step in small.steps)


def dimension(name: str) -> Dimension:
    return next(each for each in DIMENSIONS if each.name == name)


def test_a_dimension_is_found_by_its_name() -> None:
    assert program("fields", 7) == dimension("fields").program(7)
    assert [check.id for check in CHECKS] == [f"cost/{each.name}" for each in DIMENSIONS]


@pytest.mark.slow
@pytest.mark.parametrize("where", [[], ["--in-process"]], ids=["of its own", "this"])
def test_a_quadratic_target_is_reported(tmp_path: Path, where: list[str]) -> None:
    """It does not fail the run; the record has the class of growth, and no time."""
    record = tmp_path / "run.jsonl"
    done = h11spec(
        *(
            "check",
            module(tmp_path, GOES_THROUGH_ALL),
            "--phases=cost",
            "--checks=cost/body-in-pieces",
        ),
        "--record",
        record,
        *where,
    )
    assert done.exit_code == 0, done.stdout
    title = "needs time that grows faster than the size of its input (body-in-pieces)"
    assert title in " ".join(done.stdout.split())
    [finding, _, result, _] = record_lines(record)[1:]
    assert (finding["aspect"], finding["fails"]) == ("cost", False)
    assert finding["sizes"] == list(sizes(dimension("body-in-pieces")))
    assert result["growth"] == "super-linear"
    assert "nanoseconds" not in json.dumps([finding["expected"], finding["actual"], result])
    shown = subprocess.run(
        [sys.executable, "-c", "\n".join(finding["script"])],
        capture_output=True,
        text=True,
        check=True,
    )
    measured = [list(map(int, line.split())) for line in shown.stdout.splitlines()]
    assert [size for size, _ in measured] == finding["sizes"]
    assert exponent([cost for _, cost in measured]) > 1


def test_a_timed_drain_ends_when_the_connection_is_closed() -> None:
    """next_event() returns ConnectionClosed again and again."""
    answers = 0

    class Counting(reference.Connection):
        def next_event(self) -> Any:
            nonlocal answers
            answers += 1
            return super().next_event()

    implementation = SimpleNamespace(**{**vars(reference), "Connection": Counting})
    done = Program("server", (Receive(b"GET / HTTP/1.0\r\n\r\n"), ReceiveEOF(), Drain()))
    assert cost(interpreter, implementation, done.to_json(), repeats=1)["calls"] == 3
    assert answers == 3
