"""Runs scripts in a fresh interpreter, which gets the text of this module as its program.

Owns the output and the verdict of each script. It must not import anything but the standard
library, and runs on Python 3.8; no module imports it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import time
from typing import Any

# A script takes milliseconds, unless the implementation hangs.
_TIMEOUT = 5
_MEMORY = 1 << 31
# In characters. The answer of a script has to fit into a pipe.
_MAX_OUTPUT = 2000


def run(script: str, test: str) -> dict[str, Any]:
    """Returns the output of a script, and whether its test passed, None if it has no test."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        error = _raised(script, {})
    # The text of the test defines one function.
    names: dict[str, Any] = {}
    passed = None
    if test:
        passed = not _raised(test, names) and not any(
            _raised("function()", {"function": value})
            for name, value in names.items()
            if name.startswith("test_")
        )
    return {"printed": printed.getvalue()[-_MAX_OUTPUT:] + error, "passed": passed}


def _raised(source: str, names: dict[str, Any]) -> str:
    """The last line of the traceback if the source raises an exception, otherwise ""."""
    try:
        exec(compile(source, "script", "exec"), names)  # noqa: S102 (the script to run)
    except BaseException as error:
        return type(error).__name__ + ": " + str(error)[:_MAX_OUTPUT] + "\n"
    return ""


def in_child(script: str, test: str) -> dict[str, Any]:
    """Does the same in a child process, which may crash, hang, or leave processes behind."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.setsid()
        _limit_memory()
        # Output of the implementation itself is not output of the script.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os.write(writing, json.dumps(run(script, test)).encode())
        os._exit(0)
    os.close(writing)
    status = _ended(child)
    # A process that is left behind may keep the other end of the pipe open.
    os.set_blocking(reading, False)
    try:
        answer = os.read(reading, 1 << 16)
    except BlockingIOError:
        answer = b""
    os.close(reading)
    if answer:
        return dict(json.loads(answer))
    printed = "the interpreter " + _how_it_ended(status) + "\n"
    return {"printed": printed, "passed": False if test else None}


def _how_it_ended(status: int | None) -> str:
    """A wait status in words; None stands for a child that was killed at the time limit."""
    if status is None:
        return "took too long"
    if os.WIFSIGNALED(status):
        return "died of signal " + str(os.WTERMSIG(status))
    return "exited with code " + str(os.WEXITSTATUS(status))


def _ended(child: int) -> int | None:
    """The status of a child that ended in time, or None; kills the processes it started."""
    late = time.monotonic() + _TIMEOUT
    pid, status = 0, 0
    while not pid and time.monotonic() < late:
        pid, status = os.waitpid(child, os.WNOHANG)
        if not pid:
            time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if pid:
        return status
    os.waitpid(child, 0)
    return None


def _limit_memory() -> None:
    """Limits the memory of this process, where the platform can do so."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def main() -> None:
    """Reads pairs of script and test, and writes a line of JSON with the results of each."""
    for script, test in json.load(sys.stdin):
        done = in_child(script, test) if hasattr(os, "fork") else run(script, test)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
