"""What runs in the target's own interpreter: loads it, runs programs on it, survives what it does.

Its source is shipped to that interpreter, and after it the step interpreter's, so it imports only
the standard library and runs on Python 3.8. It owns the isolation of programs: a batch runs in a
forked child, so that a crash, a hang or an exit is an observation like any other, and costs a fork.
It knows nothing of what a program is for.

Messages are JSON, both ways. The first names the target; the answer says where its code comes from,
or what is wrong with it. The others are batches of programs; the answer has the trace of each as
the text of its JSON, or null for one that was not run because too many before it had faulted.
"""

from __future__ import annotations

import _thread
import faulthandler
import importlib
import io
import json
import mmap
import os
import platform
import resource
import select
import signal
import struct
import sys
import tempfile
import threading
import time
import traceback
import types
from typing import Any

# Counts the threads that are no objects of ``threading`` as well; not every Python has it.
_count_threads: Any = getattr(_thread, "_count", threading.active_count)
_PROGRESS = struct.Struct("II")
# Exit codes of a child that no target is likely to choose.
_BROKEN, _OUT_OF_MEMORY = 213, 214
# A thread may be just about to end: so many seconds it gets before it counts as left behind.
_THREAD_GRACE = 0.05
_MAX_TEXT = 4000
# What a target writes to its output goes to a file; a flood of it ends in a signal, not a full
# disk.
_MAX_OUTPUT = 64 * 1024 * 1024


def serve(channel: Any) -> None:
    """Answers the messages of one run, until the other side closes the channel."""
    os.setpgid(0, 0)  # Ctrl-C is for whoever started the run, and who then ends this group
    output = tempfile.TemporaryFile()  # noqa: SIM115 (for as long as this process lasts)
    _redirect(output)
    order: dict[str, Any] = json.loads(channel.receive())
    source: str = order["interpreter"]
    interpreter = types.ModuleType("interpreter")
    exec(source, interpreter.__dict__)  # noqa: S102 (our own, sent along)
    channel.send(os.getpid())
    answer: dict[str, Any] = {}
    target: Any = None
    try:
        target = load(order["module"], order["folder"])
        missing = [name for name in order["needed"] if not hasattr(target, name)]
        answer = provenance(target) if not missing else {"missing": missing}
    except BaseException as error:
        answer = {"error": import_error(order["module"], error)}
    channel.send(json.dumps(answer))
    sandbox = Sandbox(interpreter, target, output)
    for message in channel:
        channel.send(json.dumps(sandbox.run(json.loads(message))))


def load(module: str, folder: str | None) -> Any:
    """Imports the target, with ``folder`` first on the path."""
    sys.path.insert(0, os.getcwd() if folder is None else folder)
    return importlib.import_module(module)


def import_error(module: str, error: BaseException) -> dict[str, Any]:
    """What there is to say of an import that failed."""
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    absent = missing is not None and (module + ".").startswith(missing + ".")
    return {
        "absent": absent,
        "class": type(error).__name__,
        "text": str(error),
        "traceback": traceback.format_exc(),
    }


def provenance(target: Any) -> dict[str, Any]:
    """Where the target's code really comes from, and what it runs on."""
    connection = getattr(target.Connection, "__module__", None)
    home = sys.modules.get(connection or "")
    file = getattr(home, "__file__", None)
    return {
        "version": str(getattr(target, "__version__", "unknown")),
        "file": getattr(target, "__file__", None),
        "connection": connection,
        "connection_file": file,
        "compiled": bool(file) and not str(file).endswith((".py", ".pyc")),
        "python": platform.python_implementation() + " " + platform.python_version(),
        "distribution": _distribution(target.__name__),
    }


def _distribution(module: str) -> str | None:
    """The distribution that the module was installed from, with its version."""
    try:
        from importlib import metadata

        top = module.partition(".")[0]
        for found in metadata.distributions():
            files = found.files or ()
            if any(file.parts and file.parts[0] in (top, top + ".py") for file in files):
                return "{} {}".format(found.metadata["Name"], found.version)
    except Exception:  # provenance is a courtesy: no broken metadata may end a run
        return None
    return None


def _redirect(output: Any) -> None:
    """Sends what the target prints to ``output``, past every buffer."""
    sys.stdout.flush()
    sys.stderr.flush()
    for descriptor in (1, 2):
        os.dup2(output.fileno(), descriptor)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)


def _new_text(output: Any) -> str:
    """Takes out of ``output`` what has been written to it."""
    size = os.fstat(output.fileno()).st_size
    text: str = os.pread(output.fileno(), min(size, _MAX_TEXT), 0).decode("utf-8", "replace")
    os.ftruncate(output.fileno(), 0)
    os.lseek(output.fileno(), 0, os.SEEK_SET)
    return text


