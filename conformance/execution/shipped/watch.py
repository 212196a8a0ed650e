"""The watch over a child: whether its target takes more time for a step than it may.

Owns what counts as a hang. It must not know how a child is started or ended.

A step hangs if the child has used more processor time for it than it may. A child that waits for
something uses no processor time: it hangs if it waits longer than it may, by the clock. Time for
which the child could run but had no processor counts for neither, as the machine may be busy; and
what the child does between two calls of the target counts for neither, as it is not the target's
doing.
"""

from __future__ import annotations

import time

from .resources import processor_use
from .shared_memory import OWN_WORK, Progress

# In seconds. The child's own work ends by itself, unless the target keeps it from running.
_OWN_WORK_TIME = 60.0
# In seconds. Between two looks further apart, the watching process had no processor itself.
_MAX_INTERVAL = 1.0


class StepWatch:
    """Watches one child.

    Args:
        child: its process id.
        step_time: how much processor time a step may take, in seconds.
        wait_time: how long a step may wait, in seconds.
    """

    def __init__(self, child: int, step_time: float, wait_time: float) -> None:
        self._child = child
        self._step_time = step_time
        self._wait_time = wait_time
        self._progress: Progress = Progress(0, 0, OWN_WORK)
        self._waited = self._started = self._used = 0.0
        self._looked = time.monotonic()

    def is_hanging(self, progress: Progress) -> bool:
        """Looks at the child, and returns whether it takes too long.

        Args:
            progress: how far the child is; a step that was finished since the last look starts the
                time for the next one.
        """
        now = time.monotonic()
        used, waits = processor_use(self._child)
        if progress != self._progress:
            self._progress, self._started, self._waited = progress, used, 0.0
        elif waits:
            passed = min(now - self._looked, _MAX_INTERVAL)
            self._waited += max(passed - (used - self._used), 0.0)
        self._looked, self._used = now, used
        limit, max_wait = self._step_time, self._wait_time
        if progress.end == OWN_WORK:
            limit, max_wait = max(limit, _OWN_WORK_TIME), max(max_wait, _OWN_WORK_TIME)
        return used - self._started > limit or self._waited > max_wait
