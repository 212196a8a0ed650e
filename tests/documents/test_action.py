"""action.yml and docs/how-to/gate-a-fork.md: their inputs, options and scripts work."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from faulty.showing import FOLDER
from records_helper import record_lines

from h11spec.conformance.cli.commands.check import command

ROOT = Path(__file__).parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
PAGE = (ROOT / "docs/how-to/gate-a-fork.md").read_text("utf-8")
WORKFLOWS: list[Any] = [
    yaml.safe_load(text)
    for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
STEPS: list[Any] = [
    *ACTION["runs"]["steps"],
    *(step for each in WORKFLOWS for job in each["jobs"].values() for step in job["steps"]),
]
SCRIPTS = [step["run"] for step in STEPS if "run" in step]
[GATE] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "gate"]
FAST = "--checks framing/requests-received"


def test_both_workflows_run_on_every_change() -> None:
    """YAML reads the word "on" as true."""
    assert [set(each) for each in WORKFLOWS] == [{"name", True, "permissions", "jobs"}] * 2
    assert [each[True] for each in WORKFLOWS] == [["push", "pull_request"]] * 2


def test_the_page_lists_the_inputs() -> None:
    inputs = set(ACTION["inputs"])
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == inputs
    [used] = [step["with"] for step in STEPS if step.get("uses", "").startswith("OWNER/h11spec@")]
    assert set(used) <= inputs
    read = re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8"))
    assert set(read) == inputs


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_valid_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_script_contains_an_input() -> None:
    """The shell would run the text of the input."""
    assert [script for script in SCRIPTS if "${{" in script] == []


def test_every_passed_option_exists() -> None:
    known = {option for parameter in command.params for option in parameter.opts}
    [line] = [word for script in SCRIPTS for word in script.splitlines() if "gate src" in word]
    passed = {word for word in shlex.split(line) if word.startswith("-")}
    passed |= set(re.findall(r"options\+?=\((--[a-z-]+)", GATE["run"]))
    assert passed <= known
    assert {"--record", "--baseline", "--allow-reexport", "-n"} <= passed


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with h11spec on the path, as on the machine of a job."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "h11spec"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m h11spec "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run_gate(machine: Path, **inputs: str) -> int:
    """Runs the step of the gate as a job does; returns its exit code."""
    defaults = {"BASELINE": "", "ALLOW_REEXPORT": "false", "ARGS": FAST}
    variables = {"TARGET": "h11", **defaults, **inputs}
    assert set(GATE["env"]) == set(variables)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", GATE["run"]],
        cwd=machine,
        env={
            **os.environ,
            **variables,
            "PATH": f"{machine / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(machine),
            "GITHUB_OUTPUT": str(machine / "output"),
            "GITHUB_STEP_SUMMARY": str(machine / "summary.md"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    output = (machine / "output").read_text().splitlines()
    assert output[-1] == f"exit-code={done.returncode}"
    summary = (machine / "summary.md").read_text()
    if (machine / "h11spec.md").exists():
        assert summary.endswith((machine / "h11spec.md").read_text())
        assert (machine / "h11spec.html").read_text().startswith("<!DOCTYPE html>")
    else:
        assert summary.endswith(f"{done.stdout}\n~~~~~~~~\n")
        assert not (machine / "h11spec.html").exists()
    return done.returncode


@pytest.mark.slow
def test_the_gate_exits_with_the_code_of_the_run(machine: Path) -> None:
    """It leaves a record and a summary whatever the code."""
    assert run_gate(machine) == 0
    assert record_lines(machine / "h11spec.jsonl")[-1]["verdict"] == "pass"
    assert run_gate(machine, TARGET=f"{FOLDER}::takes_a_sign") == 1
    assert "D-" in (machine / "summary.md").read_text()
    assert record_lines(machine / "h11spec.jsonl")[-1]["verdict"] == "fail"
    assert (machine / "h11spec.html").exists()
    assert run_gate(machine, ARGS=f"{FAST}\n  --rcf") == 2
    assert not (machine / "h11spec.html").exists()
    assert run_gate(machine, TARGET="no_such_module") == 3


def test_an_input_allows_a_target_without_a_connection_of_its_own(machine: Path) -> None:
    (machine / "fasth11.py").write_text("from h11 import *\n")
    arguments = "--phases vectors --checks chunked/rfc9112-7.1-data"
    target = f"{machine}::fasth11"
    assert run_gate(machine, TARGET=target, ARGS=arguments) == 3
    assert (
        "is not checked: its Connection is the one of h11" in (machine / "summary.md").read_text()
    )
    assert run_gate(machine, TARGET=target, ARGS=arguments, ALLOW_REEXPORT="true") == 0


@pytest.mark.unmeasured
def test_a_version_without_reports_has_its_output_in_the_summary(machine: Path) -> None:
    program = machine / "bin" / "h11spec"
    old = program.read_text().replace("exec", '[ "$1" = report ] && exit 2\nexec')
    program.write_text(old)
    assert run_gate(machine, TARGET=f"{FOLDER}::takes_a_sign") == 1
    text = (machine / "summary.md").read_text()
    assert text.startswith("## h11spec gate\n\n~~~~~~~~text\n")
    assert "\nDIFFERS: " in text


def test_a_job_keeps_the_files_that_the_gate_writes() -> None:
    kept = [step["with"] for step in ACTION["runs"]["steps"] if "artifact" in step.get("uses", "")]
    assert {each["name"]: Path(each["path"]).name for each in kept} == {
        "h11spec-record": "h11spec.jsonl",
        "h11spec-report": "h11spec.html",
    }
    assert all(f'/{Path(each["path"]).name}"' in GATE["run"] for each in kept)


def test_shell_syntax_in_an_input_is_not_run(machine: Path) -> None:
    assert (
        run_gate(machine, TARGET="$(touch a); `touch b`", ARGS=f"{FAST} ; touch c $(touch d)") != 0
    )
    assert not {"a", "b", "c", "d"} & {path.name for path in machine.iterdir()}
