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

from ..oracles.statistics import Statistics

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


class ProgressDisplay:
    """The progress line on a terminal, which is updated when it is called with statistics.

    Without a bar, nothing is shown.
    """

    def __init__(self, bar: Bar | None = None) -> None:
        self._bar = bar
        self._line = ProgressLine()
        self._task = None if bar is None else bar.add_task("loading")
        self._shown = -_PAUSE

    def __call__(self, statistics: Statistics) -> None:
        """Shows the current statistics."""
        if self._bar is None or self._task is None:
            return
        text = self._line.text(statistics)
        if time.monotonic() - self._shown >= _PAUSE:
            self._shown = time.monotonic()
            self._bar.update(self._task, description=text)

    @contextmanager
    def removed(self) -> Generator[None]:
        """Takes the line away for the block, so that something else can be printed there."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()


@contextmanager
def progress() -> Generator[ProgressDisplay]:
    """Shows the progress of a run for the block, if standard error is a terminal."""
    console = Console(stderr=True)
    # Rich treats any output with colours as a terminal, but the log of a CI job is not one.
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield ProgressDisplay()
        return
    # Standard output may go elsewhere, and what is printed there must not come here.
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        redirect_stdout=False,
    ) as bar:
        yield ProgressDisplay(bar)
