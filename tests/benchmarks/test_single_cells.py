"""Faults of single cells are what their names say, and the machine phase detects them.

The benchmark tries all of them, which takes an hour. Here some are planted, and a part of the suite
is run.
"""

from collections.abc import Iterator
from itertools import chain

import pytest

from h11spec import reference
from h11spec.benchmarks.single_cells import Fault, faults
from h11spec.conformance.checks import machine
from h11spec.reference import connection, states
from h11spec.strategies.machine.alphabet import ROLES, to_program
from h11spec.strategies.traces import run

# One word of the suite in this many is run.
EVERY = 60
CELLS = (
    "CLIENT IDLE: Request -> nothing",
    "CLIENT DONE: Data -> IDLE",
    "CLIENT MUST_CLOSE: EndOfMessage -> CLOSED",
    "SERVER IDLE: EndOfMessage -> MUST_CLOSE",
    "SERVER SEND_RESPONSE: EndOfMessage -> IDLE",
    "SERVER SEND_BODY: Data -> MUST_CLOSE",
    "SERVER DONE: Data -> IDLE",
    "SERVER MUST_CLOSE: Response -> MUST_CLOSE",
    "SERVER CLOSED: Response -> IDLE",
    "MIGHT_SWITCH_PROTOCOL/SWITCHED_PROTOCOL -> MUST_CLOSE/SWITCHED_PROTOCOL",
    "DONE/CLOSED -> CLOSED/CLOSED",
    "SEND_BODY/DONE -> MUST_CLOSE/DONE",
)
RULES = (
    "keep-alive: never off",
    "proposals: none are recorded",
    "next cycle: whatever the client's state",
    "an error: other states do not change",
    "a request: the server need not respond",
    "an event: other states do not change",
)


def shown() -> Iterator[bool]:
    """Whether the outputs to each of these words are those of the stored machine."""
    for role in ROLES:
        for word in machine.suite(role)[::EVERY]:
            program = to_program(role, word)
            yield machine.agrees_with_machine(program, run(reference, program))


def test_there_are_many_faults_with_different_names() -> None:
    assert len(faults()) >= 150
    assert len({fault.name for fault in faults()}) == len(faults())


def test_each_kind_of_rule_is_broken_below() -> None:
    """Rules are faults without a cell."""
    kinds = {fault.name.partition(":")[0] for fault in faults() if fault.cell is None}
    assert kinds == {name.partition(":")[0] for name in RULES}


def tables() -> object:
    """What the faults are planted in."""
    return (
        states.EVENT_TRIGGERED,
        states.STATE_TRIGGERED,
        connection.States,  # type: ignore[attr-defined]  # imported there, and used from there
        reference.Connection,
    )


def test_every_fault_can_be_planted_and_is_gone_afterwards() -> None:
    """A rule whose text is no longer in the source raises an error."""
    before = tables()
    rules = [fault for fault in faults() if fault.cell is None]
    for fault in chain(faults()[::20], rules):
        with fault.plant():
            assert tables() != before, fault.name
        assert tables() == before, fault.name


@pytest.mark.unmeasured
def test_without_a_fault_nothing_is_found() -> None:
    assert all(shown())


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", [*CELLS, *RULES])
def test_a_fault_is_found(name: str) -> None:
    [fault] = named(name)
    with fault.plant():
        assert not all(shown())


def named(name: str) -> list[Fault]:
    return [fault for fault in faults() if fault.name == name]
