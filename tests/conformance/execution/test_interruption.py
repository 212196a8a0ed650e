"""An interrupted run ends soon, whatever it is doing, writes its record and cleans up."""

import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes_helper import PATIENCE, SEARCH, Place, Run, until

from h11spec.conformance.execution.signals import deferred_signals, handle_signals

# Seconds in which a run ends on any machine, unless it waits for a target: that hangs for longer.
SOON = 60.0
FINE = """
import os
from h11spec.reference import *

open(os.environ["MARKS"], "w").close()
"""
# Only SIGKILL ends it.
HANGS = """
import os, signal, time
from h11spec.reference import *
from h11spec import reference

class Connection(reference.Connection):
    def receive_data(self, data):
        super().receive_data(data)
        if data and data[:1] != b"G" and self.our_state is self.their_state is reference.IDLE:
            with open(os.environ["MARKS"], "a") as marks:
                marks.write("x")
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while True:
                time.sleep(1)
"""
NEVER_LOADS = """
import os, time
open(os.environ["MARKS"], "w").close()
while True:
    time.sleep(1)
"""


def interrupted(place: Place, process: subprocess.Popen[str], number: int = signal.SIGINT) -> Run:
    """The result of a run that is interrupted now."""
    process.send_signal(number)
    run = place.ended(process, SOON)
    assert run.code == 130, run.out + run.err
    assert place.left_behind() == []
    return run


def hits(marks: Path) -> int:
    """How often the target has hung so far."""
    return marks.stat().st_size if marks.exists() else 0


def hanging(place: Place) -> tuple[str, Path]:
    """A target that hangs at one kind of step, and the file in which it counts that."""
    (place.folder / "hangs_somewhere.py").write_text(HANGS)
    return f"{place.folder}::hangs_somewhere", place.folder / "marks"


def test_interrupted_while_programs_are_drawn(place: Place) -> None:
    """The record has a footer, and what was done until then."""
    (place.folder / "fine.py").write_text(FINE)
    marks = place.folder / "marks"
    arguments = ["check", SEARCH, f"{place.folder}::fine", "--max-examples", "1000000"]
    arguments += ["--allow-reexport"]
    with place.started(*arguments, "--record", str(place.record), MARKS=str(marks)) as process:
        until(marks.exists)
        time.sleep(1)
        run = interrupted(place, process)
    assert run.footer["interrupted"] is True
    assert run.footer["exit"] == 130
    assert "INCOMPLETE: interrupted" in run.out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_while_the_target_hangs(place: Place, number: int) -> None:
    """The process that hangs is ended, and so is the one that waits for it."""
    target, marks = hanging(place)
    arguments = ["check", SEARCH, target, "--step-time", "1000", "--record", str(place.record)]
    with place.started(*arguments, MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        run = interrupted(place, process, number)
    assert run.footer["interrupted"] is True


def test_interrupted_again_and_again(place: Place) -> None:
    """Nothing is left behind, even if the next interrupt comes during the clean-up."""
    target, marks = hanging(place)
    arguments = ["check", SEARCH, target, "--against", target, "--step-time", "1000"]
    with place.started(*arguments, MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)
    assert place.left_behind() == []


def test_a_killed_run_leaves_no_hanging_process(place: Place) -> None:
    """The process that hangs ends, although the run could not end it."""
    target, marks = hanging(place)
    with place.started("check", SEARCH, target, "--step-time", "1000", MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        process.kill()
        process.wait()
    until(lambda: not place.processes(), SOON)


@pytest.mark.slow
def test_interrupted_while_a_finding_is_minimised(place: Place) -> None:
    """The finding is in the record, minimised or not."""
    target, marks = hanging(place)
    arguments = ["check", SEARCH, target, "--max-examples", "30", "--max-faults", "1"]
    # Each kind of step hangs once before the fault limit; later hangs belong to the minimisation.
    limits = ["--step-time", "0.2", "--record", str(place.record)]
    with place.started(*arguments, *limits, MARKS=str(marks)) as process:
        until(lambda: hits(marks) > 4)
        run = interrupted(place, process)
    assert run.footer["interrupted"] is True
    assert run.footer["findings"] == len(run.findings) > 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_while_the_target_loads(place: Place, number: int) -> None:
    """Nothing was checked, and nothing is recorded."""
    (place.folder / "never_loads.py").write_text(NEVER_LOADS)
    marks = place.folder / "marks"
    arguments = ["check", SEARCH, f"{place.folder}::never_loads", "--record", str(place.record)]
    with place.started(*arguments, MARKS=str(marks)) as process:
        until(marks.exists)
        run = interrupted(place, process, number)
    assert "interrupted before any check was run" in run.err
    assert run.record == []


def test_the_target_of_a_killed_run_ends(place: Place) -> None:
    """The worker notices that the run is gone, whether the target hangs or not."""
    target, marks = hanging(place)
    with place.started("check", SEARCH, target, "--step-time", "1000", MARKS=str(marks)) as process:
        until(lambda: hits(marks))
        process.kill()
        process.wait(PATIENCE)
    until(lambda: not place.processes())


def test_signals_are_deferred_for_a_block() -> None:
    """Or until they are delivered; at the end of the block they are dropped."""
    handler = signal.getsignal(signal.SIGINT)
    reached: list[str] = []
    with deferred_signals() as let_through:
        signal.raise_signal(signal.SIGINT)
        reached.append("behind the first")
        with pytest.raises(KeyboardInterrupt):
            let_through()
    with deferred_signals():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        reached.append("behind the last")
    assert reached == ["behind the first", "behind the last"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_handlers_set_by_others_are_kept() -> None:
    """SIGTERM interrupts only if it has no other handler, and only until that is undone."""
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    leave = handle_signals()
    handle_signals()()  # a second run inside of the first
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    leave()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_lost_interrupt_is_repeated() -> None:
    """Otherwise an interrupt that Python has to ignore would leave a run waiting for its target."""

    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def losing() -> None:
        finalized = Finalized()
        del finalized
        threading.Event().wait(PATIENCE)

    leave = handle_signals()
    try:
        with pytest.raises(KeyboardInterrupt):
            losing()
    finally:
        leave()


def test_other_threads_set_no_handlers() -> None:
    """Only the main thread may set handlers; a run in another thread has none."""

    def elsewhere() -> None:
        leave = handle_signals()
        with deferred_signals() as let_through:
            let_through()
        leave()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result()
