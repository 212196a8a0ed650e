"""A worker answers programs that crash or hang, and their findings are minimised."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faulty.process_takes_its_time import PAUSE
from processes_helper import FAULTY

from h11spec import reference
from h11spec.conformance.execution import limits
from h11spec.conformance.execution.executor import (
    InProcessExecutor,
    parse_observations,
    parse_trace,
)
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.oracles import oracle
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.targets.target import TargetError, parse
from h11spec.reports.findings.divergence import Divergence
from h11spec.strategies import interpreter
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    Send,
    SendFailed,
    Step,
    Typed,
)

DIES_AT_THE_THIRD = """
import os
from functools import partial
from h11spec import reference

made = []

def Connection(*arguments):
    made.append(None)
    if len(made) == 3:
        os._exit(7)
    return reference.Connection(*arguments)

__getattr__ = partial(getattr, reference)
"""
PRINTS = """
import os
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        if b"X" in data:
            os.write(2, b"seen " + data)
        if b"Y" in data:
            os._exit(7)
        super().receive_data(data)

__getattr__ = partial(getattr, reference)
"""
CLOSES = """
import os
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        if data == b"all":
            os.closerange(0, 100)
        if data == b"some":
            os.closerange(3, 100)
        super().receive_data(data)

__getattr__ = partial(getattr, reference)
"""
LEAKS = """
from functools import partial
from h11spec import reference

kept = []

def Connection(*arguments):
    kept.append(bytearray(2**19))
    return reference.Connection(*arguments)

__getattr__ = partial(getattr, reference)
"""
QUICK = Limits(step_time=0.3, load_time=60.0, memory=64 * 2**20, max_faults=3)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
LENGTH = [(b"Host", b"a"), (b"Content-Length", b"5")]
BAD = Program("server", (Receive(b"b"),))
FINE = Program("server", (Receive(GET + b"\r\n"), Drain()))


@contextmanager
def worker(name: str, limits: Limits = QUICK) -> Generator[Worker]:
    with closing(Worker(parse(f"{FAULTY}::process_{name}"), limits)) as started:
        yield started


def minimised(name: str, program: Program) -> Divergence:
    """The minimised divergence that a program shows on a faulty target."""
    with worker(name) as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        found = oracle.compare(lockstep, program).divergence
        assert found is not None
        minimised = oracle.minimise_divergence(lockstep, found)
        assert minimised is not None
        return minimised


def traces(name: str, *programs: Program) -> list[Any]:
    with worker(name) as started:
        return [
            None if shown is None else parse_trace(shown).form
            for shown in started.submit(programs)()
        ]


def test_programs_around_a_fault_keep_their_traces() -> None:
    """Programs that ran before the child died, and those after it, have the reference's traces."""
    before, fault, after = traces("exits_at_once", FINE, BAD, FINE)
    assert before == after == interpreter.run(reference, FINE.to_json())
    assert fault == [{"fault": {"kind": "exit", "detail": "code 7", "text": ""}}]


def test_steps_before_a_fault_are_not_lost() -> None:
    """The trace has their observations, and then the fault."""
    program = Program("server", (NextEvent(), NextEvent(), NextEvent(), Receive(b"b")))
    [trace] = traces("exits_at_once", program)
    assert ["fault" in observation for observation in trace] == [False] * 3 + [True]


def test_a_trace_that_is_too_long_to_be_buffered_is_written_in_order() -> None:
    """Neither it nor small traces are lost, though the process then dies."""
    long = Program("server", (Receive(GET + b"A: " + b"a" * 500_000), *[NextEvent()] * 3))
    *others, fault = traces("exits_at_once", *[FINE] * 300, long, *[FINE] * 3, BAD)
    assert others == [
        interpreter.run(reference, each.to_json()) for each in (*[FINE] * 300, long, *[FINE] * 3)
    ]
    assert fault[-1]["fault"]["kind"] == "exit"


def test_output_belongs_to_the_step_that_wrote_it(tmp_path: Path) -> None:
    """This holds even if it is read some programs later; it is not part of a later fault."""
    (tmp_path / "prints.py").write_text(PRINTS)
    quiet = Program("server", (NextEvent(), NextEvent()))
    prints = Program("server", (NextEvent(), Receive(b"X1"), NextEvent()))
    dies = Program("server", (Receive(b"X2"), Receive(b"Y")))
    with closing(Worker(parse(f"{tmp_path}::prints"), QUICK)) as started:
        for batch in ([quiet, quiet, prints, quiet, dies, quiet], [dies, prints]):
            for program, shown in zip(batch, started.submit(batch)(), strict=True):
                texts = [each.get("fault", {}).get("text") for each in parse_trace(shown).form]
                if program is quiet:
                    assert texts == [None, None]
                elif program is prints:
                    assert texts == [None, "seen X1", None]
                else:
                    assert texts == ["seen X2", ""]