class Sandbox:
    """Runs programs in children of this process.

    Args:
        interpreter: the step interpreter's module.
        target: the implementation under test.
        output: the file that standard output and error go to.
    """

    def __init__(self, interpreter: Any, target: Any, output: Any) -> None:
        self._interpreter = interpreter
        self._target = target
        self._output = output
        # Shared with the children: which program of the batch, and which of its steps, is running.
        self._progress = mmap.mmap(-1, _PROGRESS.size)

    def run(self, batch: dict[str, Any]) -> list[str | None]:
        """Returns the traces of a batch's programs.

        The batch has ``programs``, the limits ``step_time`` (seconds) and ``memory`` (bytes), and
        ``max_faults``: after so many programs that cost a child, the rest is not run.
        """
        programs = batch["programs"]
        traces: list[str | None] = []
        faults = 0
        while len(traces) < len(programs) and faults < batch["max_faults"]:
            done, fault = self._in_child(programs[len(traces) :], batch)
            traces += done
            if fault is not None:
                program = programs[len(traces)]
                traces.append(self._trace_up_to(fault.pop("step"), program, batch, fault))
                faults += 1
        return traces + [None] * (len(programs) - len(traces))

    def _trace_up_to(self, step: int, program: Any, batch: Any, fault: Any) -> str:
        """The trace of the steps before the fault, which were lost with their child, and it."""
        before, _ = self._in_child([{**program, "steps": program["steps"][:step]}], batch)
        return json.dumps([*(json.loads(before[0]) if before else []), {"fault": fault}])

    def _in_child(self, programs: Any, batch: Any) -> tuple[list[str], dict[str, Any] | None]:
        """Returns the traces of the programs that a child completed, and what ended it early."""
        _PROGRESS.pack_into(self._progress, 0, 0, 0)
        reading, writing = os.pipe()
        child: int = os.fork()
        if child == 0:
            os.close(reading)
            self._be_child(programs, batch["memory"], writing)
        os.close(writing)
        try:
            data, hung = self._read(reading, child, batch["step_time"])
        finally:
            os.close(reading)
        _, status = os.waitpid(child, 0)
        done = data.decode("ascii").split("\n")[:-1]
        if len(done) == len(programs):
            return done, None
        _, step = _PROGRESS.unpack_from(self._progress)
        fault = self._fault(status, batch, hung)
        return done, {**fault, "step": step}

    def _read(self, reading: int, child: int, step_time: float) -> tuple[bytes, bool]:
        """Reads all that the child writes; a child that makes no progress is ended."""
        data: list[bytes] = []
        last = _PROGRESS.unpack_from(self._progress)
        since = time.monotonic()
        while True:
            ready, _, _ = select.select([reading], [], [], step_time / 4)
            if ready:
                piece = os.read(reading, 1 << 20)
                if not piece:
                    return b"".join(data), False
                data.append(piece)
            progress = _PROGRESS.unpack_from(self._progress)
            if ready or progress != last:
                last, since = progress, time.monotonic()
            elif time.monotonic() - since > step_time:
                self._end(child, reading)
                return b"".join(data), True

    def _end(self, child: int, reading: int) -> None:
        os.kill(child, signal.SIGABRT)  # faulthandler says where it was
        select.select([reading], [], [], 1)
        os.kill(child, signal.SIGKILL)

    def _fault(self, status: int, batch: Any, hung: bool) -> dict[str, Any]:
        text = _new_text(self._output)
        if hung:
            return {"kind": "hang", "detail": "", "seconds": batch["step_time"], "text": text}
        if os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return {"kind": "crash", "detail": name, "text": text}
        code = os.WEXITSTATUS(status)
        if code == _BROKEN:
            raise RuntimeError("the step interpreter failed:\n" + text)
        if code == _OUT_OF_MEMORY:
            return {"kind": "memory", "detail": "", "text": text}
        return {"kind": "exit", "detail": "code " + str(code), "text": text}

    def _be_child(self, programs: Any, memory: int, writing: int) -> None:
        code = _BROKEN
        try:
            _limit(memory)
            faulthandler.enable(file=2)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            # Nobody can interrupt this process but the target: whatever comes out of a call is its.
            self._interpreter.CAUGHT = BaseException
            for number, program in enumerate(programs):
                line = json.dumps(self._trace(number, program)).encode("ascii") + b"\n"
                while line:
                    line = line[os.write(writing, line) :]
            code = 0
        except MemoryError:
            code = _OUT_OF_MEMORY
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _trace(self, number: int, program: Any) -> list[Any]:
        threads: int = _count_threads()
        _PROGRESS.pack_into(self._progress, 0, number, 0)
        trace: list[Any] = []
        for observation in self._interpreter.observations(self._target, program):
            if os.fstat(1).st_size:
                fault = {"kind": "output", "detail": "", "text": _new_text(self._output)}
                observation["fault"] = fault
            elif _count_threads() > threads:
                time.sleep(_THREAD_GRACE)
                left: int = _count_threads() - threads
                threads += left
                if left > 0:
                    observation["fault"] = {"kind": "threads", "detail": "", "text": str(left)}
            trace.append(observation)
            _PROGRESS.pack_into(self._progress, 0, number, len(trace))
        return trace


def _limit(memory: int) -> None:
    """Lets this process use ``memory`` bytes of address space more than it does."""
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_OUTPUT, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__channelexec__":
    serve(channel)  # type: ignore[name-defined]  # noqa: F821 (execnet puts it there)
