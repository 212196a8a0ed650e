"""The checks of a run, selected by phase and by prefixes of their ids.

Owns the order of phases and checks. It must not know how a check is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ..checks import machine
from ..checks.catalogue import DRAWN, catalogue
from ..checks.check import Check, matches
from ..checks.versions import belongs
from ..phases import cost
from ..vectors import corpus
from .settings import PHASES, Settings


def select(settings: Settings, *, against: bool = False) -> Iterator[tuple[str, Check]]:
    """Yields the checks that the settings select, each with its phase, in the order of a run.

    Args:
        against: whether another target is on the expected side; then checks that have no expected
            side are left out.
    """
    for phase, check in _all(settings):
        wanted = not settings.checks or any(
            matches(check.id, prefix, all_ids()) for prefix in settings.checks
        )
        if wanted and not (against and not check.differential):
            yield phase, check


def _all(settings: Settings) -> Iterator[tuple[str, Check]]:
    vectors = corpus.stored() if "vectors" in settings.phases else ()
    with_vectors = {vector.check for vector in vectors}
    phases = {
        "vectors": tuple(check for check in catalogue() if check.id in with_vectors),
        "sweeps": catalogue(),
        "machine": machine.checks(settings.extra_states),
        "search": (DRAWN,),
        "cost": cost.CHECKS,
    }
    for phase, checks in phases.items():
        if phase in settings.phases:
            for check in checks:
                if belongs(check.id, settings.catalogue):
                    yield phase, check


@cache
def all_ids() -> frozenset[str]:
    """Returns the ids of the checks of all phases."""
    return frozenset(check.id for _, check in _all(Settings(phases=PHASES)))


def unmatched_prefixes(settings: Settings) -> list[str]:
    """Returns the prefixes that select no check of the phases."""
    ids = [check.id for _, check in _all(settings)]
    return [
        prefix
        for prefix in settings.checks
        if not any(matches(identity, prefix, all_ids()) for identity in ids)
    ]
