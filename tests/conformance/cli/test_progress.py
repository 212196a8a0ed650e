"""What is shown while a run goes on: to somebody who looks at a terminal, and to nobody else."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_helper import faulty, shell
from processes_helper import unmeasured

from h11spec.conformance.cli.progress import ProgressLine
from h11spec.conformance.oracles.statistics import Statistics

ARGUMENTS = ("check", faulty("copies_data"), "--max-examples=30", "--checks=agreement/")


def test_the_line_says_where_the_run_is_and_how_fast_it_goes() -> None:
    """Programs, steps and divergences are those of the run, the rate is that of the phase."""
    now = [0.0]
    line = ProgressLine(lambda: now[0])
    first, second = (
        Statistics("area/first", "sweeps"),
        Statistics("agreement/drawn-programs", "search"),
    )
    first.runs, first.steps = 1000, 5000
    assert line.text(first) == ("sweeps: area/first: 1,000 programs, 5,000 steps; 0 divergences")
    now[0] = 2.0
    first.runs = 3000
    assert ", 1,500 a second; " in line.text(first)
    assert line.text(second).startswith("search: agreement/drawn-programs: 3,000 programs, ")
    now[0] = 4.0
    second.runs = 100
    assert "3,100 programs, 5,000 steps, 50 a second; " in line.text(second)


def on_a_terminal(*arguments: str, **variables: str) -> str:
    """What a command writes to standard error when that is a terminal."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "h11spec", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env={**unmeasured(), "TERM": "xterm-256color", "COLUMNS": "200", **variables},
    ):
        os.close(terminal)
        written = b""
        try:
            while piece := os.read(controller, 1 << 16):
                written += piece
        except OSError:  # how Linux says that the other side has closed it
            pass
    os.close(controller)
    return written.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")
def test_somebody_who_looks_is_shown_it() -> None:
    shown = on_a_terminal(*ARGUMENTS)
    assert re.search(r"search: agreement/drawn-programs: [\d,]+ programs, [\d,]+ steps", shown)
    assert "divergences" in shown


def test_without_colours_there_are_none() -> None:
    """By the convention of no-color.org."""
    colours = re.compile(r"\x1b\[[0-9;]*3[0-9]m")
    assert colours.search(on_a_terminal(*ARGUMENTS))
    assert not colours.search(on_a_terminal(*ARGUMENTS, NO_COLOR="1"))


@pytest.mark.parametrize("variables", [{}, {"FORCE_COLOR": "1"}], ids=str)
def test_a_file_is_shown_nothing(variables: dict[str, str], tmp_path: Path) -> None:
    """Nor the log of continuous integration, which may ask for colours."""
    assert shell(*ARGUMENTS, folder=tmp_path, **variables).stderr == ""


def test_a_terminal_that_cannot_move_is_shown_nothing() -> None:
    assert on_a_terminal(*ARGUMENTS, TERM="dumb") == ""
