"""The controller's end of a worker: starts it, gives it programs, and ends it with all its
children.

Owns the process and the limits that programs run under. What happens on the other end is
``worker``.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import IO, Any

import execnet

from ...strategies import interpreter, timing
from ...strategies.programs import Json, Program
from ..targets import loading
from ..targets.target import (
    NEEDED,
    Provenance,
    Target,
    TargetError,
    found_elsewhere,
    missing_names,
    not_importable,
)
from . import expressions, worker
from .environments import environment
from .executor import NOTHING_KNOWN, Digests, RawTrace, parse_trace
from .limits import Limits, with_short_limits
from .signals import deferred_signals, handle_signals
from .worker import FORESEEN

_PYTHON_NEEDED = (3, 8)
# The lines that are no trace.
_MEANT = {"null": None, FORESEEN: FORESEEN}
_SHIPPED = (loading, interpreter, timing, expressions)
# Until the target is loaded, nothing is imported from here: an enum.py that lies here is not meant.
_ELSEWHERE = """sh -c 'cd / && exec "$0" "$@"'"""


class Worker:
    """A target that was loaded in a process of its own.

    Raises TargetError when it cannot be.
    """

    def __init__(self, target: Target, limits: Limits) -> None:
        if not hasattr(os, "fork"):
            raise TargetError(
                "there is no process of its own for a target on this system, which cannot fork; "
                "check it with --in-process"
            )
        self._limits = limits
        self._process: int | None = None
        self._awaited: deque[list[list[RawTrace]]] = deque()
        self._told: Digests = NOTHING_KNOWN
        self._added = ""
        self._group = execnet.Group()
        self._leave_signals = handle_signals()
        # Interrupted on the way to closing this, the run must not leave a process either.
        atexit.register(self.close)
        try:
            self.target, python = self._settle(target)
            self.provenance = self._load(python or sys.executable)
        except BaseException:
            self.close()
            raise

    def _settle(self, target: Target) -> tuple[Target, str | None]:
        """Returns the target with its module, and the Python that has it, None for this one."""
        python = target.python
        if target.requirement is not None:
            made = environment(target.requirement)
            python, self._added = made.python, made.added
            target = replace(target, module=target.module or made.module, python=python)
            if not target.module:
                raise TargetError(
                    f"it is not clear which module of {target.requirement!r} to check; "
                    f"say so with {target.name}::MODULE"
                )
        elif python is not None:
            _check_python(python)
        return target, python

    def _load(self, python: str) -> Provenance:
        # Two slashes would end the path for execnet.
        path = shlex.quote(re.sub("/+", "/", python))
        if self.target.requirement is not None:
            path += " -I"  # what PYTHONPATH leads to, or lies here, is not what was installed
        gateway = self._group.makegateway(
            f"popen//python={_ELSEWHERE} {path}//execmodel=main_thread_only"
        )
        self._channel = gateway.remote_exec(worker)
        # The worker goes on with the file when its name is gone.
        with tempfile.NamedTemporaryFile(prefix="h11spec-") as output:
            self._channel.send(json.dumps(self._order(output.name)))
            try:
                self._process = self._channel.receive(self._limits.load_time)
                answer: dict[str, Any] = json.loads(self._channel.receive(self._limits.load_time))
            except self._channel.TimeoutError:
                self._say_where_it_is()
                what = f"takes more than {self._limits.load_time:g} seconds"
                raise _bad_import(self.target, what, output) from None
            except EOFError:
                raise _bad_import(self.target, "ends the process", output) from None
        if "error" in answer:
            raise not_importable(self.target, answer["error"])
        folder = self.target.folder
        # Before anything is said of a module, it is to be the one that was asked for.
        if folder is not None and not str(answer["file"]).startswith(os.path.join(folder, "")):
            raise found_elsewhere(self.target, answer["file"])
        if "missing" in answer:
            raise missing_names(self.target, answer["missing"])
        return Provenance(**answer, added=self._added)

    def _order(self, output: str) -> dict[str, Any]:
        here = os.getcwd()
        # A module that is installed somewhere else must not be shadowed by one that lies here.
        first = here if self.target.python is None else ""
        return {
            "shipped": [inspect.getsource(each) for each in _SHIPPED],
            "module": self.target.module,
            "folder": first if self.target.folder is None else str(self.target.folder),
            "here": here,
            "needed": NEEDED,
            "memory": self._limits.memory,
            "output": output,
        }

    def _say_where_it_is(self) -> None:
        """Ends a worker whose target hangs, so that it writes down where."""
        if self._process is not None:
            os.kill(self._process, signal.SIGABRT)
            with contextlib.suppress(EOFError, self._channel.TimeoutError):
                self._channel.receive(1)

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        """Sends the programs; the function that it returns waits for their traces."""
        limits = with_short_limits(self._limits) if short_limits else self._limits
        return self._send([program.to_text() for program in programs], limits, known)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression, or the fault that came of it."""
        return self._answers([{"expression": each, "steps": []} for each in expressions])

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns what each program took, or the fault that it ended in."""
        return self._answers([{"timed": each.to_json(), "steps": []} for each in programs])

    def _answers(self, asked: list[Json]) -> list[Json]:
        """What comes of each that is no program; none is left out, whatever came of the others."""
        limits = replace(self._limits, max_faults=len(asked))
        answers = self._send([json.dumps(each) for each in asked], limits)
        return [parse_trace(shown).form[0] for shown in answers()]

    def _send(
        self, programs: list[str], limits: Limits, known: Digests = NOTHING_KNOWN
    ) -> Callable[[], list[RawTrace]]:
        """Sends a batch; the function that it returns waits for the answer to this very one."""
        form: Json = {**asdict(limits), "foreseen": bool(known)}
        if known and known is not self._told:
            form["digests"] = b"".join(sorted(known)).hex()
            self._told = known
        with contextlib.suppress(OSError):  # it has ended; receiving says why
            self._channel.send("\n".join([json.dumps(form), *programs]))
        answer: list[list[RawTrace]] = []
        self._awaited.append(answer)

        def result() -> list[RawTrace]:
            while not answer:  # they come in the order in which they were asked for
                self._awaited.popleft().append(self._receive())
            return answer[0]

        return result

    def _receive(self) -> list[RawTrace]:
        try:
            lines = str(self._channel.receive()).split("\n")[:-1]
        except EOFError:
            raise TargetError(
                f"{self.target.name} ended not only its own process, but the one that watches it; "
                "mend that first"
            ) from None
        return [_MEANT.get(line, line) for line in lines]

    def close(self) -> None:
        """Ends the process, and every other that came of it; no interrupt keeps it from that."""
        with deferred_signals():
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process, signal.SIGKILL)
                self._process = None
            self._group.terminate(timeout=1)
            atexit.unregister(self.close)
        self._leave_signals()


def _bad_import(target: Target, what: str, output: IO[bytes]) -> TargetError:
    output.seek(0)
    said = output.read().decode("utf-8", "replace")
    return TargetError(f"importing {target.module!r} {what}; mend that first", said)


def _check_python(python: str) -> None:
    ask = [python, "-c", "import sys; print('%d %d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(
            ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
        version = tuple(map(int, done.stdout.split()))
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"{python} is no Python that can be run", str(error)) from None
    if done.returncode or len(version) != 2:
        raise TargetError(f"{python} is no Python that can be run", done.stdout + done.stderr)
    if version < _PYTHON_NEEDED:
        raise TargetError(
            f"{python} is Python {'.'.join(map(str, version))}; a target needs 3.8 or newer"
        )
