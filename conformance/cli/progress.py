"""The progress of a run, for a user at a terminal.

Owns the progress line, and how often it is updated. It must not know how a run is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn

from ..oracles.statistics import Progress, Statistics

# In seconds. Batches are shorter, but users do not read faster.
_PAUSE = 0.1


class ProgressLine:
    """Composes the progress line from the statistics of a run.

    Args:
        clock: returns the current time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._statistics: dict[str, Statistics] = {}
        self._phase = ""
        self._since = 0.0
        self._before = 0

    def text(self, statistics: Statistics) -> str:
        """Returns the line for the check that is being run.

        It has the phase and the check, the totals of the whole run, and the rate of the phase.
        """
        if statistics.phase != self._phase:
            self._phase, self._since, self._before = (
                statistics.phase,
                self._clock(),
                self._total("runs"),
            )
        self._statistics[statistics.check] = statistics
        elapsed = self._clock() - self._since
        rate = (
            f", {(self._total('runs') - self._before) / elapsed:,.0f} per second"
            if elapsed > 0
            else ""
        )
        found = len({each for one in self._statistics.values() for each in one.divergences})
        return (
            f"{statistics.phase}: {statistics.check}: {self._total('runs'):,} programs, "
            f"{self._total('steps'):,} steps{rate}; {found:,} divergences"
            f"{statistics.doing and '; '}{statistics.doing}"
        )

    def _total(self, name: str) -> int:
        return sum(getattr(statistics, name) for statistics in self._statistics.values())


@contextmanager
def progress() -> Generator[Progress]:
    """Shows the progress of a run for the block, if standard error is a terminal.

    Yields the function to call with the current statistics.
    """
    console = Console(stderr=True)
    # Rich treats any output with colours as a terminal, but the log of a CI job is not one.
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield lambda statistics: None
        return
    line = ProgressLine()
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("loading")
        shown = -_PAUSE

        def update(statistics: Statistics) -> None:
            nonlocal shown
            text = line.text(statistics)
            if time.monotonic() - shown >= _PAUSE:
                shown = time.monotonic()
                bar.update(task, description=text)

        yield update
