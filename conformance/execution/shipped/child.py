"""The forked child of a sandbox: runs a batch of programs on the target.

Whatever the target does to this process, traces that were finished are in the shared memory or the
pipe. It must not know what is done about a child that ended early.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
import traceback
from typing import Any, Callable, Iterable, NamedTuple

from .output import Output, has_output
from .protocol import GOLDEN, GROUP, digest
from .resources import count_threads, limit, limit_memory, peak_memory
from .shared_memory import (
    BROKEN,
    LEFT_OUTPUT,
    LEFT_RESOURCES,
    OUT_OF_MEMORY,
    OWN_WORK,
    SharedMemory,
    TraceBuffer,
)

# A flood of output ends in an error, not in a full disk.
_MAX_OUTPUT = 1024 * 1024
# Traces have no cycles, and searching everything that a child inherits for some takes long.
_COLLECTED_AFTER = 10_000
# Seconds that a thread which is about to end gets before it counts as left behind.
_THREAD_GRACE = 0.05

# Digests are of this text: the controller must write the same.
_TRACE = json.JSONEncoder(separators=(",", ":"))
# Yields the observations of a program, as JSON values.
Observe = Callable[[Any], Iterable[Any]]


class Terms(NamedTuple):
    """The terms of a batch.

    ``step_time`` is the processor time of a step and ``wait_time`` the time that it may wait, in
    seconds; ``memory`` is in bytes. ``golden`` are the digests of groups that may be answered with
    GOLDEN.
    """

    step_time: float
    wait_time: float
    memory: int
    golden: frozenset[bytes] = frozenset()


class Child:
    """Runs programs in this process, which it ends.

    Args:
        observe: runs one program on the target.
        output: the file that the target's output goes to.
        shared: the memory that is shared with the sandbox.
        pipe: the descriptor that traces are written to.
        careful: whether to look for output and closed descriptors after each step, which takes
            system calls, and not only after each program.
    """

    def __init__(
        self, observe: Observe, output: Output, shared: SharedMemory, pipe: int, *, careful: bool
    ) -> None:
        self._observe = observe
        self._output = output
        self._shared = shared
        self._pipe = pipe
        self._careful = careful
        self._buffer = TraceBuffer(shared, pipe)

    def run(self, programs: list[str], first: int, terms: Terms) -> None:
        """Runs the programs from the index ``first`` on, and ends the process."""
        try:
            limit("RLIMIT_FSIZE", _MAX_OUTPUT)
            limit("RLIMIT_CORE", 0)
            limit_memory(terms.memory)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            if hasattr(gc, "freeze"):  # PyPy's collector works differently
                gc.freeze()
                gc.set_threshold(_COLLECTED_AFTER)
            self._run_all(programs, first, terms)
        except MemoryError:
            self._shared.note_end(OUT_OF_MEMORY)
        except BaseException:
            # A target can break the process in many ways, such as closing files that it does not
            # own: a fault like the others, and the traceback shows whose it is.
            self._shared.note_end(BROKEN)
            traceback.print_exc()
        finally:
            os._exit(0)

    def _run_all(self, programs: list[str], first: int, terms: Terms) -> None:
        threads: int = count_threads()
        max_memory = peak_memory() + terms.memory // 2
        left = programs[first:]
        group = begin = 0  # the index of the group's first program, and where its traces begin
        for number, text in enumerate(left):
            # Before reading it, for which there may be no memory.
            self._shared.note(number, 0, OWN_WORK)
            line = self._line(number, json.loads(text))
            if not self._careful and self._left_output():
                self._shared.note_end(LEFT_OUTPUT)
                return
            self._buffer.add(number, line)
            done = number + 1
            self._shared.note(done, 0, OWN_WORK)
            group_ends = done == len(left) or (first + done) % GROUP == 0
            if count_threads() > threads or (group_ends and peak_memory() > max_memory):
                # The next programs must not run short of what this one, or all so far, left behind.
                self._shared.note_end(LEFT_RESOURCES)
                return
            if group_ends:
                if terms.golden:
                    self._abbreviate(left[group:done], begin, terms.golden)
                group, begin = done, self._buffer.begin_group(done)
        self._buffer.flush(len(left))

    def _abbreviate(self, group: list[str], begin: int, golden: frozenset[bytes]) -> None:
        """Replaces the traces of a group by GOLDEN if its digest is golden."""
        # If part of the group was flushed already, its digest cannot match.
        if digest(group, self._buffer.since(begin)) in golden:
            self._buffer.replace_since(begin, (GOLDEN + "\n").encode("ascii") * len(group))

    def _line(self, number: int, program: Any) -> bytes:
        trace = self._trace(number, program)
        try:
            return _TRACE.encode(trace).encode("ascii") + b"\n"
        except Exception:
            for step, observation in enumerate(trace):
                self._shared.note(number, step, OWN_WORK)
                json.dumps(observation)  # one of them raises this again
            raise

    def _trace(self, number: int, program: Any) -> list[Any]:
        threads: int = count_threads()
        process = os.getpid()
        note = self._shared.note
        trace: list[Any] = []
        note(number, 0)
        for observation in self._observe(program):
            if os.getpid() != process:
                os._exit(0)  # a copy that the target made of this process
            if "raised" in observation and _class_raised(observation) == "MemoryError":
                raise MemoryError  # nothing more can be run in a process without memory
            if self._careful and self._has_output():
                fault = {"kind": "output", "detail": "", "text": self._output.take()}
                observation["fault"] = fault
            elif count_threads() > threads:
                time.sleep(_THREAD_GRACE)
                left: int = count_threads() - threads
                threads += left
                if left > 0:
                    observation["fault"] = {"kind": "threads", "detail": "", "text": str(left)}
            trace.append(observation)
            note(number, len(trace))
        # How long it takes to write the trace as JSON is not the target's doing.
        note(number, len(trace), OWN_WORK)
        return trace

    def _has_output(self) -> bool:
        """Whether there is output; raises OSError if the target closed a descriptor of ours."""
        os.fstat(self._pipe)
        return has_output()

    def _left_output(self) -> bool:
        """Whether a program left output behind, or closed a descriptor of ours."""
        try:
            return self._has_output()
        except OSError:
            return True


def _class_raised(observation: Any) -> Any:
    """The class of the exception, which is all that the answer to an expression has of it."""
    raised: Any = observation.get("raised")
    return raised if raised is None or isinstance(raised, str) else raised["class"]
