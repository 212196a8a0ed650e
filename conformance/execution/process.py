"""The controller's end of a worker process: starts it, sends it programs, and ends it.

Owns the process, and the end of every process that comes from it. It must not know how the worker
runs programs.
"""

from __future__ import annotations

import atexit
import contextlib
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
from inspect import getsource
from typing import IO, Any

import execnet

from ...strategies import interpreter, retention, timing
from ...strategies.program import Json, Program
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
from .environments import environment
from .executor import Digests, RawTrace, parse_trace
from .fault_limit import UNCERTAIN
from .limits import Limits, Terms, edited_terms, full_terms, short_terms, usual_terms
from .shipped import (
    child,
    editing,
    expressions,
    lines,
    output,
    protocol,
    resources,
    sandbox,
    shared_memory,
    watch,
    worker,
)
from .shipped.protocol import GOLDEN, NOT_RUN
from .signals import deferred_signals, handle_signals

_PYTHON_NEEDED = (3, 8)
# The lines that are not traces.
_CONSTANTS = {NOT_RUN: None, GOLDEN: GOLDEN}
# What the worker needs, each after the modules that it imports.
_SHIPPED = (
    *(loading, interpreter, timing, retention, expressions, lines, editing),
    *(protocol, resources, output, shared_memory, watch, child, sandbox),
)
# The worker starts in the root folder: an enum.py in the current one must not be imported by it.
_ELSEWHERE = """sh -c 'cd / && exec "$0" "$@"'"""


