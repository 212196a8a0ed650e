"""No program simpler than the minimal one of a planted fault shows it.

What takes no time of all that ``faulty.enumeration`` tries, so that it goes on to hold.
"""

import pytest
from faulty.enumeration import Enumeration
from faulty.minimal import MINIMAL

from h11spec.strategies.simplicity import is_simpler


def test_there_are_many_faults_of_different_sizes() -> None:
    assert len(MINIMAL) >= 50
    assert {len(minimal.steps) for _, minimal in MINIMAL.values()} == {1, 2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize("name", MINIMAL)
def test_no_program_of_few_steps_shows_the_fault(name: str) -> None:
    """No simpler combination of few steps, of the program and one of each kind, shows the same.

    A program that gets along with fewer steps because its values are unusual is not simpler.
    """
    enumeration = Enumeration(name)
    most = min(2, len(enumeration.minimal.steps) - 1)
    found = enumeration.of_steps(enumeration.narrow, most)
    assert [each for each in found if is_simpler(each, enumeration.minimal)] == []


@pytest.mark.parametrize("name", MINIMAL)
def test_no_edit_makes_the_program_cheaper(name: str) -> None:
    """No byte, argument or field can be removed or simplified by itself."""
    assert list(Enumeration(name).with_one_edit()) == []


def test_the_enumeration_includes_the_minimal_program() -> None:
    """Programs of the same length over the same steps include it."""
    enumeration = Enumeration("never_pauses")
    steps = len(enumeration.minimal.steps)
    assert enumeration.minimal in enumeration.of_steps(enumeration.narrow, steps)
