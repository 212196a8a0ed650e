"""The sandbox in this process, with a clock of the test: no machine is too slow for it."""

import json
import os
import select
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from h11spec.conformance.execution.shipped import sandbox
from h11spec.conformance.execution.shipped.output import Output

# In seconds. Real time only decides how often the sandbox looks at its child.
STEP_TIME = 0.02
TERMS = {"step_time": STEP_TIME, "memory": 2**30, "max_faults": 1, "golden": False}


class SlowTarget:
    """A target whose steps each take 40 % of the step time, on a clock that only they advance.

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

    def monotonic(self) -> float:
        """The clock of the sandbox."""
        if select.select([self._started], [], [], 0)[0]:
            os.read(self._started, 1)
            self.now += 0.4 * STEP_TIME
            os.write(self._see, b".")
        return self.now

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
    monkeypatch.setattr(sandbox, "time", SimpleNamespace(monotonic=target.monotonic))
    program = {"steps": [*range(10)]}
    runner = sandbox.Sandbox(target.observe, NoOutput())
    try:
        [trace] = runner.run([json.dumps(program)], TERMS)
    finally:
        target.close()
    assert trace is not None
    assert json.loads(trace) == [{"value": step} for step in program["steps"]]
    assert target.now > 2 * STEP_TIME
