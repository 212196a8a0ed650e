"""Targets that fault at the level of processes: each is a named finding, and the run goes on."""

import re

import pytest
from processes_helper import FAULTY, Place

EXAMPLES = 40
# What is found when a new connection receives anything that does not begin as GET does.
FAULTS = {
    "allocates": "fault memory: expected no fault, got memory",
    "closes_files": "fault crash: expected no fault, got crash of the interpreter around it",
    "exits_at_once": "fault exit: expected no fault, got exit code 7",
    "leaves_threads": "fault threads: expected no fault, got threads",
    "prints": "fault output: expected no fault, got output",
    "raises_exit": "got SystemExit",
    "recurses": "fault crash: expected no fault, got crash SIGSEGV",
    "sleeps_deaf": "fault hang: expected no fault, got hang",
    "unspeakable": "fault crash: expected no fault, got crash of the interpreter around it",
}
# Limits that tell the same as the defaults, and take less time.
QUICK = ("--step-time", "0.5", "--memory", "64", "--max-faults", "1")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_finding_with_a_minimal_program(place: Place, name: str) -> None:
    """It has a name, one step shows it, every program is drawn, and nothing is left of the run."""
    run = place.check(f"{FAULTY}::process_{name}", "--max-examples", str(EXAMPLES), *QUICK)
    assert run.code == 1, run.err
    found = [one for one in run.findings if FAULTS[name] in one["identity"]]
    assert found, run.out
    for one in found:
        assert one["aspect"] == "fault"
        assert one["id"] in run.out
        [step] = one["program"]["steps"]
        assert step["do"] == "receive"
        assert len(step["data"]) <= len("HTTP/1.1 200 \r\n")
        assert one["script"][-1].startswith("print(conn.receive_data(b")
    [result] = [line for line in run.record if line["kind"] == "result"]
    assert result["programs"] == EXAMPLES
    assert place.left_behind() == []


@pytest.mark.parametrize("name", ["leaves_processes", "returns_twice"])
def test_processes_that_a_target_starts_end_with_the_run(place: Place, name: str) -> None:
    """They are seen by nobody, waited for by nobody, and spoil no trace."""
    run = place.check(f"{FAULTY}::process_{name}", "--max-examples", "30", *QUICK)
    assert run.code == 0, run.out + run.err
    assert place.left_behind() == []


def test_garbage_is_found_step_by_step(place: Place) -> None:
    """A list that holds itself, a released view: a finding at each step that gave one out."""
    run = place.check(f"{FAULTY}::process_garbage", "--max-examples", "25", *QUICK)
    assert run.code == 1, run.err
    identities = "\n".join(one["identity"] for one in run.findings)
    assert re.search(r"(send|fail|cycle) .*got crash of the interpreter", identities)
    assert place.left_behind() == []


def test_a_place_that_costs_a_process_is_closed(place: Place) -> None:
    """After so many identical faults programs end before it, and the run says it is incomplete."""
    target = f"{FAULTY}::process_exits_at_once"
    run = place.check(target, "--max-examples", str(EXAMPLES), "--max-faults", "2")
    [result] = [line for line in run.record if line["kind"] == "result"]
    assert run.code == 1
    assert result["cut"] > 0
    assert run.footer["complete"] is False
    assert f"cut: {result['cut']} ended before a step at which it died or hung too often" in run.out
    assert "INCOMPLETE: programs were cut short" in run.out


def test_against_a_target_that_faults_too(place: Place) -> None:
    """Two workers, the same faults on both sides: they agree, and nobody is left."""
    target = f"{FAULTY}::process_exits_at_once"
    run = place.check(target, "--against", target, "--max-examples", "30", "--max-faults", "1")
    assert run.findings == [], run.out
    assert place.left_behind() == []
