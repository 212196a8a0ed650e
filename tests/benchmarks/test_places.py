"""Faults whose places are looked for are in functions, and their ranks are counted correctly.

How many places are found is for ``python benchmarks/places``: that takes minutes.
"""

from pathlib import Path

import h11
import pytest

from h11spec.benchmarks.places.__main__ import described, share, table
from h11spec.benchmarks.places.examining import Verdict, chosen, verdicts
from h11spec.benchmarks.places.faults import changed_lines, drawn
from h11spec.benchmarks.power.planting import NO_FAULT, Original, faults_of, plant
from h11spec.conformance.causes.places import MAX_FAILING, MAX_PASSING
from h11spec.strategies.program import Drain, Program, Receive

assert h11.__file__ is not None
H11 = Original("h11", Path(h11.__file__).parent, "h11")
FOUND = [Verdict(NO_FAULT, 5, 1, 1), Verdict(NO_FAULT, 5, 4, 2), Verdict(NO_FAULT, 5, 0, 0)]


@pytest.mark.slow
def test_faults_are_drawn_in_functions_and_by_the_seed() -> None:
    faults = drawn(H11, 30, 1)
    assert faults == drawn(H11, 30, 1) != drawn(H11, 30, 2)
    assert all(fault.within for fault in faults)
    assert "_abnf.py" not in {fault.file for fault in faults}


@pytest.mark.slow
def test_the_changed_line_is_that_of_the_copy(tmp_path: Path) -> None:
    fault = next(each for each in faults_of(H11) if each.operator == "number" and each.within)
    plant(H11, fault, tmp_path)
    [line] = changed_lines(H11, fault, tmp_path)
    text = (tmp_path / "h11" / fault.file).read_text("utf-8").splitlines()[line - 1]
    assert fault.after in text


@pytest.mark.slow
def test_a_missing_statement_is_between_its_neighbours(tmp_path: Path) -> None:
    fault = next(
        each
        for each in faults_of(H11)
        if each.file == "_connection.py" and "self._reader = self._get_io_object" in each.before
        if each.operator == "statement"
    )
    plant(H11, fault, tmp_path)
    changed = changed_lines(H11, fault, tmp_path)
    # The function has no other statement, so that a pass takes its place.
    assert len(changed) in (1, 2)


def test_programs_are_taken_from_each_check_by_turns() -> None:
    def program(length: int) -> Program:
        return Program("server", (Receive(b"a" * length), Drain()))

    many = [("many", program(length)) for length in range(1, 100)]
    bad, good = chosen([*many, ("one", program(50))], [*many, *(("far", p) for _, p in many)] * 2)
    assert bad[:3] == [program(1), program(50), program(2)]
    assert (len(bad), len(good)) == (MAX_FAILING, MAX_PASSING)


def test_shares_count_only_what_is_among_the_first() -> None:
    assert share(FOUND, lambda verdict: verdict.line, 3) == 100 / 3
    assert share(FOUND, lambda verdict: verdict.function, 3) == 200 / 3
    missed = Verdict(NO_FAULT, 0)
    text = "\n".join(table([*FOUND, missed], 7))
    assert "seed 7: 4 faults planted, 3 found by the vectors" in text
    assert described(missed).startswith("not found by the vectors")


@pytest.mark.slow
def test_a_fault_is_examined_in_a_process_of_its_own() -> None:
    [fault] = [
        each
        for each in drawn(H11, 90, 1)
        if each.file == "_headers.py" and "multiple Transfer-Encoding" in each.before
    ][:1]
    [verdict] = verdicts(H11, [fault], jobs=1)
    assert verdict.counts
    assert not verdict.broken
    assert 1 <= verdict.line <= 3
    assert len(verdict.first) == 3
