"""Tests that upstream deviations are allowed where h11 0.16.0 has them, and nowhere else."""

from types import ModuleType, SimpleNamespace
from typing import Any

import h11 as installed
import pytest
from faulty.showing import comparison, implementation
from traces_helper import DATA, RAISED, raising, seen

from h11spec import reference
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import Comparison, compare
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

ATTRIBUTE_ERROR, NO_CHUNK_START = (deviation.name for deviation in UPSTREAM_DEVIATIONS)
GET = Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
UPGRADE = Receive(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n")
ANSWER = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))
END = Send(EventSpec("EndOfMessage"))
SWITCH = Send(EventSpec.of("InformationalResponse", status_code=101, headers=[]))
CHUNKED_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
# Programs in which h11 0.16.0 deviates and the reference does not.
DEVIATING: dict[str, tuple[str, Program]] = {
    "a request after the answer to it": (
        ATTRIBUTE_ERROR,
        Program("server", (ANSWER, END, GET, NextEvent(), NextEvent())),
    ),
    "a request after our failure": (
        ATTRIBUTE_ERROR,
        Program("server", (SendFailed(), GET, NextEvent())),
    ),
    "a second acceptance": (ATTRIBUTE_ERROR, Program("server", (UPGRADE, Drain(), SWITCH, SWITCH))),
    "a size line of its own": (
        NO_CHUNK_START,
        Program("server", (Receive(CHUNKED_HEAD + b"3\r\n"), Drain(), Receive(b"abc"), Drain())),
    ),
    "a size line of its own, where unread bytes are not looked at": (
        NO_CHUNK_START,
        Program(
            "server",
            (Receive(CHUNKED_HEAD + b"3\r\n"), Drain(), Receive(b"abc"), Drain()),
            look="last",
        ),
    ),
    "a second size line of its own": (
        NO_CHUNK_START,
        Program(
            "server",
            (
                Receive(CHUNKED_HEAD + b"3\r\nabc\r\n4\r\n"),
                Drain(),
                Receive(b"de"),
                NextEvent(),
                Receive(b"fg\r\n0\r\n\r\n"),
                Drain(),
            ),
        ),
    ),
}


def compared(program: Program, expected: ModuleType, actual: ModuleType) -> Comparison:
    return compare(program, run(expected, program), run(actual, program), UPSTREAM_DEVIATIONS)


def by_hand(expected: Json, actual: Json) -> Comparison:
    program = Program("server", (NextEvent(),))
    return compare(program, Trace([expected]), Trace([actual]), UPSTREAM_DEVIATIONS)


@pytest.mark.parametrize("name", DEVIATING)
def test_h11_may_deviate_where_it_is_known_to(name: str) -> None:
    """The comparison continues after it, and notes it."""
    deviation, program = DEVIATING[name]
    allowed = compared(program, reference, installed)
    assert allowed.divergence is None
    assert allowed.deviations == {deviation}


@pytest.mark.parametrize("name", DEVIATING)
def test_documented_behaviour_agrees_as_well(name: str) -> None:
    """Both outcomes are right, and this one is not a deviation."""
    _, program = DEVIATING[name]
    assert compared(program, reference, reference).deviations == frozenset()


@pytest.mark.parametrize("name", DEVIATING)
def test_a_deviation_is_allowed_on_the_target_only(name: str) -> None:
    """If h11 is on the expected side, the target need not deviate as well."""
    _, program = DEVIATING[name]
    found = compared(program, installed, reference)
    assert found.divergence is not None
    assert found.deviations == frozenset()


@pytest.mark.parametrize("name", DEVIATING)
def test_a_deviation_that_is_not_allowed_is_a_divergence(name: str) -> None:
    """A comparison of two releases allows no deviations."""
    _, program = DEVIATING[name]
    found = compare(program, run(reference, program), run(installed, program), ())
    assert found.divergence is not None
    assert found.divergence.difference.aspect in ("error", "event")


def h11_error(**changes: Any) -> Json:
    text = "can't handle event type Request when role=SERVER and state=DONE"
    return raising(**{"text": text, **changes})


ATTRIBUTE_ERROR_RAISED: Json = {
    **RAISED,
    "class": "AttributeError",
    "family": "other",
    "text": "x",
    "hint": None,
}


