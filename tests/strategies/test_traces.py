"""A trace: its observations are there when somebody looks, and not before."""

from collections.abc import Iterator

import pytest

from h11spec import reference
from h11spec.strategies.programs import Drain, Json, Program, Receive, SendFailed
from h11spec.strategies.traces import Observation, Trace, begin, exact, run

PROGRAM = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain(), SendFailed()))
FORMS: list[Json] = [{"returned": None}, {"returned": 1}, {"returned": 2}]


class Steps:
    """Gives out observations, and counts them."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[Json]:
        for form in FORMS:
            self.taken += 1
            yield form


def test_a_step_that_nobody_looks_at_is_not_taken() -> None:
    steps = Steps()
    trace = Trace(steps)
    assert steps.taken == 0
    first, second = trace.forms(), iter(trace)
    assert next(first) == FORMS[0]
    assert steps.taken == 1
    assert next(second) == Observation(FORMS[0])
    assert next(second) == Observation(FORMS[1])
    assert steps.taken == 2
    assert [*first] == FORMS[1:]
    assert [*trace.forms()] == FORMS
    assert steps.taken == 3


def test_a_step_is_looked_at_by_its_number() -> None:
    """Those before it are taken, and none behind it; from the end, all are."""
    steps = Steps()
    trace = Trace(steps)
    assert trace[1].returned == 1
    assert trace[0].returned is None
    assert steps.taken == 2
    assert trace[-1].returned == 2
    assert steps.taken == 3
    with pytest.raises(IndexError):
        _ = trace[3]


@pytest.mark.parametrize("looked", [0, 1, 3])
def test_it_is_whole_for_whoever_asks_for_all_of_it(looked: int) -> None:
    """However far somebody else has looked."""
    trace = Trace(Steps())
    _ = [form for form, _ in zip(trace.forms(), range(looked), strict=False)]
    assert len(trace) == 3
    assert trace[1].returned == 1
    assert trace.form == FORMS
    assert trace == Trace(FORMS)
    assert trace != Trace(FORMS[:2])
    assert trace != FORMS


def test_a_program_that_was_begun_shows_what_it_would_show() -> None:
    trace = begin(reference, PROGRAM)
    assert [each.states for each in trace] == [each.states for each in run(reference, PROGRAM)]
    assert trace == begin(reference, PROGRAM) == run(reference, PROGRAM)


def test_it_prints_as_what_makes_another_one() -> None:
    assert repr(Trace(Steps())) == f"Trace({FORMS})"


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), (0.0, -0.0)])
def test_what_python_holds_for_equal_is_not_the_same(one: object, other: object) -> None:
    assert one == other
    assert exact({"a": [one]}) != exact({"a": [other]})


def test_what_is_the_same_may_be_one_object_or_two() -> None:
    one, other = (b"ab".decode() for _ in range(2))
    assert one is not other
    assert exact([one, one]) == exact([one, other])
