"""The progress of a run, which is shown only in a terminal."""

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

ARGUMENTS = (
    *("check", faulty("copies_data"), "--max-examples=30", "--checks=agreement/"),
    "--max-findings=1",
)


def test_the_line_has_phase_check_totals_and_rate() -> None:
    """Programs, steps and divergences are of the whole run, the rate is of the phase."""
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
    assert ", 1,500 per second; " in line.text(first)
    assert line.text(second).startswith("search: agreement/drawn-programs: 3,000 programs, ")
    now[0] = 4.0
    second.runs = 100
    assert "3,100 programs, 5,000 steps, 50 per second; " in line.text(second)


def on_a_terminal(*arguments: str, **variables: str) -> str:
    """What a command writes to standard error if that is a terminal."""
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
def test_progress_is_shown_in_a_terminal() -> None:
    shown = on_a_terminal(*ARGUMENTS)
    assert re.search(r"search: agreement/drawn-programs: [\d,]+ programs, [\d,]+ steps", shown)
    assert "divergences" in shown


@pytest.mark.slow
def test_no_color_disables_colours() -> None:
    """As no-color.org specifies."""
    colours = re.compile(r"\x1b\[[0-9;]*3[0-9]m")
    assert colours.search(on_a_terminal(*ARGUMENTS))
    assert not colours.search(on_a_terminal(*ARGUMENTS, NO_COLOR="1"))


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{}, {"FORCE_COLOR": "1"}], ids=str)
def test_no_progress_is_written_to_a_file(variables: dict[str, str], tmp_path: Path) -> None:
    """Nor to the log of a CI job, which may force colours."""
    assert shell(*ARGUMENTS, folder=tmp_path, **variables).stderr == ""


@pytest.mark.unmeasured
def test_no_progress_is_shown_in_a_dumb_terminal() -> None:
    assert on_a_terminal(*ARGUMENTS, TERM="dumb") == ""
