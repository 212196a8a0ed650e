"""The settings of a run, their defaults, and the names of its phases.

Owns what the values may be. It must not know where they come from: the API, the command line and
pytest report the same problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..checks.versions import CATALOGUE, all_versions, is_known
from ..execution.limits import MAX_JOBS, Limits

PHASES = ("vectors", "sweeps", "machine", "search", "cost")
# Cost is run only on request: it takes long, and measures nothing on a busy machine.
DEFAULT_PHASES = PHASES[:4]
# These give the same answer every time, whatever the release of Hypothesis.
GATE_PHASES = PHASES[:3]


def parse_phases(phases: str | Sequence[str]) -> tuple[str, ...]:
    """Returns the named phases in the order in which they are run.

    Args:
        phases: their names, or one text with commas between them.

    Raises ValueError for an unknown phase, or none at all.
    """
    names = phases.split(",") if isinstance(phases, str) else phases
    for name in names:
        if name not in PHASES:
            raise ValueError(f"there is no phase {name!r}; phases are {', '.join(PHASES)}")
    if not names:
        raise ValueError(f"no phase is named; phases are {', '.join(PHASES)}")
    return tuple(name for name in PHASES if name in names)


@dataclass(frozen=True)
class Settings:
    """The settings of a run.

    ``checks`` are prefixes of ids; without any, all checks of the phases are run. ``strict`` makes
    differences in type and text fail, and differences beyond documented input; ``rfc`` makes the
    run fail where the target does not conform to a MUST of an RFC. ``max_time``, in seconds, limits
    the search; None for no limit. After ``max_faults`` identical faults that cost a process,
    programs are truncated before the step that faults. At most ``max_findings`` of a check are
    minimised and reported. ``jobs`` is the number of processes that run the target, and changes
    nothing but the time that takes. ``catalogue`` is the version of the catalogue whose checks are
    run. ``extra_states`` is how many more states than the reference's a target's machine may have
    for the suite to find every difference. ``allow_reexport`` accepts a target, or one on the
    expected side, whose Connection is that of another package. ``exitfirst`` ends the run after the
    first check, in the order of the results, with an unexpected finding.
    """

    max_examples: int = 1000
    seed: int = 0
    max_time: float | None = None
    phases: tuple[str, ...] = DEFAULT_PHASES
    checks: tuple[str, ...] = ()
    strict: bool = False
    rfc: bool = False
    in_process: bool = False
    max_faults: int = 3
    max_findings: int = 20
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    catalogue: str = CATALOGUE
    extra_states: int = 0
    allow_reexport: bool = False
    exitfirst: bool = False

    def problems(self) -> Iterator[str]:
        """Yields what makes a run with these settings impossible, one sentence each."""
        if self.max_examples < 1:
            yield f"max_examples is {self.max_examples}; it must be 1 or more"
        if not 0 <= self.jobs <= MAX_JOBS:
            yield f"jobs is {self.jobs}; it must be from 0 to {MAX_JOBS}"
        if self.max_time is not None and not self.max_time > 0:
            yield f"max_time is {self.max_time}; it must be greater than 0, or None"
        if not is_known(self.catalogue):
            versions = ", ".join(all_versions())
            yield f"there is no catalogue {self.catalogue!r}; versions are {versions}"
        if self.in_process and self.jobs > 1:
            yield (
                f"jobs (-n) is {self.jobs}, but a run in this process has only one; leave out jobs "
                "(-n) or in_process (--in-process)"
            )
