"""Input symbols survive being written as programs, and outputs have only what they should."""

import re

import pytest

from h11spec.strategies.machine import alphabet
from h11spec.strategies.machine.alphabet import ROLES, abstracted, has_unread, status, to_program
from h11spec.strategies.program import Drain, Program, Receive, Role


@pytest.mark.parametrize("role", ROLES)
def test_each_symbol_has_its_own_name_and_steps(role: Role) -> None:
    symbols = alphabet.alphabet(role)
    assert len({symbol.name for symbol in symbols}) == len(symbols)
    assert len({symbol.steps for symbol in symbols}) == len(symbols)
    assert all(symbol.steps for symbol in symbols)


def test_every_symbol_of_the_file_belongs_to_a_role() -> None:
    """A symbol whose role is misspelt would be lost."""
    text = alphabet.FILE.read_text("utf-8")
    written = re.findall(r'^name = "(.+)"$', text, re.MULTILINE)
    read = [symbol.name for role in ROLES for symbol in alphabet.alphabet(role)]
    assert set(written) == set(read)
    assert len(read) == len(re.findall(r'^roles = .*"client"', text, re.MULTILINE)) + len(
        re.findall(r'^roles = .*"server"', text, re.MULTILINE)
    )


@pytest.mark.parametrize("role", ROLES)
def test_symbols_that_receive_read_everything(role: Role) -> None:
    """Otherwise unread bytes would accumulate, and there would be infinitely many states."""
    receiving = [symbol for symbol in alphabet.alphabet(role) if symbol.receives]
    assert len(receiving) > 10
    for symbol in receiving:
        assert isinstance(symbol.steps[-1], Drain)
        assert sum(isinstance(step, Receive) for step in symbol.steps) == 1


@pytest.mark.parametrize("role", ROLES)
def test_the_program_of_every_symbol_survives_being_written(role: Role) -> None:
    for number, symbol in enumerate(alphabet.alphabet(role)):
        word = (0, number, number)
        program = to_program(role, word)
        assert program.word == word
        assert program.steps == (*alphabet.alphabet(role)[0].steps, *symbol.steps, *symbol.steps)
        read = Program.from_json(program.to_json())
        assert (read.role, read.steps) == (role, program.steps)


def test_an_output_has_neither_the_text_of_an_error_nor_the_unread_bytes() -> None:
    seen = {"client": "ERROR", "server": "IDLE", "trailing": ["abc", False], "version": None}
    raised = {"class": "LocalProtocolError", "hint": 400, "text": "no"}
    observation = {"do": "drain", "raised": raised, **seen}
    assert abstracted(observation) == {
        "do": "drain",
        "raised": {"class": "LocalProtocolError", "hint": 400},
        **seen,
        "trailing": [True, False],
    }
    assert observation["raised"] == raised, "the observation stays as it is"
    assert abstracted({"fault": "exit"}) == {"fault": "exit"}


def test_the_status_is_that_of_the_last_step() -> None:
    one = {"returned": "a", "client": "IDLE", "trailing": [True, False]}
    other = {"returned": "b", "client": "DONE", "trailing": [False, True]}
    assert status((one, other)) == {"client": "DONE", "trailing": [False, True]}
    assert has_unread(status((other, one)))
    assert not has_unread(status((one, other)))
    assert not has_unread({})
