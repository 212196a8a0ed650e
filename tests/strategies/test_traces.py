"""Traces are values; a program can be observed step by step, and walked with its observations."""

from collections.abc import Iterator

import pytest

from h11spec import reference
from h11spec.strategies.program import Drain, Json, Program, Receive, SendFailed
from h11spec.strategies.traces import START, Observation, Trace, exact, observe, run, walk

PROGRAM = Program("server", (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain(), SendFailed()))
FORMS: list[Json] = [{"returned": None}, {"returned": 1}, {"returned": 2}]


def test_a_trace_is_a_sequence_of_observations() -> None:
    trace = Trace(FORMS)
    assert len(trace) == 3
    assert [*trace] == [trace[at] for at in range(3)] == [*map(Observation, FORMS)]
    assert trace[-1].returned == 2
    with pytest.raises(IndexError):
        _ = trace[3]


def test_traces_are_equal_if_their_observations_are() -> None:
    assert Trace(FORMS) == Trace([*FORMS])
    assert Trace(FORMS) != Trace(FORMS[:2])
    assert repr(Trace(FORMS)) == f"Trace(form={FORMS})"


def test_observing_a_program_shows_its_trace() -> None:
    assert [*observe(reference, PROGRAM)] == [*run(reference, PROGRAM)]


def test_an_observation_comes_after_the_one_before_it() -> None:
    """Before the first step, there is what can be seen of a new connection."""
    trace = run(reference, PROGRAM)
    steps = [*walk(PROGRAM, trace)]
    assert [step for step, _, _ in steps] == [*PROGRAM.steps]
    assert [observation for _, _, observation in steps] == [*trace]
    assert [before for _, before, _ in steps] == [START, trace[0], trace[1]]
    assert [before for _, before, _ in steps] == [*map(trace.before, range(3))]


def test_the_start_is_what_a_new_connection_shows() -> None:
    [nothing] = run(reference, Program("client", (Drain(),)))
    assert {name: nothing.form[name] for name in START.form} == START.form


def test_walking_takes_no_observation_before_it_is_needed() -> None:
    taken = 0

    def steps() -> Iterator[Observation]:
        nonlocal taken
        for each in observe(reference, PROGRAM):
            taken += 1
            yield each

    walking = walk(PROGRAM, steps())
    assert taken == 0
    for count in (1, 2, 3):
        next(walking)
        assert taken == count


def test_a_walk_ends_with_a_shorter_trace() -> None:
    assert len([*walk(PROGRAM, Trace(FORMS[:1]))]) == 1


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), (0.0, -0.0)])
def test_values_that_are_only_equal_have_different_keys(one: object, other: object) -> None:
    assert one == other
    assert exact({"a": [one]}) != exact({"a": [other]})


def test_identical_values_have_one_key_whichever_parts_they_share() -> None:
    one, other = (b"ab".decode() for _ in range(2))
    assert one is not other
    assert exact([one, one]) == exact([one, other])
