"""The strategies for fields and events produce what their docstrings say, and nothing else.

The judge of what is legal is the reference's own constructor.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.reference import EndOfMessage, LocalProtocolError
from h11spec.strategies import events, fields
from h11spec.strategies.fields import Field
from h11spec.strategies.program import EventSpec, Program, Send, Typed
from h11spec.strategies.traces import Raised, run

drawn = settings(max_examples=80)
FRAMING = (b"content-length", b"transfer-encoding")


def sample(strategy: st.SearchStrategy[Any], size: int) -> list[Any]:
    """The first values of a strategy for one seed."""
    values: list[Any] = []

    @seed(1)
    @settings(max_examples=size, phases=[Phase.generate])
    @given(strategy)
    def draw(value: Any) -> None:
        values.append(value)

    draw()
    return values


def construct(event: EventSpec) -> Any:
    return events.construct(reference, event)


def refusal(event: EventSpec) -> str | None:
    """The error of the event's constructor, if any."""
    try:
        construct(event)
    except LocalProtocolError as error:
        return str(error)
    return None


@drawn
@given(fields.names(), fields.values())
def test_names_and_values_are_legal_and_sent_as_they_are(name: bytes, value: bytes) -> None:
    """Whatever they are combined to; framing fields, whose values have rules of their own, are too
    long for a drawn name.
    """
    assert EndOfMessage(headers=[(name, value)]).headers.raw_items() == [(name, value)]
    assert 1 <= len(name) <= 8


def test_a_field_is_legal() -> None:
    """Enough are drawn to meet every field of the pools."""
    for field in sample(fields.fields(), 150):
        assert EndOfMessage(headers=[field]).headers.raw_items() == [field]


def test_lists_of_fields_are_legal_and_frame_nothing() -> None:
    for listed in sample(fields.field_lists(), 150):
        headers = EndOfMessage(headers=listed).headers
        assert headers.raw_items() == listed
        assert not {name for name, _ in headers} & set(FRAMING)


def test_fields_that_a_connection_acts_upon_are_as_frequent_as_others() -> None:
    """Otherwise no list would close a connection or propose another protocol."""
    live = {b"connection", b"upgrade", b"expect", b"host", b"trailer"}
    lists = sample(fields.field_lists(max_size=3), 150)
    assert {len(listed) for listed in lists} == {0, 1, 2, 3}
    drawn_names = [name.lower() for listed in lists for name, _ in listed]
    assert 0.2 < sum(name in live for name in drawn_names) / len(drawn_names) < 0.6


@drawn
@given(fields.hostile_fields())
def test_a_hostile_field_is_refused(field: Field) -> None:
    """Every one: a hostile field that could be sent would test nothing."""
    with pytest.raises(LocalProtocolError, match=r"^Illegal header (name|value) "):
        EndOfMessage(headers=[field])


def test_framing_fields_are_both_right_and_wrong() -> None:
    """Names in two cases, each with values that are accepted and values that are refused."""
    found = set(sample(fields.framing_fields(), 100))
    assert {name for name, _ in found} == {
        b"Content-Length",
        b"content-length",
        b"Transfer-Encoding",
        b"transfer-encoding",
    }
    taken = {
        field for field in found if refusal(EventSpec.of("EndOfMessage", headers=[field])) is None
    }
    for framing in FRAMING:
        of_framing = {value for name, value in found if name.lower() == framing}
        good = {value for name, value in taken if name.lower() == framing}
        assert good
        assert of_framing - good
        assert of_framing <= set(fields.LENGTHS if framing == FRAMING[0] else fields.CODINGS)


SOURCES: dict[str, tuple[Callable[[], st.SearchStrategy[EventSpec]], set[str], float]] = {
    "requests": (events.requests, {"Request"}, 0.4),
    "responses": (events.responses, {"Response"}, 0.5),
    "interim responses": (events.interim_responses, {"InformationalResponse"}, 0.5),
    "data": (events.data, {"Data"}, 1.0),
    "ends": (events.ends, {"EndOfMessage"}, 0.6),
    "any events": (
        events.any_events,
        {
            "Request",
            "Response",
            "InformationalResponse",
            "Data",
            "EndOfMessage",
            "ConnectionClosed",
        },
        0.6,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_events_are_of_their_class_and_mostly_valid(name: str) -> None:
    """A fault in every event would never let a body begin, and none would test no refusal; what is
    at fault is one of the things that the docstrings tell of, and always a protocol error.
    """
    source, types, share = SOURCES[name]
    found = sample(source(), 400)
    assert {event.type for event in found} == types
    refusals = [refusal(event) for event in found]
    assert refusals.count(None) / len(found) >= share
    if share < 1:
        assert refusals.count(None) < len(found)
    kinds = {str(text).partition(" ")[0] for text in refusals if text is not None}
    assert kinds <= {
        "Illegal",
        "Missing",
        "Found",
        "bad",
        "conflicting",
        "multiple",
        "Only",
        "Response",
        "InformationalResponse",
    }


@cache
def requests() -> list[EventSpec]:
    return sample(events.requests(), 450)


def test_no_method_is_drawn_much_more_often_than_others() -> None:
    """The pool has each once, as text and as bytes; CONNECT, which reaches more states, twice."""
    methods = Counter(dict(event.arguments)["method"] for event in requests())
    assert len(methods) >= 17
    assert max(methods.values()) < len(requests()) / 5


def test_requests_have_every_documented_fault() -> None:
    """A bad field, method or target, no Host, or a version that is refused on sending."""
    found = requests()
    texts = {refusal(event) for event in found}
    assert "Illegal method characters" in texts
    assert "Illegal target characters" in texts
    assert "Missing mandatory Host: header" in texts
    assert any(str(text).startswith("Illegal header") for text in texts)
    unsent = [event for event in found if dict(event.arguments).get("http_version") == b"1.0"]
    assert unsent
    raised: list[Raised | None] = [
        run(reference, Program("client", (Send(event),)))[0].raised for event in unsent
    ]
    assert any(error is not None and error.text == "I only send HTTP/1.1" for error in raised)


@pytest.mark.slow
def test_arguments_are_of_documented_types() -> None:
    """Bytes, ASCII text, lists of pairs, integers; Data in any bytes-like type."""
    kinds: dict[str, set[str]] = {}
    for event in sample(events.any_events(), 1500):
        for name, value in event.arguments:
            kind = value.kind if isinstance(value, Typed) else type(value).__name__
            kinds.setdefault(f"{event.type}.{name}", set()).add(kind)
    text_or_bytes = {"bytes", "text"}
    assert kinds == {
        "Request.method": text_or_bytes,
        "Request.target": text_or_bytes,
        "Request.headers": {"tuple"},
        "Request.http_version": {"bytes"},
        "Response.status_code": {"int"},
        "Response.headers": {"tuple"},
        "Response.reason": text_or_bytes,
        "InformationalResponse.status_code": {"int"},
        "InformationalResponse.headers": {"tuple"},
        "InformationalResponse.reason": text_or_bytes,
        "Data.data": {"bytes", "bytearray", "memoryview"},
        "EndOfMessage.headers": {"tuple"},
    }


def test_data_is_sometimes_empty_and_never_long() -> None:
    """Sizes that fit the announced lengths, others, and one that is a letter as a chunk size."""
    sizes = {len(construct(event).data) for event in sample(events.data(), 100)}
    assert sizes == {0, 1, 3, 5, 11}
