"""What a run is doing, for somebody who is looking at a terminal.

Owns the line and how often it is written. What is going on is told by the run.
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

# Nobody reads more often, and a batch takes less.
_PAUSE = 0.1


class Line:
    """Puts together what is going on.

    Args:
        clock: tells the seconds that pass.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._statistics: dict[str, Statistics] = {}
        self._phase = ""
        self._since = 0.0
        self._before = 0

    def text(self, statistics: Statistics) -> str:
        """Returns the line for a run that is at this tally: its phase and check, and how much was
        done and found in the whole run; the rate is that of the phase.
        """
        if statistics.phase != self._phase:
            self._phase, self._since, self._before = (
                statistics.phase,
                self._clock(),
                self._total("runs"),
            )
        self._statistics[statistics.check] = statistics
        gone = self._clock() - self._since
        rate = f", {(self._total('runs') - self._before) / gone:,.0f} a second" if gone > 0 else ""
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
    """Shows what a run is doing for the block, where somebody is looking; gives what tells it."""
    console = Console(stderr=True)
    # Rich takes what is to have colours for a terminal: a log of continuous integration is none.
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield lambda statistics: None
        return
    line = Line()
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("loading")
        shown = -_PAUSE

        def say(statistics: Statistics) -> None:
            nonlocal shown
            text = line.text(statistics)
            if time.monotonic() - shown >= _PAUSE:
                shown = time.monotonic()
                bar.update(task, description=text)

        yield say
