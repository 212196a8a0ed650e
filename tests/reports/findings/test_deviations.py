"""The places where h11 0.16.0 breaks its own documentation: allowed there, and nowhere else."""

from types import ModuleType, SimpleNamespace
from typing import Any

import h11 as installed
import pytest
from faulty.showing import comparison, implementation
from traces_helper import DATA, RAISED, raising, seen

from h11spec import reference
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import Comparison, compare
from h11spec.strategies.programs import Drain, EventSpec, Json, NextEvent, Program, Receive, Send, SendFailed
from h11spec.strategies.traces import Trace, run

ATTRIBUTE_ERROR, NO_CHUNK_START = (deviation.name for deviation in UPSTREAM_DEVIATIONS)
GET = Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
UPGRADE = Receive(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n")
ANSWER = Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")]))
END = Send(EventSpec("EndOfMessage"))
SWITCH = Send(EventSpec.of("InformationalResponse", status_code=101, headers=[]))
CHUNKED_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
# What each of them takes: programs in which h11 0.16.0 deviates, and the reference does not.
TAKEN: dict[str, tuple[str, Program]] = {
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


@pytest.mark.parametrize("name", TAKEN)
def test_h11_may_deviate_where_it_is_known_to(name: str) -> None:
    """The comparison goes on behind it, and tells that it was there."""
    deviation, program = TAKEN[name]
    allowed = compared(program, reference, installed)
    assert allowed.divergence is None
    assert allowed.deviations == {deviation}


@pytest.mark.parametrize("name", TAKEN)
def test_an_implementation_that_does_what_is_documented_agrees_as_well(name: str) -> None:
    """Both outcomes are right; this one is no deviation."""
    _, program = TAKEN[name]
    assert compared(program, reference, reference).deviations == frozenset()


@pytest.mark.parametrize("name", TAKEN)
def test_a_deviation_is_one_of_the_other_side_only(name: str) -> None:
    """What h11 does is no licence to expect it."""
    _, program = TAKEN[name]
    found = compared(program, installed, reference)
    assert found.divergence is not None
    assert found.deviations == frozenset()


@pytest.mark.parametrize("name", TAKEN)
def test_a_deviation_that_is_not_allowed_is_a_divergence(name: str) -> None:
    """Nothing is allowed unless it is listed, as in a comparison of two releases."""
    _, program = TAKEN[name]
    found = compare(program, run(reference, program), run(installed, program))
    assert found.divergence is not None
    assert found.divergence.difference.aspect in ("error", "event")


def stumble(**changes: Any) -> Json:
    text = "can't handle event type Request when role=SERVER and state=DONE"
    return raising(**{"text": text, **changes})


SLIP: Json = {**RAISED, "class": "AttributeError", "family": "other", "text": "x", "hint": None}


def test_an_attribute_error_is_allowed_by_hand() -> None:
    """The pattern of the tests below, which each change one thing in it."""
    assert by_hand(stumble(), seen(events=[], raised=SLIP)).deviations == {ATTRIBUTE_ERROR}


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(stumble(text="illegal request line"), SLIP, id="for another violation"),
        pytest.param(
            stumble(text="can't handle event type Request when role=CLIENT and state=DONE"),
            SLIP,
            id="of the other machine",
        ),
        pytest.param(
            stumble(text="can't handle event type Data when role=SERVER and state=DONE"),
            SLIP,
            id="of another event",
        ),
        pytest.param(stumble(), {**SLIP, "class": "TypeError"}, id="of another class"),
        pytest.param(stumble(), {**SLIP, "by": "look"}, id="by another call"),
        pytest.param(stumble(), {**RAISED, "hint": 431}, id="a protocol error of another kind"),
    ],
)
def test_no_other_exception_is_allowed(expected: Json, actual: Json) -> None:
    found = by_hand(expected, seen(events=[], raised=actual))
    assert found.divergence is not None
    assert found.deviations == frozenset()


def test_no_event_is_allowed_for_an_error() -> None:
    """Taking what breaks the protocol is another thing than stumbling over it."""
    found = by_hand(stumble(), seen(events=[{"type": "PAUSED"}]))
    assert found.divergence is not None


def test_an_allowed_outcome_excuses_nothing_beside_it() -> None:
    """The states move as they would have, and everything else is compared."""
    found = by_hand(stumble(), seen(events=[], raised=SLIP, client="ERROR"))
    assert found.divergence is not None
    assert found.divergence.difference.aspect == "state"
    assert found.deviations == {ATTRIBUTE_ERROR}


def test_an_allowed_field_excuses_no_other_field() -> None:
    read = seen(events=[DATA])
    found = by_hand(read, seen(events=[{**DATA, "chunk_start": False, "chunk_end": True}]))
    assert found.divergence is not None
    assert found.divergence.difference.field == "chunk_end"


@pytest.mark.parametrize("value", [None, 0, "", {"object": "x"}], ids=repr)
def test_chunk_start_is_true_or_false(value: Any) -> None:
    """What is false in another way is no deviation of h11's."""
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
def test_chunk_start_is_due_when_the_size_line_comes_with_data(steps: Any) -> None:
    """h11 0.16.0 sets it there: an implementation that never does is another one."""
    program = Program("server", steps)
    assert comparison(installed, program).divergence is None
    assert comparison(implementation("never_starts_a_chunk"), program).divergence is not None


class Stumbling(reference.Connection):
    """Raises AttributeError for every response that comes at the wrong time."""

    def send(self, event: Any) -> bytes | None:
        try:
            return super().send(event)
        except reference.LocalProtocolError:
            if not isinstance(event, reference.Response):
                raise
        raise AttributeError("'tuple' object has no attribute '__name__'")


def test_an_attribute_error_for_a_response_that_accepts_nothing_is_a_divergence() -> None:
    """h11 0.16.0 stumbles over acceptances alone; a second 200 to GET is refused as documented."""
    program = Program("server", (GET, Drain(), ANSWER, END, ANSWER))
    assert comparison(installed, program).divergence is None
    stumbling = SimpleNamespace(**{**vars(reference), "Connection": Stumbling})
    found = comparison(stumbling, program)
    assert found.deviations == frozenset()
    assert found.divergence is not None
