"""One conversation told in many ways: what stays, what changes, and that they are all there."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings

from h11spec import reference
from h11spec.strategies.conversations import programs
from h11spec.strategies.mutations import EDITS, UNEXPECTED, mutations
from h11spec.strategies.programs import (
    Drain,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    StartNextCycle,
)
from h11spec.strategies.traces import run
from h11spec.strategies.variants import place, received, variants

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PROGRAM = Program("server", (Receive(HEAD), Drain(), Receive(b"ab"), NextEvent()))
SILENT = Program("client", (StartNextCycle(),))


def heard(program: Program) -> bytes:
    """All that a program receives."""
    return b"".join(step.data for step in program.steps if isinstance(step, Receive))


def test_the_program_itself_comes_first() -> None:
    assert next(variants(PROGRAM)) == PROGRAM
    assert list(variants(PROGRAM, max_count=1)) == [PROGRAM]
    assert list(variants(SILENT)) == [SILENT]


def test_all_cuts_in_two_are_there() -> None:
    """One for each byte but the last of a segment, which ends there anyway."""
    told = list(variants(PROGRAM))
    for at in range(1, len(HEAD)):
        cut = (Receive(HEAD[:at]), Drain(), Receive(HEAD[at:]), *PROGRAM.steps[1:])
        assert Program("server", cut) in told
    cut = (*PROGRAM.steps[:2], Receive(b"a"), Drain(), Receive(b"b"), NextEvent())
    assert Program("server", cut) in told


def test_the_end_comes_at_every_position() -> None:
    told = list(variants(PROGRAM))
    ended = ReceiveEOF(), Drain()
    assert Program("server", ended) in told
    for at in range(1, len(HEAD)):
        assert Program("server", (Receive(HEAD[:at]), Drain(), *ended)) in told
    assert Program("server", (*PROGRAM.steps[:2], Receive(b"a"), Drain(), *ended)) in told


def test_cuts_at_every_line_end_and_single_bytes_are_there() -> None:
    told = list(variants(PROGRAM))
    pieces = [b"GET / HTTP/1.1\r", b"\n", b"Host: a\r", b"\n", b"\r", b"\n", b"ab"]
    assert any(
        [step.data for step in way.steps if isinstance(step, Receive)] == pieces for way in told
    )
    singles = [bytes([byte]) for byte in HEAD + b"ab"]
    assert any(
        [step.data for step in way.steps if isinstance(step, Receive)] == singles for way in told
    )


def test_limits_around_the_size_are_there() -> None:
    size = len(HEAD) + 2
    limits = {way.limit for way in variants(PROGRAM)}
    assert limits == {None, 0, size // 2, size - 1}


def test_cuts_and_limits_change_no_byte() -> None:
    """Only the end of input leaves something out, and it leaves the beginning as it is."""
    for way in variants(PROGRAM):
        if ReceiveEOF() in way.steps:
            assert heard(PROGRAM).startswith(heard(way))
        else:
            assert heard(way) == heard(PROGRAM)


@settings(max_examples=25)
@given(programs(max_actions=6))
def test_segmentation_alone_changes_no_event(program: Program) -> None:
    """All of it read at the end: the same bodies and heads, however the bytes came in.

    Checked for what has no reading, sending or end between its segments.
    """
    data = heard(program)
    if not data:
        return
    whole = Program(program.role, (Receive(data), Drain()))
    told = {outcome(way) for way in variants(whole, max_count=12) if ends_alike(way)}
    assert len(told) == 1


def ends_alike(program: Program) -> bool:
    return program.limit is None and ReceiveEOF() not in program.steps


def outcome(program: Program) -> str:
    """Events of all steps without what depends on cuts: chunk marks, waiting, pieces of data."""
    seen: list[str] = []
    body = ""
    for observation in run(reference, program):
        for event in observation.events:
            if event["type"] == "Data":
                body += event["data"]["bytearray"]
            elif event["type"] not in ("NEED_DATA", "PAUSED"):
                seen.append(json.dumps(event))
        if observation.raised is not None:
            seen.append(observation.raised.family)
            break
    return f"{seen} {body!r}"


@pytest.mark.parametrize("most", [2, 3, 5, 12])
def test_no_more_are_told_than_were_asked_for(most: int) -> None:
    for turn in range(10):
        assert 1 <= len(list(variants(PROGRAM, max_count=most, turn=turn))) <= most
        assert len(list(mutations(PROGRAM, max_count=most, turn=turn))) == most


def test_turns_make_up_all_of_them() -> None:
    """What one turn leaves out another has."""
    everything = set(variants(PROGRAM))
    told = {way for turn in range(60) for way in variants(PROGRAM, max_count=8, turn=turn)}
    assert told == everything
    everything = set(mutations(PROGRAM))
    told = {way for turn in range(600) for way in mutations(PROGRAM, max_count=6, turn=turn)}
    assert told == everything


def test_mutations_differ_in_one_place() -> None:
    """Each byte with each edit, and each step with each disturbance."""
    told = list(mutations(PROGRAM))
    size = len(HEAD) + 2
    assert len(told) == size * len(EDITS) + len(PROGRAM.steps) * len(UNEXPECTED)
    assert Program("server", (Receive(HEAD[1:]), *PROGRAM.steps[1:])) in told
    assert Program("server", (Receive(b"\x00" + HEAD), *PROGRAM.steps[1:])) in told
    assert Program("server", PROGRAM.steps[1:]) in told
    assert Program("server", (StartNextCycle(), *PROGRAM.steps)) in told
    kinds = Counter(type(step) for way in told for step in way.steps)
    assert kinds[Send] == len(PROGRAM.steps) * 6


def test_a_byte_that_was_all_there_was_leaves_no_empty_segment() -> None:
    """Which would mean the end of input."""
    alone = Program("server", (Receive(b"a"), Drain()))
    assert Program("server", (Drain(),)) in mutations(alone)
    assert all(
        step.data for way in mutations(alone) for step in way.steps if isinstance(step, Receive)
    )


def test_a_place_beyond_what_is_received_is_none() -> None:
    assert place(PROGRAM, len(HEAD) + 1) == (2, 1)
    assert received(PROGRAM) == len(HEAD) + 2
    with pytest.raises(IndexError):
        place(PROGRAM, len(HEAD) + 2)