class Worker:
    """Runs programs on a target in a process of its own.

    Raises TargetError when the target cannot be loaded.
    """

    def __init__(self, target: Target, limits: Limits) -> None:
        if not hasattr(os, "fork"):
            raise TargetError(
                "a target cannot have a process of its own on this system, which cannot fork; "
                "check it with --in-process"
            )
        self._limits = limits
        self._process: int | None = None
        self._pending: deque[list[list[RawTrace]]] = deque()
        self._sent_digests: Digests = frozenset()
        self._hang_confirmed = False
        self._added = ""
        self._group = execnet.Group()
        self._leave_signals = handle_signals()
        # A run that is interrupted before it closes this must not leave a process behind either.
        atexit.register(self.close)
        try:
            self.target, python = self._resolve(target)
            self.provenance = self._load(python or sys.executable)
        except BaseException:
            self.close()
            raise

    def _resolve(self, target: Target) -> tuple[Target, str | None]:
        """Returns the target with its module, and the Python to run it with; None for this one."""
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
            path += " -I"  # ignores PYTHONPATH and the current folder
        gateway = self._group.makegateway(
            f"popen//python={_ELSEWHERE} {path}//execmodel=main_thread_only"
        )
        self._channel = gateway.remote_exec(worker)
        # The worker keeps the file open after its name is removed.
        with tempfile.NamedTemporaryFile(prefix="h11spec-") as output:
            self._channel.send(json.dumps(self._order(output.name)))
            try:
                self._process = self._channel.receive(self._limits.load_time)
                answer: dict[str, Any] = json.loads(self._channel.receive(self._limits.load_time))
            except self._channel.TimeoutError:
                self._dump_traceback()
                what = f"takes more than {self._limits.load_time:g} seconds"
                raise _bad_import(self.target, what, output) from None
            except EOFError:
                raise _bad_import(self.target, "ends the process", output) from None
        if "error" in answer:
            raise not_importable(self.target, answer["error"])
        folder = self.target.folder
        # A wrong module is reported first, whatever else is wrong with it.
        if folder is not None and not str(answer["file"]).startswith(os.path.join(folder, "")):
            raise found_elsewhere(self.target, answer["file"])
        if "missing" in answer:
            raise missing_names(self.target, answer["missing"])
        return Provenance(**answer, added=self._added)

    def _order(self, output: str) -> dict[str, Any]:
        here = os.getcwd()
        # With another Python, a module in the current folder must not shadow the installed one.
        first = here if self.target.python is None else ""
        return {
            "shipped": {each.__name__.rpartition(".")[2]: getsource(each) for each in _SHIPPED},
            "module": self.target.module,
            "folder": first if self.target.folder is None else str(self.target.folder),
            "here": here,
            "needed": NEEDED,
            "memory": self._limits.memory,
            "output": output,
        }

    def _dump_traceback(self) -> None:
        """Ends a worker whose target hangs, so that faulthandler writes where."""
        if self._process is not None:
            os.kill(self._process, signal.SIGABRT)
            with contextlib.suppress(EOFError, self._channel.TimeoutError):
                self._channel.receive(1)

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Sends the programs; the function that it returns waits for their traces."""
        return self.submit_golden(programs, frozenset(), short_limits=short_limits)

    def submit_golden(
        self, programs: Sequence[Program], digests: Digests, *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Does the same, but a group that has one of the digests is answered with GOLDEN."""
        terms = short_terms(self._limits) if short_limits else usual_terms(self._limits)
        return self._send([program.to_text() for program in programs], terms, digests)

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs in one new process, and returns their traces."""
        terms = full_terms(self._limits, suspected=suspected)
        return self._send([program.to_text() for program in programs], terms, frozenset())()

    def with_golden(self, digests: Digests) -> GoldenWorker:
        """Returns a view of this worker that may answer groups with GOLDEN."""
        return GoldenWorker(self, digests)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the answer to each expression, or the fault that it ended in."""
        requests: list[Json] = [{"expression": each, "steps": []} for each in expressions]
        answers = self._answers(requests, usual_terms(self._limits))
        for at, answer in enumerate(answers):
            if "fault" in answer and answer["fault"]["kind"] in UNCERTAIN:
                answers[at] = self._confirmed(requests[at])
        return answers

    def _confirmed(self, request: Json) -> Json:
        """The answer to a request alone; the first hang is confirmed with the whole step time."""
        for suspected in (True, False):
            [answer] = self._answers([request], full_terms(self._limits, suspected=suspected))
            if "fault" not in answer or answer["fault"]["kind"] != "hang" or self._hang_confirmed:
                return answer
        self._hang_confirmed = True
        return answer

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the cost of each program, or the fault that it ended in."""
        requests: list[Json] = [{"timed": each.to_json(), "steps": []} for each in programs]
        return self._answers(requests, full_terms(self._limits))

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that is used after some repetitions, or the fault they ended in.

        Each request has a process of its own.
        """
        text = json.dumps({"repeated": request, "steps": []})
        terms = replace(full_terms(self._limits), max_faults=1)
        [raw] = self._send([text], terms, frozenset())()
        return _last_observation(raw)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes, or the fault that it ended in."""
        texts = [json.dumps({"traced": each.to_json(), "steps": []}) for each in programs]
        terms = replace(full_terms(self._limits, suspected=True), max_faults=len(texts))
        return [_last_observation(raw) for raw in self._send(texts, terms, frozenset())()]

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source."""
        texts = [
            json.dumps({"edit": edit, "program": program.to_json(), "steps": []})
            for edit, program in runs
        ]
        terms = replace(edited_terms(self._limits), max_faults=len(texts))
        return self._send(texts, terms, frozenset(), edited=True)()

    def _answers(self, requests: list[Json], terms: Terms) -> list[Json]:
        """Sends requests that are not programs; no fault keeps the others from being answered."""
        terms = replace(terms, max_faults=len(requests))
        answers = self._send([json.dumps(each) for each in requests], terms, frozenset())
        return [parse_trace(raw).form[0] for raw in answers()]

    def _send(
        self, programs: list[str], terms: Terms, digests: Digests, *, edited: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Sends a batch; the function that it returns waits for the answer to this batch."""
        first: Json = {**asdict(terms), "golden": bool(digests), "edited": edited}
        if digests and digests is not self._sent_digests:
            first["digests"] = b"".join(sorted(digests)).hex()
            self._sent_digests = digests
        with contextlib.suppress(OSError):  # the worker has ended; receiving says why
            self._channel.send("\n".join([json.dumps(first), *programs]))
        answer: list[list[RawTrace]] = []
        self._pending.append(answer)

        def result() -> list[RawTrace]:
            while not answer:  # answers come in the order of the batches
                self._pending.popleft().append(self._receive())
            return answer[0]

        return result

    def _receive(self) -> list[RawTrace]:
        try:
            lines = str(self._channel.receive()).split("\n")[:-1]
        except EOFError:
            raise TargetError(
                f"{self.target.name} ended not only its process, but also the worker around it; "
                "fix that first"
            ) from None
        return [_CONSTANTS.get(line, line) for line in lines]

    def close(self) -> None:
        """Ends the process and every process that comes from it, even while being interrupted."""
        with deferred_signals():
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process, signal.SIGKILL)
                self._process = None
            self._group.terminate(timeout=1)
            atexit.unregister(self.close)
        self._leave_signals()


class GoldenWorker:
    """A view of a worker that answers a group of programs with GOLDEN if its digest is golden."""

    def __init__(self, worker: Worker, digests: Digests) -> None:
        self._worker = worker
        self._digests = digests

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Sends the programs; the function that it returns waits for their traces."""
        return self._worker.submit_golden(programs, self._digests, short_limits=short_limits)

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs in one new process, and returns their traces."""
        return self._worker.run_in_sequence(programs, suspected=suspected)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the worker's answers."""
        return self._worker.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the costs that the worker measures."""
        return self._worker.measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that the worker traces."""
        return self._worker.executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of the worker's target with an edit."""
        return self._worker.run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that the worker measures."""
        return self._worker.live_memory(request)

    def close(self) -> None:
        """Closes the worker."""
        self._worker.close()


def _last_observation(raw: RawTrace) -> Json:
    """The last observation of a request that is not a program, or the one with a fault."""
    observations = parse_trace(raw).form
    return next((each for each in observations if "fault" in each), observations[-1])


def _bad_import(target: Target, what: str, output: IO[bytes]) -> TargetError:
    output.seek(0)
    text = output.read().decode("utf-8", "replace")
    return TargetError(f"importing {target.module!r} {what}; fix that first", text)


def _check_python(python: str) -> None:
    ask = [python, "-c", "import sys; print('%d %d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(
            ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
        version = tuple(map(int, done.stdout.split()))
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"{python} is not a Python that can be run", str(error)) from None
    if done.returncode or len(version) != 2:
        raise TargetError(f"{python} is not a Python that can be run", done.stdout + done.stderr)
    if version < _PYTHON_NEEDED:
        raise TargetError(
            f"{python} is Python {'.'.join(map(str, version))}; a target needs 3.8 or newer"
        )
