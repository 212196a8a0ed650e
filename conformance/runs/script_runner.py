"""Runs scripts in an interpreter that has nothing else in it; this file is what that one is given.

Owns what came of each script. It imports the standard library alone, and runs on Python 3.8; it is
not imported anywhere else.
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

# A script takes milliseconds; an implementation that hangs is a finding, too.
_SECONDS = 5
_MEMORY = 1 << 31
# So much is shown of what a script prints; the answer has to fit into a pipe.
_MOST = 2000


def run(script: str, test: str) -> dict[str, Any]:
    """Returns what a script printed, and whether its test passed, or None where there is none."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        error = _raised(script, {})
    # The test is a function, the only one that the text defines.
    names: dict[str, Any] = {}
    passed = None
    if test:
        passed = not _raised(test, names) and not any(
            _raised("function()", {"function": value})
            for name, value in names.items()
            if name.startswith("test_")
        )
    return {"printed": printed.getvalue()[-_MOST:] + error, "passed": passed}


def _raised(source: str, names: dict[str, Any]) -> str:
    """What ended the source, as the last line of a traceback has it; "" if nothing did."""
    try:
        exec(compile(source, "script", "exec"), names)  # noqa: S102 (that is what it is for)
    except BaseException as error:
        return type(error).__name__ + ": " + str(error)[:_MOST] + "\n"
    return ""


def in_child(script: str, test: str) -> dict[str, Any]:
    """Does the same in a process of its own, which may crash, hang, or leave others behind."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.setsid()
        _limit_memory()
        # What the implementation prints itself is not what the script prints.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os.write(writing, json.dumps(run(script, test)).encode())
        os._exit(0)
    os.close(writing)
    status = _ended(child)
    # Whoever is left of it may hold the other end of the pipe for ever.
    os.set_blocking(reading, False)
    try:
        answer = os.read(reading, 1 << 16)
    except BlockingIOError:
        answer = b""
    os.close(reading)
    if answer:
        return dict(json.loads(answer))
    how = "took too long" if status is None else "died of signal " + str(status & 127)
    return {"printed": "the interpreter " + how + "\n", "passed": False if test else None}


def _ended(child: int) -> int | None:
    """The status of a child that ended in time, or None; all that it began is ended as well."""
    late = time.monotonic() + _SECONDS
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
    """Keeps an implementation that eats memory from eating that of others."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def main() -> None:
    """Reads pairs of script and test, and writes what came of each, a line of JSON for each."""
    for script, test in json.load(sys.stdin):
        done = in_child(script, test) if hasattr(os, "fork") else run(script, test)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
