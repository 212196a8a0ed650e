"""Several processes at once: what comes of a run is what one process would have shown."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes_helper import FAULTY, Place
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance.execution.executor import (
    NOTHING_KNOWN,
    Digests,
    InProcessExecutor,
    RawTrace,
)
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.pool import Pool
from h11spec.conformance.execution.worker import GROUP
from h11spec.strategies.programs import Drain, Json, Program, Receive

LIMITS = Limits(max_faults=3)
# A program by what becomes of it: it shows something; it costs its process, at once or later; it
# says the word alone; it has a fault that costs nothing.
KINDS: dict[bytes, list[Json]] = {
    b"a": [{"value": "a"}],
    b"b": [{"fault": {"kind": "crash", "detail": "SIGSEGV"}}],
    b"c": [{"value": "c"}, {"fault": {"kind": "hang", "detail": ""}}],
    b"d": [{"value": '"fault"'}],
    b"e": [{"value": "e", "fault": {"kind": "output", "detail": ""}}],
}


def program(kind: bytes) -> Program:
    return Program("server", (Receive(kind), Drain()))


class Pretended(InProcessExecutor):
    """Answers as a worker does, which gives up behind so many faults."""

    def __init__(self) -> None:
        super().__init__(reference)
        self.closed = 0
        self.given = 0

    def submit(
        self,
        programs: Sequence[Program],
        *,
        short_limits: bool = False,
        known: Digests = NOTHING_KNOWN,
    ) -> Callable[[], list[RawTrace]]:
        self.given += len(programs)
        left = 1 if short_limits else LIMITS.max_faults
        shown: list[RawTrace] = []
        for each in programs:
            [step, _] = each.steps
            assert isinstance(step, Receive)
            shown.append(json.dumps(KINDS[bytes(step.data)]) if left > 0 else None)
            left -= step.data in (b"b", b"c")
        return lambda: shown

    def close(self) -> None:
        self.closed += 1


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=30), st.integers(1, 6), st.booleans())
def test_a_batch_shows_what_one_side_would_show(
    kinds: list[bytes], count: int, short_limits: bool
) -> None:
    """However it is shared out, and wherever the faults in it are."""
    programs = [program(kind) for kind in kinds]
    several = Pool([Pretended() for _ in range(count)], LIMITS)
    shown = several.submit(programs, short_limits=short_limits)()
    assert shown == Pretended().submit(programs, short_limits=short_limits)()


def test_a_batch_is_shared_out_evenly() -> None:
    sides = [Pretended() for _ in range(3)]
    Pool(sides, LIMITS).submit([program(b"a")] * 100)()
    assert [side.given for side in sides] == [33, 33, 34]


@given(st.integers(0, 5 * GROUP), st.integers(1, 4))
def test_what_is_foreseen_together_goes_to_one_side(length: int, count: int) -> None:
    """Unless some would have nothing to do then."""
    sides = [Pretended() for _ in range(count)]
    Pool(sides, LIMITS).submit([program(b"a")] * length, known=frozenset([b"a digest"]))()
    given = [side.given for side in sides]
    assert sum(given) == length
    if length >= count * GROUP:
        assert all(each % GROUP == 0 for each in given[:-1])
    assert max(given) - min(given) <= GROUP


def test_what_is_no_program_is_for_the_first_alone() -> None:
    """Costs that are measured beside each other would be of both."""
    several = Pool([InProcessExecutor(reference), Pretended()], LIMITS)
    assert several.evaluate(["h11.PAUSED is h11.PAUSED"]) == [{"value": True}]
    [cost] = several.measure([program(b"a")])
    assert cost["calls"] == 2


def test_all_are_closed() -> None:
    sides = [Pretended() for _ in range(3)]
    Pool(sides, LIMITS).close()
    assert [side.closed for side in sides] == [1, 1, 1]


def without_times(record: Path) -> str:
    header, *lines, footer = record_lines(record)
    del header["started"], footer["seconds"]
    return json.dumps([header, *lines, footer])


@pytest.mark.parametrize("name", ["copies_data", "process_exits_at_once", "process_prints"])
def test_the_record_is_that_of_one_process(place: Place, name: str) -> None:
    """To the last byte but times, and nothing is left of any of them; faults or none."""
    records: list[str] = []
    for jobs in ("0", "1", "3"):
        run = place.run(
            *("check", f"{FAULTY}::{name}", "--max-examples=15", "--record", str(place.record)),
            *("--checks=agreement/", "--checks=framing/requests-received", "-n", jobs),
        )
        assert run.code == 1, run.err
        assert place.left_behind() == []
        records.append(without_times(place.record))
    assert records[0] == records[1] == records[2]


def test_this_process_is_one(place: Place) -> None:
    run = place.run("check", "h11", "--in-process", "-n", "2")
    assert run.code == 2
    assert "--in-process runs the target in this process, which is one" in run.err


@pytest.mark.parametrize("jobs", ["-1", "65", "two"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(place: Place, jobs: str) -> None:
    run = place.run("check", "h11", f"--jobs={jobs}")
    assert run.code == 2
    assert "'-n' / '--jobs'" in run.err