def test_the_attribute_error_of_h11_is_allowed() -> None:
    """The tests below change one thing in it each."""
    assert by_hand(h11_error(), seen(events=[], raised=ATTRIBUTE_ERROR_RAISED)).deviations == {
        ATTRIBUTE_ERROR
    }


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(
            h11_error(text="illegal request line"),
            ATTRIBUTE_ERROR_RAISED,
            id="for another violation",
        ),
        pytest.param(
            h11_error(text="can't handle event type Request when role=CLIENT and state=DONE"),
            ATTRIBUTE_ERROR_RAISED,
            id="of the other machine",
        ),
        pytest.param(
            h11_error(text="can't handle event type Data when role=SERVER and state=DONE"),
            ATTRIBUTE_ERROR_RAISED,
            id="of another event",
        ),
        pytest.param(
            h11_error(), {**ATTRIBUTE_ERROR_RAISED, "class": "TypeError"}, id="of another class"
        ),
        pytest.param(h11_error(), {**ATTRIBUTE_ERROR_RAISED, "by": "look"}, id="by another call"),
        pytest.param(h11_error(), {**RAISED, "hint": 431}, id="a protocol error of another kind"),
    ],
)
def test_no_other_exception_is_allowed(expected: Json, actual: Json) -> None:
    found = by_hand(expected, seen(events=[], raised=actual))
    assert found.divergence is not None
    assert found.deviations == frozenset()


def test_no_event_is_allowed_instead_of_an_error() -> None:
    """Accepting a protocol violation is not the bug of h11."""
    found = by_hand(h11_error(), seen(events=[{"type": "PAUSED"}]))
    assert found.divergence is not None


def test_an_allowed_outcome_excuses_no_other_difference() -> None:
    """The states change as documented, and everything else is compared."""
    found = by_hand(h11_error(), seen(events=[], raised=ATTRIBUTE_ERROR_RAISED, client="ERROR"))
    assert found.divergence is not None
    assert found.divergence.difference.aspect == "state"
    assert found.deviations == {ATTRIBUTE_ERROR}


def test_an_allowed_field_excuses_no_other_field() -> None:
    read = seen(events=[DATA])
    found = by_hand(read, seen(events=[{**DATA, "chunk_start": False, "chunk_end": True}]))
    assert found.divergence is not None
    assert found.divergence.difference.field == "chunk_end"


@pytest.mark.parametrize("value", [None, 0, "", {"object": "x"}], ids=repr)
def test_other_false_values_of_chunk_start_are_not_allowed(value: Any) -> None:
    """h11 deviates with False only."""
    found = by_hand(seen(events=[DATA]), seen(events=[{**DATA, "chunk_start": value}]))
    assert found.divergence is not None


@pytest.mark.parametrize(
    "steps",
    [
        (Receive(CHUNKED_HEAD + b"3\r\nabc"), Drain()),
        (Receive(CHUNKED_HEAD), Drain(), Receive(b"3\r\nabc"), Drain()),
        (Receive(CHUNKED_HEAD + b"3\r\nabc\r\n"), Drain(), Receive(b"3\r\nd"), NextEvent()),
    ],
    ids=["with the head", "after the head", "second chunk"],
)
def test_chunk_start_is_required_when_the_size_line_comes_with_data(steps: Any) -> None:
    """h11 0.16.0 sets it there; an implementation that never sets it is wrong."""
    program = Program("server", steps)
    assert comparison(installed, program).divergence is None
    assert comparison(implementation("never_starts_a_chunk"), program).divergence is not None


class Broken(reference.Connection):
    """Raises AttributeError for every response that comes at the wrong time."""

    def send(self, event: Any) -> bytes | None:
        try:
            return super().send(event)
        except reference.LocalProtocolError:
            if not isinstance(event, reference.Response):
                raise
        raise AttributeError("'tuple' object has no attribute '__name__'")


def test_an_attribute_error_for_another_response_is_a_divergence() -> None:
    """h11 0.16.0 has the bug only for a switch that is accepted twice."""
    program = Program("server", (GET, Drain(), ANSWER, END, ANSWER))
    assert comparison(installed, program).divergence is None
    broken = SimpleNamespace(**{**vars(reference), "Connection": Broken})
    found = comparison(broken, program)
    assert found.deviations == frozenset()
    assert found.divergence is not None
