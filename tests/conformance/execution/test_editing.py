"""Programs run on a target with an edit of its source, and the target stays as it was."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from h11spec import reference
from h11spec.conformance.execution.executor import (
    CachingExecutor,
    InProcessExecutor,
    RawTrace,
    SequenceExecutor,
    parse_trace,
)
from h11spec.conformance.execution.fault_limit import FaultLimit, TooManyHangs
from h11spec.conformance.execution.hang_guard import HangGuard
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import Pool
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.targets.target import Target, parse
from h11spec.strategies.program import Json, Program, Receive

SOURCE = '''"""A target with functions of all kinds."""
import functools
from h11spec import reference
from h11spec.reference import *

LIMIT = 3

class Answering:
    """Answers to any name, and has no functions to edit."""
    def __getattr__(self, name):
        raise AssertionError(name)

answering = Answering()

def checked(function):
    @functools.wraps(function)
    def inner(self, data):
        if len(data) > LIMIT:
            raise reference.RemoteProtocolError("long")
        return function(self, data)
    return inner

class Connection(reference.Connection):
    __secret = b"no"

    @checked
    def receive_data(self, data):
        if data == self.__secret or self.cached(data):
            raise reference.RemoteProtocolError("secret")
        super().receive_data(data)

    @functools.lru_cache(maxsize=None)
    def cached(self, data):
        return data == b"cached"

    @property
    def trailing_data(self):
        for each in [b"a", b"b"]:
            if each == b"b":
                break
        return each, False
'''
LONG = Program("server", (Receive(b"GET / HTTP/1.1\r\n"),))
SECRET = Program("server", (Receive(b"no"),))


@contextmanager
def worker_on(source: str, folder: Path, limits: Limits | None = None) -> Generator[Worker]:
    (folder / "edited_target.py").write_text(source, encoding="utf-8")
    target = Target("edited", "edited_target", folder=folder)
    with closing(Worker(target, limits or Limits())) as worker:
        yield worker


def edit(folder: Path, old: str, new: str) -> Json:
    path = (folder / "edited_target.py").resolve()
    start = path.read_bytes().index(old.encode())
    return {"path": str(path), "start": start, "end": start + len(old.encode()), "text": new}


def raised(trace: RawTrace) -> Any:
    """The text of the error in the last step, None without one."""
    return parse_trace(trace).form[-1].get("raised", {}).get("text")


def test_an_edit_has_an_effect_on_its_own_runs_only(tmp_path: Path) -> None:
    """A closure is exchanged as well: the name of a module's value is that of the module."""
    with worker_on(SOURCE, tmp_path) as worker:
        longer = edit(tmp_path, "len(data) > LIMIT", "len(data) > 100 * LIMIT")
        [edited] = worker.run_edited([(longer, LONG)])
        [as_it_is] = worker.submit([LONG])()
    assert raised(as_it_is) == "long"
    assert raised(edited) is None


def test_a_private_name_and_super_are_those_of_the_class(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        never = edit(tmp_path, "data == self.__secret", "data != self.__secret")
        before, after = worker.run_edited([(never, SECRET), (never, SECRET)])
        [as_it_is] = worker.submit([SECRET])()
    assert raised(as_it_is) == "secret"
    assert raised(before) is None
    assert before == after


def test_what_is_cached_is_edited(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        always = edit(tmp_path, 'data == b"cached"', "True")
        [edited] = worker.run_edited([(always, Program("server", (Receive(b"GE"),)))])
    assert raised(edited) == "secret"


def test_properties_are_edited(tmp_path: Path) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        true = edit(tmp_path, "return each, False", "return b'', True")
        [edited] = worker.run_edited([(true, SECRET)])
    assert parse_trace(edited).form[-1]["trailing"] == ["", True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("LIMIT = 3", "LIMIT = 300", id="outside of functions"),
        pytest.param("len(data) > LIMIT", "len(data) >", id="no Python"),
    ],
)
def test_an_edit_that_cannot_be_used_shows_nothing(tmp_path: Path, old: str, new: str) -> None:
    with worker_on(SOURCE, tmp_path) as worker:
        [trace] = worker.run_edited([(edit(tmp_path, old, new), LONG)])
    assert parse_trace(trace).form == []


def test_a_hang_costs_one_run_and_is_not_held_against_the_target(tmp_path: Path) -> None:
    """Later steps have as much time as before."""
    slow = SOURCE.replace(
        'raise reference.RemoteProtocolError("long")',
        "import time; end = time.process_time() + 0.6 * (data == b'slow')\n"
        "            while time.process_time() < end: pass",
    )
    with worker_on(slow, tmp_path) as worker:
        hang = edit(tmp_path, "break", "while True: pass")
        longer = edit(tmp_path, "len(data) > LIMIT", "False")
        hung, not_run, other = worker.run_edited([(hang, SECRET), (hang, LONG), (longer, LONG)])
        [later] = worker.submit([Program("server", (Receive(b"slow"),))])()
    assert [each["fault"]["kind"] for each in parse_trace(hung).form] == ["hang"]
    assert not_run is None
    assert raised(other) is None
    assert not any("fault" in each for each in parse_trace(later).form)


def reference_edit() -> Json:
    """An edit of a function of the reference that every program of a server runs."""
    path = Path(reference.__file__ or "").with_name("connection.py").resolve()
    line = b"    def receive_data(self, data"
    source = path.read_bytes()
    start = source.index(b"if not data:", source.index(line))
    return {"path": str(path), "start": start, "end": start, "text": "raise KeyError\n        "}


def test_all_executors_run_the_same() -> None:
    runs = [(reference_edit(), LONG), (reference_edit(), SECRET)]
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        expected = worker.run_edited(runs)
        assert parse_trace(expected[0]).form[0]["raised"]["class"] == "KeyError"
        for executor in (
            worker.with_golden(frozenset()),
            CachingExecutor(worker),
            SequenceExecutor(worker, [LONG]),
            Pool([worker], Limits()),
            HangGuard(worker, FaultLimit(reference, 3)),
        ):
            assert executor.run_edited(runs) == expected


def test_nothing_is_edited_in_this_process() -> None:
    """An edit can make an endless loop, and nothing would end that."""
    assert InProcessExecutor(reference).run_edited([(reference_edit(), LONG)]) == [[]]


def test_a_target_that_is_reached_by_a_link_is_edited(tmp_path: Path) -> None:
    """Its code has the path of the link, and its place that of the file."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    with worker_on(SOURCE, tmp_path / "link") as worker:
        [found] = worker.executed_lines([LONG])
        [path] = found["lines"]["paths"].values()
        longer = edit(tmp_path / "real", "len(data) > LIMIT", "False")
        assert longer["path"] == path
        [edited] = worker.run_edited([(longer, LONG)])
    assert raised(edited) is None


def test_a_target_that_hangs_too_often_is_not_edited() -> None:
    fault_limit = FaultLimit(reference, 0)
    fault_limit.hangs = 1000
    with closing(Worker(parse("h11spec.reference"), Limits())) as worker:
        guard = HangGuard(worker, fault_limit)
        with pytest.raises(TooManyHangs):
            guard.run_edited([(reference_edit(), LONG)])
