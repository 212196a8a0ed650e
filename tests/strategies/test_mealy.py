"""Machines are run, minimised and compared by definition."""

from itertools import product
from random import Random

import pytest
from machines_helper import every_machine, random_machine

from h11spec.strategies.machine.mealy import Difference, Machine, Word, differences, refined

# A door with a lock: symbol 0 turns the handle, symbol 1 the key. Output 1: it moved. The key is
# not tried while the door is open, which can be seen (1).
DOOR = Machine(
    (
        ((1, 1), (2, 1)),  # closed
        ((0, 1), None),  # open
        ((2, 0), (0, 1)),  # locked
    ),
    (0, 1, 0),
)


def shown(machine: Machine, word: Word) -> list[tuple[int, int] | None]:
    """The outputs to a word, each with the status after it; None for untried symbols."""
    found: list[tuple[int, int] | None] = []
    state = 0
    for symbol in word:
        transition = machine.transitions[state][symbol]
        if transition is None:
            found.append(None)
        else:
            state = transition[0]
            found.append((transition[1], machine.seen[state]))
    return found


def all_words(machine: Machine, length: int) -> list[Word]:
    return list(product(range(len(machine.transitions[0])), repeat=length))


def test_a_symbol_that_is_not_tried_changes_nothing() -> None:
    assert DOOR.after(()) == 0
    assert DOOR.after((0,)) == DOOR.after((0, 1)) == 1
    assert DOOR.after((0, 1, 0, 1)) == 2
    assert DOOR.after((1,), 2) == 0
    assert DOOR.tried((0, 1, 0, 1)) == (0, 0, 1)
    assert list(DOOR.outputs((1, 0, 1))) == [1, 0, 1]


def test_a_symbol_that_is_not_tried_has_no_output() -> None:
    with pytest.raises(ValueError, match="symbol 1 is not tried in state 1"):
        list(DOOR.outputs((0, 1)))


def test_every_state_is_reached_by_a_shortest_word() -> None:
    assert DOOR.access == ((), (0,), (1,))
    random = Random(1)
    for _ in range(100):
        machine = random_machine(random, 4).minimised()
        for state, word in enumerate(machine.access):
            assert machine.after(word) == state
            assert machine.tried(word) == word
            shorter = [each for n in range(len(word)) for each in all_words(machine, n)]
            assert state not in map(machine.after, shorter)


def test_classes_are_refined_by_one_symbol_at_a_time() -> None:
    # 0 → 1 → 2 → 3, where the symbol shows something else.
    row = Machine((((1, 0),), ((2, 0),), ((3, 0),), ((3, 1),)), (0, 0, 0, 0))
    first = refined(row, [0, 0, 0, 0])
    second = refined(row, first)
    third = refined(row, second)
    assert [len(set(each)) for each in (first, second, third)] == [2, 3, 4]
    assert first[0] == first[1] == first[2]
    assert second[0] == second[1]


def test_a_machine_whose_states_all_differ_is_minimal() -> None:
    assert DOOR.minimised() == DOOR


def test_minimising_merges_equivalent_states_and_drops_unreachable_ones() -> None:
    # The door twice over: after it was locked, it is another one; and a third that is unreachable.
    twice = Machine(
        (
            ((1, 1), (5, 1)),
            ((0, 1), None),
            ((2, 0), (0, 1)),
            ((4, 1), (2, 1)),
            ((3, 1), None),
            ((5, 0), (3, 1)),
            ((7, 1), (6, 1)),
            ((6, 1), None),
        ),
        (0, 1, 0, 0, 1, 0, 0, 1),
    )
    assert twice.minimised() == DOOR


def test_states_of_different_status_are_not_merged() -> None:
    assert Machine((((1, 0),), ((0, 0),)), (0, 0)).minimised().size == 1
    assert Machine((((1, 1),), ((0, 0),)), (0, 1)).minimised().size == 2


def test_a_minimised_machine_has_the_same_outputs_and_no_superfluous_state() -> None:
    """A word with fewer symbols than there are states distinguishes any two states."""
    machines = list(every_machine(2, 2, 2))
    random = Random(2)
    for machine in machines + [random_machine(random, 4) for _ in range(60)]:
        smallest = machine.minimised()
        assert smallest.size <= machine.size
        for word in all_words(machine, 5):
            assert shown(smallest, word) == shown(machine, word)
        assert smallest.minimised() == smallest
        kinds = {
            (
                smallest.seen[state],
                tuple(
                    tuple(shown(_from(smallest, state), word))
                    for word in all_words(smallest, smallest.size)
                ),
            )
            for state in range(smallest.size)
        }
        assert len(kinds) == smallest.size


def _from(machine: Machine, state: int) -> Machine:
    """The machine as it would be if this state were the initial one."""
    numbers = [state, *(each for each in range(machine.size) if each != state)]
    places = {each: at for at, each in enumerate(numbers)}
    rows = tuple(
        tuple(None if each is None else (places[each[0]], each[1]) for each in row)
        for row in (machine.transitions[each] for each in numbers)
    )
    return Machine(rows, tuple(machine.seen[each] for each in numbers))


# It can be opened though it is locked.
BROKEN = Machine((DOOR.transitions[0], DOOR.transitions[1], ((1, 1), (0, 1))), DOOR.seen)


def test_a_machine_does_not_differ_from_itself() -> None:
    assert list(differences(DOOR, DOOR)) == []
    assert list(differences(DOOR, DOOR, follow=lambda expected, actual: True)) == []


def test_a_difference_has_the_shortest_word_to_it_and_both_states() -> None:
    assert list(differences(DOOR, BROKEN)) == [Difference((1, 0), (2, 2))]


def test_the_comparison_continues_behind_a_difference_on_request() -> None:
    one = Machine((((1, 0),), ((2, 1),), ((0, 0),)), (0, 0, 0))
    other = Machine((((1, 1),), ((2, 1),), ((0, 1),)), (0, 0, 0))
    assert list(differences(one, other)) == [Difference((0,), (0, 0))]
    assert list(differences(one, other, follow=lambda expected, actual: True)) == [
        Difference((0,), (0, 0)),
        Difference((0, 0, 0), (2, 2)),
    ]


def test_the_comparison_ends_behind_a_symbol_that_only_one_machine_tries() -> None:
    one = Machine((((0, 0), None), ((1, 0), None)), (0, 0))
    other = Machine((((0, 0), (1, 1)), ((1, 1), None)), (0, 0))
    found = differences(one, other, follow=lambda expected, actual: True)
    assert list(found) == [Difference((1,), (0, 0))]


def test_machines_differ_exactly_if_a_word_shows_it_and_the_first_word_is_shortest() -> None:
    random = Random(3)
    differing = 0
    for _ in range(150):
        one, other = random_machine(random, 3), random_machine(random, 3)
        found = next(differences(one, other), None)
        words = [word for length in range(1, 7) for word in all_words(one, length)]
        wrong = [word for word in words if _outputs(one, word) != _outputs(other, word)]
        differing += found is not None
        assert (found is None) == (not wrong)
        if found is not None:
            assert found.word in wrong
            assert len(found.word) == len(wrong[0])
    assert 20 < differing < 150


def _outputs(machine: Machine, word: Word) -> list[int | None]:
    return [None if each is None else each[0] for each in shown(machine, word)]
