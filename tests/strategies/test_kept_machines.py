"""The machines that are kept are the reference's, and no others are ever used."""

from pathlib import Path

import pytest
from machines_helper import FEW, letters_of

from h11spec.strategies.machine import kept
from h11spec.strategies.machine.alphabet import ROLES, alphabet, status, unread
from h11spec.strategies.machine.exploring import explored
from h11spec.strategies.programs import Role


def test_the_machines_that_are_kept_are_the_ones_that_are_found() -> None:
    """If this fails, the reference or a letter has changed: `make foreseen`. It takes its time."""
    assert kept.FILE.read_bytes() == kept.content()


def test_a_machine_of_other_letters_is_not_used(tmp_path: Path) -> None:
    sizes = {role: kept.machine(role).machine.size for role in ROLES}
    with letters_of(tmp_path, FEW):
        for role in ROLES:
            assert kept.machine(role) == explored(role)
            assert 10 < kept.machine(role).machine.size < sizes[role]


def test_what_is_kept_is_read_as_it_was_found_and_used_until_it_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with letters_of(tmp_path, FEW):
        found = {role: explored(role) for role in ROLES}
        file = tmp_path / "machines.bin"
        file.write_bytes(kept.content())
        monkeypatch.setattr(kept, "FILE", file)
        with monkeypatch.context() as nothing_is_explored:
            nothing_is_explored.delattr(kept, "explored")
            assert {role: kept.machine(role) for role in ROLES} == found
        content = file.read_bytes()
        # A byte of the digest, and then all of it: what follows would not even be read.
        for stale in (bytes([content[0] ^ 1]) + content[1:], b"", None):
            kept.machine.cache_clear()
            if stale is None:
                file.unlink()
            else:
                file.write_bytes(stale)
            assert {role: kept.machine(role) for role in ROLES} == found


@pytest.mark.parametrize("role", ROLES)
def test_the_machine_is_minimal_and_every_letter_is_tried_somewhere(role: Role) -> None:
    machine = kept.machine(role).machine
    assert machine.minimised() == machine
    assert all(len(row) == len(alphabet(role)) for row in machine.transitions)
    for letter in range(len(alphabet(role))):
        assert any(row[letter] is not None for row in machine.transitions)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_seen_follows_from_each_output_and_says_which_letters_are_tried(role: Role) -> None:
    """On this the suite relies."""
    found = kept.machine(role)
    receives = [letter.receives for letter in alphabet(role)]
    kinds: dict[int, str] = {}
    full: set[int] = set()
    for row in found.machine.transitions:
        for into, output in filter(None, row):
            seen = status(found.outputs[output])
            assert kinds.setdefault(found.machine.seen[into], repr(seen)) == repr(seen)
            if unread(seen):
                full.add(into)
    assert len(set(kinds.values())) == len(kinds)
    for state, row in enumerate(found.machine.transitions):
        not_tried = [transition is None for transition in row]
        assert not_tried == [state in full and each for each in receives]
