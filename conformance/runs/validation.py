"""Whether a run can be done as requested.

Owns the problems that depend on the catalogue or on the targets. It must not know who requested the
run: each caller raises the exception that is usual there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..targets.target import Target
from .selection import unmatched_prefixes
from .settings import Settings


def problems(settings: Settings, *targets: Target | None) -> Iterator[str]:
    """Yields what makes a run of these settings on these targets impossible, one sentence each."""
    yield from settings.problems()
    for prefix in unmatched_prefixes(settings):
        yield (
            f"no check of {' and '.join(settings.phases)} begins with {prefix!r}; "
            "'h11spec checks' lists them"
        )
    if settings.in_process and any(each and (each.python or each.requirement) for each in targets):
        yield "in-process runs need a target that is a module, or a folder and a module in it"


def require_valid(settings: Settings, *targets: Target | None) -> None:
    """Raises ValueError with the first problem, if there is one."""
    for problem in problems(settings, *targets):
        raise ValueError(problem)
