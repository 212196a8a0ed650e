"""Limits of a process, and how much memory, processor time and how many threads it has.

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


def processor_use(process: int) -> tuple[float, bool]:
    """Returns the processor time of another process in seconds, and whether it waits.

    A process that could run but has no processor does not wait. One that has ended used no time.
    """
    if ENFORCES_MEMORY:  # it is Linux, or shows its processes as Linux does
        try:
            with open("/proc/" + str(process) + "/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            return 0.0, True
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), fields[0] != "R"
    command = ["ps", "-o", "state=", "-o", "time=", "-p", str(process)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    shown = done.stdout.decode("ascii", "replace").split()
    if len(shown) != 2:
        return 0.0, True
    return _seconds(shown[1]), shown[0][:1] != "R"


def _seconds(shown: str) -> float:
    """The seconds of a time as ``ps`` shows it: [[days-]hours:]minutes:seconds."""
    days, _, rest = shown.rpartition("-")
    seconds = 0.0
    for part in rest.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds + 24 * 3600 * int(days or 0)
