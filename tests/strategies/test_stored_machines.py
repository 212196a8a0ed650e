"""The stored machines are those of the reference, and outdated ones are never used."""

from pathlib import Path

import pytest
from machines_helper import SMALL_ALPHABET, alphabet_of

from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES, alphabet, has_unread, status
from h11spec.strategies.machine.exploration import explore
from h11spec.strategies.program import Role


@pytest.mark.slow
def test_the_file_is_current() -> None:
    """If this fails, the reference or the alphabet has changed: `make precompute`."""
    assert stored.FILE.read_bytes() == stored.content()


def test_a_machine_of_another_alphabet_is_not_used(tmp_path: Path) -> None:
    sizes = {role: stored.machine(role).machine.size for role in ROLES}
    with alphabet_of(tmp_path, SMALL_ALPHABET):
        for role in ROLES:
            assert stored.machine(role) == explore(role)
            assert 10 < stored.machine(role).machine.size < sizes[role]


def test_a_stored_machine_is_read_as_it_was_found_and_used_until_it_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alphabet_of(tmp_path, SMALL_ALPHABET):
        found = {role: explore(role) for role in ROLES}
        file = tmp_path / "machines.bin"
        file.write_bytes(stored.content())
        monkeypatch.setattr(stored, "FILE", file)
        with monkeypatch.context() as nothing_is_explored:
            nothing_is_explored.delattr(stored, "explore")
            assert {role: stored.machine(role) for role in ROLES} == found
        content = file.read_bytes()
        # A changed byte of the fingerprint, an empty file, and no file.
        for stale in (bytes([content[0] ^ 1]) + content[1:], b"", None):
            stored.machine.cache_clear()
            if stale is None:
                file.unlink()
            else:
                file.write_bytes(stale)
            assert {role: stored.machine(role) for role in ROLES} == found


@pytest.mark.parametrize("role", ROLES)
def test_the_machine_is_minimal_and_every_symbol_is_tried_somewhere(role: Role) -> None:
    machine = stored.machine(role).machine
    assert machine.minimised() == machine
    assert all(len(row) == len(alphabet(role)) for row in machine.transitions)
    for symbol in range(len(alphabet(role))):
        assert any(row[symbol] is not None for row in machine.transitions)


@pytest.mark.parametrize("role", ROLES)
def test_the_status_follows_from_each_output_and_decides_which_symbols_are_tried(
    role: Role,
) -> None:
    """The suite relies on this."""
    found = stored.machine(role)
    receives = [symbol.receives for symbol in alphabet(role)]
    kinds: dict[int, str] = {}
    full: set[int] = set()
    for row in found.machine.transitions:
        for into, output in filter(None, row):
            seen = status(found.outputs[output])
            assert kinds.setdefault(found.machine.seen[into], repr(seen)) == repr(seen)
            if has_unread(seen):
                full.add(into)
    assert len(set(kinds.values())) == len(kinds)
    for state, row in enumerate(found.machine.transitions):
        not_tried = [transition is None for transition in row]
        assert not_tried == [state in full and each for each in receives]
