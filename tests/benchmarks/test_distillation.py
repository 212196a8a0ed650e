"""How vectors are chosen: few that show everything, and none by the faults they are judged by."""

from collections.abc import Iterable

import pytest

from h11spec import reference
from h11spec.benchmarks.distillation import features
from h11spec.benchmarks.distillation.candidates import Candidate, swept, taken
from h11spec.benchmarks.distillation.cover import Cover
from h11spec.benchmarks.distillation.pool import Entry, Gathering
from h11spec.benchmarks.distillation.watching import arcs, watched
from h11spec.benchmarks.power.__main__ import originals
from h11spec.benchmarks.power.holding import OPERATORS, held_back
from h11spec.benchmarks.power.planting import faults_of
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.strategies.exhaustive import octets
from h11spec.strategies.program import Drain, NextEvent, Program, Receive, ReceiveEOF, Step
from h11spec.strategies.traces import run


def program(*steps: Step) -> Program:
    return Program("server", steps)


def entry(steps: int, *shown: str) -> Entry:
    """An entry with a program of this many steps and these features."""
    candidate = Candidate("a/b", 0, program(*[NextEvent()] * steps))
    return Entry(candidate, [], {("thing", each) for each in shown})


def chosen(entries: list[Entry], **options: int) -> list[Entry]:
    cover = Cover()
    cover.complete(entries, "thing", **options)
    return cover.taken


def test_what_shows_most_comes_first_and_what_shows_nothing_more_is_left_out() -> None:
    most, rest, double = entry(3, "a", "b", "c"), entry(2, "c", "d"), entry(1, "a", "b")
    assert chosen([double, rest, most]) == [most, rest]


def test_of_those_that_show_as_much_the_shorter_is_taken() -> None:
    long, short = entry(3, "a"), entry(2, "a")
    assert chosen([long, short]) == chosen([short, long]) == [short]


def test_what_others_have_shown_meanwhile_does_not_count() -> None:
    """The second shows three things at first, and one after the first; the third shows two."""
    one, two, three = entry(1, *"abcd"), entry(2, *"bce"), entry(3, *"fg")
    assert chosen([one, two, three]) == [one, three, two]


def test_no_more_are_taken_than_there_is_room_for() -> None:
    some = [entry(steps, str(steps)) for steps in range(1, 5)]
    assert chosen(some, most=2) == some[:2]


def test_only_requested_features_count() -> None:
    other = Entry(Candidate("a/b", 0, program()), [], {("other", "a")})
    assert chosen([other]) == []


def test_the_same_program_is_taken_once() -> None:
    cover = Cover()
    cover.take(entry(1, "a"))
    cover.take(entry(1, "b"))
    assert len(cover.taken) == 1
    assert cover.shown == {("thing", "a"), ("thing", "b")}


def gathered(check: str, programs: Iterable[Program]) -> list[Entry]:
    candidates = (Candidate(check, at, each) for at, each in enumerate(programs))
    return [*Gathering().of(candidates)]


def test_of_those_that_show_the_same_few_are_kept() -> None:
    heads = (b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(20))
    entries = gathered("a/b", (program(Receive(head), Drain()) for head in heads))
    assert 0 < len(entries) < 5
    assert entries[0].trace == run(reference, entries[0].program).form


def test_both_sides_of_a_border_are_kept() -> None:
    """After this many others, and for each byte that is accepted where the previous one is not."""
    heads = (b"G%b / HTTP/1.1\r\nHost: a\r\n\r\n" % byte for byte in octets.BYTES)
    entries = gathered("octets/received", [program(Receive(head), Drain()) for head in heads])
    borders = {
        octets.BYTES[entry.candidate.at]: {
            each[-2:] for each in entry.features if each[0] == "border"
        }
        for entry in entries
    }
    for last, first in ((b" ", b"!"), (b"!", b'"'), (b"/", b"0"), (b"9", b":"), (b"~", b"\x7f")):
        value = octets.BYTES.index(first)
        assert (value, "last") in borders[last]
        assert (value, "first") in borders[first]


