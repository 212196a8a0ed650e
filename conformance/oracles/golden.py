"""Golden digests: precomputed, of what the reference shows for the sweeps and the machine's suite.

Owns their file, and the decision where traces are compared with them, so that the reference need
not run where the target shows the same. It must not know what a difference is: a group of programs
without a golden digest is run on both sides and compared.

Outdated digests cannot hide a difference: each covers the programs as well as their traces, and all
of them are ignored once a line of the reference or of the interpreter changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from ... import reference
from ...strategies.fingerprint import source_fingerprint
from ...strategies.program import Json, Program
from ...strategies.traces import Trace, observe
from ..execution.executor import Digests, Executor, RawTrace, SupportsGolden, trace_line
from ..execution.shipped import protocol
from ..execution.shipped.protocol import DIGEST_SIZE, GOLDEN, GROUP
from .lockstep import Lockstep

FILE = Path(__file__).with_name("golden.bin")


def with_golden(
    lockstep: Lockstep, agrees: Callable[[Program, Trace], bool] | None = None
) -> Lockstep:
    """Returns a lockstep with the reference that runs it only where no golden digest matches.

    Args:
        agrees: whether a single program's trace is known to be that of the reference.
    """
    actual = golden_executor(lockstep.actual, digests())
    return replace(lockstep, actual=actual, observe=partial(observe, reference), agrees=agrees)


def golden_executor(executor: Executor, digests: Digests) -> Executor:
    """Returns an executor that answers a group of programs with GOLDEN if its digest is golden."""
    if not digests:
        return executor
    if isinstance(executor, SupportsGolden):
        return executor.with_golden(digests)
    return GoldenExecutor(executor, digests)


class GoldenExecutor:
    """Compares traces with golden digests in this process, for an executor that cannot."""

    def __init__(self, executor: Executor, digests: Digests) -> None:
        self._executor = executor
        self._digests = digests

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        """Starts running the programs; the function that it returns waits for their traces."""
        running = self._executor.submit(programs, short_limits=short_limits)
        return lambda: [raw for group in self._groups(programs, running()) for raw in group]

    def _groups(
        self, programs: Sequence[Program], traces: Sequence[RawTrace]
    ) -> Iterator[Sequence[RawTrace]]:
        for at in range(0, len(programs), GROUP):
            group = traces[at : at + GROUP]
            golden = digest_of(programs[at : at + GROUP], group) in self._digests
            yield [GOLDEN] * len(group) if golden else group

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        """Runs the programs in one new process, and returns their traces."""
        return self._executor.run_in_sequence(programs, suspected=suspected)

    def evaluate(self, expressions: Sequence[str]) -> list[Json]:
        """Returns the executor's answers."""
        return self._executor.evaluate(expressions)

    def measure(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the costs that the executor measures."""
        return self._executor.measure(programs)

    def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
        """Returns the lines that each program executes."""
        return self._executor.executed_lines(programs)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        """Returns the traces of programs, each on the target with an edit of its source."""
        return self._executor.run_edited(runs)

    def live_memory(self, request: Json) -> Json:
        """Returns the memory that the executor measures."""
        return self._executor.live_memory(request)

    def close(self) -> None:
        """Closes the executor."""
        self._executor.close()


def digest_of(programs: Sequence[Program], traces: Sequence[RawTrace]) -> bytes:
    """Returns the digest of a group of programs and its traces, which a worker computes too."""
    lines = "".join(f"{trace_line(each)}\n" for each in traces)
    return protocol.digest([each.to_text() for each in programs], lines.encode("ascii"))


@cache
def digests() -> Digests:
    """Returns the golden digests of all groups; none if they are out of date."""
    content = FILE.read_bytes() if FILE.exists() else b""
    parts = [content[at : at + DIGEST_SIZE] for at in range(0, len(content), DIGEST_SIZE)]
    return frozenset(parts[1:] if parts[:1] == [source_fingerprint()] else ())
