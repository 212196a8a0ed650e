"""One run: a target, settings, phases, a verdict, and the record of all that.

Owns the order of a run and what its outcome is. How it is shown is for the reports, and how it was
asked for is for the command line.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from .. import __version__, reference
from ..reports.findings import Finding
from ..reports.records import RECORD_VERSION
from ..strategies.programs import Json
from .lockstep import Lockstep
from .search import CHECK, SearchResult, search
from .targets import Target

# Exit codes, everywhere. Several at once: the first of these that applies.
INTERRUPTED, BROKEN, USAGE, FAILED, CONFORMS = 130, 3, 2, 1, 0


@dataclass(frozen=True)
class Settings:
    """What a run was asked for.

    ``strict`` makes differences in type and text fail; ``max_time`` is in seconds, None for no
    bound.
    """

    max_examples: int = 1000
    seed: int = 0
    max_time: float | None = None
    strict: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    target: Target
    settings: Settings
    result: SearchResult
    seconds: float

    def fails(self, finding: Finding) -> bool:
        """Whether the finding fails this run."""
        return finding.fails or self.settings.strict

    @property
    def exit_code(self) -> int:
        """The exit code that says it."""
        if self.result.interrupted:
            return INTERRUPTED
        return FAILED if any(map(self.fails, self.result.findings)) else CONFORMS

    @property
    def verdict(self) -> str:
        """pass, fail, or inconclusive: the run was interrupted before it could tell."""
        return {CONFORMS: "pass", FAILED: "fail"}.get(self.exit_code, "inconclusive")


def run(
    target: Target,
    settings: Settings,
    *,
    write: Callable[[Json], None] = lambda line: None,
    progress: Callable[[SearchResult], None] = lambda result: None,
) -> Outcome:
    """Runs the checks on ``target`` and returns the outcome.

    Args:
        write: takes the lines of the run record, as they come.
        progress: is told of the search as it goes on.
    """
    started = time.monotonic()
    write(_header(target, settings))
    lockstep = Lockstep(reference, target.implementation)
    result = search(
        lockstep,
        max_examples=settings.max_examples,
        random_seed=settings.seed,
        max_time=settings.max_time,
        progress=progress,
    )
    outcome = Outcome(target, settings, result, time.monotonic() - started)
    for finding in result.findings:
        form = finding.to_json(imports=target.imports)
        write({**form, "fails": outcome.fails(finding)})
    write(_result(outcome))
    write(_footer(outcome))
    return outcome


def _header(target: Target, settings: Settings) -> Json:
    return {
        "kind": "header",
        "record": RECORD_VERSION,
        "h11spec": __version__,
        "hypothesis": version("hypothesis"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "target": target.to_json(),
        "expected": {"name": "h11spec.reference", "version": reference.__version__},
        "settings": asdict(settings),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _result(outcome: Outcome) -> Json:
    result = outcome.result
    return {
        "kind": "result",
        "check": CHECK,
        "verdict": outcome.verdict,
        "programs": result.programs,
        "runs": result.runs,
        "steps": result.steps,
        "findings": [finding.id for finding in result.findings],
        "deviations": dict(sorted(result.deviations.items())),
    }


def _footer(outcome: Outcome) -> Json:
    return {
        "kind": "footer",
        "verdict": outcome.verdict,
        "exit": outcome.exit_code,
        "interrupted": outcome.result.interrupted,
        "out_of_time": outcome.result.out_of_time,
        "findings": len(outcome.result.findings),
        "seconds": round(outcome.seconds, 3),
    }
