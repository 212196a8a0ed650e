"""The sweeps of sequences and of call orders find what no message by itself shows."""

import re

import pytest
from faulty.showing import found, implementation

from h11spec.conformance.checks import exhaustive, versions
from h11spec.strategies.exhaustive import sequences
from h11spec.strategies.program import Program

CHECKS = {check.id: check for check in exhaustive.CHECKS if check.area in ("sequences", "calls")}


def first_found(name: str, identity: str) -> Program | None:
    """Returns the first program of a check that shows a planted fault."""
    faulty = implementation(name)
    programs = CHECKS[identity].programs()
    return next((program for program in programs if found(faulty, program)), None)


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("keeps_a_trailer_flag", "sequences/requests-received"),
        ("keeps_a_trailer_flag", "sequences/responses-received"),
        ("keeps_a_trailer_flag", "sequences/requests-sent"),
        ("keeps_a_trailer_flag", "sequences/responses-sent"),
        ("drops_leftovers", "sequences/requests-received"),
        ("forgets_a_second_receive", "calls/receives-before-reading"),
        ("stays_paused", "sequences/requests-received"),
        ("looks_once_at_a_first_byte", "sequences/requests-received"),
        ("looks_once_at_a_first_byte", "sequences/responses-received"),
        ("errs_once", "calls/reads-again"),
    ],
)
def test_a_planted_fault_is_found(name: str, identity: str) -> None:
    assert first_found(name, identity) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["keeps_a_trailer_flag", "forgets_a_second_receive"])
def test_sweeps_without_sequences_and_call_orders_do_not_find_it(name: str) -> None:
    """Neither the pairs of framing fields nor each step in each state."""
    faulty = implementation(name)
    others = ("framing/requests-received", "framing/responses-received", "numbers/chunk-size-sent")
    for check in exhaustive.CHECKS:
        if check.id in others:
            assert not any(found(faulty, program) for program in check.programs())


@pytest.mark.parametrize("identity", CHECKS)
def test_no_program_comes_twice(identity: str) -> None:
    programs = list(CHECKS[identity].programs())
    assert len(set(programs)) == len(programs)


def test_all_came_with_one_version_of_the_catalogue() -> None:
    """A gate that is pinned to the version before runs none of them."""
    assert {versions.since()[identity] for identity in CHECKS} == {"1.1"}
    assert not any(versions.belongs(identity, "1.0") for identity in CHECKS)


@pytest.mark.parametrize(
    "forms",
    [
        (*sequences.REQUESTS_RECEIVED, *sequences.LAST_REQUESTS_RECEIVED),
        (*sequences.RESPONSES_RECEIVED, *sequences.LAST_RESPONSES_RECEIVED),
    ],
    ids=["requests", "responses"],
)
def test_no_two_messages_have_the_same_content(
    forms: tuple[sequences.ReceivedMessage, ...],
) -> None:
    """A body that is handed out in the place of another one would not show."""
    contents = [content for each in forms if (content := re.findall(rb"[a-p]{2}", each.body))]
    assert len(set(map(tuple, contents))) == len(contents) >= 6
