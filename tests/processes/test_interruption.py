"""Ctrl-C, whatever the run is doing: it ends soon, with a record, and leaves nothing."""

import signal
import subprocess
import time
from pathlib import Path

from processes_helper import FAULTY, PATIENCE, Place, Run, until

# A user waits for two seconds; a busy machine may take a little longer.
SOON = 6.0
HANGS = """
import os
from h11spec.reference import *
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        super().receive_data(data)
        if data and data[:1] != b"G" and self.our_state is self.their_state is reference.IDLE:
            with open(os.environ["MARKS"], "a") as marks:
                marks.write("x")
            while True:
                pass
"""
NEVER_LOADS = """
import os, time
open(os.environ["MARKS"], "w").close()
while True:
    time.sleep(1)
"""


def interrupted(place: Place, process: subprocess.Popen[str]) -> Run:
    """What comes of a run that is interrupted now."""
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    run = place.ended(process)
    assert time.monotonic() - started < SOON
    assert run.code == 130, run.out + run.err
    assert place.left_behind() == []
    return run


def hits(marks: Path) -> int:
    """How often the target hung so far."""
    return marks.stat().st_size if marks.exists() else 0


def hanging(place: Place) -> tuple[str, Path]:
    """A target that hangs at one kind of step, and the file in which it counts."""
    (place.folder / "hangs_somewhere.py").write_text(HANGS)
    return f"{place.folder}::hangs_somewhere", place.folder / "marks"


def test_while_programs_are_drawn(place: Place) -> None:
    """The record has its footer, and says what was done until then."""
    arguments = ["check", "h11spec.reference", "--max-examples", "1000000"]
    with place.started(*arguments, "--record", str(place.record)) as process:
        time.sleep(5)
        run = interrupted(place, process)
    assert run.footer["interrupted"] is True
    assert run.footer["exit"] == 130
    assert "INCOMPLETE: interrupted" in run.out


def test_while_the_target_hangs(place: Place) -> None:
    """The process that hangs is ended, with the one that waits for it."""
    target, marks = hanging(place)
    arguments = ["check", target, "--step-time", "1000", "--record", str(place.record)]
    with place.started(*arguments, MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        run = interrupted(place, process)
    assert run.footer["interrupted"] is True


def test_while_a_finding_is_made_minimal(place: Place) -> None:
    """What was found is in the record, minimal or not."""
    target, marks = hanging(place)
    arguments = ["check", target, "--max-examples", "30", "--max-faults", "1"]
    # Each kind of step hangs once until it is closed; what comes after that is for the findings.
    limits = ["--step-time", "0.5", "--record", str(place.record)]
    with place.started(*arguments, *limits, MARKS=str(marks)) as process:
        until(lambda: hits(marks) > 4)
        run = interrupted(place, process)
    assert run.footer["interrupted"] is True
    assert run.footer["findings"] == len(run.findings) > 0


def test_while_the_target_loads(place: Place) -> None:
    """Nothing was checked, and nothing is recorded."""
    (place.folder / "never_loads.py").write_text(NEVER_LOADS)
    marks = place.folder / "marks"
    arguments = ["check", f"{place.folder}::never_loads", "--record", str(place.record)]
    with place.started(*arguments, MARKS=str(marks)) as process:
        until(marks.exists)
        run = interrupted(place, process)
    assert "interrupted before anything was checked" in run.err
    assert run.record == []


def test_a_run_that_is_killed_takes_its_target_along(place: Place) -> None:
    """Nobody asked the run: the target's process notices that it is alone, hanging or not."""
    target, marks = hanging(place)
    with place.started("check", target, "--step-time", "1000", MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        process.kill()
        process.wait(PATIENCE)
    until(lambda: not place.processes())


def test_a_target_that_faults_is_ended_with_the_run(place: Place) -> None:
    """SIGKILL is the only signal that reaches it."""
    arguments = ["check", f"{FAULTY}::process_sleeps_deaf", "--step-time", "1000"]
    with place.started(*arguments, "--record", str(place.record)) as process:
        time.sleep(5)
        interrupted(place, process)
