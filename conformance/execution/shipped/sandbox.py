"""The sandbox: runs batches of programs in forked children, and survives what these do.

A crash, a hang or an exit of the target becomes an observation, and costs a fork. It must not know
how the target was loaded, nor what a program is for.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
from typing import Any

from .child import Child, Observe, Terms
from .output import Output, has_output
from .protocol import DIGEST_SIZE
from .resources import ENFORCES_MEMORY, resident_memory
from .shared_memory import BROKEN, LEFT_OUTPUT, LEFT_RESOURCES, OUT_OF_MEMORY, SharedMemory
from .watch import StepWatch

# Seconds between two looks at the child, at most.
_WATCH_INTERVAL = 0.25
# How many seconds a busy machine may need until faulthandler has written where a child was.
_DUMP_TIME = 2.0


class Sandbox:
    """Runs programs in children of this process.

    Args:
        observe: runs one program on the target, and yields its observations.
        output: the file that the target's output goes to.
    """

    def __init__(self, observe: Observe, output: Output) -> None:
        self._observe = observe
        self._output = output
        importlib.import_module("resource")  # once, and not in each child
        self._controller = os.getppid()
        self._shared = SharedMemory()
        # Looking for output and closed descriptors after each step takes system calls; it is done
        # once a program had any.
        self._careful = False
        self._digests: frozenset[bytes] = frozenset()
        self._has_hung = False

    def run(self, programs: list[str], terms: dict[str, Any]) -> list[str | None]:
        """Returns the traces of programs, both as JSON; None for a program that was not run.

        Args:
            terms: ``step_time`` and ``wait_time`` in seconds, and ``later_step_time`` and
                ``later_wait_time`` in their place once the target has hung; ``memory`` in bytes;
                after ``max_faults`` programs that cost a child, the rest is not run. With
                ``golden``, groups that have one of the ``digests`` are answered with GOLDEN;
                without ``digests``, the last ones are meant. With ``edited``, a hang says nothing
                of the target.
        """
        if "digests" in terms:
            joined = bytes.fromhex(terms["digests"])
            starts = range(0, len(joined), DIGEST_SIZE)
            self._digests = frozenset(joined[at : at + DIGEST_SIZE] for at in starts)
        golden: frozenset[bytes] = self._digests if terms["golden"] else frozenset()
        had_hung = self._has_hung
        traces: list[str | None] = []
        faults = 0
        while len(traces) < len(programs) and faults < terms["max_faults"]:
            later = "later_" if self._has_hung else ""
            times = terms[later + "step_time"], terms[later + "wait_time"]
            batch = Terms(*times, terms["memory"], golden)
            done, fault = self._run_in_child(programs, batch, len(traces))
            traces += done
            if fault is not None:
                program = programs[len(traces)]
                traces.append(self._trace_with_fault(program, fault.pop("step"), fault, batch))
                faults += 1
                if terms.get("edited"):
                    traces += _not_run(programs, len(traces))
        if terms.get("edited"):
            self._has_hung = had_hung
        return traces + [None] * (len(programs) - len(traces))

    def _trace_with_fault(self, text: str, step: int, fault: dict[str, Any], terms: Terms) -> str:
        """Returns the trace of a program whose child died with the trace of the steps before."""
        before: list[str] = []
        program = json.loads(text)
        if step and "edit" not in program:
            truncated = json.dumps({**program, "steps": program["steps"][:step]})
            before, _ = self._run_in_child([truncated], terms._replace(golden=frozenset()))
        return json.dumps([*(json.loads(before[0]) if before else []), {"fault": fault}])

    def _run_in_child(
        self, programs: list[str], terms: Terms, first: int = 0
    ) -> tuple[list[str], dict[str, Any] | None]:
        """Returns the traces of the programs from ``first`` on that a child completed.

        And the fault that ended it early, if there was one.
        """
        self._shared.reset()
        reading, writing = os.pipe()
        child: int = os.fork()
        if child == 0:
            os.close(reading)
            careful = self._careful
            Child(self._observe, self._output, self._shared, writing, careful=careful).run(
                programs, first, terms
            )
        os.close(writing)
        reaped = False
        try:
            data, reason, printed = self._read(reading, child, len(programs) - first, terms)
            _, status = os.waitpid(child, 0)
            reaped = True
        finally:
            os.close(reading)
            if not reaped:
                os.kill(child, signal.SIGKILL)
        done = data.decode("ascii").split("\n")[: self._shared.buffered.written]
        done += bytes(self._shared.view()).decode("ascii").split("\n")[:-1]
        if first + len(done) == len(programs):
            return done, None
        _, step, end = self._shared.progress
        printed = end == LEFT_OUTPUT or (has_output() if not reason else printed)
        if end == LEFT_RESOURCES and not printed:
            return done, None
        text = self._output.take()
        fault = None
        if end not in (LEFT_OUTPUT, LEFT_RESOURCES):
            fault = {**_fault(status, end, reason), "text": text, "step": step}
        if reason == "hang" and fault is not None:
            self._has_hung = True
            fault["seconds"] = terms.step_time
        if not self._careful and printed:
            self._careful = True
            others, again = self._run_in_child(programs, terms, first + len(done))
            # A fault that needs the programs before it does not show again in a new child.
            if fault is None or not others:
                return done + others, again
        return done, fault

    def _read(self, reading: int, child: int, lines: int, terms: Terms) -> tuple[bytes, str, bool]:
        """Reads what the child writes, and ends a child that makes no progress or gets too large.

        Returns what was read; the kind of fault that the child was ended for, or ""; and whether a
        child that was ended had printed anything before. The end of the pipe is not awaited: what
        the child has started may hold it open.
        """
        data: list[bytes] = []
        step_time = terms.step_time
        watch = StepWatch(child, step_time, terms.wait_time)
        while lines:
            ready, _, _ = select.select([reading], [], [], min(step_time / 4, _WATCH_INTERVAL))
            if os.getppid() != self._controller:
                # The controller is gone and did not end this process. Execnet would, but waits for
                # some seconds first.
                raise KeyboardInterrupt
            if ready:
                piece = os.read(reading, 1 << 20)
                if not piece:
                    break
                data.append(piece)
                lines -= piece.count(b"\n")
            elif not ENFORCES_MEMORY and resident_memory(child) > terms.memory:
                return b"".join(data), "memory", _end(child, reading)
            if watch.is_hanging(self._shared.progress):
                return b"".join(data), "hang", _end(child, reading)
        return b"".join(data), "", False


def _not_run(programs: list[str], at: int) -> list[None]:
    """In place of those programs from an index on that have the same edit as the one before it."""
    edit = json.loads(programs[at - 1])["edit"]
    end = at
    while end < len(programs) and json.loads(programs[end])["edit"] == edit:
        end += 1
    return [None] * (end - at)


def _end(child: int, reading: int) -> bool:
    """Ends a child, and returns whether it had printed anything before."""
    printed: bool = has_output()
    os.kill(child, signal.SIGABRT)  # faulthandler says where it was
    select.select([reading], [], [], _DUMP_TIME)
    os.kill(child, signal.SIGKILL)
    return printed


def _fault(status: int, end: int, reason: str) -> dict[str, Any]:
    """The fault of a child.

    Args:
        status: its wait status.
        end: what it noted itself.
        reason: what the sandbox ended it for, or "".
    """
    if reason:
        return {"kind": reason, "detail": ""}
    if end == OUT_OF_MEMORY:
        return {"kind": "memory", "detail": ""}
    if end == BROKEN:
        return {"kind": "crash", "detail": "of the interpreter around it"}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = number in set(signal.Signals)
        detail = signal.Signals(number).name if known else "signal " + str(number)
        return {"kind": "crash", "detail": detail}
    return {"kind": "exit", "detail": "code " + str(os.WEXITSTATUS(status))}