def test_a_crash_has_only_the_output_of_its_own_step(tmp_path: Path) -> None:
    """Output and crash are noticed at the same time."""
    (tmp_path / "prints.py").write_text(PRINTS)
    dies = Program("server", (Receive(b"X2"), Receive(b"Y")))
    with closing(Worker(parse(f"{tmp_path}::prints"), QUICK)) as started:
        [shown] = started.submit([dies])()
    assert [each["fault"]["text"] for each in parse_trace(shown).form] == ["seen X2", ""]


@pytest.mark.parametrize("closes", [b"all", b"some"])
def test_closed_descriptors_are_the_fault_of_the_program_that_closed_them(
    tmp_path: Path, closes: bytes
) -> None:
    """It is not reported for a later program that writes to the descriptor."""
    (tmp_path / "closes.py").write_text(CLOSES)
    guilty = Program("server", (NextEvent(), Receive(closes), NextEvent()))
    with closing(Worker(parse(f"{tmp_path}::closes"), QUICK)) as started:
        answers = started.submit([FINE, guilty, *[FINE] * 20])()
    faults = [[each.get("fault") for each in parse_trace(shown).form] for shown in answers]
    assert [any(each) for each in faults] == [False, True, *[False] * 20]
    assert faults[1][0] is None
    assert "of the interpreter around it" in str(faults[1][1])


def test_a_batch_ends_after_max_faults() -> None:
    """A program that was not run has no trace."""
    answers = traces("exits_at_once", *[BAD] * 5)
    assert [answer is None for answer in answers] == [False] * 3 + [True] * 2


def test_a_crash_says_where_it_was() -> None:
    """faulthandler writes the Python stack of the target."""
    [[last]] = traces("segfaults", BAD)
    assert last["fault"]["detail"] == "SIGSEGV"
    assert "process_segfaults.py" in last["fault"]["text"]


def test_a_hang_says_where_it_is() -> None:
    """The child is ended by a signal that faulthandler handles."""
    [[_, last]] = traces("hangs", Program("server", (Receive(b"b"), NextEvent())))
    assert last["fault"]["kind"] == "hang"
    assert last["fault"]["seconds"] == QUICK.step_time
    assert "process_hangs.py" in last["fault"]["text"]


def test_threads_are_the_fault_of_the_program_that_left_them() -> None:
    """Programs after it start with none, so that they do not run short of threads."""
    [first], *others = traces("leaves_threads", *[BAD] * 20)
    assert first["fault"] == {"kind": "threads", "detail": "", "text": "1"}
    assert others == [[first]] * 19


GARBAGE: dict[str, Step] = {
    "receive": Receive(b"b"),
    "next": NextEvent(),
    "drain": Drain(),
    "send ConnectionClosed": Send(EventSpec("ConnectionClosed")),
    "fail": SendFailed(),
}


def test_garbage_is_a_difference_of_the_step_that_returned_it() -> None:
    """A list that contains itself, a released view, a number that has no text."""
    with worker("garbage") as actual:
        lockstep = Lockstep(InProcessExecutor(reference), actual)
        for kind, step in GARBAGE.items():
            found = oracle.compare(lockstep, Program("server", (step,))).divergence
            assert found is not None
            assert (found.step_kind, found.step) == (kind, 0)
            assert found.difference.aspect in ("bytes", "event")


def test_a_flood_of_output_ends() -> None:
    """It ends on every machine, as a fault of kind output or as a hang."""
    [[last]] = traces("floods", BAD)
    assert last["fault"]["kind"] in ("output", "hang")
    assert last["fault"]["text"].startswith("so that came\nso that came\n")


def test_a_crash_is_minimised() -> None:
    """All is usual but what the fault depends on: a name that begins with an X."""
    data = GET + b"Accept: */*\r\nX-Long: value\r\nContent-Length: 3\r\n\r\nabc"
    start = Program("server", (Receive(data), Drain(), SendFailed()))
    assert minimised("crashes_on_a_name", start).program == Program(
        "server", (Receive(b"GET / HTTP/1.1\r\nHost: example.com\r\nX: value\r\n\r\n"), Drain())
    )


@pytest.mark.unmeasured
def test_a_hang_is_minimised() -> None:
    """Within seconds, though candidates hang as well."""
    data = b"PUT /path?query HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
    found = minimised(
        "hangs", Program("server", (Receive(data[:9]), Receive(data[9:]), NextEvent()))
    )
    usual = b"POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello"
    assert found.program == Program("server", (Receive(usual), NextEvent()))
    assert found.difference.actual["seconds"] == QUICK.step_time


