"""The letters can be read, written and told; and what they show counts as far as it should."""

import re

import pytest

from h11spec.strategies.machine import alphabet
from h11spec.strategies.machine.alphabet import ROLES, shown, spelt, status, unread
from h11spec.strategies.programs import Drain, Program, Receive, Role


@pytest.mark.parametrize("role", ROLES)
def test_each_letter_has_a_name_and_steps_of_its_own(role: Role) -> None:
    letters = alphabet.alphabet(role)
    assert len({letter.name for letter in letters}) == len(letters)
    assert len({letter.steps for letter in letters}) == len(letters)
    assert all(letter.steps for letter in letters)


def test_no_letter_of_the_file_is_lost() -> None:
    """A role that is misspelt would be nobody's."""
    text = alphabet.FILE.read_text("utf-8")
    written = re.findall(r'^name = "(.+)"$', text, re.MULTILINE)
    read = [letter.name for role in ROLES for letter in alphabet.alphabet(role)]
    assert set(written) == set(read)
    assert len(read) == len(re.findall(r'^roles = .*"client"', text, re.MULTILINE)) + len(
        re.findall(r'^roles = .*"server"', text, re.MULTILINE)
    )


@pytest.mark.parametrize("role", ROLES)
def test_what_receives_reads_all_of_it(role: Role) -> None:
    """Else there would be ever more to read, and no end of states."""
    receiving = [letter for letter in alphabet.alphabet(role) if letter.receives]
    assert len(receiving) > 10
    for letter in receiving:
        assert isinstance(letter.steps[-1], Drain)
        assert sum(isinstance(step, Receive) for step in letter.steps) == 1


@pytest.mark.parametrize("role", ROLES)
def test_every_letter_makes_a_program_that_survives_being_written(role: Role) -> None:
    for number, letter in enumerate(alphabet.alphabet(role)):
        word = (0, number, number)
        program = spelt(role, word)
        assert program.word == word
        assert program.steps == (*alphabet.alphabet(role)[0].steps, *letter.steps, *letter.steps)
        read = Program.from_json(program.to_json())
        assert (read.role, read.steps) == (role, program.steps)


def test_neither_the_words_of_an_error_nor_what_is_unread_count() -> None:
    seen = {"client": "ERROR", "server": "IDLE", "trailing": ["abc", False], "version": None}
    raised = {"class": "LocalProtocolError", "hint": 400, "text": "no"}
    observation = {"do": "drain", "raised": raised, **seen}
    assert shown(observation) == {
        "do": "drain",
        "raised": {"class": "LocalProtocolError", "hint": 400},
        **seen,
        "trailing": [True, False],
    }
    assert observation["raised"] == raised, "what is shown stays as it is"
    assert shown({"fault": "exit"}) == {"fault": "exit"}


def test_what_is_seen_is_that_of_the_last_step() -> None:
    one = {"returned": "a", "client": "IDLE", "trailing": [True, False]}
    other = {"returned": "b", "client": "DONE", "trailing": [False, True]}
    assert status((one, other)) == {"client": "DONE", "trailing": [False, True]}
    assert unread(status((other, one)))
    assert not unread(status((one, other)))
    assert not unread({})
