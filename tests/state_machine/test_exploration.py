"""Compares everything that is reachable with the tables: states, transitions and errors."""

from collections import defaultdict
from types import ModuleType

import pytest

from .exploration import Step, explore
from .machine import DATA, ROLES, Cell, Role, all_cells, listed_cells, reachable_joint_states

ESCAPES = listed_cells("escape")
UNREACHABLE = listed_cells("unreachable")
ERRORS = ("LocalProtocolError", "RemoteProtocolError", "AttributeError")
ROWS = [(role, state) for role in ROLES for state in DATA[role]["table"]]


def expected_outcome(h11: ModuleType, step: Step) -> str:
    """The predicted outcome, or AttributeError at the upstream deviations of h11."""
    cells = step.prediction.cells
    if h11.__name__ == "h11" and cells and cells[-1] in ESCAPES:
        return "AttributeError"
    return step.prediction.outcome


def steps_by_cell(h11: ModuleType) -> dict[Cell, list[Step]]:
    """The calls whose result each cell determined; cells looked up before it do not count."""
    found: dict[Cell, list[Step]] = defaultdict(list)
    for step in explore(h11):
        cells = step.prediction.cells
        decisive = cells if step.outcome not in ERRORS else cells[-1:]
        for cell in decisive:
            found[cell].append(step)
    return found


@pytest.mark.slow
def test_exactly_the_listed_joint_states_are_reached(h11: ModuleType) -> None:
    """36 of the 64 joint states can be reached, and the data file lists them."""
    reached = {step.joint for step in explore(h11)}
    assert reached == reachable_joint_states()
    assert len(reached) == 36


def test_every_call_does_what_the_tables_predict(h11: ModuleType) -> None:
    """Outcome and both states after every call, state-triggered rules included."""
    disagreements = [
        f"{step.before.us}: {' / '.join(step.symbols)}: {step.method} should give "
        f"{expected_outcome(h11, step)} and {step.prediction.after.machine.joint}, "
        f"gave {step.outcome} and {step.joint}"
        for step in explore(h11)
        if step.outcome != expected_outcome(h11, step)
        or step.joint != step.prediction.after.machine.joint
    ]
    assert disagreements == []


@pytest.mark.parametrize(("role", "state"), ROWS)
def test_row_of_the_table(h11: ModuleType, role: Role, state: str) -> None:
    """A cell's state is reached by its event; an absent cell is an error and leads to ERROR."""
    table = DATA[role]["table"][state]
    by_cell = steps_by_cell(h11)
    for column in DATA[role]["columns"]:
        steps = by_cell[role, state, column]
        if (role, state, column) in UNREACHABLE:
            continue
        if column in table:
            mover = ROLES.index(role)
            results = {step.joint[mover] for step in steps if step.outcome not in ERRORS}
            assert table[column] in results, column
        else:
            actor = 0 if column == "request of the client" else ROLES.index(role)
            assert {step.joint[actor] for step in steps} == {"ERROR"}, column
            assert {step.outcome for step in steps} <= set(ERRORS), column


def test_exactly_the_cells_listed_as_unreachable_are_not_reached(h11: ModuleType) -> None:
    reached = {cell for step in explore(h11) for cell in step.prediction.cells}
    assert set(all_cells()) - reached == set(UNREACHABLE)


def test_errors_escape_from_exactly_the_listed_cells(h11: ModuleType) -> None:
    """h11 0.16.0 raises AttributeError there, always; the reference never does."""
    escaped = {
        step.prediction.cells[-1] for step in explore(h11) if step.outcome == "AttributeError"
    }
    assert escaped == (set(ESCAPES) if h11.__name__ == "h11" else set())


def test_no_state_triggered_rule_is_left_to_apply(h11: ModuleType) -> None:
    """What was seen after a call is a fixed point of the rules, whatever was predicted."""
    unsettled = [
        (step.symbols, step.joint)
        for step in explore(h11)
        if (seen := step.prediction.after.machine.with_joint(step.joint)).settled() != seen
    ]
    assert unsettled == []


def test_the_exploration_goes_on_to_a_pipelined_request_in_the_next_cycle(h11: ModuleType) -> None:
    """So the exploration itself covers more than the first exchange."""
    next_cycle = ("next cycle", "take events")
    assert any(
        step.symbols[-2:] == next_cycle and step.outcome == "Request" for step in explore(h11)
    )
