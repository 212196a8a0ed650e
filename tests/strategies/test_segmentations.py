"""Cuts of a stream of bytes: nothing is lost, nothing is empty, and the simplest is no cut."""

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
)
from h11spec.strategies.segmentation import segmentations
from h11spec.strategies.traces import run
from h11spec.strategies.variant import byte_by_byte, cut

drawn = settings(max_examples=80)
searching = settings(max_examples=2000)
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"


@drawn
@given(st.binary(max_size=30), st.lists(st.integers(-3, 33)))
def test_a_cut_keeps_every_byte_and_leaves_no_piece_empty(data: bytes, at: list[int]) -> None:
    """The positions may be outside the data, repeated, and in any order."""
    pieces = cut(data, at)
    assert b"".join(pieces) == data
    assert all(pieces)
    assert len(pieces) == len(
        {0, *(place for place in at if 0 < place < len(data))} if data else ()
    )


@drawn
@given(st.data(), st.binary(max_size=30) | st.just(HEAD), st.integers(0, 6))
def test_a_segmentation_keeps_every_byte_and_leaves_no_piece_empty(
    data: st.DataObject, stream: bytes, max_cuts: int
) -> None:
    """An empty segment would mean the end of the input."""
    pieces = data.draw(segmentations(stream, max_cuts=max_cuts))
    assert b"".join(pieces) == stream
    assert all(pieces)
    assert len(pieces) <= max_cuts + 1


def test_a_segmentation_shrinks_to_one_piece() -> None:
    assert find(segmentations(HEAD), lambda pieces: True, settings=searching) == [HEAD]


@pytest.mark.parametrize("at", [1, 14, 15, 16, len(HEAD) - 1], ids=str)
def test_every_cut_is_drawn_and_shrinks_to_itself_alone(at: int) -> None:
    """Next to a line end, inside it, and anywhere else, with no other cut."""

    def has_it(pieces: list[bytes]) -> bool:
        return len(HEAD[:at]) in {len(b"".join(pieces[:end])) for end in range(1, len(pieces))}

    assert find(segmentations(HEAD), has_it, settings=searching) == [HEAD[:at], HEAD[at:]]


@pytest.mark.parametrize("data", [b"", b"a"], ids=repr)
def test_data_of_less_than_two_bytes_is_not_cut(data: bytes) -> None:
    pieces = find(segmentations(data), lambda pieces: True, settings=searching)
    assert pieces == ([data] if data else [])


def test_byte_by_byte_receives_each_byte_on_its_own() -> None:
    """All steps keep their order, but each call of next_event becomes a drain.

    This is because the necessary number of calls depends on the cuts.
    """
    send = Send(EventSpec("EndOfMessage"))
    program = Program("server", (Receive(b"ab"), NextEvent(), send, ReceiveEOF(), Drain()), 40)
    assert byte_by_byte(program) == Program(
        "server",
        (Receive(b"a"), Drain(), Receive(b"b"), Drain(), Drain(), send, ReceiveEOF(), Drain()),
        40,
    )


def test_byte_by_byte_is_the_same_conversation() -> None:
    """The same message is read, to its end; only Data comes in smaller pieces."""
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    program = Program("server", (Receive(post), Drain()))
    trace = run(reference, byte_by_byte(program))
    events = [event for step in trace for event in step.events if event["type"] != "NEED_DATA"]
    assert [event["type"] for event in events] == ["Request", *["Data"] * 3, "EndOfMessage"]
    whole = run(reference, program)
    assert events[0] == whole[1].events[0]
    assert trace[len(trace) - 1].states == whole[1].states