def test_no_border_lies_between_two_checks_or_two_places() -> None:
    good, bad = (
        program(Receive(head), Drain())
        for head in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x00\r\n\r\n")
    )
    two = [Candidate("octets/received", 0, good), Candidate("octets/arriving", 1, bad)]
    first = len(octets.BYTES)  # the number of the first program of the second place
    places = [
        Candidate("octets/received", at, each) for at, each in ((first - 1, good), (first, bad))
    ]
    for some in two, places:
        entries = [*Gathering().of(some)]
        assert not any(each[0] == "border" for entry in entries for each in entry.features)


@pytest.mark.unmeasured
def test_sweeps_without_an_order_have_no_borders() -> None:
    """What is left out of a message is neither a byte in a place, nor the next value."""
    some = [each for each in swept() if each.check == "octets/left-out"]
    shown = {each[0] for entry in Gathering().of(some) for each in entry.features}
    assert len(some) > 256
    assert shown.isdisjoint({"border", "place"})
    assert "step" in shown


def steps_of(*steps: Step) -> list[features.Step]:
    sample = program(*steps)
    return features.steps(sample, run(reference, sample).form)


def test_bytes_and_values_make_no_difference_and_states_do() -> None:
    one, other = (Receive(b"GET /%c HTTP/1.1\r\nHost: %c\r\n\r\n" % (byte, byte)) for byte in b"ab")
    assert steps_of(one, NextEvent()) == steps_of(other, NextEvent())
    assert steps_of(one, NextEvent()) != steps_of(one, Drain())
    assert steps_of(ReceiveEOF(), NextEvent(), NextEvent())[1:] != [steps_of(NextEvent())[0]] * 2


def test_words_of_an_error_count_and_what_they_quote_does_not() -> None:
    lines = (b"\x00", b"\x01", b"GET / HTTP/1.1\r\n\x00")
    wrong = [steps_of(Receive(line + b"\r\n\r\n"), NextEvent())[1] for line in lines]
    assert wrong[0] == wrong[1] != wrong[2]


def test_lines_that_follow_each_other_are_seen() -> None:
    whole = arcs(program(Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), NextEvent()))
    assert {file for file, _, _ in whole} >= {"connection.py", "reading.py", "states.py"}
    less = arcs(program(NextEvent()))
    assert less < whole | less
    assert whole - less


def test_cells_of_the_tables_are_seen() -> None:
    shown = {*watched(program(ReceiveEOF(), Drain()))}
    cells = [each[2] for each in shown if each[:2] == ("cell", "transition")]
    assert any("ConnectionClosed -> CLOSED" in str(cell) for cell in cells)


@pytest.mark.slow
def test_each_requirement_is_taken_once_with_all_that_it_shows() -> None:
    covered = {each for check in catalogue() if [*check.programs()] for each in check.covers}
    requirements = [each for candidate in taken() for each in candidate.requirements]
    assert sorted(requirements) == sorted(covered)


@pytest.mark.unmeasured
def test_nothing_beyond_documented_input_is_swept() -> None:
    checks = {check.id: check for check in catalogue()}
    seen = {candidate.check for candidate in swept()}
    assert "types/documented" in seen
    assert all(checks[each].documented for each in seen)


@pytest.mark.parametrize("original", originals("both"), ids=lambda each: str(each.name))
def test_whole_operators_and_whole_places_are_held_back(original: object) -> None:
    """Enough faults of each original are held back for evaluation, and enough left for training."""
    [found] = [each for each in originals("both") if each == original]
    faults = faults_of(found)
    held = [fault for fault in faults if held_back(found.name, fault)]
    left = [fault for fault in faults if not held_back(found.name, fault)]
    assert len(held) > 400
    assert len(left) > 1000
    assert not {fault.operator for fault in left} & {*OPERATORS}
    others = [fault for fault in held if fault.operator not in OPERATORS]
    places = {(fault.file, fault.within) for fault in others}
    assert not {(fault.file, fault.within) for fault in left} & places
    assert len(places) > 10
