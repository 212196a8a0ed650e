"""``h11spec gate``: failing or not, accepted or not, stale or not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from command_helper import faulty, h11spec
from records_helper import record_lines

CHECKS = ("--checks=chunked/", "--phases=sweeps", "--in-process")
# A whole request without a body: every implementation of the API agrees on it.
AGREED = {"program": 1, "role": "server", "steps": [{"do": "next"}]}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The findings of a faulty implementation, as in its record."""
    record = tmp_path_factory.mktemp("found") / "run.jsonl"
    done = h11spec("gate", faulty("takes_any_footer"), *CHECKS, "--record", record)
    assert done.exit_code == 1
    return [line for line in record_lines(record) if line["kind"] == "finding" and line["fails"]]


def baseline(path: Path, *entries: dict[str, Any]) -> str:
    path.write_text(tomlkit.dumps({"version": 2, "accepted": list(entries)}), "utf-8")
    return f"--baseline={path}"


def entry(finding: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": finding["id"],
        "check": finding["check"],
        "difference": finding["difference"],
        "reason": "known",
        "program": json.dumps(finding["program"]),
        "smuggling": True,
        **more,
    }


def gate(target: str, *arguments: str) -> int:
    return h11spec("gate", target, *CHECKS, *arguments).exit_code


@pytest.mark.unmeasured
def test_a_failing_finding_without_an_entry_fails(
    found: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert gate(faulty("takes_any_footer")) == 1
    assert gate(faulty("takes_any_footer"), baseline(tmp_path / "b", *map(entry, found[1:]))) == 1


def test_an_accepted_finding_passes(found: list[dict[str, Any]], tmp_path: Path) -> None:
    accepted = baseline(tmp_path / "b", *map(entry, found))
    done = h11spec("gate", faulty("takes_any_footer"), *CHECKS, accepted)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert any(line.startswith("ACCEPTED: ") for line in lines)
    accepted_ids = [line.split()[1] for line in lines if line.startswith("accepted: ")]
    assert sorted(accepted_ids) == sorted(each["id"] for each in found)


def test_a_target_that_agrees_passes_without_a_baseline() -> None:
    assert gate("h11") == 0


def test_an_entry_whose_finding_no_longer_occurs_is_stale(
    found: list[dict[str, Any]], tmp_path: Path
) -> None:
    done = h11spec("gate", "h11", *CHECKS, baseline(tmp_path / "b", entry(found[0])))
    assert done.exit_code == 1
    assert f"STALE {found[0]['id']}" in done.stdout


@pytest.mark.unmeasured
def test_an_entry_that_was_not_found_is_replayed_by_its_own_program(
    found: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The programs of the selected check do not show the difference; the entry's program does."""
    other = "chunked/rfc9112-7.1-data-crlf"
    moved = [entry(each, check=other, id="D-ffffff") for each in found[:1]]
    accepted = baseline(tmp_path / "b", *moved)
    record = tmp_path / "run.jsonl"
    h11spec("gate", faulty("takes_any_footer"), *CHECKS, accepted, "--record", record)
    states = [line["state"] for line in record_lines(record) if line["kind"] == "entry"]
    assert states == ["used"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"when": {"python": "<3"}}, "elsewhere"),
        ({"when": {"platform": sys.platform}}, "stale"),
        ({"check": "octets/received"}, "unselected"),
        ({"program": json.dumps(AGREED)}, "stale"),
    ],
    ids=str,
)
def test_an_entry_of_an_unselected_check_is_not_stale(
    change: dict[str, Any], state: str, found: list[dict[str, Any]], tmp_path: Path
) -> None:
    record = tmp_path / "run.jsonl"
    accepted = baseline(tmp_path / "b", entry(found[0], **change))
    done = h11spec("gate", "h11", *CHECKS, accepted, "--record", record)
    states = [line["state"] for line in record_lines(record) if line["kind"] == "entry"]
    assert states == [state]
    assert done.exit_code == (1 if state == "stale" else 0)


@pytest.mark.unmeasured
def test_an_entry_for_another_environment_does_not_accept(
    found: list[dict[str, Any]], tmp_path: Path
) -> None:
    elsewhere = [entry(each, when={"python": "<3"}) for each in found]
    assert gate(faulty("takes_any_footer"), baseline(tmp_path / "b", *elsewhere)) == 1


@pytest.mark.unmeasured
def test_a_smuggling_relevant_finding_must_be_accepted_as_such(
    found: list[dict[str, Any]], tmp_path: Path
) -> None:
    relevant = [each for each in found if each["smuggling"]]
    assert relevant
    silent = [entry(each, smuggling=False) for each in found]
    assert gate(faulty("takes_any_footer"), baseline(tmp_path / "b", *silent)) == 1


def test_smuggling_relevant_findings_come_first(found: list[dict[str, Any]]) -> None:
    relevant = [each["smuggling"] for each in found]
    assert relevant == sorted(relevant, reverse=True)


@pytest.mark.parametrize("content", [b"version = 1\n", b"\xff", b"version = 2\nother = 1\n"])
def test_an_invalid_baseline_is_refused_before_the_run(content: bytes, tmp_path: Path) -> None:
    path, record = tmp_path / "b.toml", tmp_path / "run.jsonl"
    path.write_bytes(content)
    done = h11spec("gate", "h11", f"--baseline={path}", "--record", record)
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(path) in done.stderr.splitlines()[-1]
    assert not record.exists()
    assert path.read_bytes() == content


def test_a_violation_of_a_must_can_be_accepted(tmp_path: Path) -> None:
    """With --rfc, h11 fails some of them; these are findings like any other."""
    record, path = tmp_path / "run.jsonl", tmp_path / "b.toml"
    strict = "--checks=chunked/", "--phases=sweeps", "--in-process", "--rfc"
    assert h11spec("gate", "h11", *strict, "--record", record).exit_code == 1
    broken = [line for line in record_lines(record) if line["kind"] == "finding"]
    assert {line["aspect"] for line in broken} == {"rfc"}
    accepted = baseline(path, *map(entry, broken))
    assert h11spec("gate", "h11", *strict, accepted).exit_code == 0
    assert h11spec("gate", "h11", *CHECKS, accepted).exit_code == 0
