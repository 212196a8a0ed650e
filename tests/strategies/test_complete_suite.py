"""An implementation within the state bound that passes the complete suite equals the machine.

This is a theorem about the method, and these tests check that it holds for the code: for small
machines, they make every implementation that passes, and compare each with the machine.
"""

import subprocess
import sys
from itertools import combinations, pairwise
from random import Random

import pytest
from machines_helper import every_machine, is_equivalent, passing_implementations, random_machine

from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES
from h11spec.strategies.machine.mealy import Machine, Word
from h11spec.strategies.machine.suite import state_identifiers, words
from h11spec.strategies.program import Role


def minimal(machines: list[Machine]) -> list[Machine]:
    return list(dict.fromkeys(machine.minimised() for machine in machines))


def some(seed: int, count: int, states: int) -> list[Machine]:
    random = Random(seed)
    return [random_machine(random, states) for _ in range(count)]


SMALL = minimal(
    [
        *every_machine(1, 2, 2),
        *every_machine(2, 2, 2),
        *list(every_machine(3, 2, 2))[::311],
        *some(1, 150, 3),
        *some(2, 100, 4),
    ]
)
SMALLER = minimal([*every_machine(2, 2, 2), *some(3, 60, 3)])


def test_the_small_machines_are_varied() -> None:
    """They have one to four states, which look alike or different, and symbols not applied."""
    assert {machine.size for machine in SMALL} == {1, 2, 3, 4}
    assert sum(len(set(machine.seen)) > 1 for machine in SMALL) > 50
    assert sum(None in row for machine in SMALL for row in machine.transitions) > 50
    assert len(SMALL) > 300


@pytest.mark.parametrize(("machines", "extra"), [(SMALL, 0), (SMALLER, 1)], ids=["0", "1"])
def test_a_machine_within_the_bound_that_passes_is_equal(
    machines: list[Machine], extra: int
) -> None:
    for machine in machines:
        found = list(passing_implementations(machine, words(machine, extra), machine.size + extra))
        assert found, "the machine itself must pass"
        assert all(is_equivalent(machine, each) for each in found), machine


def test_a_different_machine_above_the_bound_may_pass() -> None:
    """One more state than the bound is enough, so the bound is needed."""
    assert any(
        not is_equivalent(machine, each)
        for machine in SMALLER
        for each in passing_implementations(machine, words(machine), machine.size + 1)
    )


def test_a_suite_without_one_of_its_words_lets_more_machines_pass() -> None:
    """So the suite has no unnecessary words, and the tests above detect a missing one."""
    missed = 0
    for machine in SMALLER:
        suite = words(machine)
        for at in range(len(suite)):
            rest = suite[:at] + suite[at + 1 :]
            found = passing_implementations(machine, rest, machine.size)
            missed += any(not is_equivalent(machine, each) for each in found)
    assert missed > 100


@pytest.mark.parametrize("extra", [0, 1])
def test_no_word_is_a_prefix_of_another_and_every_symbol_is_applied(extra: int) -> None:
    for machine in SMALL:
        suite = words(machine, extra)
        assert suite == sorted(set(suite))
        assert not any(other[: len(word)] == word for word, other in pairwise(suite))
        assert all(machine.tried(word) == word for word in suite)


def test_a_suite_for_more_states_begins_with_the_one_for_fewer() -> None:
    for machine in SMALL:
        larger = words(machine, 1)
        for word in words(machine):
            assert any(other[: len(word)] == word for other in larger)


def test_identifiers_of_states_with_the_same_status_share_a_distinguishing_word() -> None:
    for machine in SMALL:
        found = state_identifiers(machine)
        for one, other in combinations(range(machine.size), 2):
            if machine.seen[one] == machine.seen[other]:
                assert any(
                    _distinguishes(machine, one, other, first)
                    for first in _prefixes(found[one]) & _prefixes(found[other])
                )


def _prefixes(identifier: tuple[Word, ...]) -> set[Word]:
    return {word[:length] for word in identifier for length in range(len(word) + 1)}


def _distinguishes(machine: Machine, one: int, other: int, word: Word) -> bool:
    for symbol in word:
        first, second = machine.transitions[one][symbol], machine.transitions[other][symbol]
        if first is None or second is None:
            assert first is second
            continue
        if first[1] != second[1]:
            return True
        one, other = first[0], second[0]
    return False


def test_a_machine_that_is_not_minimal_has_no_suite() -> None:
    with pytest.raises(ValueError, match="not minimal"):
        words(Machine((((1, 0),), ((0, 0),)), (0, 0)))


@pytest.mark.parametrize("role", ROLES)
def test_one_symbol_distinguishes_a_new_connection_from_every_state(role: Role) -> None:
    """The suite assumes that an implementation starts with the same visible status.

    No output shows that status, but this property makes the assumption unnecessary: an
    implementation that starts in another state differs in the output to that symbol.
    """
    machine = stored.machine(role).machine
    first = machine.transitions[0]
    for row in machine.transitions[1:]:
        assert any(
            one is not None and other is not None and one[1] != other[1]
            for one, other in zip(first, row, strict=True)
        )


def test_the_suite_does_not_depend_on_hash_randomisation() -> None:
    source = (
        "from h11spec.strategies.machine import stored, suite\n"
        "from hashlib import sha256\n"
        "print(sha256(repr(suite.words(stored.machine('client').machine)).encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", source],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
