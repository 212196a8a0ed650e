"""Variants and mutations of a program: complete, and different only in what they should be."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings

from h11spec import reference
from h11spec.strategies.conversation import programs
from h11spec.strategies.mutation import EDITS, UNEXPECTED, mutations
from h11spec.strategies.program import (
    Drain,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    StartNextCycle,
)
from h11spec.strategies.traces import run
from h11spec.strategies.variant import place, received, variants

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PROGRAM = Program("server", (Receive(HEAD), Drain(), Receive(b"ab"), NextEvent()))
SILENT = Program("client", (StartNextCycle(),))


def heard(program: Program) -> bytes:
    """All bytes that a program receives."""
    return b"".join(step.data for step in program.steps if isinstance(step, Receive))


def test_the_program_itself_comes_first() -> None:
    assert next(variants(PROGRAM)) == PROGRAM
    assert list(variants(PROGRAM, max_count=1)) == [PROGRAM]
    assert list(variants(SILENT)) == [SILENT]


def test_every_single_cut_is_a_variant() -> None:
    """There is a cut after each byte except the last of a segment."""
    found = list(variants(PROGRAM))
    for at in range(1, len(HEAD)):
        cut = (Receive(HEAD[:at]), Drain(), Receive(HEAD[at:]), *PROGRAM.steps[1:])
        assert Program("server", cut) in found
    cut = (*PROGRAM.steps[:2], Receive(b"a"), Drain(), Receive(b"b"), NextEvent())
    assert Program("server", cut) in found


def test_the_end_of_input_comes_at_every_position() -> None:
    found = list(variants(PROGRAM))
    ended = ReceiveEOF(), Drain()
    assert Program("server", ended) in found
    for at in range(1, len(HEAD)):
        assert Program("server", (Receive(HEAD[:at]), Drain(), *ended)) in found
    assert Program("server", (*PROGRAM.steps[:2], Receive(b"a"), Drain(), *ended)) in found


def test_not_every_line_end_of_a_large_body_is_a_cut() -> None:
    """Each step shows what was not read yet: with thousands of them, a trace would not fit."""
    body = b"\r\n" * 100_000
    program = Program("server", (Receive(HEAD), Drain(), Receive(body), Drain()))
    [_, cut_at_line_ends] = variants(program, max_count=2)
    assert heard(cut_at_line_ends) == HEAD + body
    assert 1_000 <= len(cut_at_line_ends.steps) <= 1_010


def test_cuts_at_all_line_ends_and_single_bytes_are_variants() -> None:
    found = list(variants(PROGRAM))
    pieces = [b"GET / HTTP/1.1\r", b"\n", b"Host: a\r", b"\n", b"\r", b"\n", b"ab"]
    assert any(
        [step.data for step in way.steps if isinstance(step, Receive)] == pieces for way in found
    )
    singles = [bytes([byte]) for byte in HEAD + b"ab"]
    assert any(
        [step.data for step in way.steps if isinstance(step, Receive)] == singles for way in found
    )


def test_limits_around_the_size_are_variants() -> None:
    size = len(HEAD) + 2
    limits = {way.limit for way in variants(PROGRAM)}
    assert limits == {None, 0, size // 2, size - 1}


def test_cuts_and_limits_change_no_byte() -> None:
    """Only the end of input omits bytes, and only the last ones."""
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
    found = {outcome(way) for way in variants(whole, max_count=12) if ends_alike(way)}
    assert len(found) == 1


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


@pytest.mark.parametrize("max_count", [2, 3, 5, 12])
def test_there_are_at_most_as_many_as_requested(max_count: int) -> None:
    for turn in range(10):
        assert 1 <= len(list(variants(PROGRAM, max_count=max_count, turn=turn))) <= max_count
        assert len(list(mutations(PROGRAM, max_count=max_count, turn=turn))) == max_count


def test_successive_turns_cover_everything() -> None:
    """Each is selected in some turn."""
    everything = set(variants(PROGRAM))
    found = {way for turn in range(60) for way in variants(PROGRAM, max_count=8, turn=turn)}
    assert found == everything
    everything = set(mutations(PROGRAM))
    found = {way for turn in range(600) for way in mutations(PROGRAM, max_count=6, turn=turn)}
    assert found == everything


def test_mutations_differ_in_one_place() -> None:
    """Each edit at each byte, and each unexpected step at each step."""
    found = list(mutations(PROGRAM))
    size = len(HEAD) + 2
    assert len(found) == size * len(EDITS) + len(PROGRAM.steps) * len(UNEXPECTED)
    assert Program("server", (Receive(HEAD[1:]), *PROGRAM.steps[1:])) in found
    assert Program("server", (Receive(b"\x00" + HEAD), *PROGRAM.steps[1:])) in found
    assert Program("server", PROGRAM.steps[1:]) in found
    assert Program("server", (StartNextCycle(), *PROGRAM.steps)) in found
    kinds = Counter(type(step) for way in found for step in way.steps)
    assert kinds[Send] == len(PROGRAM.steps) * 6


def test_removing_the_only_byte_leaves_no_empty_segment() -> None:
    """An empty segment would mean the end of input."""
    alone = Program("server", (Receive(b"a"), Drain()))
    assert Program("server", (Drain(),)) in mutations(alone)
    assert all(
        step.data for way in mutations(alone) for step in way.steps if isinstance(step, Receive)
    )


def test_a_position_behind_the_received_bytes_is_refused() -> None:
    assert place(PROGRAM, len(HEAD) + 1) == (2, 1)
    assert received(PROGRAM) == len(HEAD) + 2
    with pytest.raises(IndexError):
        place(PROGRAM, len(HEAD) + 2)
