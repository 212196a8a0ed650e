"""A script that repeats steps, and prints in which class the memory that it uses grows.

Owns its lines. It needs only the implementation, and prints no sizes, which differ from run to run.
It must not know which growth is too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ... import reference
from ...strategies.repetition import Repetition
from ...strategies.retention import NUMBER
from ...strategies.traces import Trace, run
from .script import catching, step_calls

_BYTES = re.compile(r"b'(?:[^'\\]|\\.)*'")
# By the measure: lines that define live().
_LIVE = {
    "allocated": (
        "import gc, tracemalloc",
        "tracemalloc.start()",
        "live = lambda: tracemalloc.get_traced_memory()[0]",
    ),
    "kept": ("import gc", "live = lambda: gc._get_stats().total_gc_memory"),
    "heap": (
        "import ctypes, gc",
        "mallinfo2 = ctypes.CDLL(None).mallinfo2",
        "fields = [(name, ctypes.c_size_t) for name in 'abcdefghij']",
        "mallinfo2.restype = type('Info', (ctypes.Structure,), {'_fields_': fields})",
        "live = lambda: mallinfo2().e + mallinfo2().h",
    ),
    "resident": (
        "import gc, mmap",
        "def live():",
        "    with open('/proc/self/statm') as statm: pages = statm.read().split()",
        "    return (int(pages[1]) - int(pages[2])) * mmap.PAGESIZE",
    ),
}


def memory_script(
    forms: Sequence[Repetition], measure: str, counts: Sequence[int], allowed: int, *, fresh: bool
) -> list[str]:
    """Returns lines that print "constant" or "growing" for the ``h11`` that was imported.

    Args:
        forms: are repeated by turns, each on a connection of its own.
        measure: the one that shows the growth; "" if the repetitions end in a fault.
        counts: after how many repetitions memory is measured; the first and the last count.
        allowed: by how many bytes it may grow in each repetition.
        fresh: whether each repetition has a new connection.
    """
    first, *_, last = counts
    lines = [] if measure == "" else list(_LIVE[measure])
    for number, form in enumerate(forms):
        lines += _definition(form, number, fresh=fresh)
    repeat = [f"    repeat_{number}(n)" for number in range(len(forms))]
    if measure == "":
        return [*lines, f"for n in range({last}):", *repeat, 'print("constant")']
    return [
        *lines,
        f"for n in range({last}):",
        *repeat,
        f"    if n + 1 in ({first}, {last}):",
        "        gc.collect()",
        f"        before, after = (live(), 0) if n + 1 == {first} else (before, live())",
        f'print("growing" if after - before > {allowed * (last - first)} else "constant")',
    ]


def _definition(form: Repetition, number: int, *, fresh: bool) -> Iterator[str]:
    """Yields a function that takes the steps once, and the connection that it takes them on."""
    trace = run(reference, form.program)
    opened = f"h11.Connection(h11.{form.role.upper()})"
    before = list(_calls(form, trace, 0, len(form.before)))
    repeated = list(_calls(form, trace, len(form.before), len(trace)))
    if fresh:
        yield f"def repeat_{number}(n):"
        yield f"    conn = {opened}"
        yield from (f"    {line}" for line in before + repeated)
        return
    yield f"conn = {opened}"
    if before:
        yield "n = 0"
    yield from before
    yield f"def repeat_{number}(n, conn=conn):"
    yield from (f"    {line}" for line in repeated)


def _calls(form: Repetition, trace: Trace, start: int, end: int) -> Iterator[str]:
    """Yields the calls that steps make on the reference."""
    for at in range(start, end):
        raised = trace[at].raised
        times = max(1, len(trace[at].events) + (raised is not None))
        calls = [_numbered(call) for call in step_calls(form.program.steps[at], times)]
        yield from catching(calls, None if raised is None else raised.exception)


def _numbered(call: str) -> str:
    """The call with the number of the repetition in its bytes."""
    return _BYTES.sub(lambda found: _with_number(found[0]), call)


def _with_number(literal: str) -> str:
    count = literal.count(NUMBER)
    if not count:
        return literal
    numbers = "n" if count == 1 else f"({', '.join(['n'] * count)})"
    return f"{literal.replace(NUMBER, '%08d')} % {numbers}"
