"""Tests which difference is the divergence, and when two divergences have the same identity."""

from typing import Any

import pytest
from hypothesis import given, settings
from traces_helper import DATA, NEED_DATA, SEEN, difference, divergence, raising, reading, seen

from h11spec import reference
from h11spec.reports.findings.difference import Difference
from h11spec.reports.findings.divergence import AGREES, Divergence, all_divergences, compare
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    Send,
    SendFailed,
)
from h11spec.strategies.traces import Trace, run

WORDS = raising(text="illegal request line"), raising(text="bad request line")


@pytest.mark.parametrize(("one", "other"), [(True, 1), (200, 200.0)])
def test_numbers_of_another_type_differ_in_type(one: Any, other: Any) -> None:
    """As bytes of another type do: callers may write ``chunk_end is True``."""
    program = Program("server", (NextEvent(),))
    compared = compare(program, Trace([reading(chunk_end=one)]), Trace([reading(chunk_end=other)]))
    assert [soft.difference.aspect for soft in compared.soft] == ["type"]


def test_the_first_step_that_differs_is_the_divergence() -> None:
    """It has the states before the step, and the expected trace up to the step."""
    program = Program("server", (Receive(b"a"), NextEvent(), SendFailed()))
    expected = Trace([SEEN, seen(client="SEND_BODY"), seen(client="CLOSED")])
    actual = Trace([SEEN, seen(client="DONE"), seen(client="ERROR")])
    found = compare(program, expected, actual).divergence
    assert found == Divergence(
        program,
        1,
        ("IDLE", "IDLE"),
        Difference("state", "client", "SEND_BODY", "DONE", "SEND_BODY", "DONE"),
        Trace(expected.form[:2]),
        actual,
    )
    later = Trace([SEEN, seen(client="SEND_BODY"), seen(client="ERROR")])
    found = compare(program, expected, later).divergence
    assert found is not None
    assert (found.step, found.states_before) == (2, ("SEND_BODY", "IDLE"))


def test_an_attribute_that_differs_does_not_end_the_comparison() -> None:
    """It goes on to the first difference in anything else, and to other attributes."""
    program = Program("server", (Receive(b"a"), Receive(b"b"), NextEvent(), SendFailed()))
    expected = Trace([SEEN, SEEN, SEEN, SEEN])
    other = {"version": "1.0"}
    actual = Trace(
        [
            seen(**other),
            seen(**other, they_wait=True),
            seen(**other, client="DONE"),
            seen(client="ERROR"),
        ]
    )
    compared = compare(program, expected, actual)
    assert compared.divergence is not None
    assert (compared.divergence.step, compared.divergence.difference.field) == (0, "version")
    later = [(each.step, each.difference.field) for each in compared.later]
    assert later == [(1, "they_wait"), (2, "client")]


def test_the_differences_of_all_steps_include_effects_of_the_first() -> None:
    program = Program("server", (Receive(b"a"), NextEvent(), SendFailed()))
    expected = Trace([SEEN, SEEN, SEEN])
    actual = Trace([seen(client="DONE"), seen(client="ERROR", version="1.0"), SEEN])
    found = [
        (each.step, each.difference.field) for each in all_divergences(program, expected, actual)
    ]
    assert found == [(0, "client"), (1, "client"), (1, "version")]


def test_within_a_step_the_outcome_is_compared_before_its_consequences() -> None:
    """A fault, then the outcome, then the states, then the attributes."""
    fault = {"kind": "output", "detail": "", "text": ""}
    other = seen(
        events=[NEED_DATA], client="ERROR", trailing=["b", False], version="1.0", fault=fault
    )
    order: list[tuple[str, str]] = []
    one: Json = seen(events=[DATA], version="1.1")
    for field in ("fault", "events", "client", "trailing", "version"):
        found = difference(one, other)
        order.append((found.aspect, found.field))
        one = {**one, field: other[field]}
    assert order == [
        ("fault", "output"),
        ("event", "outcome"),
        ("state", "client"),
        ("attribute", "trailing"),
        ("attribute", "version"),
    ]
    assert divergence(one, other) is None


def test_an_inapplicable_step_ends_the_comparison() -> None:
    """Earlier differences stay; neither side is wrong in that step."""
    one, other = WORDS
    program = Program("server", (NextEvent(), SendFailed(), NextEvent()))
    compared = compare(
        program, Trace([one, SEEN, SEEN]), Trace([other, {**SEEN, "inapplicable": "no such call"}])
    )
    assert compared.inapplicable
    assert compared.divergence is None
    assert len(compared.soft) == 1


@settings(max_examples=30)
@given(programs(max_actions=8))
def test_the_reference_agrees_with_itself(program: Program) -> None:
    assert compare(program, run(reference, program), run(reference, program)) == AGREES


def test_an_identity_has_step_states_and_difference() -> None:
    """The kind of step with the event sent; the joint state; aspect, field and kinds."""
    ask = Send(EventSpec.of("Request", method=b"secret", target=b"/", headers=[]), passthrough=True)
    for step, one, other, identity in (
        (ask, seen(returned="a"), seen(returned="b"), "send Request in IDLE/IDLE: bytes returned"),
        (
            Drain(),
            raising(),
            raising(**{"class": "ValueError", "family": "other", "hint": None}),
            "drain in IDLE/IDLE: error: expected RemoteProtocolError 400, got ValueError",
        ),
        (
            NextEvent(),
            reading(data="ab"),
            reading(data="cd"),
            "next in IDLE/IDLE: event data of Data",
        ),
        (
            SendFailed(),
            seen(server="ERROR"),
            SEEN,
            "fail in IDLE/IDLE: state server: expected ERROR, got IDLE",
        ),
    ):
        found = divergence(one, other, step)
        assert found is not None
        assert found.identity == identity


def test_an_identity_depends_on_no_bytes_and_no_error_text() -> None:
    """Other bytes, other values and another place in the program: the same finding."""
    first = compare(
        Program("server", (Receive(b"a"), NextEvent())),
        Trace([SEEN, raising(text="a")]),
        Trace([SEEN, raising(hint=431, text="b")]),
    ).divergence
    second = compare(
        Program("client", (Receive(b"bcd"), Receive(b"e"), NextEvent()), 40),
        Trace([SEEN, seen(trailing=["x", False]), raising(text="c")]),
        Trace([SEEN, seen(trailing=["x", False]), raising(hint=431, text="d")]),
    ).divergence
    assert first is not None
    assert second is not None
    assert first.identity == second.identity
