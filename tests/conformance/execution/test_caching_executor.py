"""The caching executor runs a program once, and forgets the oldest traces in time."""

from collections.abc import Callable, Sequence

import pytest

from h11spec import reference
from h11spec.conformance.execution.executor import CachingExecutor, InProcessExecutor, RawTrace
from h11spec.strategies.program import Drain, EventSpec, NextEvent, Program, Receive, Send
from h11spec.strategies.traces import run

FINE = [Program("server", (NextEvent(),) * count) for count in range(1, 4)]
FAULTY = [Program("server", (Receive(b"b"), *[NextEvent()] * count)) for count in range(5)]
LARGE = [Program("server", (Receive(b"%d" % at * 1000), Drain())) for at in range(10)]


class Counting(InProcessExecutor):
    """The reference as JSON text or values, which notes its batches and gives up after 3 faults."""

    def __init__(self, *, as_text: bool = False) -> None:
        super().__init__(reference)
        self.batches: list[list[Program]] = []
        self._as_text = as_text

    def submit(
        self, programs: Sequence[Program], *, short_limits: bool = False
    ) -> Callable[[], list[RawTrace]]:
        self.batches.append(list(programs))
        left = 3
        shown: list[RawTrace] = []
        for program, trace in zip(programs, super().submit(programs)(), strict=True):
            text: RawTrace = str(trace) if self._as_text else trace
            shown.append(text if left > 0 else None)
            left -= program in FAULTY
        return lambda: shown


def with_chunk_end(value: object) -> Program:
    data = EventSpec.of("Data", data=b"a", chunk_end=value)
    return Program("client", (Send(data),))


@pytest.mark.parametrize("as_text", [False, True])
def test_a_program_is_run_once(*, as_text: bool) -> None:
    """Also if it occurs twice in one batch."""
    inner = Counting(as_text=as_text)
    executor = CachingExecutor(inner)
    first = executor.submit([*FINE[:2], FINE[0]])()
    assert executor.submit(FINE)()[:2] == first[:2]
    assert first[2] == first[0]
    assert inner.batches == [FINE[:2], FINE[2:]]
    assert executor.submit(FINE)() == Counting(as_text=as_text).submit(FINE)()
    assert len(inner.batches) == 2


@pytest.mark.parametrize(("one", "other"), [(True, 1), (False, 0), (1, 1.0)])
def test_programs_that_are_equal_in_python_alone_are_different(one: object, other: object) -> None:
    """True equals 1, but an implementation may treat them differently."""
    programs = [with_chunk_end(one), with_chunk_end(other)]
    assert programs[0] == programs[1]
    inner = Counting()
    executor = CachingExecutor(inner)
    for program in programs:
        executor.submit([program])()
    assert [each.to_text() for [each] in inner.batches] == [each.to_text() for each in programs]


def test_a_trace_under_short_limits_is_not_one_under_full_limits() -> None:
    """A step that seems to hang under short limits may only be slow."""
    inner = Counting()
    executor = CachingExecutor(inner)
    for short_limits in (True, False, True, False):
        executor.submit(FINE, short_limits=short_limits)()
    assert len(inner.batches) == 2


def test_what_was_not_run_is_run_when_it_is_wanted_again() -> None:
    inner = Counting()
    executor = CachingExecutor(inner)
    assert executor.submit([*FAULTY, *FINE])()[3:] == [None] * 5
    assert None not in executor.submit(FINE)()
    assert inner.batches[1] == FINE


def test_prefetching_repeats_what_a_batch_left_out() -> None:
    inner = Counting()
    executor = CachingExecutor(inner)
    executor.prefetch([*FINE, *FAULTY])
    assert [len(batch) for batch in inner.batches] == [8, 2]
    for program in (*FINE, *FAULTY):
        assert executor.submit([program])() == [run(reference, program).form]
    assert len(inner.batches) == 2


@pytest.mark.parametrize("as_text", [False, True])
def test_the_oldest_traces_are_dropped_when_there_is_no_room(*, as_text: bool) -> None:
    inner = Counting(as_text=as_text)
    executor = CachingExecutor(inner, max_bytes=12_000)
    for program in LARGE:
        executor.submit([program])()
    executor.submit(LARGE[-1:])()
    assert len(inner.batches) == len(LARGE)
    executor.submit(LARGE[:1])()
    assert inner.batches[-1] == LARGE[:1]


def test_a_trace_that_was_changed_is_not_remembered_so() -> None:
    executor = CachingExecutor(Counting())
    [trace] = executor.submit(FINE[:1])()
    assert isinstance(trace, list)
    trace.clear()
    assert executor.submit(FINE[:1])() == [run(reference, FINE[0]).form]


class Sequences(Counting):
    """Notes the programs that it runs in a process of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.sequences: list[list[Program]] = []

    def run_in_sequence(
        self, programs: Sequence[Program], *, suspected: bool = False
    ) -> list[RawTrace]:
        self.sequences.append(list(programs))
        return super().run_in_sequence(programs)


def test_a_program_is_run_again_in_a_process_of_its_own() -> None:
    """What it shows in a batch may be due to the programs before it."""
    inner = Sequences()
    executor = CachingExecutor(inner)
    executor.submit(FINE)()
    for _ in range(2):
        assert executor.run_in_sequence(FINE[:1]) == [run(reference, FINE[0]).form]
    assert inner.sequences == [FINE[:1], FINE[:1]]


def test_a_program_in_a_process_of_its_own_can_be_run_once_as_well() -> None:
    """But not a sequence of programs, nor under other limits."""
    inner = Sequences()
    executor = CachingExecutor(inner, each_alone=True)
    executor.submit(FINE)()
    for _ in range(2):
        assert executor.run_in_sequence(FINE[:1]) == [run(reference, FINE[0]).form]
        executor.run_in_sequence(FINE[:1], suspected=True)
        executor.run_in_sequence(FINE[:2])
    assert inner.sequences == [FINE[:1], FINE[:1], FINE[:2], FINE[:2]]
