"""Runs h11spec on copies of a package with planted faults, and reads the causes that it reports.

Owns the copies and the runs, as a user would do them. Knows nothing of which faults there are.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from h11spec.benchmarks.power.planting import Fault, Original, planted
from h11spec.reports.analysis.causes import shown_causes
from h11spec.reports.record.record import RecordError, read_record

# Seconds for one run; a fault that makes many calls hang takes the longest.
_PATIENCE = 900


@dataclass(frozen=True)
class Causes:
    """The failing findings of a run by their causes, as ids; None if there was no verdict.

    ``places`` are those that are named for the first cause.
    """

    faults: tuple[Fault, ...]
    causes: tuple[frozenset[str], ...] | None
    places: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of causes."""
        return len(self.causes or ())

    @property
    def findings(self) -> frozenset[str]:
        """The ids of all failing findings."""
        return frozenset(id for each in self.causes or () for id in each)


def run_all(
    original: Original, planted_faults: Sequence[tuple[Fault, ...]], phases: str, jobs: int
) -> Iterator[Causes]:
    """Yields the causes of each copy, in order.

    Args:
        planted_faults: the faults of each copy, in different files.
        phases: the phases to run, with commas between them.
        jobs: how many copies are checked at once.
    """

    def run(faults: tuple[Fault, ...]) -> Causes:
        return _run(original, faults, phases)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(run, planted_faults)


def _run(original: Original, faults: tuple[Fault, ...], phases: str) -> Causes:
    with tempfile.TemporaryDirectory(prefix="h11spec-causes-") as name:
        folder = Path(name)
        copied = folder / original.module
        copied.mkdir()
        for path in original.folder.glob("*.py"):
            source = path.read_text("utf-8")
            for fault in faults:
                if fault.file == path.name:
                    source = planted(source, fault)
            copied.joinpath(path.name).write_text(source, "utf-8")
        record = folder / "run.jsonl"
        command = [sys.executable, "-m", "h11spec", "check", f"{folder}::{original.module}"]
        options = ["--phases", phases, "--jobs", "1", "--record", str(record)]
        try:
            subprocess.run(
                [*command, *options], check=False, capture_output=True, timeout=_PATIENCE
            )
            found = shown_causes(read_record(record))
        except (subprocess.TimeoutExpired, RecordError):  # it does not load, or never ends
            return Causes(faults, None)
    failing = [each for each in found if each.line["fails"]]
    return Causes(
        faults,
        tuple(frozenset(finding["id"] for finding in each.findings) for each in failing),
        tuple(failing[0].line["places"]) if failing else (),
    )