@pytest.mark.slow
def test_a_hang_that_depends_on_size_is_shown_at_full_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A shorter target is only slow: a hang under short limits alone is not reported."""
    monkeypatch.setattr(limits, "_SHORT_STEP_TIME", 0.05)
    # It takes many times the step time, as a busy machine may see late that a step takes too long.
    data = b"GET /" + b"a" * 200 + b"? HTTP/1.1\r\nHost: a\r\n\r\n"
    found = minimised("takes_its_time", Program("server", (Receive(data), Drain())))
    assert found.difference.field == "hang"
    [received, _] = found.program.steps
    assert isinstance(received, Receive)
    # Half of its time is a margin for slow machines.
    assert len(received.data.split(b" ")[1]) * PAUSE > QUICK.step_time / 2


def test_a_worker_needs_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has none; the message says what to do there."""
    monkeypatch.delattr("os.fork")
    with pytest.raises(TargetError, match=r"cannot fork; check it with --in-process"):
        Worker(parse("h11"), QUICK)


def test_expressions_have_the_same_answers_as_in_process() -> None:
    asked = ["repr(h11.CLIENT)", "h11.Data(data=b'a').data", "refusal(h11.Connection, 1)", "h11.no"]
    with worker("takes_its_time") as started:
        assert started.evaluate(asked) == InProcessExecutor(reference).evaluate(asked)
    assert InProcessExecutor(reference).evaluate(asked)[-1] == {"raised": "AttributeError"}


def test_an_expression_that_ends_the_process_affects_no_other_answer() -> None:
    with worker("exits_at_once") as started:
        first, fault, last = started.evaluate(["1", "server(b'b')", "2"])
    assert (first, last) == ({"value": 1}, {"value": 2})
    assert fault["fault"]["kind"] == "exit"


def test_a_process_that_earlier_expressions_broke_is_a_fault(tmp_path: Path) -> None:
    """Repeating the expression in a new process would not show it."""
    (tmp_path / "third.py").write_text(DIES_AT_THE_THIRD)
    with closing(Worker(parse(f"{tmp_path}::third"), QUICK)) as started:
        answers = started.evaluate(["client() and 1"] * 4)
    assert ["fault" in answer for answer in answers] == [False, False, True, False]


def test_costs_are_measured_where_the_target_is() -> None:
    """Longer programs cost more, and a fault has no cost."""
    few, many = (Program("server", FINE.steps + (Drain(),) * count) for count in (10, 1000))
    with worker("exits_at_once") as started:
        least, most, none = started.measure([few, many, BAD])
    assert 0 < least["nanoseconds"] < most["nanoseconds"]
    assert (least["calls"], most["calls"]) == (12, 1002)
    assert none["fault"]["kind"] == "exit"


@pytest.mark.parametrize("value", [Typed("text", "\ud800"), float("inf"), 2**70], ids=repr)
def test_values_that_json_cannot_express_arrive_unchanged(value: object) -> None:
    """UTF-8 has no lone surrogates, and JSON no infinity; Python has both."""
    head = EventSpec.of("Request", method=b"PUT", target=b"/", headers=LENGTH)
    program = Program("client", (Send(head), Send(EventSpec.of("Data", data=value))))
    assert traces("exits_at_once", program) == [interpreter.run(reference, program.to_json())]


def test_a_program_too_large_to_read_faults_before_its_first_step() -> None:
    """It does not seem to have run as far as the program before it.

    It is too large for memory that the C library has kept from freed objects.
    """
    long = Program("server", (NextEvent(), NextEvent(), Receive(b"a" * 2**26)))
    with worker("exits_at_once", replace(QUICK, memory=2**24)) as started:
        before, fault, after = (
            parse_trace(shown).form for shown in started.submit([FINE, long, FINE])()
        )
    assert before == after == interpreter.run(reference, FINE.to_json())
    assert [each["fault"]["kind"] for each in fault] == ["memory"]


def test_memory_left_by_many_programs_is_not_the_fault_of_the_last(tmp_path: Path) -> None:
    """Each leaks half a megabyte of the limit of 64, in one batch of 300 programs."""
    (tmp_path / "leaks.py").write_text(LEAKS)
    with closing(Worker(parse(f"{tmp_path}::leaks"), QUICK)) as started:
        shown = started.submit([FINE] * 300)()
    assert [*map(parse_observations, shown)] == [interpreter.run(reference, FINE.to_json())] * 300
