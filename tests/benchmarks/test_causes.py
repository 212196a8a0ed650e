"""Where a planted fault is, and which of the places that are named for it count.

How many are named is for ``python benchmarks/causes``: that takes an hour.
"""

from pathlib import Path

import pytest

from h11spec.benchmarks.causes.places import Whereabouts, whereabouts
from h11spec.benchmarks.causes.runs import run_all
from h11spec.benchmarks.power.planting import Original, faults_of, planted

SOURCE = '''"""A module."""

LIMIT = 10

def first(data):
    if len(data) > LIMIT:
        raise ValueError
    return data


def second(data):
    data.clear()
    return 3
'''


@pytest.fixture
def original(tmp_path: Path) -> Original:
    (tmp_path / "module.py").write_text(SOURCE, encoding="utf-8")
    return Original("small", tmp_path, "package")


def test_a_fault_is_in_the_line_that_it_changed(original: Original) -> None:
    """In its copy, which has other lines than the original."""
    for fault in faults_of(original):
        if fault.operator == "number" and fault.within == "second":
            where = whereabouts(original, fault)
            assert where is not None
            [line] = where.lines
            copy = planted(SOURCE, fault).splitlines()
            assert copy[line - 1].strip() == f"return {fault.after}"
            assert copy[where.function.start - 2] == "def second(data):"


def test_a_missing_statement_is_between_its_neighbours(original: Original) -> None:
    [fault] = (
        each
        for each in faults_of(original)
        if (each.operator, each.before) == ("statement", "data.clear()")
    )
    where = whereabouts(original, fault)
    assert where is not None
    assert len(where.lines) in (1, 2)


def test_a_fault_outside_of_functions_does_not_count(original: Original) -> None:
    faults = [each for each in faults_of(original) if not each.within]
    assert faults
    assert all(whereabouts(original, each) is None for each in faults)


def test_lines_of_other_files_and_functions_are_other_places() -> None:
    where = Whereabouts("h11/_readers.py", frozenset({7}), range(5, 9))
    assert where.named_line(["h11/_state.py:7, in f", "h11/_readers.py:7, in g"])
    assert not where.named_line(["h11/_readers.py:8, in g", "h11/_state.py:7, in f"])
    assert where.named_function(["h11/_readers.py:8, in g"])
    assert not where.named_function(["h11/_readers.py:9, in h", "h11/_state.py:7, in f"])


@pytest.mark.slow
@pytest.mark.unmeasured
def test_a_fault_of_h11_is_one_cause_whose_line_is_named() -> None:
    import h11

    assert h11.__file__ is not None
    original = Original("h11", Path(h11.__file__).parent, "h11")
    [fault, *_] = (
        each
        for each in faults_of(original)
        if each.file == "_headers.py" and "multiple Transfer-Encoding" in each.before
    )
    [causes] = run_all(original, [(fault,)], "vectors", 1)
    where = whereabouts(original, fault)
    assert causes.count == 1
    assert where is not None
    assert where.named_line(causes.places)
