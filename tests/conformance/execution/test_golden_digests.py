"""A worker answers groups of programs that have a golden digest with GOLDEN, and only those."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from processes_helper import FAULTY

from h11spec import reference
from h11spec.conformance.execution.executor import Digests, InProcessExecutor, parse_trace
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.execution.shipped.protocol import GOLDEN, GROUP
from h11spec.conformance.oracles.golden import digest_of
from h11spec.conformance.targets.target import parse
from h11spec.strategies.program import NextEvent, Program, Receive, SendFailed
from h11spec.strategies.traces import run

Each = TypeVar("Each")
HOARDS = """
from functools import partial
from h11spec import reference

kept = []

class Connection(reference.Connection):
    def send_failed(self):
        for size in (2**20, 2**17, 2**15):
            try:
                while True:
                    kept.append(bytearray(size))
            except MemoryError:
                pass
        # The worker itself needs a little to say what was shown.
        del kept[-4:]
        super().send_failed()

__getattr__ = partial(getattr, reference)
"""
LIMITS = Limits(step_time=2.0, max_faults=3)
BAD = Program("server", (NextEvent(), Receive(b"b"), NextEvent()))
LONG = Program("server", (Receive(b"a" * 3000), *[NextEvent()] * 20))


def made(count: int) -> list[Program]:
    return [Program("server", (Receive(b"%d" % each), NextEvent())) for each in range(count)]


def golden(*groups: Sequence[Program]) -> Digests:
    executor = InProcessExecutor(reference)
    return frozenset(digest_of(group, executor.submit(group)()) for group in groups)


def grouped(each: Sequence[Each]) -> list[Sequence[Each]]:
    return [each[at : at + GROUP] for at in range(0, len(each), GROUP)]


@pytest.fixture
def same() -> Iterator[Worker]:
    with closing(Worker(parse("h11spec.reference"), LIMITS)) as started:
        yield started


@pytest.fixture
def dying() -> Iterator[Worker]:
    """It ends its process when it receives anything."""
    with closing(Worker(parse(f"{FAULTY}::process_exits_at_once"), LIMITS)) as started:
        yield started


@pytest.mark.parametrize("length", [1, GROUP, 3 * GROUP, 2 * GROUP + 7])
def test_a_golden_group_is_not_shown(same: Worker, length: int) -> None:
    """The last group may be smaller. Without golden digests, the traces are shown."""
    programs = made(length)
    assert same.with_golden(golden(*grouped(programs))).submit(programs)() == [GOLDEN] * length
    traces = [parse_trace(shown) for shown in same.submit(programs)()]
    assert traces == [run(reference, program) for program in programs]


def test_each_group_is_golden_or_not_by_itself(same: Worker) -> None:
    programs = made(4 * GROUP)
    first, second, third, fourth = grouped(programs)
    for groups in ([first, third, fourth], [second], [second, third]):
        shown = same.with_golden(golden(*groups)).submit(programs)()
        for group, traces in zip(grouped(programs), grouped(shown), strict=True):
            if group in groups:
                assert traces == [GOLDEN] * GROUP
            else:
                assert [*map(parse_trace, traces)] == [run(reference, program) for program in group]


def test_other_programs_with_the_same_traces_are_not_golden(same: Worker) -> None:
    programs = [Program("server", (Receive(b""),), limit) for limit in range(GROUP)]
    assert GOLDEN not in same.with_golden(golden([*programs[1:], programs[0]])).submit(programs)()


def test_the_group_of_a_fault_is_shown(dying: Worker) -> None:
    """Groups after it, which run in another process, may be golden again, divided as before."""
    fine = [Program("server", (NextEvent(),) * (each % 7), each) for each in range(3 * GROUP)]
    programs = [*fine[: GROUP + 3], BAD, *fine[GROUP + 4 :]]
    shown = dying.with_golden(golden(*grouped(fine))).submit(programs)()
    assert shown[:GROUP] == [GOLDEN] * GROUP
    assert shown[2 * GROUP :] == [GOLDEN] * GROUP
    [*before, fault] = parse_trace(shown[GROUP + 3]).form
    assert before == run(reference, BAD).form[:1]
    assert fault["fault"]["kind"] == "exit"
    for at in (*range(GROUP, GROUP + 3), *range(GROUP + 4, 2 * GROUP)):
        assert parse_trace(shown[at]) == run(reference, fine[at])


def test_a_fault_alone_is_never_golden(dying: Worker) -> None:
    """The steps before it, which are run again, are not a group."""
    alone = Program("server", BAD.steps[:1])
    [shown] = dying.with_golden(golden([alone])).submit([BAD])()
    assert ["fault" in form for form in parse_trace(shown).form] == [False, True]


def test_a_group_too_long_to_be_buffered_is_shown(same: Worker) -> None:
    """A part of it was written before it ended; the next group is not affected."""
    long, fine = [LONG] * GROUP, made(GROUP)
    programs = [*fine, *long, *fine]
    shown = same.with_golden(golden(fine, long)).submit(programs)()
    assert shown[:GROUP] == shown[2 * GROUP :] == [GOLDEN] * GROUP
    assert {*map(str, shown[GROUP : 2 * GROUP])} != {GOLDEN}
    assert [*map(parse_trace, shown[GROUP : 2 * GROUP])] == [run(reference, LONG)] * GROUP


def test_other_traces_leave_room_for_golden_groups(same: Worker) -> None:
    """Wherever a golden group begins, and however much is buffered by then."""
    fine, large = (
        [Program("server", (Receive(b"a" * size), *[NextEvent()] * 9), at) for at in range(GROUP)]
        for size in (300, 100)
    )
    groups = [large, fine] * 20
    programs = [program for group in groups for program in group]
    shown = same.with_golden(golden(fine)).submit(programs)()
    for group, traces in zip(groups, grouped(shown), strict=True):
        if group is fine:
            assert traces == [GOLDEN] * GROUP
        else:
            assert [*map(parse_trace, traces)] == [run(reference, program) for program in group]


def test_a_program_that_survives_using_all_memory_leaves_no_fault_to_the_next(
    tmp_path: Path,
) -> None:
    """It is the last one of a group that is not golden."""
    (tmp_path / "hoards.py").write_text(HOARDS)
    hoards = Program("server", (SendFailed(), *[NextEvent()] * 5))
    large = [Program("server", (Receive(b"%d" % at * 2000),)) for at in range(GROUP - 1)]
    programs = [*large, hoards, *made(10)]
    limits = replace(LIMITS, memory=2**26)
    with closing(Worker(parse(f"{tmp_path}::hoards"), limits)) as started:
        shown = started.with_golden(golden(made(1))).submit(programs)()
    assert [*map(parse_trace, shown)] == [run(reference, program) for program in programs]


def test_output_is_not_golden(tmp_path: Path) -> None:
    """The trace of a program that prints is different, whatever its states."""
    (tmp_path / "talks.py").write_text(
        "import os\nfrom functools import partial\nfrom h11spec import reference\n"
        "class Connection(reference.Connection):\n"
        "    def receive_data(self, data):\n"
        "        if data == b'7':\n"
        "            os.write(1, b'seven')\n"
        "        super().receive_data(data)\n"
        "__getattr__ = partial(getattr, reference)\n"
    )
    programs = made(2 * GROUP)
    with closing(Worker(parse(f"{tmp_path}::talks"), LIMITS)) as started:
        shown = started.with_golden(golden(*grouped(programs))).submit(programs)()
    assert shown[GROUP:] == [GOLDEN] * GROUP
    faults = [[form.get("fault") for form in parse_trace(each).form] for each in shown[:GROUP]]
    assert [at for at, each in enumerate(faults) if any(each)] == [7]
