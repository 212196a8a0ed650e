"""Runs of checks on a module that is in no file, such as a changed copy of the reference."""

from __future__ import annotations

from types import ModuleType

import pytest

from h11spec.conformance.baseline.file import Baseline
from h11spec.conformance.runs import run as runs
from h11spec.conformance.runs.outcome import Outcome, Reproductions
from h11spec.conformance.runs.run import open_session
from h11spec.conformance.runs.settings import Settings
from h11spec.conformance.targets.target import Target


def run(module: ModuleType, settings: Settings, baseline: Baseline | None = None) -> Outcome:
    """Runs the checks of some settings on a module, in this process."""
    loaded = Target(module.__name__, module.__name__, loaded=module)
    with open_session(loaded, settings) as session:
        return session.run(settings, baseline=baseline)


def run_no_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out running what reproduces findings, which takes a second; it decides nothing."""

    def run_none(*arguments: object) -> Reproductions:
        return {}

    monkeypatch.setattr(runs, "run_scripts", run_none)
