"""Executors say which lines of a target's own source a program executes, and where it raised."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.adapters import h11r
from h11spec.conformance.execution.executor import (
    CachingExecutor,
    InProcessExecutor,
    SequenceExecutor,
)
from h11spec.conformance.execution.fault_limit import FaultLimit, TooManyHangs
from h11spec.conformance.execution.hang_guard import HangGuard
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import Pool
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.targets.target import Target, parse
from h11spec.strategies.program import Connection, Drain, On, Program, Receive, SendFailed

# A target in one file, with a step that raises from two of its frames.
SOURCE = """\
from functools import partial
from h11spec import reference


def outer(data):
    for _ in [data]:
        return inner(data)


def inner(data):
    if data == b"bad":
        raise reference.RemoteProtocolError("bad")
    return any(each for each in [data])


class Connection(reference.Connection):
    def receive_data(self, data):
        outer(data)
        super().receive_data(data)


__getattr__ = partial(getattr, reference)
"""
# Raises in the second step.
HEAD = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Drain()))
GOOD = Program("server", (Receive(b"good"),))
BAD = Program("server", (Receive(b"good"), Receive(b"bad"), SendFailed()))


def line_of(text: str) -> int:
    return 1 + [line.strip() for line in SOURCE.splitlines()].index(text)


@contextmanager
def worker_on(source: str, folder: Path, limits: Limits | None = None) -> Generator[Worker]:
    (folder / "traced_target.py").write_text(source, encoding="utf-8")
    target = Target("traced", "traced_target", folder=folder)
    with closing(Worker(target, limits or Limits())) as worker:
        yield worker


def places(found: Any, step: int) -> set[tuple[str, str, int]]:
    """The file, the function and the number of each line of a step."""
    lines = found["lines"]
    arcs = [lines["arcs"][index] for index in lines["steps"][step]]
    return {(*lines["functions"][function], line) for function, _, line, _ in arcs}


def test_each_step_has_its_own_lines(tmp_path: Path) -> None:
    """Only those in the file of the target: not the ones of the reference it is made of."""
    with worker_on(SOURCE, tmp_path) as worker:
        [found] = worker.executed_lines([BAD])
    assert {file for step in range(3) for file, *_ in places(found, step)} == {"traced_target.py"}
    raising = ("traced_target.py", "inner", line_of('raise reference.RemoteProtocolError("bad")'))
    returning = ("traced_target.py", "inner", line_of("return any(each for each in [data])"))
    assert raising not in places(found, 0)
    assert raising in places(found, 1)
    assert returning in places(found, 0)
    assert returning not in places(found, 1)
    assert places(found, 2) == set()


def test_a_line_comes_with_the_one_before_it_and_its_size(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        [found] = worker.executed_lines([BAD])
    condition = line_of('if data == b"bad":')
    raising = line_of('raise reference.RemoteProtocolError("bad")')
    arcs = {(before, line): size for _, before, line, size in found["lines"]["arcs"]}
    # The statement, the comparison, and both of its sides.
    assert arcs[0, condition] == 4
    assert (condition, raising) in arcs


def test_the_innermost_frame_of_an_exception_comes_first(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        [found] = worker.executed_lines([BAD])
    lines = found["lines"]
    first, raised, last = lines["raised"]
    assert (first, last) == ([], [])
    assert [(lines["functions"][function], line) for function, line in raised] == [
        (["traced_target.py", "inner"], line_of('raise reference.RemoteProtocolError("bad")')),
        (["traced_target.py", "outer"], line_of("return inner(data)")),
        (["traced_target.py", "Connection.receive_data"], line_of("outer(data)")),
    ]


def test_all_executors_find_the_same_lines() -> None:
    """And tracing leaves nothing behind in this process."""
    direct = InProcessExecutor(reference)
    programs = [HEAD, GOOD]
    tracing = sys.gettrace()
    expected = direct.executed_lines(programs)
    assert sys.gettrace() is tracing
    assert expected[0]["lines"]["raised"][1]
    assert {file.partition("/")[0] for file, _ in expected[0]["lines"]["functions"]} == {
        "reference"
    }
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        for executor in (
            worker,
            worker.with_golden(frozenset()),
            CachingExecutor(worker),
            SequenceExecutor(worker, [GOOD]),
            Pool([worker], Limits()),
            HangGuard(worker, FaultLimit(reference, 3)),
        ):
            assert executor.executed_lines(programs) == expected
    assert direct.executed_lines(programs) == expected


def test_a_program_of_version_2_is_traced() -> None:
    steps = (Receive(b"GET / HTTP/1.1\r\n"), On(1, Receive(b"HTTP/1.1 200 \r\n")))
    program = Program("server", steps, others=(Connection("client"),))
    [found] = InProcessExecutor(reference).executed_lines([program])
    assert len(found["lines"]["steps"]) == 2


def test_a_crash_and_a_hang_are_faults_of_their_programs_alone(tmp_path: Path) -> None:
    """As many as there are: no limit on faults keeps the others from being answered."""
    crash = Program("server", (Receive(b"crash"),))
    hang = Program("server", (Receive(b"hang"),))
    source = SOURCE.replace(
        "    for _ in [data]:",
        "    if data == b'crash':\n        __import__('os').abort()\n"
        "    while data == b'hang':\n        pass\n    for _ in [data]:",
    )
    with worker_on(source, tmp_path, Limits(step_time=0.5, max_faults=1)) as worker:
        found = worker.executed_lines([crash, GOOD, hang, crash, GOOD])
    kinds = [each["fault"]["kind"] if "fault" in each else "" for each in found]
    assert kinds == ["crash", "", "hang", "crash", ""]
    assert found[1] == found[4]


def test_a_connection_that_cannot_be_opened_has_the_frames_of_its_exception(tmp_path: Path) -> None:
    source = SOURCE.replace(
        "class Connection(reference.Connection):",
        "class Connection(reference.Connection):\n"
        "    def __init__(self, *arguments):\n        raise ValueError\n",
    )
    with worker_on(source, tmp_path) as worker:
        [found] = worker.executed_lines([GOOD])
    [[[function, _]]] = found["lines"]["raised"]
    assert found["lines"]["functions"][function][1] == "Connection.__init__"


def test_a_compiled_target_has_no_lines() -> None:
    pytest.importorskip("h11r")
    [found] = InProcessExecutor(h11r).executed_lines([GOOD])
    assert found["lines"]["arcs"] == []


def test_a_target_that_was_made_in_memory_has_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even those of files in the current folder."""
    monkeypatch.chdir(Path(reference.__file__ or "").parents[1])
    made = ModuleType("made_in_memory")
    made.__dict__.update({name: getattr(reference, name) for name in reference.__all__})
    [found] = InProcessExecutor(made).executed_lines([GOOD])
    assert found["lines"]["arcs"] == []


