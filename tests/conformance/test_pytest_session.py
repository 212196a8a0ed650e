"""How a check that pytest runs is reported."""

import json
from pathlib import Path

import tomlkit
from command_helper import faulty

from h11spec.conformance.pytest_session import CheckedTarget
from h11spec.reports.findings.finding import short_id

# After three faults its other programs are truncated, as each of them would end the process.
CHECK = "numbers/default-limit"
EXITS = "receive in IDLE/IDLE: fault exit: expected no fault, got exit code 7"
PROGRAM = {"program": 1, "role": "server", "steps": [{"do": "receive", "data": "0"}]}


def test_a_check_that_was_not_run_completely_fails(tmp_path: Path) -> None:
    """Even if all that it found is accepted."""
    entry = {
        "id": short_id(f"{CHECK}: {EXITS}"),
        "check": CHECK,
        "difference": EXITS,
        "reason": "known",
        "program": json.dumps(PROGRAM),
    }
    baseline = tmp_path / "accepted.toml"
    baseline.write_text(tomlkit.dumps({"version": 2, "accepted": [entry]}), "utf-8")
    target = faulty("process_exits_at_once")
    checked = CheckedTarget(target, checks=(CHECK,), baseline=str(baseline))
    try:
        failure, accepted, _ = checked.run_check(CHECK)
    finally:
        checked.close()
    assert "INCOMPLETE: programs were cut short" in failure
    assert "DIFFERS" not in failure
    assert accepted == ""
