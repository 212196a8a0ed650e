"""The settings of a run: what makes one impossible, in the same words wherever it is requested."""

import re
import subprocess
import sys
from typing import Any

import pytest
from command_helper import h11spec

from h11spec.conformance import check
from h11spec.conformance.pytest_session import CheckedTarget
from h11spec.conformance.runs.phase_runner import PHASE_FUNCTIONS
from h11spec.conformance.runs.run import problems
from h11spec.conformance.runs.settings import PHASES, Settings, parse_phases
from h11spec.conformance.targets.target import parse


def test_the_default_settings_have_no_problem() -> None:
    assert list(problems(Settings(), parse("h11"))) == []


def test_phases_are_parsed_in_the_order_of_a_run() -> None:
    assert parse_phases("machine,vectors") == parse_phases(["machine", "vectors"])
    assert parse_phases("machine,vectors") == ("vectors", "machine")


def test_every_phase_has_a_function() -> None:
    assert tuple(PHASE_FUNCTIONS) == PHASES


def test_all_problems_of_settings_are_found() -> None:
    settings = Settings(
        max_examples=0, jobs=-1, max_time=0, catalogue="0.1", checks=("x",), in_process=True
    )
    found = list(problems(settings, parse("h11"), parse("python::h11")))
    starts = ("max_examples is 0; ", "jobs is -1; ", "max_time is 0; ", "there is no catalogue ")
    assert [each for each in starts if not any(one.startswith(each) for one in found)] == []
    module = "a run in this process (--in-process) needs a target that is a module"
    unmatched = "no check of vectors and sweeps and machine and search begins with 'x'"
    assert found[4:] == [
        f"{unmatched}; 'h11spec checks' lists them",
        f"{module}, or a folder and a module in it",
    ]


SAME: dict[str, tuple[dict[str, Any], str]] = {
    "phase": ({"phases": "sweep"}, "there is no phase 'sweep'; phases are vectors, sweeps"),
    "prefix": ({"phases": "sweeps", "checks": ("x/",)}, "no check of sweeps begins with 'x/'"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_api_pytest_and_the_command_line_report_the_same_problem(name: str) -> None:
    given, problem = SAME[name]
    with pytest.raises(ValueError, match=re.escape(problem)):
        check("h11", **given)
    with pytest.raises(ValueError, match=re.escape(problem)):
        CheckedTarget("h11", **given)
    options = [
        "--phases",
        given["phases"],
        *(f"--checks={each}" for each in given.get("checks", ())),
    ]
    result = h11spec("check", "h11", *options)
    assert result.exit_code == 2
    assert problem in result.error


def test_the_outcome_of_a_run_needs_no_process() -> None:
    """Only the limits are shared with what starts the processes of a target."""
    script = "import sys, h11spec.conformance.runs.outcome; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert {"execnet", "hypothesis", "click", "rich"} & set(done.stdout.split()) == set()
