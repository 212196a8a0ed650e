"""The gate is deterministic: its records are equal to the byte, except for times."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_helper import faulty, shell

_TIMES = re.compile(rb'"(?:seconds|started)":[^,}]*')
# A few small checks, vectors and sweeps; of the sweeps, one that takes its bytes from many places.
CHECKS = ("--checks=chunked/", "--checks=contract/", "--checks=octets/left-out")


def record(path: Path, *arguments: str, seed: str) -> bytes:
    target = faulty("takes_any_footer")
    done = shell("gate", target, *CHECKS, *arguments, "--record", path, PYTHONHASHSEED=seed)
    assert done.exit_code == 1
    return _TIMES.sub(b"", path.read_bytes())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("first") / "run.jsonl", seed="1")


@pytest.mark.slow
def test_two_runs_write_the_same_record(first: bytes, tmp_path: Path) -> None:
    """In two interpreters with different hash seeds."""
    assert b'"kind":"finding"' in first
    assert record(tmp_path / "run.jsonl", seed="2") == first


@pytest.mark.slow
@pytest.mark.parametrize("where", ["-n0", "-n2"])
def test_the_number_of_processes_does_not_change_the_record(
    where: str, first: bytes, tmp_path: Path
) -> None:
    again = record(tmp_path / "run.jsonl", where, seed="3")
    assert findings(again) == findings(first)


def findings(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b'"kind":"finding"' in line]
