"""Examines each fault in its own process: does a user's run find it?

Owns the lifetime of that process, and what may end it. A fault may do anything, so no call is
trusted to return.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from h11spec import reference
from h11spec.benchmarks.power.planting import NO_FAULT, Fault, Original, load, plant
from h11spec.benchmarks.power.suite import CONFIRMATION, SWEEPS, Part, Suite
from h11spec.conformance.checks.check import Check, Result
from h11spec.conformance.checks.expression_check import ExpressionCheck
from h11spec.conformance.execution import smoke
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles import golden
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.pipeline import Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.requirements import surface
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.targets.target import NEEDED, Target, TargetError
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.finding import Finding, api_finding, divergence_finding
from h11spec.strategies.program import Json

# Seconds after which a fault counts as a hang. A batch of programs takes milliseconds.
PATIENCE = 10
_MORE_MEMORY = 1 << 30
LOADING = "loading"
_context = multiprocessing.get_context("fork")


@dataclass
class Verdict:
    """The result of examining a fault.

    ``found`` says how the fault was found: "difference", "does not load", "no exchange", "hang" or
    "crash"; it is "" if the fault was not found. ``phase`` and ``check`` say where; ``seconds`` is
    the processor time until then, or the time waited for a hang. ``shows`` describes the difference
    and ``program`` has its program. If the fault was not found, ``shown`` has the differences that
    do not fail a run: of type, of wording, or in undocumented behaviour. ``broken`` has the
    traceback of an error in the suite itself. If no fault was planted, ``failing`` has the checks
    that fail nevertheless.
    """

    fault: Fault
    found: str = ""
    phase: str = LOADING
    check: str = ""
    seconds: float = 0.0
    shows: str = ""
    program: Json = field(default_factory=dict[str, Any])
    shown: list[str] = field(default_factory=list[str])
    broken: str = ""
    failing: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def area(self) -> str:
        """The area of the check that found the fault."""
        return self.check.partition("/")[0]


class _Killed(BaseException):
    """Ends an examination at the first difference that fails a run."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


def failing(original: Original, suite: Suite) -> dict[str, str]:
    """Returns the checks that the original itself fails, each with its difference.

    These checks prove nothing about a fault.
    """
    [verdict] = verdicts(original, [NO_FAULT], suite, jobs=1)
    if verdict.found or verdict.broken:
        raise RuntimeError(f"{original.name} itself: {verdict.shows or verdict.broken}")
    return verdict.failing


def verdicts(
    original: Original, faults: Sequence[Fault], suite: Suite, *, jobs: int
) -> Iterator[Verdict]:
    """Examines each fault in its own process, and yields the verdicts as they arrive."""
    gc.collect()
    gc.freeze()  # objects that no collection visits need not be copied for a child
    left = list(reversed(faults))
    running: dict[Connection, tuple[Any, Verdict, float]] = {}
    with tempfile.TemporaryDirectory(prefix="h11spec-power-") as folder:
        try:
            while left or running:
                while left and len(running) < jobs:
                    fault = left.pop()
                    mine, theirs = _context.Pipe(duplex=False)
                    own = Path(folder, f"{len(left)}")
                    process = _context.Process(
                        target=_child, args=(original, fault, own, suite, theirs)
                    )
                    process.start()
                    theirs.close()
                    running[mine] = process, Verdict(fault), time.monotonic()
                for pipe in wait(list(running)):
                    assert isinstance(pipe, Connection)
                    process, verdict, started = running[pipe]
                    if not _received(pipe, verdict):
                        process.join()
                        del running[pipe]
                        pipe.close()
                        _post_mortem(verdict, process.exitcode, time.monotonic() - started)
                        yield verdict
        finally:
            for process, _, _ in running.values():
                process.kill()
            gc.unfreeze()


def _received(pipe: Connection, verdict: Verdict) -> bool:
    """Adds one message to the verdict; returns whether there was one."""
    try:
        message: Json = json.loads(pipe.recv_bytes())
    except EOFError:
        return False
    for name, value in message.items():
        setattr(verdict, name, value)
    return True


def _post_mortem(verdict: Verdict, exit_code: int | None, seconds: float) -> None:
    if exit_code and not verdict.found and not verdict.broken:
        verdict.found = "hang" if exit_code == -signal.SIGALRM else "crash"
        verdict.shows = f"ended with {exit_code}"
        verdict.seconds = seconds


