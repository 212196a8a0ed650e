"""Computes the signatures of changes of the reference: which vectors differ after each, and how.

Owns which changes there are: the named explanations, and all faults that ``power`` can plant in the
reference. Takes about 20 minutes on two cores.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType

import click

from h11spec.benchmarks.power.__main__ import originals
from h11spec.benchmarks.power.planting import Fault, Original, faults_of, load, plant
from h11spec.conformance.causes import signatures
from h11spec.conformance.causes.explanations import Explanation, changed_reference
from h11spec.conformance.causes.explanations import load as explanations
from h11spec.conformance.causes.signatures import StoredSignature, signature, symptom
from h11spec.conformance.execution.executor import InProcessExecutor, parse_trace
from h11spec.conformance.vectors.corpus import stored
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.traces import Trace

# Seconds of processor time after which a change counts as a hang, and has no signature.
_PATIENCE = 60
_context = multiprocessing.get_context("fork")
# A change with its name, and what makes the module that has it, in a folder of its own.
_Named = tuple[str, Callable[[Path], ModuleType]]


def changes() -> list[_Named]:
    """Returns all changes with their names, the named explanations first."""
    [original] = originals("reference")
    return [
        *((each.name, partial(_explained, each)) for each in explanations()),
        *((_place(each), partial(_planted, original, each)) for each in faults_of(original)),
    ]


def _place(fault: Fault) -> str:
    return f"{fault.file}:{fault.within}"


def _explained(explanation: Explanation, folder: Path) -> ModuleType:
    return changed_reference([explanation])


def _planted(original: Original, fault: Fault, folder: Path) -> ModuleType:
    plant(original, fault, folder)
    return load(original, folder)


def symptoms(module: ModuleType) -> dict[int, int]:
    """Returns the symptoms of an implementation, by the positions of the vectors that differ."""
    executor = InProcessExecutor(module)
    found: dict[int, int] = {}
    for position, vector in enumerate(stored()):
        program = vector.program
        [shown] = executor.submit([program])()
        comparison = compare(
            program, Trace(vector.trace()), parse_trace(shown), UPSTREAM_DEVIATIONS
        )
        if comparison.divergence is not None:
            divergence = comparison.divergence
            found[position] = symptom(divergence.step, divergence.difference)
    return found


def _signatures(named: Sequence[_Named], jobs: int) -> Iterator[tuple[int, StoredSignature]]:
    """Yields the position of each change that has a signature, with it, as they arrive."""
    gc.freeze()  # objects that no collection visits need not be copied for a child
    left = list(reversed(list(enumerate(named))))
    running: dict[Connection, int] = {}
    with tempfile.TemporaryDirectory(prefix="h11spec-signatures-") as folder:
        while left or running:
            while left and len(running) < jobs:
                at, change = left.pop()
                mine, theirs = _context.Pipe(duplex=False)
                _context.Process(
                    target=_child, args=(change, Path(folder, str(at)), theirs)
                ).start()
                theirs.close()
                running[mine] = at
            for pipe in wait(list(running)):
                assert isinstance(pipe, Connection)
                at = running.pop(pipe)
                with pipe, contextlib.suppress(EOFError):  # it hung, crashed or did not load
                    pairs: list[tuple[int, int]] = json.loads(pipe.recv_bytes())
                    yield at, signature(named[at][0], dict(pairs))
    gc.unfreeze()


def _child(change: _Named, folder: Path, pipe: Connection) -> None:
    # The output of a faulty implementation is discarded.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, _PATIENCE)
    with contextlib.suppress(Exception):
        pipe.send_bytes(json.dumps(list(symptoms(change[1](folder)).items())).encode())


@click.command()
@click.option("-j", "jobs", default=2, show_default=True, help="Changes to run at once.")
@click.option(
    "--explanations",
    "only_explanations",
    is_flag=True,
    help="Keep the signatures of other changes; enough if only explanations were changed.",
)
def main(jobs: int, only_explanations: bool) -> None:
    """Compute the signatures anew, and write their file."""
    named = changes()
    kept: list[StoredSignature] = []
    if only_explanations:
        names = {each.name for each in explanations()}
        named = [each for each in named if each[0] in names]
        # What was an explanation once is no place of the reference.
        kept = [each for each in signatures.load() if ":" in each.name]
    found: dict[int, StoredSignature] = {}
    with click.progressbar(length=len(named), label="changes") as bar:
        for at, each in _signatures(named, jobs):
            found[at] = each
            bar.update(1)
    everything = [*(found[at] for at in sorted(found)), *kept]
    computed = signatures.content(everything)
    signatures.FILE.write_bytes(computed)
    name, size = signatures.FILE.name, len(computed)
    click.echo(f"made {name}: {size:,} bytes of {len(everything):,} changes")


if __name__ == "__main__":
    main()
