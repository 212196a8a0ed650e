"""The sandbox in this process, with clocks of the test: no machine is too slow for it."""

import json
import os
import select
import subprocess
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from h11spec.conformance.execution.shipped import child, resources, sandbox, watch
from h11spec.conformance.execution.shipped.output import Output
from h11spec.conformance.execution.shipped.shared_memory import OWN_WORK, RUNNING, Progress

# In seconds. Real time only decides how often the sandbox looks at its child.
STEP_TIME = 0.02
TERMS = {
    "step_time": STEP_TIME,
    "wait_time": STEP_TIME,
    "later_step_time": STEP_TIME,
    "later_wait_time": STEP_TIME,
    "memory": 2**30,
    "max_faults": 1,
    "golden": False,
}


class SlowTarget:
    """A target whose steps each take 40 % of the step time, as a clock of their own says.

    A step is complete once the sandbox has seen the clock advance. As the clock may advance once
    more before the sandbox sees that step, it measures up to 80 % of the step time.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._started, self._start = os.pipe()
        self._seen, self._see = os.pipe()

    def observe(self, program: Any) -> Iterator[Any]:
        """Runs in the child."""
        for step in program["steps"]:
            os.write(self._start, b".")
            os.read(self._seen, 1)
            yield {"value": step}

    def processor_use(self, process: int) -> tuple[float, bool]:
        """The processor time of the child."""
        if select.select([self._started], [], [], 0)[0]:
            os.read(self._started, 1)
            self.now += 0.4 * STEP_TIME
            os.write(self._see, b".")
        return self.now, False

    def close(self) -> None:
        for descriptor in (self._started, self._start, self._seen, self._see):
            os.close(descriptor)


class NoOutput(Output):
    """Has no file, as this target prints nothing."""

    def __init__(self) -> None:
        pass

    def take(self) -> str:
        return ""


@pytest.mark.usefixtures("capfd")  # the sandbox looks for output of its child in descriptor 1
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of a process with threads
def test_the_step_time_is_for_each_step_and_not_for_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program is not a hang while its steps go on, however long they take together."""
    target = SlowTarget()
    monkeypatch.setattr(watch, "processor_use", target.processor_use)
    program = {"steps": [*range(10)]}
    runner = sandbox.Sandbox(target.observe, NoOutput())
    try:
        [trace] = runner.run([json.dumps(program)], TERMS)
    finally:
        target.close()
    assert trace is not None
    assert json.loads(trace) == [{"value": step} for step in program["steps"]]
    assert target.now > 2 * STEP_TIME


@pytest.mark.usefixtures("capfd")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("slow", ["json.loads", "_TRACE.encode"])
def test_reading_programs_and_writing_traces_is_not_part_of_a_step(
    monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    """It may take the child as long as it likes: it is not the target's doing."""
    clock = SlowTarget()
    place, name = slow.split(".")
    original = getattr(getattr(child, place), name)

    def takes_time(value: Any) -> Any:
        for _ in range(5):
            next(clock.observe({"steps": [0]}))
        return original(value)

    monkeypatch.setattr(child, place, SimpleNamespace(**{name: takes_time}))
    monkeypatch.setattr(watch, "processor_use", clock.processor_use)
    runner = sandbox.Sandbox(lambda program: iter([{"value": program["steps"][0]}]), NoOutput())
    try:
        [trace] = runner.run([json.dumps({"steps": [1]})], TERMS)
    finally:
        clock.close()
    assert trace is not None
    assert json.loads(trace) == [{"value": 1}]
    assert clock.now > STEP_TIME


class Clocks:
    """The clocks that a watch looks at, and whether the child waits."""

    def __init__(self) -> None:
        self.now = self.used = 0.0
        self.waits = False

    def monotonic(self) -> float:
        return self.now

    def processor_use(self, process: int) -> tuple[float, bool]:
        return self.used, self.waits


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Clocks in the place of those of the machine."""
    made = Clocks()
    monkeypatch.setattr(watch, "time", made)
    monkeypatch.setattr(watch, "processor_use", made.processor_use)
    return made


def looks_until_it_hangs(
    clocks: Clocks, *, computes: float, waits: bool, end: int = RUNNING
) -> float | None:
    """How long a step of 1 second may take by the clock; None for more than 1,000 seconds.

    Args:
        computes: the share of the time for which the child has a processor.
        waits: whether it waits for the rest of the time.
    """
    watched = watch.StepWatch(0, 1.0, 10.0)
    clocks.waits = waits
    while clocks.now <= 1000:
        if watched.is_hanging(Progress(0, 0, end)):
            return clocks.now
        clocks.now += 0.25
        clocks.used += 0.25 * computes
    return None


@pytest.mark.parametrize(
    ("computes", "waits", "seconds"),
    [(1.0, False, 1.25), (0.25, False, 4.25), (0.0, True, 10.25), (0.0, False, None)],
    ids=["busy", "busy on a busy machine", "waiting", "without a processor"],
)
def test_a_hang_is_processor_time_or_ten_times_as_much_waiting(
    clocks: Clocks, computes: float, waits: bool, seconds: float | None
) -> None:
    found = looks_until_it_hangs(clocks, computes=computes, waits=waits)
    assert found is seconds or (found is not None and found == pytest.approx(seconds, abs=0.3))


def test_the_own_work_of_a_child_may_take_longer(clocks: Clocks) -> None:
    """It ends, though, if the target keeps the child from doing it."""
    found = looks_until_it_hangs(clocks, computes=1.0, waits=False, end=OWN_WORK)
    assert found == pytest.approx(60, abs=0.5)


def test_a_step_that_was_finished_starts_the_time_anew(clocks: Clocks) -> None:
    watched = watch.StepWatch(0, 1.0, 10.0)
    for step in range(10):
        clocks.used += 0.9
        assert not watched.is_hanging(Progress(0, step, RUNNING))
    clocks.used += 1.1
    assert watched.is_hanging(Progress(0, 9, RUNNING))


def test_a_watch_that_had_no_processor_itself_counts_no_waiting(clocks: Clocks) -> None:
    """What the child did between two looks that are far apart is not known."""
    watched = watch.StepWatch(0, 1.0, 10.0)
    clocks.waits = True
    for _ in range(5):
        clocks.now += 100
        assert not watched.is_hanging(Progress(0, 0, RUNNING))


@pytest.mark.parametrize(
    ("shown", "seconds"), [("0:01.25", 1.25), ("00:00:03", 3), ("1-02:03:04", 93784)]
)
def test_processor_time_is_read_from_ps(
    monkeypatch: pytest.MonkeyPatch, shown: str, seconds: float
) -> None:
    """On systems that do not show their processes as files."""
    done = SimpleNamespace(stdout=f"S+ {shown}\n".encode())
    monkeypatch.setattr(resources, "ENFORCES_MEMORY", False)

    def run(*_: object, **__: object) -> SimpleNamespace:
        return done

    monkeypatch.setattr(subprocess, "run", run)
    assert resources.processor_use(1) == (seconds, True)
