"""Traces have the same text in this process and in a worker, and no two values have the same."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

from h11spec.conformance.execution.executor import (
    InProcessExecutor,
    RawTrace,
    parse_observations,
    same_trace,
    trace_line,
)
from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.targets.target import parse
from h11spec.strategies.program import NextEvent, Program

# Its connections have one of the values as the version of their peer, by their limit.
TARGET = """
from h11spec import reference
from h11spec.reference import *

class number(float):
    pass

nan, inf = float("nan"), float("inf")
VALUES = [
    0, False, 0.0, -0.0, 1, True, 1.0, 0.1, 2**64, 2**70, None, nan, inf, -inf,
    "", "?", b"?", bytearray(b"?"), "nan", "null", b"null", b"\\x7f", b"\\xff", "\\u2028",
    "\\ud800", [], [None], [nan], [inf], [1], [True], [1.0], [b"a", "a"], {}, object(), number(1),
    2**2000,
]
# Python writes them with an exponent.
EXPONENTS = [1e16, 2.0**64, 1e-5, 1e300, -1e22]

class Connection(reference.Connection):
    def __init__(self, our_role, max_incomplete_event_size):
        super().__init__(our_role)
        self.their_http_version = [*VALUES, *EXPONENTS][max_incomplete_event_size]
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("values") / "values_of_a_version.py"
    file.write_text(TARGET, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def loaded(module: Path) -> Iterator[ModuleType]:
    """The target in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(module.parent), *sys.path])
        yield import_module(module.stem)
    del sys.modules[module.stem]


@pytest.fixture(scope="module")
def programs(loaded: ModuleType) -> list[Program]:
    count = len(loaded.VALUES) + len(loaded.EXPONENTS)
    return [Program("server", (NextEvent(),), limit) for limit in range(count)]


@pytest.fixture(scope="module")
def here(loaded: ModuleType, programs: list[Program]) -> list[RawTrace]:
    """Traces of this process."""
    return InProcessExecutor(loaded).submit(programs)()


@pytest.fixture(scope="module")
def sent(module: Path, programs: list[Program]) -> list[RawTrace]:
    """Traces as a worker sends them."""
    with closing(Worker(parse(f"{module.parent}::{module.stem}"), Limits())) as worker:
        return worker.submit(programs)()


def test_a_trace_has_the_same_text_in_a_worker(
    loaded: ModuleType, here: list[RawTrace], sent: list[RawTrace]
) -> None:
    """Golden digests, which are computed here, would otherwise not match there."""
    count = len(loaded.VALUES)
    assert {type(trace) for trace in sent} == {str}
    assert [trace_line(trace) for trace in here[:count]] == sent[:count]


def test_a_number_with_an_exponent_is_read_with_the_same_value(
    here: list[RawTrace], sent: list[RawTrace]
) -> None:
    """Its text differs; then the traces are compared by their values."""
    assert [parse_observations(trace) for trace in sent] == here
    assert [repr(parse_observations(trace)) for trace in sent] == [repr(trace) for trace in here]


@pytest.mark.parametrize("place", ["here", "sent"])
def test_no_two_values_have_the_same_text(place: str, request: pytest.FixtureRequest) -> None:
    """Some of them are equal in Python, and JSON lacks others."""
    traces: list[RawTrace] = request.getfixturevalue(place)
    texts = Counter(trace_line(trace) for trace in traces)
    assert [text for text, times in texts.items() if times > 1] == []
    assert all("version" in text for text in texts)
    same = [(one, other) for one, other in combinations(traces, 2) if same_trace(one, other)]
    assert same == []
