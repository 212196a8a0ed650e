"""What is seen once is looked for again: alone, and behind the programs that came before it."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from h11spec import reference
from h11spec.conformance.checks.catalogue import DRAWN
from h11spec.conformance.checks.check import Result
from h11spec.conformance.cli.main import main
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace
from h11spec.conformance.execution.fault_limit import FaultLimit, TooManyHangs
from h11spec.conformance.execution.hang_guard import HangGuard
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.oracles.confirmation import confirm
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.pipeline import Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.runs.minimizing import Minimiser, add_unminimised
from h11spec.conformance.runs.outcome import Outcome
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.targets.target import parse
from h11spec.reports.findings.finding import divergence_finding
from h11spec.strategies.program import Drain, NextEvent, Program, Receive

GET = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain()))
PUT = Program("server", (Receive(b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain()))
USUAL_PUT = b"PUT / HTTP/1.1\r\nHost: example.com\r\n\r\n"
HEAD = Program("server", (Receive(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain()))
LIMITS = Limits(step_time=0.2, memory=64 * 2**20)
# A target that does something once it has received a PUT, in any connection.
AFTER_A_PUT = """
import os
from functools import partial
from h11spec import reference

seen = []

class Connection(reference.Connection):
    def receive_data(self, data):
        seen.append(data[:3])
        super().receive_data(data)

    def next_event(self):
        event = super().next_event()
        if b"PUT" in seen and isinstance(event, reference.Request) and event.method == b"HEAD":
            {does}
        return event

