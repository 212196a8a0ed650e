"""Plants each fault in its own process, and looks for its place with the vectors.

Owns the choice of the programs that are run, and the lifetime of that process.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from typing import Any

from h11spec.benchmarks.places.faults import changed_lines
from h11spec.benchmarks.power.planting import Fault, Original, load, plant
from h11spec.conformance.causes.places import MAX_FAILING, MAX_PASSING, find_places
from h11spec.conformance.causes.spectra import Place
from h11spec.conformance.execution.executor import InProcessExecutor, parse_trace
from h11spec.conformance.vectors.corpus import StoredVector, stored
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.program import Program
from h11spec.strategies.traces import Trace

# Seconds of processor time after which a fault counts as a hang, however busy the machine is.
PATIENCE = 120
_context = multiprocessing.get_context("fork")


@dataclass
class Verdict:
    """What became of a fault.

    ``failing`` is the number of vectors that differ; None if they could not all be run. ``line``
    and ``function`` are the ranks of the first place in a changed line and in its function, from 1;
    0 if there is none. ``first`` are the first places; ``broken`` is the traceback of an error.
    """

    fault: Fault
    failing: int | None = None
    line: int = 0
    function: int = 0
    first: tuple[str, ...] = ()
    broken: str = ""

    @property
    def counts(self) -> bool:
        """Whether the vectors find the fault."""
        return bool(self.failing)


def verdicts(original: Original, faults: Sequence[Fault], *, jobs: int) -> Iterator[Verdict]:
    """Yields the verdict on each fault as it arrives."""
    vectors = stored()
    for vector in vectors:
        assert vector.program  # parsed once, and not in each process
    gc.collect()
    gc.freeze()
    left = list(reversed(faults))
    running: dict[Connection, tuple[Any, Fault]] = {}
    with tempfile.TemporaryDirectory(prefix="h11spec-places-") as folder:
        try:
            while left or running:
                while left and len(running) < jobs:
                    fault = left.pop()
                    mine, theirs = _context.Pipe(duplex=False)
                    own = Path(folder, str(len(left)))
                    process = _context.Process(
                        target=_child, args=(original, fault, own, vectors, theirs)
                    )
                    process.start()
                    theirs.close()
                    running[mine] = process, fault
                for pipe in wait(list(running)):
                    assert isinstance(pipe, Connection)
                    process, fault = running.pop(pipe)
                    yield _received(pipe, fault)
                    process.join()
        finally:
            for process, _ in running.values():
                process.kill()
            gc.unfreeze()


def _received(pipe: Connection, fault: Fault) -> Verdict:
    with pipe:
        try:
            return Verdict(fault, **json.loads(pipe.recv_bytes()))
        except EOFError:  # the process hung or crashed
            return Verdict(fault)


def _child(
    original: Original,
    fault: Fault,
    folder: Path,
    vectors: Sequence[StoredVector],
    pipe: Connection,
) -> None:
    # The output of a faulty implementation is discarded.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    plant(original, fault, folder)
    try:
        module = load(original, folder)
    except Exception:
        return
    try:
        found = examined(original, fault, folder, InProcessExecutor(module), vectors)
    except Exception:
        found = {"broken": traceback.format_exc()}
    pipe.send_bytes(json.dumps(found).encode())


def examined(
    original: Original,
    fault: Fault,
    folder: Path,
    executor: InProcessExecutor,
    vectors: Sequence[StoredVector],
) -> dict[str, Any]:
    """Returns the members of the verdict on a fault that is planted in the folder."""
    failing, passing = judged(executor, vectors)
    if not failing:
        return {"failing": 0}
    bad, good = chosen(failing, passing)
    places = find_places(executor, bad, good)
    file = f"{original.module}/{fault.file}"
    lines = changed_lines(original, fault, folder)
    true = [place for place in places if place.file == file and place.line in lines]
    return {
        "failing": len(failing),
        "line": _rank(places, true),
        "function": _rank(places, [p for p in places if _function(p) in map(_function, true)]),
        "first": [str(place) for place in places[:3]],
    }


def _function(place: Place) -> tuple[str, str]:
    return place.file, place.function


def _rank(places: Sequence[Place], true: Sequence[Place]) -> int:
    return min((places.index(each) + 1 for each in true), default=0)


# Programs with the checks that they belong to.
Checked = list[tuple[str, Program]]


def judged(executor: InProcessExecutor, vectors: Sequence[StoredVector]) -> tuple[Checked, Checked]:
    """Returns the vectors that differ, each cut after the step that does, and those that agree."""
    failing: Checked = []
    passing: Checked = []
    for vector in vectors:
        program = vector.program
        [raw] = executor.submit([program])()
        comparison = compare(program, Trace(vector.trace()), parse_trace(raw))
        if comparison.divergence is not None:
            steps = program.steps[: comparison.divergence.step + 1]
            failing.append((vector.check, program.with_steps(steps)))
        elif not comparison.inapplicable:
            passing.append((vector.check, program))
    return failing, passing


def chosen(failing: Checked, passing: Checked) -> tuple[list[Program], list[Program]]:
    """Returns the programs to trace.

    The failing ones are the shortest of each check by turns. Half of the passing ones belong to the
    same checks, if there are enough.
    """
    by_check: dict[str, list[Program]] = {}
    for check, program in sorted(failing, key=lambda each: len(each[1].to_text())):
        by_check.setdefault(check, []).append(program)
    bad: list[Program] = []
    turn = 0
    while len(bad) < min(MAX_FAILING, len(failing)):
        bad += [programs[turn] for programs in by_check.values() if turn < len(programs)]
        turn += 1
    random = Random(0)
    near = [program for check, program in passing if check in by_check]
    far = [program for check, program in passing if check not in by_check]
    random.shuffle(near)
    random.shuffle(far)
    half = MAX_PASSING // 2
    return bad[:MAX_FAILING], [*near[:half], *far[: MAX_PASSING - half]]
