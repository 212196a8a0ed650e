"""The stored state prefixes are those that a search finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from h11spec.strategies.exhaustive import states


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that is read instead of the shipped one."""
    copy = tmp_path / "state_prefixes.json"
    monkeypatch.setattr(states, "FILE", copy)
    states.state_prefixes.cache_clear()
    yield copy
    states.state_prefixes.cache_clear()


@pytest.mark.unmeasured
def test_the_file_is_current() -> None:
    """If this fails, the reference or the actions have changed: `make precompute`."""
    assert states.FILE.read_bytes() == states.content()


def test_without_the_file_a_search_finds_the_same_prefixes(elsewhere: Path) -> None:
    stored = json.loads(Path(states.__file__).with_name("state_prefixes.json").read_text())
    assert len(states.state_prefixes("server")) == len(stored["server"])
    assert states.state_prefixes("server")[0] == ()
    assert not elsewhere.exists()


def test_prefixes_of_other_source_code_are_not_used(elsewhere: Path) -> None:
    elsewhere.write_text(json.dumps({"fingerprint": "0" * 16, "server": [[]], "client": [[]]}))
    assert len(states.state_prefixes("client")) > 1