def _child(original: Original, fault: Fault, folder: Path, suite: Suite, pipe: Connection) -> None:
    def say(**what: Any) -> None:
        pipe.send_bytes(json.dumps(what).encode())

    # The output of a faulty implementation is discarded.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    # The default action of the signal ends the process in any case.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    _limit_memory()
    started = time.process_time()
    try:
        try:
            plant(original, fault, folder)
            started = time.process_time()
            module: Any = load(original, folder)
            missing = [name for name in NEEDED if not hasattr(module, name)]
        except Exception as error:
            say(found="does not load", shows=f"{type(error).__name__}: {error}")
            return
        if missing:
            say(found="does not load", shows=f"has no {missing[0]}")
            return
        say(phase=SWEEPS)
        for message in _examined(module, suite, fault == NO_FAULT):
            say(**message, seconds=time.process_time() - started)
    except BaseException:
        say(broken=traceback.format_exc())


def _limit_memory() -> None:
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        limit = pages * resource.getpagesize() + _MORE_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _examined(module: Any, suite: Suite, original: bool) -> Iterator[Json]:
    """Yields the progress of the examination, and finally its result.

    The examination of the original itself continues after a failing check.
    """
    side = InProcessExecutor(module)
    try:
        smoke.check(Target("planted", module.__name__), side)
    except TargetError as error:
        yield {"found": "no exchange", "check": "smoke/exchange", "shows": str(error)}
        return
    lockstep = Lockstep(suite.expected, side, UPSTREAM_DEVIATIONS)
    outcome = Outcome(Settings())
    fault_limit = FaultLimit(reference, outcome.settings.max_faults)
    shown: dict[str, None] = {}
    failing: dict[str, str] = {}
    swept = golden.with_golden(lockstep)
    for part in suite.parts:
        yield {"phase": part.phase, "check": part.check.id}
        try:
            both = swept if part.phase == SWEEPS and part.check.differential else lockstep
            for finding in _findings(part, both, outcome, fault_limit):
                shown[_words(finding)] = None
        except _Killed as killed:
            failing[part.check.id] = _words(killed.finding)
            if original:
                continue
            yield {
                "found": "difference",
                "shows": _words(killed.finding),
                "program": _program(killed.finding),
            }
            return
    yield {"phase": CONFIRMATION, "check": "", "shown": list(shown), "failing": failing}


def _findings(
    part: Part, lockstep: Lockstep, outcome: Outcome, fault_limit: FaultLimit
) -> Iterator[Finding]:
    """Yields the findings that do not fail a run; raises _Killed at the first that does."""
    statistics = Statistics(part.check.id)
    result = Result(part.check, part.phase, statistics)

    def look(statistics: Statistics) -> None:
        signal.alarm(PATIENCE)
        for divergence in statistics.divergences.values():
            finding = divergence_finding(part.check.id, divergence)
            if outcome.fails(result, finding):
                raise _Killed(finding)

    look(statistics)
    Pipeline(part.check.oracle(lockstep), fault_limit, statistics, look).run(part.programs)
    yield from (
        divergence_finding(part.check.id, divergence)
        for divergence in statistics.divergences.values()
    )
    for answer in answers(part.check, lockstep):
        if outcome.fails(result, answer):
            raise _Killed(answer)
        yield answer


def answers(check: Check, lockstep: Lockstep) -> Iterator[Finding]:
    """Yields a finding for each expression of a check with a different value, as in a run."""
    if not isinstance(check, ExpressionCheck) or (check.promise and check.h11 == "deviates"):
        return
    texts = [each.text for each in check.expressions]
    expected, actual = lockstep.expected.evaluate(texts), lockstep.actual.evaluate(texts)
    for found in surface.differences(expected, actual, check.expressions):
        asking = found.expression
        yield api_finding(
            check.id, asking.text, found.expected, found.actual, documented=asking.documented
        )


def _words(finding: Finding) -> str:
    return f"{finding.identity}: {finding.expected!r}, not {finding.actual!r}"[:500]


def _program(finding: Finding) -> Json:
    return {} if finding.program is None else finding.program.to_json()
