"""Targets that crash, hang or exit: each is a named finding, and the run goes on."""

import re

import pytest
from processes_helper import FAULTY, Place

EXAMPLES = 15
# The finding when a new connection receives anything that does not begin like GET.
FAULTS = {
    "allocates": "fault memory: expected no fault, got memory",
    "closes_files": "fault crash: expected no fault, got crash of the interpreter around it",
    "exits_at_once": "fault exit: expected no fault, got exit code 7",
    "leaves_threads": "fault threads: expected no fault, got threads",
    "prints": "fault output: expected no fault, got output",
    "raises_exit": "fault: expected a value, got SystemExit",
    "recurses": "fault crash: expected no fault, got crash SIGSEGV",
    "segfaults": "fault crash: expected no fault, got crash SIGSEGV",
    "sleeps_deaf": "fault hang: expected no fault, got hang",
    "unspeakable": "error: expected a value, got Unspeakable",
}
HANG = ("hangs", "sleeps_deaf")
RECEIVE = {"do": "receive", "data": "PUT / HTTP/1.1\r\nHost: example.com\r\n\r\n"}
# Limits that give the same findings as the defaults in less time.
QUICK = ("--memory", "64", "--max-faults", "1")
STEP_TIME = "0.3"


def checked(place: Place, name: str) -> dict[str, list[object]]:
    """The findings of a whole run on a faulty target: identities, with their steps."""
    # Other targets may be slow on a busy machine, and get time for that.
    limits = ["--step-time", STEP_TIME if name in HANG else "5", "--verbose", *QUICK]
    run = place.check(f"{FAULTY}::process_{name}", "--max-examples", str(EXAMPLES), *limits)
    assert run.code == 1, run.err
    [result] = [line for line in run.record if line["kind"] == "result"]
    assert result["programs"] == EXAMPLES
    assert place.left_behind() == []
    for one in run.findings:
        assert one["id"] in run.out
    return {one["identity"].partition(": ")[2]: one["program"]["steps"] for one in run.findings}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_finding_with_a_minimised_program(place: Place, name: str) -> None:
    """It has a name, one receive shows it, all programs are drawn, and nothing is left behind."""
    [(identity, steps)] = checked(place, name).items()
    assert identity.startswith(f"receive in IDLE/IDLE: {FAULTS[name]}")
    assert steps == [RECEIVE]


@pytest.mark.slow
def test_a_call_that_hangs_is_a_finding(place: Place) -> None:
    """A hang in next_event is reported whether it is called once or in a drain."""
    found = checked(place, "hangs")
    assert found
    for identity, steps in found.items():
        kind = identity.partition(" ")[0]
        assert kind in ("drain", "next")
        assert identity == f"{kind} in IDLE/IDLE: fault hang: expected no fault, got hang"
        assert steps == [RECEIVE, {"do": kind}]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["time.sleep(1000)", "os.abort()"])
def test_a_fault_in_every_exchange_is_a_finding(place: Place, fault: str) -> None:
    """Not even the smoke test gets through, and there is a verdict all the same."""
    (place.folder / "target.py").write_text(
        "import os, time\n"
        "from h11spec.reference import *\n"
        "from h11spec.reference import Connection as Original\n"
        "class Connection(Original):\n"
        f"    def receive_data(self, data): {fault}\n"
    )
    limits = ["--step-time", "0.3", *QUICK]
    run = place.check(f"{place.folder}::target", "--phases", "vectors", *limits)
    assert run.code == 1, run.err
    assert any("receive in IDLE/IDLE: fault" in one["identity"] for one in run.findings)
    assert ("cut short: the target hung" in run.out) == ("sleep" in fault)
    assert " in receive_data, line 5 of " in run.out
    assert place.left_behind() == []


GARBAGE: dict[str, list[object]] = {
    "receive in IDLE/IDLE: bytes returned: expected NoneType, got object": [RECEIVE],
    "next in IDLE/IDLE: event: expected NEED_DATA, got object object": [{"do": "next"}],
    "drain in IDLE/IDLE: event: expected NEED_DATA, got object object": [{"do": "drain"}],
    "fail in IDLE/IDLE: bytes returned: expected NoneType, got unreadable": [{"do": "fail"}],
    "send ConnectionClosed in IDLE/IDLE: bytes returned: expected NoneType, got unreadable": [
        {"do": "send", "event": {"type": "ConnectionClosed"}}
    ],
}


@pytest.mark.unmeasured
def test_garbage_is_found_step_by_step(place: Place) -> None:
    """A list that contains itself, a released view: a finding at each step that returned one."""
    found = checked(place, "garbage")
    assert found
    assert found == {identity: steps for identity, steps in GARBAGE.items() if identity in found}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["leaves_processes", "returns_twice"])
def test_processes_that_a_target_starts_end_with_the_run(place: Place, name: str) -> None:
    """They are not waited for, and affect no trace."""
    run = place.check(f"{FAULTY}::process_{name}", "--max-examples", str(EXAMPLES), *QUICK)
    assert run.code == 0, run.out + run.err
    assert place.left_behind() == []


def test_programs_are_truncated_before_a_step_that_faults_too_often(place: Place) -> None:
    """After enough identical faults; the run is then reported as incomplete."""
    target = f"{FAULTY}::process_exits_at_once"
    run = place.check(target, "--max-examples", str(EXAMPLES), "--max-faults", "1")
    [result] = [line for line in run.record if line["kind"] == "result"]
    assert run.code == 1
    assert result["truncated"] > 0
    assert run.footer["complete"] is False
    number = result["truncated"]
    assert "INCOMPLETE: programs were cut short" in run.out
    run = place.check(
        target, "--max-examples", str(EXAMPLES), "--max-faults", "1", "--verbose", "--seed", "0"
    )
    assert re.search(
        rf"truncated: {number:,} programs? ended before a step .* died or hung", run.out
    )


@pytest.mark.unmeasured
def test_against_a_target_that_faults_too(place: Place) -> None:
    """If both sides have the same faults, they agree, and no process is left behind."""
    target = f"{FAULTY}::process_exits_at_once"
    run = place.check(
        target, "--against", target, "--max-examples", str(EXAMPLES), "--max-faults", "1"
    )
    assert run.findings == [], run.out
    assert place.left_behind() == []
