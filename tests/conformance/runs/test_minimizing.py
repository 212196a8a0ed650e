"""Minimisation runs no program twice, and what it returns does not depend on what it remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from faulty.showing import implementation

from h11spec import reference
from h11spec.conformance.checks.catalogue import DRAWN
from h11spec.conformance.checks.check import Result
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.pipeline import Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.minimizing import Minimiser
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.program import NextEvent, Program, Receive

BEGIN = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
BODY = b"3\r\nabcxx0\r\n\r\n"


def posting(host: bytes, body: bytes = BODY) -> Program:
    """A request whose body ends a chunk in two bytes that are no line end."""
    head = BEGIN + b"Host: %s\r\n\r\n" % host
    return Program("server", (Receive(head + body), *[NextEvent()] * 4))


class Counting(InProcessExecutor):
    """Counts how often each program is run."""

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self.runs = Counter[str]()

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        self.runs.update(program.to_text() for program in programs)
        return super().submit(programs)


def shown(actual: InProcessExecutor, program: Program) -> tuple[Lockstep, Result]:
    """What a check shows that has this program."""
    lockstep = Lockstep(InProcessExecutor(reference), actual, UPSTREAM_DEVIATIONS)
    statistics = Statistics(DRAWN.id)
    limit = FaultLimit(reference, 3)
    Pipeline(lockstep, limit, statistics, lambda statistics: None).run([program])
    return lockstep, Result(DRAWN, "search", statistics)


def minimised(*programs: Program, together: bool) -> tuple[list[Program | None], Counter[str]]:
    """The minimised program of each, and how often programs were run for that."""
    found: list[Program | None] = []
    runs = Counter[str]()
    minimiser: Minimiser | None = None
    actual = Counting(implementation("takes_any_footer"))
    for program in programs:
        lockstep, result = shown(actual, program)
        actual.runs.clear()
        if minimiser is None or not together:
            minimiser = Minimiser(lockstep, 20)
        minimiser.minimise([result], lambda statistics: None)
        found += [finding.program for finding in result.findings]
        runs += actual.runs
    return found, runs


def test_findings_that_show_the_same_share_the_runs_and_the_program() -> None:
    """The second one costs hardly more than its own program, and its result is the same."""
    one, other = posting(b"a.example"), posting(b"b.example")
    apart, _ = minimised(one, other, together=False)
    together, runs = minimised(one, other, together=True)
    assert together == apart
    assert together[0] == together[-1]
    alone = minimised(one, together=True)[1]
    assert len(runs) < 1.5 * len(alone)


def test_a_program_is_run_at_most_once_in_a_batch_and_once_alone() -> None:
    _, runs = minimised(posting(b"a.example"), together=True)
    assert max(runs.values()) <= 2


class BehindOthers(InProcessExecutor):
    """Shows nothing wrong in a batch of several programs."""

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self._right = InProcessExecutor(reference)

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        if len(programs) > 1:
            return self._right.submit(programs)
        return super().submit(programs)


def test_what_shows_in_a_process_of_its_own_only_is_a_finding() -> None:
    """All programs are run together first, and some may hide what others do."""
    actual = BehindOthers(implementation("takes_any_footer"))
    lockstep, first = shown(actual, posting(b"a.example"))
    _, second = shown(actual, posting(b"b.example", BODY.replace(b"abc", b"abd")))
    results = [first, second]
    Minimiser(lockstep, 20).minimise(results, lambda statistics: None)
    assert all(result.findings for result in results)
    assert not any(result.statistics.unrepeated for result in results)
