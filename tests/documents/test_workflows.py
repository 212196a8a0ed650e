""".github/workflows: their scripts are valid, and they have no more permissions than needed."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs_helper import ROOT

FOLDER = ROOT / ".github/workflows"
CI, RELEASE = (
    yaml.safe_load((FOLDER / name).read_text("utf-8")) for name in ("ci.yml", "release.yml")
)
STEPS: list[Any] = [
    step for each in (CI, RELEASE) for job in each["jobs"].values() for step in job["steps"]
]
[COMPARE_VERSIONS] = [
    step for step in STEPS if step.get("name", "").startswith("Check that the tag")
]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.mark.parametrize("script", [step["run"] for step in STEPS if "run" in step])
def test_every_script_is_valid_bash_without_inputs(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "${{" not in script


def test_ci_runs_the_script_for_any_machine() -> None:
    runs = [step["run"] for step in CI["jobs"]["all"]["steps"] if "run" in step]
    assert runs == [".ci/run", "make site"]
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert CI[True]["push"] == {"branches": ["main"]}


def test_only_the_publishing_job_may_request_an_identity() -> None:
    """It runs nothing from the repository, and only after everything else has passed."""
    assert CI["permissions"] == RELEASE["permissions"] == {"contents": "read"}
    build, publish = RELEASE["jobs"]["build"], RELEASE["jobs"]["publish"]
    assert "permissions" not in build
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert not any("run" in step or "checkout" in step["uses"] for step in publish["steps"])
    assert RELEASE[True] == {"push": {"tags": ["v*"]}}


def test_every_action_is_pinned_to_a_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [each for each in used if not re.search(r"@(v\d+|release/v\d+)$", each)] == []


@pytest.mark.parametrize(
    ("tag", "heading", "code"),
    [
        (f"v{VERSION}", f"## [{VERSION}] - 2030-01-31", 0),
        (f"v{VERSION}", "## [Unreleased]", 1),
        ("v999", f"## [{VERSION}]", 1),
    ],
)
def test_a_tag_of_another_version_is_rejected(
    tag: str, heading: str, code: int, tmp_path: Path
) -> None:
    """So is a version without an entry in the changelog."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n")
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", COMPARE_VERSIONS["run"]],
        cwd=tmp_path,
        env={**os.environ, "TAG": tag},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert bool(done.stderr) == bool(code)
