"""The lines of a target at which a difference was decided are named first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from plants_helper import Edit, Plant, planted

from h11spec import reference
from h11spec.conformance.adapters import h11r
from h11spec.conformance.causes.places import rank_places
from h11spec.conformance.causes.spectra import Edge, LineSet, Place, traced
from h11spec.conformance.execution.executor import Executor, InProcessExecutor
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.targets.target import Target
from h11spec.strategies.program import Drain, Json, Program, Receive


def place(line: int, function: str = "read") -> Place:
    return Place("package/module.py", line, function)


def step(*lines: int, function: str = "read") -> tuple[Edge, ...]:
    """A step that executes the lines of a function one after the other."""
    return tuple(
        Edge(place(line, function), before)
        for before, line in zip((0, *lines), lines, strict=False)
    )


def program(*steps: tuple[Edge, ...], raised: tuple[Place, ...] = ()) -> LineSet:
    return LineSet(steps, raised)


def test_a_place_prints_as_in_a_traceback() -> None:
    found = Place("fasth11/_readers.py", 142, "ChunkedReader.__call__")
    assert str(found) == "fasth11/_readers.py:142, in __call__"


def test_a_line_that_only_failing_programs_execute_is_first() -> None:
    failing = [program(step(1, 2, 5)), program(step(1, 3, 5))]
    passing = [program(step(1, 2)), program(step(1, 3))]
    assert rank_places(failing, passing)[0] == place(5)


def test_a_line_that_each_failing_program_executes_precedes_one_that_some_do() -> None:
    """All of them have one cause."""
    failing = [program(step(1, 2)), program(step(1, 2, 3)), program(step(1, 2, 3))]
    passing = [program(step(1, 2)), program(step(1))]
    ranked = rank_places(failing, passing)
    assert ranked.index(place(2)) < ranked.index(place(3))


def test_steps_before_the_one_that_differs_count_as_passing() -> None:
    failing = [program(step(1, 2), step(1, 3))]
    assert rank_places(failing, [])[0] == place(3)


def test_the_last_step_may_only_show_what_an_earlier_one_did() -> None:
    """Line 7 is executed by no passing program, and line 2 by all of them."""
    failing = [program(step(1, 7), step(1, 2))]
    passing = [program(step(1, 2), step(1, 2))]
    assert rank_places(failing, passing)[0] == place(7)


def test_a_line_is_suspicious_for_the_branch_that_is_taken_from_it() -> None:
    """Both sides execute the lines 4 and 9; only after a failing condition 9 follows at once."""
    failing = [program(step(4, 9))]
    passing = [program(step(4, 5, 9))]
    ranked = rank_places(failing, passing)
    assert ranked.index(place(4)) < ranked.index(place(9))


def test_of_equal_lines_the_one_that_raised_is_first() -> None:
    failing = [program(step(1, 2, 3, 4), raised=(place(2),))]
    assert rank_places(failing, [program(step(1))])[0] == place(2)


def test_of_equal_lines_the_one_that_does_most_is_first() -> None:
    small, large = (Edge(place(line), 1, size) for line, size in ((2, 1), (3, 9)))
    assert rank_places([program((small, large))], [])[0] == place(3)
    assert rank_places([program((large, small))], [])[0] == place(3)


def test_of_equal_lines_the_one_executed_last_is_first() -> None:
    failing = [program((Edge(place(5)), Edge(place(2))))]
    assert rank_places(failing, [])[:2] == [place(2), place(5)]


def test_the_third_place_is_in_another_function_if_it_is_a_close_call() -> None:
    failing = [program((*step(1, 2, 3, 4), *step(11, function="write")))]
    assert [each.function for each in rank_places(failing, [])[:3]].count("write") == 1
    passing = [program(step(11, function="write"))]
    assert {each.function for each in rank_places(failing, passing)[:3]} == {"read"}


def test_the_order_of_the_programs_does_not_matter() -> None:
    failing = [program(step(1, 2, 5)), program(step(1, 3, 5)), program(step(1, 5))]
    passing = [program(step(1, 2)), program(step(1, 3)), program(step(1))]
    ranked = rank_places(failing, passing)
    assert rank_places(failing[::-1], passing[::-1]) == ranked


def test_without_failing_programs_there_are_no_places() -> None:
    assert rank_places([], [program(step(1))]) == []
    assert rank_places([program()], [program(step(1))]) == []


# A copy of h11 that takes the first of two different lengths.
OLD, NEW = "elif seen_content_length != value:", "elif not value:"
MISTAKE = Plant("takes the first length", (), False, (Edit("_headers.py", OLD, NEW),))


def request(fields: bytes) -> Program:
    head = b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n"
    return Program("server", (Receive(head), Drain()))


FAILING = [
    request(b"Content-Length: 1\r\nContent-Length: 2\r\n"),
    request(b"A: b\r\nContent-Length: 1\r\nContent-Length: 2\r\n"),
]
PASSING = [
    request(b"A: b\r\n"),
    request(b"Content-Length: 1\r\n"),
    request(b"Content-Length: a\r\n"),
    request(b"Transfer-Encoding: chunked\r\n"),
    request(b"Transfer-Encoding: a\r\n"),
]


def find_places(
    executor: Executor, failing: Sequence[Program], passing: Sequence[Program]
) -> list[Place]:
    """The places of what failing programs show; one that ends in a fault has no lines."""
    sets = traced(executor, [*failing, *passing])
    return rank_places(
        [each for each in sets[: len(failing)] if each is not None],
        [each for each in sets[len(failing) :] if each is not None],
    )


def check_place(executor: Executor, package: Path) -> None:
    lines = (package / "_headers.py").read_text("utf-8").splitlines()
    [line] = [number for number, text in enumerate(lines, 1) if NEW in text]
    right = Place(f"{package.name}/_headers.py", line, "normalize_and_validate")
    places = find_places(executor, FAILING, PASSING)
    assert right in places[:3], [*map(str, places[:3])]


def test_a_planted_mistake_is_found_in_this_process(tmp_path: Path) -> None:
    module = planted(MISTAKE, tmp_path, "planted_length")
    check_place(InProcessExecutor(module), tmp_path / "planted_length")


def test_a_planted_mistake_is_found_in_a_worker(tmp_path: Path) -> None:
    planted(MISTAKE, tmp_path, "planted_length_here")
    target = Target("planted", "planted_length_here", folder=tmp_path)
    with closing(Worker(target, Limits())) as worker:
        check_place(worker, tmp_path / "planted_length_here")


def test_a_target_without_source_has_no_places() -> None:
    """h11r is compiled; the adapter around it is not what is checked."""
    pytest.importorskip("h11r")
    assert find_places(InProcessExecutor(h11r), FAILING, PASSING) == []


def test_a_program_that_ends_in_a_fault_says_nothing() -> None:
    class Hanging(InProcessExecutor):
        def executed_lines(self, programs: Sequence[Program]) -> list[Json]:
            answers = super().executed_lines(programs)
            return [{"fault": {"kind": "hang", "detail": ""}}, *answers[1:]]

    hanging = Hanging(reference)
    assert find_places(hanging, FAILING, PASSING) == find_places(
        InProcessExecutor(reference), FAILING[1:], PASSING
    )
    assert find_places(hanging, FAILING[:1], PASSING) == []