def test_code_without_its_source_has_no_lines(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        (tmp_path / "traced_target.py").unlink()
        [found] = worker.executed_lines([BAD])
    assert found["lines"]["arcs"] == []
    assert found["lines"]["raised"] == [[], [], []]


def test_a_target_that_hangs_too_often_is_not_traced() -> None:
    fault_limit = FaultLimit(reference, 0)
    fault_limit.hangs = 1000
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        guard = HangGuard(worker, fault_limit)
        with pytest.raises(TooManyHangs):
            guard.executed_lines([GOOD])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pypy3", "python3.8", "python3.12", "python3.13", "python3.14"])
def test_other_pythons_trace_the_same_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Which lines a statement counts as differs a little from version to version."""
    python = shutil.which(name)
    if (
        python is None
        or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"there is no {name} here")
    assert h11.__file__ is not None
    (tmp_path / "h11").symlink_to(Path(h11.__file__).parent)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    here = InProcessExecutor(h11).executed_lines([HEAD])[0]["lines"]
    with closing(Worker(parse(f"{python}::h11"), Limits())) as worker:
        there = worker.executed_lines([HEAD])[0]["lines"]
    assert sorted(there["functions"]) == sorted(here["functions"])
    frames = [
        [[*found["functions"][function], line] for function, line in found["raised"][1]]
        for found in (here, there)
    ]
    assert frames[0] == frames[1]
    assert len(there["arcs"]) == pytest.approx(len(here["arcs"]), rel=0.05)
