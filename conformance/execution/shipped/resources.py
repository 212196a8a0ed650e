"""Limits of a process, and how much memory and how many threads it has.

It must not know why a process is limited.
"""

from __future__ import annotations

import _thread
import mmap
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

# Counts threads that are not objects of ``threading`` too; not every Python has it.
count_threads: Any = getattr(_thread, "_count", threading.active_count)
# Linux tells a process how much address space it uses, and enforces a limit on it; elsewhere memory
# has to be watched.
_STATM = "/proc/self/statm"
ENFORCES_MEMORY = os.path.exists(_STATM)


def limit(name: str, amount: int) -> Callable[[], None]:
    """Sets one of this process's limits, and returns a function that restores it."""
    import resource  # absent on Windows, where this module is only read

    kind: int = getattr(resource, name)
    before = _, hard = resource.getrlimit(kind)
    soft = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(kind, (soft, hard))
    return lambda: resource.setrlimit(kind, before)


def limit_memory(more: int) -> Callable[[], None]:
    """Limits address space to ``more`` bytes above its current size; returns the undo function."""
    if not ENFORCES_MEMORY:
        return lambda: None
    with open(_STATM) as statm:
        used = int(statm.read().split()[0]) * mmap.PAGESIZE
    return limit("RLIMIT_AS", used + more)


def peak_memory() -> int:
    """Returns the largest resident memory that this process has had, in bytes."""
    import resource  # as above

    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def resident_memory(process: int) -> int:
    """Returns the resident memory of another process, in bytes."""
    command = ["ps", "-o", "rss=", "-p", str(process)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    return int(done.stdout or 0) * 1024
