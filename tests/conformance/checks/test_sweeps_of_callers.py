"""The sweeps of lines, sizes and callers each find a fault that was planted for them."""

import pytest
from faulty.showing import found, implementation

from h11spec.conformance.checks import exhaustive, versions
from h11spec.strategies.program import Program

PLANTED = (
    ("aliasing/arguments", "keeps_the_callers_buffer"),
    ("aliasing/arguments", "measures_data_later"),
    ("aliasing/results", "empties_the_callers_buffer"),
    ("aliasing/errors", "shares_its_hints"),
    ("aliasing/events", "sorts_the_callers_fields"),
    ("aliasing/results", "hands_out_its_states"),
    ("arguments/no-bytes", "makes_numbers_text"),
    ("arguments/no-event", "sends_text"),
    ("arguments/no-text", "makes_numbers_text"),
    ("arguments/wrong-number", "makes_numbers_text"),
    ("calls/ends", "forgets_failure"),
    ("calls/forms", "sends_by_position_only"),
    ("calls/properties", "confuses_its_state"),
    ("connections/independent", "receives_on_the_newest"),
    ("connections/independent", "limits_all_connections"),
    ("lines/names", "drops_cookies"),
    ("lines/names", "passes_hints_on"),
    ("lines/short", "passes_over_a_colon"),
    ("lines/spellings", "passes_over_another_spelling"),
    ("lines/starts", "knows_another_protocol"),
    ("lines/values", "takes_identity_for_nothing"),
    ("lines/words", "takes_connect_in_any_case"),
    ("numbers/large", "allows_a_hundred_fields"),
    ("numbers/large", "keeps_its_limit_in_16_bits"),
)
CHECKS = {check.id: check for check in exhaustive.CHECKS if check.id in dict(PLANTED)}


def first_found(name: str, identity: str) -> Program | None:
    """Returns the first program of a check that shows a planted fault."""
    faulty = implementation(name)
    programs = CHECKS[identity].programs()
    return next((program for program in programs if found(faulty, program)), None)


def test_every_sweep_of_the_version_has_a_planted_fault() -> None:
    """Those of sequences and of call orders have theirs in a module of their own."""
    new = {check.id for check in exhaustive.CHECKS if versions.since()[check.id] == "1.1"}
    others = {each for each in new if each.startswith("sequences/")}
    others |= {"calls/reads-again", "calls/receives-before-reading", "calls/sends-in-a-row"}
    assert new - others == dict(PLANTED).keys()


@pytest.mark.parametrize(("identity", "name"), PLANTED)
def test_a_planted_fault_is_found(identity: str, name: str) -> None:
    assert first_found(name, identity) is not None


@pytest.mark.parametrize("identity", CHECKS)
def test_no_program_comes_twice(identity: str) -> None:
    programs = [program.to_text() for program in CHECKS[identity].programs()]
    assert len(set(programs)) == len(programs)
