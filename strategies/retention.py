"""Measures how much memory an implementation uses after some and after many repetitions of steps.

Owns what is measured, and when. It must not know which growth is too much: its source is shipped to
the interpreter of the implementation under test, so it uses only the standard library of Python
3.8.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Everything comes from an implementation whose types are under test.

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import mmap
from typing import Any, Callable, Generator, Iterator

# In the steps, these digits stand for the number of the repetition: what is received and sent
# differs each time, and is always as long.
NUMBER = "00000000"
# A process uses each number once: a cache with a limit, which still holds what an earlier
# measurement put into it, is filled with other values as soon as an empty one.
_numbers = itertools.count()
# How many repetitions are one step for the time limit.
_INTERVAL = 10
# A collection after this many new objects, as Python does by default: garbage is no live memory,
# but takes up as much.
_COLLECTED_AFTER = 700
_STATM = "/proc/self/statm"

# Returns a size in bytes.
Measure = Callable[[], int]


def live_memory(interpreter: Any, h11: Any, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Repeats steps on an implementation, and yields the memory in use after some repetitions.

    Args:
        interpreter: the step interpreter's module.
        h11: the implementation's namespace.
        request: ``parts`` are repeated by turns, each on a connection of its own: a ``role``, the
            steps ``before`` the first repetition, and the steps that are ``repeated``. With
            ``fresh``, each repetition has a new connection. ``counts`` says after how many
            repetitions the memory is measured, in ascending order.

    The last observation is ``{"live": sizes}``, with a list of sizes in bytes by the name of each
    measure, one for each count, and one for the end, when the connections are gone. The measures
    are what was "allocated" by Python since the first repetition; or what the garbage collector of
    PyPy has "kept"; what is in use on the "heap" of the C library; what is "resident", and not in a
    file. Those that the system does not have are left out. Empty observations show progress. A step
    that the implementation cannot express ends everything: its observation is the last one.
    """
    # The same object each time, as observations are collected while memory is measured.
    progress: dict[str, Any] = {}
    done = 0
    with _measures() as measures, _frozen():
        # An implementation can keep errors, which lead to these by their tracebacks.
        parts = [_Part(interpreter, h11, part, fresh=request["fresh"]) for part in request["parts"]]
        live = {name: [0] * (len(request["counts"]) + 1) for name in measures}
        for at, count in enumerate(request["counts"]):
            while done < count:
                inapplicable = _repeat(parts, next(_numbers))
                if inapplicable is not None:
                    yield inapplicable
                    return
                done += 1
                if done % _INTERVAL == 0:
                    yield progress
            _fill(live, at, measures)
        parts.clear()
        _fill(live, -1, measures)
    yield {"live": live}


def _repeat(parts: list[_Part], number: int) -> dict[str, Any] | None:
    """Repeats each part once; returns the observation of a step that cannot be expressed."""
    for part in parts:
        observation = part.repeat(number)
        if "inapplicable" in observation:
            return observation
    return None


def _fill(live: dict[str, list[int]], at: int, measures: dict[str, Measure]) -> None:
    gc.collect()
    for name, measure in measures.items():
        live[name][at] = measure()


class _Part:
    """Steps that are repeated, and the connection that they are taken on."""

    def __init__(self, interpreter: Any, h11: Any, part: dict[str, Any], *, fresh: bool) -> None:
        self._interpreter = interpreter
        self._h11 = h11
        self._role = part["role"]
        self._before: list[Any] = part["before"]
        self._repeated: list[Any] = part["repeated"]
        self._fresh = fresh
        self._session: Any = None

    def repeat(self, number: int) -> dict[str, Any]:
        """Takes the steps once more; returns the last observation.

        Raises MemoryError if a step did.
        """
        steps = _numbered(self._repeated, f"{number:08}")
        if self._fresh or self._session is None:
            self._session = None
            try:
                self._session = self._interpreter.Session(self._h11, self._role)
            except self._interpreter.CAUGHT:
                return {}
            steps = _numbered(self._before, f"{number:08}") + steps
        observation: dict[str, Any] = {}
        for step in steps:
            observation = self._session.step(step)
            if "inapplicable" in observation:
                break
            if "raised" in observation and observation["raised"]["class"] == "MemoryError":
                raise MemoryError
        return observation


def _numbered(value: Any, digits: str) -> Any:
    """A value in JSON with the number of the repetition in it.

    Strings without it stay the same objects: Python remembers some names by which attributes were
    looked up, and would remember each copy of one.
    """
    if isinstance(value, str):
        return value.replace(NUMBER, digits) if NUMBER in value else value
    if isinstance(value, list):
        return [_numbered(each, digits) for each in value]
    if isinstance(value, dict):
        return {name: _numbered(each, digits) for name, each in value.items()}
    return value


@contextlib.contextmanager
def _frozen() -> Generator[None, None, None]:
    """Keeps the collector from what exists already: it is not measured, and visits take time."""
    freeze = getattr(gc, "freeze", None)  # PyPy's collector works differently
    if freeze is None:
        yield
        return
    # To unfreeze releases also what the process has frozen before, which is not ours to do.
    frozen_before = gc.get_freeze_count()
    gc.collect()
    freeze()
    try:
        yield
    finally:
        if not frozen_before:
            gc.unfreeze()


@contextlib.contextmanager
def _measures() -> Generator[dict[str, Measure], None, None]:
    """Yields the measures that this interpreter and this system have, by name."""
    try:
        import tracemalloc
    except ImportError:  # PyPy
        # What the just-in-time compiler makes takes memory too, until there is nothing to compile.
        with contextlib.suppress(ImportError):
            jit: Any = importlib.import_module("pypyjit")
            jit.set_param("off")
        yield {"kept": _kept}
        return
    measures: dict[str, Measure] = {"allocated": lambda: tracemalloc.get_traced_memory()[0]}
    heap = _heap_measure()
    if heap is not None:
        measures["heap"] = heap
    if _resident():
        measures["resident"] = _resident
    threshold, *others = gc.get_threshold()
    traced_already = tracemalloc.is_tracing()
    gc.set_threshold(_COLLECTED_AFTER, *others)
    if not traced_already:
        tracemalloc.start()
    try:
        yield measures
    finally:
        if not traced_already:
            tracemalloc.stop()
        gc.set_threshold(threshold, *others)


def _kept() -> int:
    # The public function returns texts such as "2.1MB".
    collector: Any = gc
    size: int = collector._get_stats().total_gc_memory
    return size


def _heap_measure() -> Measure | None:
    """Returns the measure of the heap that ``malloc`` takes from; None if it has none."""
    try:
        import ctypes

        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except (ImportError, AttributeError, OSError, TypeError):
        return None  # it is a function of glibc 2.33 and later
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"

    class Information(ctypes.Structure):
        _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

    mallinfo2.restype = Information

    def heap() -> int:
        information = mallinfo2()
        size: int = information.uordblks + information.hblkhd
        return size

    return heap


def _resident() -> int:
    """The resident memory that this process shares with no file; 0 if the system does not say."""
    try:
        with open(_STATM, "rb", buffering=0) as statm:
            fields = statm.read().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * mmap.PAGESIZE