__getattr__ = partial(getattr, reference)
"""
DOES = {
    "crash": "os.kill(os.getpid(), 11)",
    "exit": "os._exit(7)",
    "hang": "while True: pass",
    "memory": "bytearray(2**40)",
    "target": 'object.__setattr__(event, "target", b"/other")',
}
# A target that does something in one connection only: that is not seen again.
ONCE = """
import os
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def next_event(self):
        event = super().next_event()
        try:
            os.close(os.open({mark!r}, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return event
        {does}
        return event

__getattr__ = partial(getattr, reference)
"""


@contextmanager
def worker(folder: Path, source: str, limits: Limits = LIMITS) -> Generator[Worker]:
    (folder / "planted.py").write_text(source)
    with closing(Worker(parse(f"{folder}::planted"), limits)) as started:
        yield started


def run(lockstep: Lockstep, programs: Sequence[Program]) -> Statistics:
    statistics = Statistics("a/check")
    limit = FaultLimit(reference, 3)
    Pipeline(lockstep, limit, statistics, lambda statistics: None).run(programs)
    return statistics


@pytest.mark.unmeasured
@pytest.mark.parametrize("kind", DOES)
def test_what_needs_earlier_programs_is_found_and_reproduced(tmp_path: Path, kind: str) -> None:
    """Alone it does not show; the finding has the programs that it needs, and no others."""
    with worker(tmp_path, AFTER_A_PUT.format(does=DOES[kind])) as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        statistics = run(lockstep, [*[GET] * 7, PUT, *[GET] * 9, HEAD, GET])
        assert statistics.unconfirmed == {}
        [(identity, occurrences)] = statistics.occurrences.items()
        found = confirm(lockstep, occurrences)
    assert found is not None
    assert found.identity == identity
    assert found.difference.field == kind
    [(before, _)] = found.before
    assert before.steps == (Receive(USUAL_PUT),)
    form = divergence_finding("a/check", found).to_json(imports=["import planted as h11"])
    assert form["before"] == [before.to_json()]
    assert form["script"][1:3] == [
        "conn = h11.Connection(h11.SERVER)",
        f"conn.receive_data({USUAL_PUT!r})",
    ]
    assert form["test"] == []


def test_what_other_divergences_need_is_tried_first(tmp_path: Path) -> None:
    """Then nothing is left out of the programs that ran before, which takes many runs."""
    needed = (Program("server", (Receive(b"PUT"),)),)
    with worker(tmp_path, AFTER_A_PUT.format(does=DOES["target"])) as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        statistics = run(lockstep, [GET, PUT, GET, HEAD])
        [occurrences] = statistics.occurrences.values()
        found = confirm(lockstep, occurrences, [(GET,), needed])
    assert found is not None
    [(before, _)] = found.before
    assert before is needed[0]


@pytest.mark.parametrize("kind", ["hang", "memory"])
def test_a_fault_of_a_busy_machine_is_judged_by_what_the_program_shows(
    tmp_path: Path, kind: str
) -> None:
    """It is kept as unconfirmed, and makes no run incomplete."""
    source = ONCE.format(mark=str(tmp_path / "mark"), does=DOES[kind])
    program = Program("server", (NextEvent(), *GET.steps))
    with worker(tmp_path, source) as actual:
        statistics = run(Lockstep(InProcessExecutor(reference), actual), [program, GET])
    assert statistics.divergences == {}
    [divergence] = statistics.unconfirmed.values()
    assert divergence.difference.field == kind
    assert statistics.complete


def test_a_difference_that_never_shows_again_is_no_finding(tmp_path: Path) -> None:
    """It may be the only sign of something that is wrong: such a run is not complete."""
    source = ONCE.format(mark=str(tmp_path / "mark"), does='raise ValueError("once")')
    with worker(tmp_path, source) as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        outcome = minimised(lockstep, [GET, PUT], Settings())
    [result] = outcome.results
    statistics = result.statistics
    assert result.findings == []
    assert statistics.unrepeated == {*statistics.divergences}
    assert outcome.exit_code == 1
    assert outcome.verdict == "inconclusive"


class Interrupted(InProcessExecutor):
    """It is interrupted as soon as a program is to run in a new process."""

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        raise KeyboardInterrupt


def minimise(lockstep: Lockstep, outcome: Outcome) -> None:
    minimiser = Minimiser(lockstep, outcome.settings.max_findings)
    minimiser.minimise(outcome.results, lambda statistics: None)


def test_a_difference_is_reported_if_a_run_is_interrupted_while_it_is_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "differs_after_a_put.py").write_text(
        AFTER_A_PUT.format(does='raise ValueError("differs")'), encoding="utf-8"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    target = import_module("differs_after_a_put")
    lockstep = Lockstep(InProcessExecutor(reference), Interrupted(target))
    statistics = run(lockstep, [PUT, HEAD])
    assert statistics.divergences
    outcome = Outcome(Settings())
    result = Result(DRAWN, "search", statistics)
    outcome.results.append(result)
    with pytest.raises(KeyboardInterrupt):
        minimise(lockstep, outcome)
    add_unminimised(outcome)
    assert len(result.findings) == len(statistics.divergences)


# A target that waits for a while when it receives a PUT, and then does something when it reads it.
AFTER_A_WHILE = """
import time
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        if data.startswith(b"PUT"):
            time.sleep(0.6)
        super().receive_data(data)

    def next_event(self):
        event = super().next_event()
        if isinstance(event, reference.Request) and event.method == b"PUT":
            {does}
        return event

__getattr__ = partial(getattr, reference)
"""


def minimised(lockstep: Lockstep, programs: Sequence[Program], settings: Settings) -> Outcome:
    outcome = Outcome(settings)
    outcome.results.append(Result(DRAWN, "search", run(lockstep, programs)))
    minimise(lockstep, outcome)
    return outcome


@pytest.mark.unmeasured
@pytest.mark.parametrize("kind", ["hang", "target"])
def test_a_step_after_one_that_seemed_to_hang_is_judged(tmp_path: Path, kind: str) -> None:
    """What did not hang takes the place of no finding, even if only one is to be shown."""
    with worker(tmp_path, AFTER_A_WHILE.format(does=DOES[kind])) as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        short = PUT.with_steps(PUT.steps[:1])
        outcome = minimised(lockstep, [PUT, short], Settings(max_findings=1))
    [result] = outcome.results
    confirmed = [finding for finding in result.findings if not finding.unconfirmed]
    assert [finding.field for finding in confirmed] == [kind]
    assert result.omitted == 0
    assert outcome.exit_code == 1
    assert outcome.verdict == "fail"


@pytest.mark.unmeasured
def test_no_more_programs_are_run_on_a_target_that_hangs_too_often(tmp_path: Path) -> None:
    source = AFTER_A_PUT.format(does=DOES["hang"])
    fault_limit = FaultLimit(reference, 100)
    # A step that only seems to hang is as good here.
    with worker(tmp_path, source, replace(LIMITS, step_time=0.05)) as actual:
        guard = HangGuard(actual, fault_limit)
        for _ in range(100):
            try:
                guard.submit([PUT, HEAD])()
            except TooManyHangs:
                break
        assert 10 < fault_limit.hangs <= 100
        with pytest.raises(TooManyHangs):
            guard.submit([GET])


HANGS_NEARLY_EVERYWHERE = """
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        if len(data) > 43 or not data.startswith((b"GET / HTTP/1.1\\r\\n", b"HTTP/1.1 200 \\r\\n")):
            while True:
                pass
        super().receive_data(data)

__getattr__ = partial(getattr, reference)
"""


@pytest.mark.slow
def test_a_target_that_hangs_in_nearly_every_call_gets_its_verdict(tmp_path: Path) -> None:
    """After a few hangs, of which one is confirmed and shown."""
    (tmp_path / "planted.py").write_text(HANGS_NEARLY_EVERYWHERE)
    record = tmp_path / "run.jsonl"
    arguments = ["gate", f"{tmp_path}::planted", "--step-time", "0.2", "--record", str(record)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    found = [line for line in lines if line["kind"] == "finding" and line["fails"]]
    assert any(line["field"] == "hang" and line["reproduced"] for line in found)
    assert lines[-1]["complete"] is False
    assert "INCOMPLETE: programs were cut short" in result.output
