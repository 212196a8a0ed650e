"""Which edits of a target's source repair what differs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from h11spec import reference
from h11spec.conformance.causes.edits import Edit
from h11spec.conformance.causes.explanations import changed_reference, load
from h11spec.conformance.causes.repairing import Repair, Workshop
from h11spec.conformance.causes.spectra import Place
from h11spec.conformance.execution.executor import InProcessExecutor, RawTrace, parse_trace
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.targets.target import Target
from h11spec.conformance.vectors.corpus import StoredVector, stored
from h11spec.reports.findings.divergence import all_divergences, compare
from h11spec.reports.findings.finding import Finding, Severity
from h11spec.strategies.program import Drain, EventSpec, Json, NextEvent, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

# It refuses any third piece of data, and takes any method for one that is refused.
SOURCE = """from h11spec import reference
from h11spec.reference import *

class Connection(reference.Connection):
    pieces = 0

    def receive_data(self, data):
        self.pieces += 1
        if self.pieces >= 3:
            raise reference.RemoteProtocolError("three")
        super().receive_data(data)

    def next_event(self):
        event = super().next_event()
        if isinstance(event, reference.Request) and event.method != b"BREW":
            raise reference.RemoteProtocolError("coffee")
        return event
"""
THREE = Program("client", tuple(Receive(each) for each in (b"HT", b"TP", b"/1.")))
REQUEST = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), NextEvent()))
AGREEING = [each for each in stored() if "client" in each.program.role][:200]


def line_of(text: str) -> int:
    return 1 + [line.strip() for line in SOURCE.splitlines()].index(text)


def place(text: str) -> Place:
    return Place("mended_target.py", line_of(text), "f")


def finding(program: Program) -> Finding:
    """What the target shows in the last step of a program."""
    return Finding(
        "check",
        "divergence",
        Severity.DOCUMENTED,
        "difference",
        "error",
        "outcome",
        expected=None,
        actual=None,
        reproduction=lambda finding, imports: {},
        program=program,
    )


PIECES, METHOD = (
    place("if self.pieces >= 3:"),
    place('if isinstance(event, reference.Request) and event.method != b"BREW":'),
)


@contextmanager
def workshop(folder: Path) -> Generator[tuple[Workshop, dict[str, str]]]:
    path = folder / "mended_target.py"
    path.write_text(SOURCE, encoding="utf-8")
    with closing(Worker(Target("mended", "mended_target", folder=folder), Limits())) as worker:
        lockstep = Lockstep(InProcessExecutor(reference), worker, ())
        yield Workshop(lockstep, AGREEING[:50]), {"mended_target.py": str(path.resolve())}


def test_the_edit_that_repairs_a_program_is_found_in_its_line(tmp_path: Path) -> None:
    with workshop(tmp_path) as (tries, paths):
        found = tries.repairs([finding(THREE)], [METHOD, PIECES], paths)
        assert {each.place for each in found} == {PIECES}
        assert tries.effects(found, [finding(THREE), finding(REQUEST)]) == [
            ["agrees", "nothing"]
        ] * len(found)
    assert found[0].line.strip().startswith("if ")
    assert found[0].line not in SOURCE


def test_one_of_two_mistakes_is_repaired_at_a_time(tmp_path: Path) -> None:
    with workshop(tmp_path) as (tries, paths):
        found = tries.repairs([finding(REQUEST)], [METHOD, PIECES], paths)
        assert {each.place for each in found} == {METHOD}
        assert tries.effects(found, [finding(THREE), finding(REQUEST)]) == [
            ["nothing", "agrees"]
        ] * len(found)


class Breaking(InProcessExecutor):
    """The reference, which shows what is expected of one program alone after any edit."""

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        traces = self.submit([program for _, program in runs])()
        return [
            trace if program == THREE else []
            for trace, (_, program) in zip(traces, runs, strict=True)
        ]


@pytest.mark.parametrize("agreeing", [AGREEING[:1], []])
def test_an_edit_that_breaks_what_agrees_repairs_nothing(
    tmp_path: Path, agreeing: list[StoredVector]
) -> None:
    path = tmp_path / "mended_target.py"
    path.write_text(SOURCE, encoding="utf-8")
    executor = Breaking(reference)
    tries = Workshop(Lockstep(executor, executor, ()), agreeing)
    found = tries.repairs([finding(THREE)], [PIECES], {"mended_target.py": str(path)})
    assert bool(found) is not bool(agreeing)


def test_there_is_no_repair_where_the_files_are_not_known(tmp_path: Path) -> None:
    with workshop(tmp_path) as (tries, _):
        assert tries.repairs([finding(THREE)], [METHOD, PIECES], {}) == []


class Shows(InProcessExecutor):
    """Shows one trace, and another one with an edit."""

    def __init__(self, trace: list[Json], edited: list[Json]) -> None:
        super().__init__(reference)
        self._trace, self._edited = trace, edited

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        return lambda: [self._trace for _ in programs]

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        return [self._edited for _ in runs]


def raising(step: int, name: str) -> list[Json]:
    """What THREE shows if an error is raised in a step."""
    [expected] = InProcessExecutor(reference).submit([THREE])()
    trace = [dict(each) for each in parse_trace(expected).form]
    del trace[step]["returned"]
    error = {"by": "receive", "family": name, "class": name, "text": "no", "hint": None}
    trace[step] = {"raised": error, **trace[step]}
    return [*trace]


@pytest.mark.parametrize(
    ("step", "name", "effect"),
    [(2, "KeyError", "other"), (0, "KeyError", "nothing"), (2, "ValueError", "nothing")],
)
def test_another_difference_counts_if_it_is_not_an_earlier_one(
    step: int, name: str, effect: str
) -> None:
    """A program with two mistakes shows the other one where one of them is repaired."""
    shown = raising(2, "ValueError")
    expected = InProcessExecutor(reference)
    divergence = compare(THREE, run(reference, THREE), Trace(shown)).divergence
    assert divergence is not None
    own = replace(finding(THREE), difference=divergence.identity)
    tries = Workshop(Lockstep(expected, Shows(shown, raising(step, name)), ()), [])
    assert tries.effects([Repair(PIECES, "", Edit(1, 0, 0, ""), "")], [own]) == [[effect]]


def doing(*sentences: str) -> ModuleType:
    """The reference as a target that does this."""
    return changed_reference([each for each in load() if each.sentence in sentences])


class Doing(InProcessExecutor):
    """A target that does something, and with an edit something else."""

    def __init__(self, usual: ModuleType, edited: ModuleType) -> None:
        super().__init__(usual)
        self._edited = InProcessExecutor(edited)

    def run_edited(self, runs: Sequence[tuple[Json, Program]]) -> list[RawTrace]:
        return self._edited.submit([program for _, program in runs])()


IGNORES, REFUSES = (
    "ignores the Connection field of requests",
    "refuses status codes from 600 to 999",
)
LATER = Program(
    "server",
    (
        Receive(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        Drain(),
        Send(EventSpec.of("Response", status_code=600, headers=[])),
    ),
)


@pytest.mark.parametrize(
    ("left", "effect"), [([IGNORES], "agrees"), ([REFUSES], "nothing"), ([], "nothing")]
)
def test_what_is_behind_another_difference_is_repaired_without_it(
    left: list[str], effect: str
) -> None:
    """An edit repairs what it is about, while the target goes on with what is in front of it."""
    actual = Doing(doing(IGNORES, REFUSES), doing(*left))
    shown = Trace(parse_trace(actual.submit([LATER])()[0]).form)
    first, *_, last = all_divergences(LATER, run(reference, LATER), shown)
    assert (first.step, last.step) == (1, 2)
    hidden = replace(finding(LATER), difference=last.identity, behind=(IGNORES,))
    tries = Workshop(Lockstep(InProcessExecutor(reference), actual, ()), [])
    assert tries.effects([Repair(PIECES, "", Edit(1, 0, 0, ""), "")], [hidden]) == [[effect]]
