"""The situations that are kept beforehand are those that would be found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from h11spec.strategies.exhaustive import states


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that is read in the place of the one that was made."""
    copy = tmp_path / "situations.json"
    monkeypatch.setattr(states, "FILE", copy)
    states.situations.cache_clear()
    yield copy
    states.situations.cache_clear()


def test_the_file_is_current() -> None:
    """If this fails, the reference or the moves have changed: `make foreseen`."""
    assert states.FILE.read_bytes() == states.content()


def test_without_the_file_the_same_are_found(elsewhere: Path) -> None:
    kept = json.loads(Path(states.__file__).with_name("situations.json").read_text())
    assert len(states.situations("server")) == len(kept["server"])
    assert states.situations("server")[0] == ()
    assert not elsewhere.exists()


def test_what_was_made_by_other_source_code_is_not_used(elsewhere: Path) -> None:
    elsewhere.write_text(json.dumps({"made_by": "0" * 16, "server": [[]], "client": [[]]}))
    assert len(states.situations("client")) > 1
